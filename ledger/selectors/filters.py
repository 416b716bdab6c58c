"""Which card transactions are asked for.

Every condition uses operators that PostgreSQL trusts not to leak (equality; ranges of dates, times and whole numbers):
with others an index would not be used under row-level security.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from ledger.domain.documents import DocumentKind, Stage
from ledger.models import Card, CardTransaction, Category, Department, DocumentLine, Entity, SourceDocument
from ledger.models.documents import CARD_KINDS

LARGEST = 2**63 - 1
MANY = 2000


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is left None is not asked about. Amounts are in the currency's smallest unit, and above zero."""

    external_id: str | None = None
    entity: str | None = None
    kind: DocumentKind | None = None
    stage: Stage | None = None
    card: str | None = None
    category: str | None = None
    department: str | None = None
    dated_from: date | None = None
    dated_to: date | None = None
    recorded_since: datetime | None = None
    updated_since: datetime | None = None
    currency: str | None = None
    amount_from: int | None = None
    amount_to: int | None = None


def card_documents(wanted: Wanted) -> QuerySet[SourceDocument]:
    """The documents of the card transactions that are wanted.

    Names are looked up first: the database knows how many transactions a certain card has, but of a card that is only
    described it knows nothing, and reads all of them.
    """
    # All kinds there are, named: so says the unique index of external ids too, which is not used otherwise.
    rows = SourceDocument.objects.filter(kind__in=CARD_KINDS)
    rows = rows.filter(**_values(wanted), **_ranges(wanted)).filter(_amounts(wanted))
    if wanted.entity is not None:
        rows = rows.filter(entity=_found(Entity.objects.filter(name=wanted.entity)))
    if wanted.card is not None:
        card = _found(Card.objects.filter(external_id=wanted.card))
        rows = rows.filter(pk__in=CardTransaction.objects.filter(card=card).values("document"))
    if wanted.category is not None:
        rows = rows.filter(_coded("category", _found(Category.objects.filter(name=wanted.category))))
    if wanted.department is not None:
        rows = rows.filter(_coded("department", _found(Department.objects.filter(name=wanted.department))))
    return rows


def _values(wanted: Wanted) -> dict[str, Any]:
    asked = {
        "external_id": wanted.external_id,
        "kind": wanted.kind,
        "stage": wanted.stage,
        "currency": wanted.currency,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _ranges(wanted: Wanted) -> dict[str, Any]:
    asked = {
        "dated__gte": wanted.dated_from,
        "dated__lte": wanted.dated_to,
        "recorded_at__gte": wanted.recorded_since,
        "updated_at__gte": wanted.updated_since,
    }
    return {name: value for name, value in asked.items() if value is not None}


def _amounts(wanted: Wanted) -> Q:
    """Between both, whichever way the money went."""
    if wanted.amount_from is None and wanted.amount_to is None:
        return Q()
    low, high = wanted.amount_from or 0, LARGEST if wanted.amount_to is None else wanted.amount_to
    return Q(amount_minor__range=(low, high)) | Q(amount_minor__range=(-high, -low))


def _found(named: QuerySet[Any]) -> int:
    """The id of what is named, or one that nothing has."""
    return named.values_list("pk", flat=True).first() or 0


def _coded(name: str, found: int) -> Q:
    """Where the whole, or one line of it, is coded so.

    Of few the ids are read, from either index. Where there are many, the first page is full after a few rows of the
    list itself, each looked at for it.
    """
    whole = CardTransaction.objects.filter(**{name: found})
    lines = DocumentLine.objects.filter(**{name: found})
    ids = list(whole.values_list("document", flat=True)[: MANY + 1])
    ids += lines.values_list("document", flat=True)[: MANY + 1]
    if len(ids) <= MANY:
        return Q(pk__in=ids)
    row = OuterRef("pk")
    return Q(Exists(whole.filter(document=row))) | Q(Exists(lines.filter(document=row)))
