"""Record bills, reimbursements and credits: what is new, what is known, what changed; a few statements for a list."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone

from ledger import events
from ledger.domain.bills import IncomingBill, Problem, impossible_bill
from ledger.domain.documents import Stage
from ledger.events import Happening
from ledger.models import Bill, Entity, EventKind, SourceDocument
from ledger.models.bills import settled_of
from ledger.models.documents import BILL_KINDS
from ledger.services.approvals import Told, ask
from ledger.services.bills.changes import Change, apply_changes, change_of, forbidden_change
from ledger.services.bills.rows import bill_values, document_values
from ledger.services.names import Names, read_names_of_bills, unknown_in_lines
from ledger.services.parts import PARTS, write_parts
from ledger.services.results import Recorded, Result, by_field, refused_twice
from ledger.services.turns import one_after_the_other


@dataclass(frozen=True, slots=True)
class _Known:
    """What the list is about, read once; bills by their external ids, with how much of each is settled."""

    names: Names
    entities: dict[str, Entity]
    bills: dict[str, Bill]
    settled: dict[int, int]


_Judged = Recorded | Change | IncomingBill


@transaction.atomic
def record_bills(*, incoming: Sequence[IncomingBill], actor: str) -> list[Recorded]:
    """Record what is new and what changed, recognise what is known, refuse what cannot be; one result for each.

    Each tells the whole bill: what it leaves out is empty from then on. The same again adds nothing; a change is the
    next revision. An external id stands in a list once.
    """
    one_after_the_other()
    known = _read(incoming)
    judged: list[_Judged] = []
    seen: set[str] = set()
    for one in incoming:
        judged.append(refused_twice(one.external_id) if one.external_id in seen else _judged(one, known))
        seen.add(one.external_id)
    fresh = [one for one in judged if isinstance(one, IncomingBill)]
    created = _insert(fresh, known) if fresh else {}
    changes = [one for one in judged if isinstance(one, Change)]
    apply_changes(changes, known.names)
    happened = [Happening(row.document, EventKind.RECORDED) for row in created.values()]
    ask([*(_told(row) for row in created.values()), *(_told(one.row, now=one.is_approved_now) for one in changes)])
    events.append([*happened, *map(_happening, changes)], actor)
    return [_recorded(one, created) for one in judged]


def _read(incoming: Sequence[IncomingBill]) -> _Known:
    wanted = {one.external_id for one in incoming}
    rows = Bill.objects.filter(document__external_id__in=wanted, document__kind__in=BILL_KINDS)
    # Against whoever tells one of them anew at this moment: an approver, a payment.
    locked = rows.select_for_update(of=("document",), no_key=True).order_by("document_id")
    bills = list(locked.select_related("document", "vendor").prefetch_related(*PARTS))
    return _Known(
        names=read_names_of_bills(incoming),
        entities={entity.name: entity for entity in Entity.objects.filter(name__in={one.entity for one in incoming})},
        bills={bill.document.external_id: bill for bill in bills},
        settled=settled_of([bill.pk for bill in bills]),
    )


def _judged(one: IncomingBill, known: _Known) -> _Judged:
    """Refused, known, changed; or itself, where it is new."""
    bill = known.bills.get(one.external_id)
    document = bill.document if bill else None
    if errors := by_field(_problems(one, known)):
        return Recorded(one.external_id, Result.REFUSED, document, errors)
    if bill is None:
        return one
    entity = known.entities[one.entity]
    if errors := by_field(forbidden_change(bill, one, entity, known.settled.get(bill.pk, 0))):
        return Recorded(one.external_id, Result.REFUSED, document, errors)
    return change_of(bill, one, known.names) or Recorded(one.external_id, Result.EXISTING, document)


def _problems(one: IncomingBill, known: _Known) -> Iterator[Problem]:
    if one.entity not in known.entities:
        yield "entity", f"There is no entity “{one.entity}”."
    if known.names.vendor(one.vendor) is None:
        yield "vendor", f"There is no vendor “{one.vendor}”."
    yield from unknown_in_lines(one.lines, known.names)
    yield from impossible_bill(one, timezone.now().date())
    if one.stage is Stage.REVERSED and one.external_id not in known.bills:
        yield "stage", "Only a bill that is on record can be made void."


def _insert(fresh: Sequence[IncomingBill], known: _Known) -> Mapping[str, Bill]:
    documents = [
        SourceDocument(
            entity=known.entities[one.entity], kind=one.kind, external_id=one.external_id, **document_values(one)
        )
        for one in fresh
    ]
    SourceDocument.objects.bulk_create(documents)
    told = list(zip(documents, fresh, strict=True))
    rows = [Bill(document=document, **bill_values(one, known.names)) for document, one in told]
    Bill.objects.bulk_create(rows)
    write_parts(told, known.names)
    return {row.document.external_id: row for row in rows}


def _told(row: Bill, *, now: bool = True) -> Told:
    return Told(row.document, row.vendor.name, row.approved_by if now else "", row.approved_at)


def _happening(change: Change) -> Happening:
    voided = change.incoming.stage is Stage.REVERSED
    return Happening(change.row.document, EventKind.REVERSED if voided else EventKind.CHANGED, change.detail)


def _recorded(one: _Judged, created: Mapping[str, Bill]) -> Recorded:
    if isinstance(one, Recorded):
        return one
    if isinstance(one, Change):
        return Recorded(one.incoming.external_id, Result.CHANGED, one.row.document)
    return Recorded(one.external_id, Result.CREATED, created[one.external_id].document)
