"""Record payments of bills: from a bank account or a card, in part or in full; void ones open their bills again."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from ledger import events
from ledger.domain.bills import IncomingPayment
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.money import Money
from ledger.events import Happening
from ledger.models import BillPayment, EventKind, Settlement, SourceDocument
from ledger.services.bills import settling
from ledger.services.bills.settling import Known
from ledger.services.results import Recorded, Result, by_field, refused_twice
from ledger.services.telling import tell_again
from ledger.services.turns import one_after_the_other
from ledger.words import listed, money_text

STAGE_WORDS = {Stage.PENDING: "scheduled", Stage.CLEARED: "made", Stage.REVERSED: "void"}
# What the trail of a bill says of it.
PAID = {Stage.CLEARED: "a payment of it was made", Stage.REVERSED: "a payment of it became void"}
DOCUMENT_FIELDS = ["stage", "amount_minor", "currency", "dated"]
FIELDS = ["vendor", "bank_account", "card", "number", "memo"]


@dataclass(frozen=True, slots=True)
class _Change:
    """A known payment and what it shall be from now on."""

    row: BillPayment
    incoming: IncomingPayment
    detail: str


_Judged = Recorded | _Change | IncomingPayment


@transaction.atomic
def record_payments(*, incoming: Sequence[IncomingPayment], actor: str) -> list[Recorded]:
    """Record what is new and what changed, recognise what is known, refuse what cannot be; one result for each, in
    their order: of two that pay the same rest the second is refused. An external id stands in a list once."""
    one_after_the_other()
    known = settling.read(incoming)
    judged: list[_Judged] = []
    seen: set[str] = set()
    for one in incoming:
        judged.append(refused_twice(one.external_id) if one.external_id in seen else _judged(one, known))
        seen.add(one.external_id)
    created = _insert([one for one in judged if isinstance(one, IncomingPayment)], known)
    changes = [one for one in judged if isinstance(one, _Change)]
    _apply(changes, known)
    happened = [Happening(row.document, EventKind.RECORDED) for row in created.values()]
    events.append([*happened, *map(_happening, changes)], actor)
    _tell_bills([*created.values(), *(change.row for change in changes)], actor)
    return [_recorded(one, created) for one in judged]


def _tell_bills(payments: Sequence[BillPayment], actor: str) -> None:
    """A bill that is paid, or is not any more, says something else than before."""
    for stage, why in PAID.items():
        moved = [payment.pk for payment in payments if payment.document.stage == stage]
        if moved:
            tell_again(SourceDocument.objects.filter(bills__settlements__payment__in=moved), actor=actor, why=why)


def _judged(one: IncomingPayment, known: Known) -> _Judged:
    """Refused, known, changed; or itself, where it is new."""
    row = known.payments.get(one.external_id)
    known.reopen(row)
    if errors := by_field(settling.problems(one, row, known)):
        known.settle_again(row)
        return Recorded(one.external_id, Result.REFUSED, row.document if row else None, errors)
    known.take(one)
    if row is None:
        return one
    detail = _changes_in_words(row, one, known)
    return _Change(row, one, detail) if detail else Recorded(one.external_id, Result.EXISTING, row.document)


def _document_values(one: IncomingPayment) -> dict[str, Any]:
    currency = one.settles[0].money.currency
    return {"stage": one.stage, "amount_minor": -one.minor, "currency": currency, "dated": one.dated}


def _values(one: IncomingPayment, known: Known) -> dict[str, Any]:
    return {
        "vendor": known.bills[one.settles[0].bill].vendor,
        "bank_account": known.bank_accounts.get(one.bank_account),
        "card": known.cards.get(one.card),
        "number": one.number,
        "memo": one.memo,
    }


def _insert(fresh: Sequence[IncomingPayment], known: Known) -> dict[str, BillPayment]:
    documents = [
        SourceDocument(
            entity_id=known.bills[one.settles[0].bill].document.entity_id,
            kind=DocumentKind.BILL_PAYMENT,
            external_id=one.external_id,
            **_document_values(one),
        )
        for one in fresh
    ]
    SourceDocument.objects.bulk_create(documents)
    told = list(zip(documents, fresh, strict=True))
    rows = [BillPayment(document=document, **_values(one, known)) for document, one in told]
    BillPayment.objects.bulk_create(rows)
    _write_parts(list(zip(rows, fresh, strict=True)), known)
    return {row.document.external_id: row for row in rows}


def _apply(changes: Sequence[_Change], known: Known) -> None:
    """Write them as the next revision of each."""
    if not changes:
        return
    now = timezone.now()
    for change in changes:
        document = change.row.document
        for name, value in _document_values(change.incoming).items():
            setattr(document, name, value)
        for name, value in _values(change.incoming, known).items():
            setattr(change.row, name, value)
        document.revision += 1
        document.updated_at = now
    documents = [change.row.document for change in changes]
    SourceDocument.objects.bulk_update(documents, [*DOCUMENT_FIELDS, "revision", "updated_at"])
    BillPayment.objects.bulk_update([change.row for change in changes], FIELDS)
    Settlement.objects.filter(payment__in=[change.row for change in changes]).delete()
    _write_parts([(change.row, change.incoming) for change in changes], known)


def _write_parts(told: Sequence[tuple[BillPayment, IncomingPayment]], known: Known) -> None:
    Settlement.objects.bulk_create(
        Settlement(payment=row, bill=known.bills[part.bill], amount_minor=part.money.minor)
        for row, one in told
        for part in one.settles
    )


def _changes_in_words(row: BillPayment, one: IncomingPayment, known: Known) -> str:
    document, told = row.document, []
    if document.stage != one.stage:
        told.append(f"{STAGE_WORDS[Stage(document.stage)]} became {STAGE_WORDS[one.stage]}")
    if document.amount_minor != -one.minor:
        was, now = (money_text(Money(minor, document.currency)) for minor in (-document.amount_minor, one.minor))
        told.append(f"amount from {was} to {now}")
    if document.dated != one.dated:
        told.append(f"date from {document.dated} to {one.dated}")
    values = _values(one, known)
    told += [
        f"{name.replace('_', ' ')} from {getattr(row, name) or 'none'} to {values[name] or 'none'}"
        for name in FIELDS
        if getattr(row, name) != values[name]
    ]
    stored = {part.bill.document.external_id: part.amount_minor for part in row.settlements.all()}
    if stored != {part.bill: part.money.minor for part in one.settles}:
        told.append("the bills that it settles")
    return listed(told)


def _happening(change: _Change) -> Happening:
    voided = change.incoming.stage is Stage.REVERSED
    return Happening(change.row.document, EventKind.REVERSED if voided else EventKind.CHANGED, change.detail)


def _recorded(one: _Judged, created: dict[str, BillPayment]) -> Recorded:
    if isinstance(one, Recorded):
        return one
    if isinstance(one, _Change):
        return Recorded(one.incoming.external_id, Result.CHANGED, one.row.document)
    return Recorded(one.external_id, Result.CREATED, created[one.external_id].document)
