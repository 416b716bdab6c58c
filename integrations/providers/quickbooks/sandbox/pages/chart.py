"""The chart of accounts with its balances."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from ..books.record import Record
from ..entities import account as accounts
from ..entities.account_types import TYPES
from . import words
from .frame import Reader, Shown
from .markup import Html, html, joined
from .tables import Column, Group, Row, empty, table

MOST = 2000
CLASSIFICATIONS = ("Asset", "Liability", "Equity", "Revenue", "Expense")
_TYPES = tuple(TYPES)
PLURAL = {"Asset": "Assets", "Liability": "Liabilities", "Equity": "Equity", "Revenue": "Income", "Expense": "Expenses"}


def chart(reader: Reader) -> Shown:
    books = reader.books
    found = list(books.all("Account", limit=MOST))
    totals = books.totals("balance")
    columns = (
        *(Column("Number", "code"), Column("Account", "main"), Column("Type", "kind"), Column("Detail type", "memo")),
        Column(books.company.currency, "num key"),
    )
    listed = table(columns, _rows(reader, found, totals), caption="Accounts and their balances")
    said = "Debits equal credits." if not sum(totals.values()) else "Debits and credits differ."
    more = f" Only the first {MOST:,} are shown." if len(found) == MOST else ""
    return Shown(
        "Chart of accounts",
        joined([listed if found else empty("No accounts yet."), html('<p class="note">{}{}</p>', said, more)]),
        at=f"{reader.base}/accounts",
    )


def _rows(reader: Reader, found: list[Record], totals: dict[int, int]) -> Iterator[Row | Group]:
    below: dict[str, list[Record]] = defaultdict(list)
    known = {str(record.id) for record in found}
    for record in found:
        parent = record.body.get("ParentRef", {}).get("value", "")
        below[parent if parent in known else ""].append(record)
    for classification in CLASSIFICATIONS:
        top = [each for each in below[""] if each.body["Classification"] == classification]
        if top:
            yield Group(PLURAL[classification])
            yield from _level(reader, top, below, totals, 0)


def _level(
    reader: Reader, level: list[Record], below: dict[str, list[Record]], totals: dict[int, int], depth: int
) -> Iterator[Row]:
    for record in sorted(level, key=_place):
        units = accounts.own_side(record) * totals.get(record.id, 0)
        yield Row(_cells(reader, record, units), style=" ".join(filter(None, (_indent(depth), _state(record)))))
        yield from _level(reader, below[str(record.id)], below, totals, depth + 1)


def _indent(depth: int) -> str:
    return f"deep-{min(depth, 4)}" if depth else ""


def _state(record: Record) -> str:
    return "" if record.active else "off"


def _cells(reader: Reader, record: Record, units: int) -> tuple[object, ...]:
    body = record.body
    chip = "" if record.active else html(' <span class="chip">inactive</span>')
    name = html("{}{}", reader.named(record, body["Name"]), chip)
    return body.get("AcctNum", ""), name, body["AccountType"], words.spaced(body["AccountSubType"]), words.amount(units)


def _place(account: Record) -> tuple[str, int, str]:
    """By number; what has none comes after, in the order in which QuickBooks lists types."""
    body = account.body
    return str(body.get("AcctNum") or "~"), _TYPES.index(body["AccountType"]), str(body["Name"]).casefold()


def heading(reader: Reader, record: Record) -> Html:
    """What stands on one account, on its own side."""
    units = accounts.own_side(record) * reader.books.debit_balance(record.id)
    currency = reader.books.company.currency
    return html('<p class="hero"><span class="small">{}</span> {}</p>', currency, words.amount(units))
