"""ItemSales: what was sold of each product and service, from the documents themselves: postings know no items."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal

from ..books.books import Books
from ..entities.transactions import at_home
from ..model.money import from_units, to_units
from ..wire.json import Json
from .desk import Desk
from .shape import Report, bare, cell, column, money, section

#: Documents that sell, and those that take back.
SIGNS = {"Invoice": 1, "SalesReceipt": 1, "CreditMemo": -1, "RefundReceipt": -1}
SALE = "SalesItemLineDetail"
_PRICES = ("% of Sales", "PercentSales"), ("Avg Price", "AvgPrice")


@dataclass
class Sold:
    quantity: Decimal = Decimal(0)
    units: int = 0


def build(desk: Desk) -> Report:
    sold = _sold(desk.books, desk.scope.start, desk.scope.end, set(desk.scope.items))
    titles = sorted(((desk.names.of("Item", item), item) for item in sold), key=lambda each: each[0].casefold())
    total = sum(each.units for each in sold.values())
    rows = [bare([cell(title, item), *_cells(sold[item], total)]) for title, item in titles]
    ends = [section(summary=[cell("TOTAL"), *_cells(_all(sold), total)], group="GrandTotal")] if rows else []
    return Report(_columns(desk), [*rows, *ends], {"SummarizeColumnsBy": "Total"}, empty=not rows)


def _sold(books: Books, start: str, end: str, wanted: set[int]) -> dict[int, Sold]:
    found: dict[int, Sold] = defaultdict(Sold)
    for entity, sign in SIGNS.items():
        if entity not in books.entities:
            continue
        for record in books.all(entity):
            if start <= record.body["TxnDate"] <= end:
                for line in record.body.get("Line", ()):
                    _count(found, record.body, line, sign, wanted)
    return found


def _count(found: dict[int, Sold], body: Json, line: Json, sign: int, wanted: set[int]) -> None:
    detail = line.get(SALE) or {}
    number = str(detail.get("ItemRef", {}).get("value") or "")
    if not number.isdigit() or (wanted and int(number) not in wanted):
        return
    sold = found[int(number)]
    sold.quantity += sign * Decimal(detail.get("Qty") or 0)
    sold.units += sign * at_home(body, to_units(line.get("Amount") or 0))


def _all(sold: dict[int, Sold]) -> Sold:
    return Sold(sum((each.quantity for each in sold.values()), Decimal(0)), sum(each.units for each in sold.values()))


def _cells(sold: Sold, total: int) -> list[Json]:
    share = f"{Decimal(sold.units) * 100 / total:.2f} %" if total else ""
    price = f"{Decimal(from_units(sold.units)) / sold.quantity:.2f}" if sold.quantity else ""
    return [cell(f"{sold.quantity:.2f}"), cell(money(sold.units)), cell(share), cell(price)]


def _columns(desk: Desk) -> list[Json]:
    """Four columns under one heading (recorded; those about costs are left out)."""
    days = {"StartDate": desk.scope.start, "EndDate": desk.scope.end}
    below = [column(title, "Money", title, **days) for title in ("Quantity", "Amount")]
    below += [column(title, "Money", key) for title, key in _PRICES]
    total = column("Total", "Money", "total")
    return [column("", "ProductsAndService"), {**total, "Columns": {"Column": below}}]
