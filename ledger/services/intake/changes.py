"""What a transaction that came again says otherwise, in words for the trail, and writing it down."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils import timezone

from ledger.domain.documents import Stage, is_late
from ledger.domain.money import Money
from ledger.domain.transactions import IncomingTransaction
from ledger.models import CardTransaction, SourceDocument
from ledger.services.intake.rows import (
    DOCUMENT_FIELDS,
    TRANSACTION_FIELDS,
    columns_of,
    document_values,
    transaction_values,
)
from ledger.services.names import Names
from ledger.services.parts import STORED_LINES, parts_of, remove_parts, stored_parts, write_parts
from ledger.words import listed, money_text

LABELS = {
    "merchant_name": "merchant",
    "merchant_category_code": "merchant category code",
    "merchant_city": "merchant's city",
    "merchant_country": "merchant's country",
    "authorised_at": "time of authorisation",
    "cleared_at": "time of clearing",
    "refund_of_external_id": "the charge it refunds",
    "bank_account": "bank account",
    "custom": "custom fields",
    "approved_by": "approver",
    "approved_at": "time of approval",
}
# Told with old and new; of the others it is enough to say that they changed.
TOLD_WHOLE = ("card", "merchant_name", "vendor", "category", "department", "memo", "approved_by", "bank_account")
HIDDEN = ("amount_minor", "currency", "original_minor", "original_currency", "stage", "dated")


@dataclass(frozen=True, slots=True)
class Change:
    """A known transaction and what it shall be from now on."""

    row: CardTransaction
    incoming: IncomingTransaction
    detail: str
    recategorised: bool
    is_approved_now: bool


def forbidden_change(row: CardTransaction, one: IncomingTransaction, names: Names) -> dict[str, list[str]]:
    """What cannot become of a transaction that is on record, by field."""
    document = row.document
    if document.kind != one.kind:
        return {"kind": ["This external_id was recorded as another kind. A refund or a fee has an id of its own."]}
    if document.entity_id != names.cards[one.card].entity_id:
        return {"card": ["This external_id was recorded on a card of another entity."]}
    if document.stage == Stage.REVERSED and one.stage is Stage.CLEARED and _told_differently(row, one, names):
        return {"stage": ["It was reversed. What comes after a reversal has an external_id of its own."]}
    lines = getattr(document, STORED_LINES)
    if lines and "lines" in one.untold and document.amount_minor != one.money.minor:
        told = f"It is split in {len(lines)} here, which add up to another amount than {money_text(one.money)}."
        return {"lines": [f"{told} Change the split where it was made."]}
    return {}


def change_of(row: CardTransaction, one: IncomingTransaction, names: Names) -> Change | None:
    """None where it says nothing new, or was overtaken by a later message."""
    if is_late(Stage(row.document.stage), one.stage):
        return None
    if not _told_differently(row, one, names) and row.document.stage == one.stage:
        return None
    changed = _changed_fields(row, one, names)
    approved = bool({"approved_by", "approved_at"} & set(changed))
    return Change(row, one, _in_words(row, one, names), "category" in changed, approved)


def apply_changes(changes: Sequence[Change], names: Names) -> list[SourceDocument]:
    """Write them as the next revision of each. Returns the documents."""
    now = timezone.now()
    for change in changes:
        document, row, one = change.row.document, change.row, change.incoming
        changed = _changed_fields(row, one, names)
        if "refund_of_external_id" in changed:
            row.refund_of = None
        _set(row, changed)
        _set(document, document_values(one, names))
        document.revision += 1
        document.updated_at = now
    documents = [change.row.document for change in changes]
    SourceDocument.objects.bulk_update(documents, [*DOCUMENT_FIELDS, "revision", "updated_at"])
    CardTransaction.objects.bulk_update([change.row for change in changes], [*TRANSACTION_FIELDS, "refund_of"])
    _replace_parts([change for change in changes if _parts_differ(change.row, change.incoming, names)], names)
    return documents


def _set(row: Any, values: dict[str, Any]) -> None:
    for name, value in values.items():
        setattr(row, name, value)


def _replace_parts(changes: Sequence[Change], names: Names) -> None:
    if not changes:
        return
    whole = [change.row.document_id for change in changes if "tags" not in change.incoming.untold]
    split = [change.row.document_id for change in changes if "lines" not in change.incoming.untold]
    remove_parts(tags_of=whole, lines_of=split)
    write_parts([(change.row.document, change.incoming) for change in changes], names)


def _told_differently(row: CardTransaction, one: IncomingTransaction, names: Names) -> bool:
    document = document_values(one, names)
    # Of two stages the later one counts, whatever else; it is looked at apart.
    same = all(getattr(row.document, name) == value for name, value in document.items() if name != "stage")
    return not same or bool(_changed_fields(row, one, names)) or _parts_differ(row, one, names)


def _changed_fields(row: CardTransaction, one: IncomingTransaction, names: Names) -> dict[str, Any]:
    values, untold = transaction_values(one, names), {column for name in one.untold for column in columns_of(name)}
    if one.is_day_only and row.cleared_at and document_values(one, names)["dated"] == row.document.dated:
        untold.add("cleared_at")
    return {name: value for name, value in values.items() if name not in untold and getattr(row, name) != value}


def _parts_differ(row: CardTransaction, one: IncomingTransaction, names: Names) -> bool:
    (whole, *lines), (told, *told_lines) = stored_parts(row.document), parts_of(one, names)
    return ("tags" not in one.untold and whole != told) or ("lines" not in one.untold and lines != told_lines)


def _in_words(row: CardTransaction, one: IncomingTransaction, names: Names) -> str:
    document = row.document
    told = []
    if document.stage != one.stage:
        told.append(f"{document.stage} became {one.stage}")
    was = Money(document.amount_minor, document.currency)
    if was != one.money:
        told.append(f"amount from {money_text(was)} to {money_text(one.money)}")
    changed = _changed_fields(row, one, names)
    told += [_field_in_words(name, getattr(row, name), value) for name, value in changed.items() if name not in HIDDEN]
    if {"original_minor", "original_currency"} & set(changed):
        told.append("the amount in the merchant's currency")
    if _parts_differ(row, one, names):
        told.append("lines or tags")
    return listed(told)


def _field_in_words(name: str, old: Any, new: Any) -> str:
    label = LABELS.get(name, name)
    if name not in TOLD_WHOLE:
        return label
    return f"{label} from {old or 'none'} to {new or 'none'}"
