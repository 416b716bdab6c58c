"""What a bill that came again says otherwise, in words for the trail, and writing it down."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from ledger.domain.bills import IncomingBill, Problem
from ledger.domain.documents import Stage
from ledger.domain.money import Money
from ledger.models import Bill, Entity, SourceDocument
from ledger.services.bills.rows import BILL_FIELDS, DOCUMENT_FIELDS, bill_values, document_values
from ledger.services.names import Names
from ledger.services.parts import parts_of, remove_parts, stored_parts, write_parts
from ledger.words import listed, money_text

LABELS = {
    "dated": "date",
    "number": "vendor's number",
    "due_on": "due date",
    "custom": "custom fields",
    "approved_by": "approver",
    "approved_at": "time of approval",
}
# Told with old and new; of the others it is enough to say that they changed.
TOLD_WHOLE = ("dated", "vendor", "number", "due_on", "terms", "memo", "approved_by")
STAGE_WORDS = {Stage.PENDING: "draft", Stage.CLEARED: "open", Stage.REVERSED: "void"}


@dataclass(frozen=True, slots=True)
class Change:
    """A known bill and what it shall be from now on."""

    row: Bill
    incoming: IncomingBill
    detail: str
    is_approved_now: bool


def forbidden_change(bill: Bill, one: IncomingBill, entity: Entity, settled: int) -> Iterator[Problem]:
    """What cannot become of a bill that is on record, of which so much is settled, in its own sign."""
    document = bill.document
    if document.kind != one.kind:
        yield "kind", "This external_id was recorded as another kind."
    if document.entity_id != entity.pk:
        yield "entity", "This external_id was recorded for another entity."
    if document.stage == Stage.REVERSED and one.stage is not Stage.REVERSED:
        yield "stage", "It is void. What comes after it has an external_id of its own."
    if document.stage == Stage.CLEARED and one.stage is Stage.PENDING:
        yield "stage", "It was submitted; it is no draft any more."
    if settled:
        yield from _settled_already(bill, one, settled)


def _settled_already(bill: Bill, one: IncomingBill, settled: int) -> Iterator[Problem]:
    paid = money_text(Money(abs(settled), bill.document.currency))
    if one.stage is Stage.REVERSED:
        yield "stage", f"{paid} of it is settled. Make its payments void first."
    if one.money.currency != bill.document.currency:
        yield "currency", f"{paid} of it is settled, so its currency stays."
    elif abs(one.money.minor) < abs(settled):
        yield "amount", f"{paid} of it is settled already; it cannot come to less."
    if one.vendor.casefold() != bill.vendor.name_key:
        yield "vendor", f"{paid} of it is settled, so its vendor stays."


def change_of(bill: Bill, one: IncomingBill, names: Names) -> Change | None:
    """None where it says nothing new."""
    detail = _in_words(bill, one, names)
    told_anew = (one.approved_by, one.approved_at) != (bill.approved_by, bill.approved_at)
    return Change(bill, one, detail, told_anew) if detail else None


def apply_changes(changes: Sequence[Change], names: Names) -> None:
    """Write them as the next revision of each."""
    if not changes:
        return
    now = timezone.now()
    for change in changes:
        _set(change.row, bill_values(change.incoming, names))
        _set(change.row.document, document_values(change.incoming))
        change.row.document.revision += 1
        change.row.document.updated_at = now
    documents = [change.row.document for change in changes]
    SourceDocument.objects.bulk_update(documents, [*DOCUMENT_FIELDS, "revision", "updated_at"])
    Bill.objects.bulk_update([change.row for change in changes], BILL_FIELDS)
    if parted := [change for change in changes if _parts_differ(change.row, change.incoming, names)]:
        remove_parts(tags_of=[], lines_of=[change.row.document_id for change in parted])
        write_parts([(change.row.document, change.incoming) for change in parted], names)


def _set(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _parts_differ(bill: Bill, one: IncomingBill, names: Names) -> bool:
    return stored_parts(bill.document) != parts_of(one, names)


def _in_words(bill: Bill, one: IncomingBill, names: Names) -> str:
    document, told = bill.document, []
    if document.stage != one.stage:
        told.append(f"{STAGE_WORDS[Stage(document.stage)]} became {STAGE_WORDS[one.stage]}")
    was = Money(document.amount_minor, document.currency)
    if was != one.money:
        told.append(f"amount from {money_text(was)} to {money_text(one.money)}")
    wanted = bill_values(one, names) | {"dated": one.dated}
    stored = {name: getattr(bill, name) for name in BILL_FIELDS} | {"dated": document.dated}
    told += [_field_in_words(name, stored[name], value) for name, value in wanted.items() if stored[name] != value]
    if _parts_differ(bill, one, names):
        told.append("lines or tags")
    return listed(told)


def _field_in_words(name: str, old: Any, new: Any) -> str:
    label = LABELS.get(name, name)
    return f"{label} from {old or 'none'} to {new or 'none'}" if name in TOLD_WHOLE else label
