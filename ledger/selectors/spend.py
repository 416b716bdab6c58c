"""What the transactions of an entity cost, by what they name: cards, categories, vendors, tags."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce

from ledger.domain.documents import DocumentKind, Stage
from ledger.models import CardTransaction, DocumentLine, Entity, TagUse

# What a line of a split may name for itself.
NAMED_BY_LINES = ("category", "department")


@dataclass(frozen=True, slots=True)
class Spend:
    count: int = 0
    minor: int = 0


def spend_by(column: str, entity: Entity, since: date) -> dict[int | None, Spend]:
    """By the id of what is named, None for what names nothing. Charges in the entity's currency, dated since then;
    of bank accounts the statement payments made from them."""
    rows = _transactions(entity, since, DocumentKind.PAYMENT if column == "bank_account" else DocumentKind.CHARGE)
    if column == "tag":
        return _added(_tagged(rows))
    if column in NAMED_BY_LINES:
        return _added([*_summed(rows.filter(document__lines__isnull=True), column), *_split(rows, column)])
    return _added(_summed(rows, column))


def _transactions(entity: Entity, since: date, kind: DocumentKind) -> QuerySet[CardTransaction]:
    rows = CardTransaction.objects.filter(
        document__entity=entity, document__currency=entity.currency, document__kind=kind, document__dated__gte=since
    )
    return rows.exclude(document__stage=Stage.REVERSED)


def _summed(rows: QuerySet[CardTransaction], column: str) -> Iterable[dict[str, Any]]:
    named = rows.values(named=F(f"{column}_id"))
    return named.annotate(n=Count("id"), minor=Sum("document__amount_minor")).order_by()


def _split(rows: QuerySet[CardTransaction], column: str) -> Iterable[dict[str, Any]]:
    """A line that names nothing has what the whole names."""
    named = Coalesce(F(f"{column}_id"), F(f"document__card_transactions__{column}_id"))
    lines = DocumentLine.objects.filter(document__in=rows.values("document")).values(named=named)
    return lines.annotate(n=Count("document", distinct=True), minor=Sum("amount_minor")).order_by()


def _tagged(rows: QuerySet[CardTransaction]) -> Iterable[dict[str, Any]]:
    """A line's own tag stands over the whole's of the same group, so its money is not the whole's tag's."""
    uses = TagUse.objects.filter(document__in=rows.values("document"))
    of_lines = uses.filter(line__isnull=False).values(named=F("tag_id"))
    yield from of_lines.annotate(n=Count("document", distinct=True), minor=Sum("line__amount_minor")).order_by()
    own = TagUse.objects.filter(document=OuterRef("document"), group=OuterRef("group"), line__isnull=False)
    taken = own.order_by().values("group").annotate(minor=Sum("line__amount_minor")).values("minor")
    whole = uses.filter(line__isnull=True).annotate(taken=Coalesce(Subquery(taken), 0)).values(named=F("tag_id"))
    money = Sum(F("document__amount_minor") - F("taken"))
    yield from whole.annotate(n=Count("document", distinct=True), minor=money).order_by()


def _added(rows: Iterable[dict[str, Any]]) -> dict[int | None, Spend]:
    """Payments are below zero in the ledger; what they cost is not."""
    sums: dict[int | None, tuple[int, int]] = defaultdict(lambda: (0, 0))
    for row in rows:
        count, minor = sums[row["named"]]
        sums[row["named"]] = (count + row["n"], minor + abs(row["minor"]))
    return {named: Spend(count, minor) for named, (count, minor) in sums.items()}
