"""Taking charges in: one transaction for a whole list, a handful of statements whatever its length."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from django.db import transaction
from django.utils import timezone

from ledger import events
from ledger.domain.charges import IncomingCharge, impossible_amount, impossible_day, posting_day
from ledger.models import Card, CardTransaction, Category, Department, DocumentKind, EventKind, SourceDocument

Errors = dict[str, list[str]]


class Result(StrEnum):
    CREATED = "created"
    EXISTING = "existing"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class Recorded:
    """What became of one charge of the list, in the order in which it came."""

    external_id: str
    result: Result
    document: SourceDocument | None = None
    errors: Errors = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Names:
    """What the names in a list of charges stand for: read once for all of them."""

    cards: dict[str, Card]
    categories: dict[str, Category]
    departments: dict[str, Department]


@transaction.atomic
def record_charges(*, charges: Sequence[IncomingCharge], actor: str) -> list[Recorded]:
    """Record what is new, recognise what is known, refuse what cannot be; one result per charge.

    A charge that was recorded before with the same values is EXISTING. With other values it is refused: a cleared
    charge does not change its amount, so the sender has used one external_id for two things.
    """
    names = _read_names(charges)
    refused = {id(charge): errors for charge in charges if (errors := _errors(charge, names))}
    good: dict[str, IncomingCharge] = {}
    for charge in charges:
        if id(charge) not in refused:
            good.setdefault(charge.external_id, charge)
    ours = _insert(list(good.values()), names, actor)
    known = _read_known(good)
    return [
        Recorded(charge.external_id, Result.REFUSED, errors=refused[id(charge)])
        if id(charge) in refused
        else _recognise(charge, known[charge.external_id], ours, names)
        for charge in charges
    ]


def _read_names(charges: Sequence[IncomingCharge]) -> Names:
    cards = Card.objects.select_related("entity").filter(external_id__in={charge.card for charge in charges})
    categories = Category.objects.filter(name__in={charge.category for charge in charges})
    departments = Department.objects.filter(name__in={charge.department for charge in charges})
    return Names(
        cards={card.external_id: card for card in cards},
        categories={category.name: category for category in categories},
        departments={department.name: department for department in departments},
    )


def _errors(charge: IncomingCharge, names: Names) -> Errors:
    errors: Errors = {}
    if problem := impossible_amount(charge.money):
        errors["amount"] = [problem]
    card = names.cards.get(charge.card)
    if card is None:
        errors["card"] = [f"There is no card “{charge.card}”."]
    elif problem := impossible_day(_day(charge, card), timezone.now().date()):
        errors["cleared_at"] = [problem]
    if charge.category and charge.category not in names.categories:
        errors["category"] = [f"There is no category “{charge.category}”."]
    if charge.department and charge.department not in names.departments:
        errors["department"] = [f"There is no department “{charge.department}”."]
    return errors


def _day(charge: IncomingCharge, card: Card) -> date:
    return posting_day(charge.cleared_at, card.entity.time_zone)


def _insert(charges: Sequence[IncomingCharge], names: Names, actor: str) -> set[int]:
    """Write what is not there yet; the unique external id decides, also between two requests at the same moment.

    In one order for everybody: two lists that meet in opposite orders would wait for each other.
    """
    ordered = sorted(charges, key=lambda charge: charge.external_id)
    documents = [_document(charge, names.cards[charge.card]) for charge in ordered]
    SourceDocument.objects.bulk_create(documents, ignore_conflicts=True)
    # A skipped row gives no id back, so ours are known by the public ids that we made.
    written = SourceDocument.objects.filter(public_id__in=[document.public_id for document in documents])
    ids = {document.external_id: document for document in written}
    CardTransaction.objects.bulk_create(
        _card_transaction(charge, ids[charge.external_id], names) for charge in charges if charge.external_id in ids
    )
    if ids:
        events.append(ids.values(), EventKind.RECORDED, actor)
    return {document.pk for document in ids.values()}


def _document(charge: IncomingCharge, card: Card) -> SourceDocument:
    return SourceDocument(
        entity_id=card.entity_id,
        kind=DocumentKind.CARD_CHARGE,
        external_id=charge.external_id,
        amount_minor=charge.money.minor,
        currency=charge.money.currency,
        dated=_day(charge, card),
    )


def _card_transaction(charge: IncomingCharge, document: SourceDocument, names: Names) -> CardTransaction:
    return CardTransaction(
        document=document,
        card=names.cards[charge.card],
        category=names.categories.get(charge.category),
        department=names.departments.get(charge.department),
        merchant_name=charge.merchant_name,
        merchant_category_code=charge.merchant_category_code,
        memo=charge.memo,
        cleared_at=charge.cleared_at,
    )


def _read_known(external_ids: dict[str, IncomingCharge]) -> dict[str, CardTransaction]:
    rows = CardTransaction.objects.select_related("document").filter(
        document__kind=DocumentKind.CARD_CHARGE, document__external_id__in=external_ids
    )
    return {row.document.external_id: row for row in rows}


def _recognise(charge: IncomingCharge, known: CardTransaction, ours: set[int], names: Names) -> Recorded:
    different = _differences(charge, known, names)
    if different:
        sentence = "This external_id was recorded before with another value."
        return Recorded(charge.external_id, Result.REFUSED, known.document, {name: [sentence] for name in different})
    if known.document_id not in ours:
        return Recorded(charge.external_id, Result.EXISTING, known.document)
    ours.remove(known.document_id)  # The same charge again, further down the list, is a repeat.
    return Recorded(charge.external_id, Result.CREATED, known.document)


def _differences(charge: IncomingCharge, known: CardTransaction, names: Names) -> list[str]:
    fresh = _card_transaction(charge, known.document, names)
    fields = {
        "card": fresh.card_id == known.card_id,
        "amount": charge.money.minor == known.document.amount_minor,
        "currency": charge.money.currency == known.document.currency,
        "merchant_name": fresh.merchant_name == known.merchant_name,
        "merchant_category_code": fresh.merchant_category_code == known.merchant_category_code,
        "category": fresh.category_id == known.category_id,
        "department": fresh.department_id == known.department_id,
        "memo": fresh.memo == known.memo,
        "cleared_at": fresh.cleared_at == known.cleared_at,
    }
    return [name for name, same in fields.items() if not same]
