"""A page of transactions in an order of one's choice: found from where the last page ended, never by counting rows."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db.models import Count, Exists, OuterRef, Q, QuerySet, Sum

from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.money import Money
from ledger.models import CardTransaction, DocumentLine, SourceDocument
from ledger.selectors.filters import MANY
from ledger.selectors.transactions import card_transactions

ROWS = 50
# Above this a count says “more than”: nobody reads on, and counting all would grow with the rows.
COUNTED = 1000
CURSOR = re.compile(r"(?P<value>-?[0-9]{1,19}|[0-9]{4}-[0-9]{2}-[0-9]{2})~(?P<id>[0-9]{1,18})")


class Order(StrEnum):
    NEWEST = "newest"
    OLDEST = "oldest"
    LARGEST = "largest"
    SMALLEST = "smallest"

    @property
    def field(self) -> str:
        return "dated" if self in (Order.NEWEST, Order.OLDEST) else "amount_minor"

    @property
    def falling(self) -> bool:
        return self in (Order.NEWEST, Order.LARGEST)


@dataclass(frozen=True, slots=True)
class Filters:
    """What a person narrowed the list to; None and empty mean everything."""

    entity: int | None = None
    since: date | None = None
    until: date | None = None
    kind: DocumentKind | None = None
    stage: Stage | None = None
    category: int | None = None
    department: int | None = None
    card: int | None = None

    def condition(self) -> Q:
        wanted = {
            "document__entity": self.entity,
            "document__dated__gte": self.since,
            "document__dated__lte": self.until,
            "document__kind": self.kind,
            "document__stage": self.stage,
            "card": self.card,
        }
        told = Q(**{name: value for name, value in wanted.items() if value is not None})
        return told & _coded("category", self.category) & _coded("department", self.department)

    def __bool__(self) -> bool:
        return self != Filters()


def _coded(name: str, found: int | None) -> Q:
    """Where the whole is coded so, or one line of it. Few lines are known by their ids, so that an index is reached."""
    if found is None:
        return Q()
    lines = DocumentLine.objects.filter(**{name: found})
    of = list(lines.values_list("document", flat=True)[: MANY + 1])
    if len(of) > MANY:
        return Q(**{name: found}) | Q(Exists(lines.filter(document=OuterRef("document"))))
    return Q(**{name: found}) | Q(document__in=of) if of else Q(**{name: found})


@dataclass(frozen=True, slots=True)
class Slice:
    """One page, in order. A cursor is where the next or the former page begins; empty when there is none."""

    rows: Sequence[CardTransaction]
    older: str
    newer: str


def slice_of(rows: QuerySet[CardTransaction], order: Order, *, after: str = "", before: str = "") -> Slice:
    """Fifty rows beyond a cursor. One that is none of ours begins at the beginning."""
    start, backwards = _cursor(before or after, order), bool(_cursor(before, order))
    falling = order.falling is not backwards
    chosen = rows.filter(_beyond(start, order, falling=falling)) if start else rows
    found = _first(chosen, order, falling=falling)
    more, page = len(found) > ROWS, found[:ROWS]
    if backwards:
        page.reverse()
    has_older, has_newer = (True, more) if backwards else (more, start is not None)
    return Slice(
        rows=page,
        older=_cursor_of(page[-1], order) if page and has_older else "",
        newer=_cursor_of(page[0], order) if page and has_newer else "",
    )


def _first(rows: QuerySet[CardTransaction], order: Order, *, falling: bool) -> list[CardTransaction]:
    """A page and one more. They are chosen before anything is joined to them that only the page shows: a planner that
    may mix the two has compared every row of the list with every one of the tab.
    """
    ordering = _ordering(order, falling=falling)
    chosen = rows.order_by(*ordering).values("pk")[: ROWS + 1]
    return list(card_transactions().filter(pk__in=chosen).order_by(*ordering))


def after_row(rows: QuerySet[CardTransaction], order: Order, last: CardTransaction | None) -> QuerySet[CardTransaction]:
    """All that follow a row, in order; from the beginning without one."""
    start = _cursor(_cursor_of(last, order), order) if last else None
    chosen = rows.filter(_beyond(start, order, falling=order.falling)) if start else rows
    return chosen.order_by(*_ordering(order, falling=order.falling))


@dataclass(frozen=True, slots=True)
class Found:
    """So many, and their money by currency; of more than COUNTED neither is known."""

    number: int
    sums: Sequence[Money] = ()


def found(rows: QuerySet[CardTransaction]) -> Found:
    some = rows.order_by().values("document")[: COUNTED + 1]
    summed = SourceDocument.objects.filter(pk__in=some).order_by("currency").values("currency")
    parts = list(summed.annotate(number=Count("id"), minor=Sum("amount_minor")))
    number = sum(part["number"] for part in parts)
    sums = [Money(part["minor"], part["currency"]) for part in parts]
    return Found(number, sums if number <= COUNTED else ())


def _ordering(order: Order, *, falling: bool) -> Sequence[str]:
    sign = "-" if falling else ""
    return f"{sign}document__{order.field}", f"{sign}document_id"


def _beyond(start: Mapping[str, str], order: Order, *, falling: bool) -> Q:
    """The first condition alone reaches the index; the second settles rows of the same day or amount."""
    way = "lt" if falling else "gt"
    field, value, last = f"document__{order.field}", start["value"], int(start["id"])
    return Q(**{f"{field}__{way}e": value}) & (Q(**{f"{field}__{way}": value}) | Q(**{f"document_id__{way}": last}))


def _cursor(text: str, order: Order) -> Mapping[str, str] | None:
    found = CURSOR.fullmatch(text)
    if found is None or ("-" in found["value"][1:]) is not (order.field == "dated"):
        return None
    if order.field == "dated":
        try:
            date.fromisoformat(found["value"])
        except ValueError:
            return None
    elif abs(int(found["value"])) >= 2**63:
        return None
    return found.groupdict()


def _cursor_of(row: CardTransaction, order: Order) -> str:
    return f"{getattr(row.document, order.field)}~{row.document_id}"
