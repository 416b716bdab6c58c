"""InventoryValuationSummary: what is in stock on a day, and what it stands in the books at."""

from __future__ import annotations

from decimal import Decimal

from ..books.books import Books
from ..model.money import from_units
from ..wire.json import Json
from .balances import day_of, drawn_for
from .desk import Desk
from .shape import Report, bare, cell, column, money, section

_STOCK = (
    "SELECT item, sum(quantity) AS held, sum(debit) AS worth FROM posting"
    " WHERE realm = ? AND quantity IS NOT NULL AND txn_date <= ? GROUP BY item"
)
_COLUMNS = ("Qty", "Asset Value", "Calc. Avg")


def build(desk: Desk) -> Report:
    day = day_of(desk)
    stock = _stock(desk.books, day)
    titles = sorted(((desk.names.of("Item", item), item) for item in stock), key=lambda each: each[0].casefold())
    rows = [bare([cell(title, item), *_cells(*stock[item])]) for title, item in titles]
    total = sum(worth for _, worth in stock.values())
    ends = [section(summary=[cell("TOTAL"), cell(""), cell(money(total)), cell("")], group="GrandTotal")]
    columns = [column("", "ProductsAndService"), *(column(title, "Money", title) for title in _COLUMNS)]
    return Report(columns, [*rows, *ends] if rows else [], options=drawn_for(day), empty=not rows)


def _stock(books: Books, day: str) -> dict[int, tuple[int, int]]:
    rows = books.db.execute(_STOCK, (books.realm, day))
    return {row["item"]: (row["held"], row["worth"]) for row in rows}


def _cells(held: int, worth: int) -> list[Json]:
    quantity = Decimal(from_units(held))
    average = f"{Decimal(from_units(worth)) / quantity:.2f}" if quantity else ""
    return [cell(f"{quantity:.2f}"), cell(money(worth)), cell(average)]
