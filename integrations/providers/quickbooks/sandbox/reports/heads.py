"""The transactions behind the lines of a report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from ..books.books import Books
from ..wire.json import Json, loads
from . import words
from .ledger import OPENING, Entry

SPLIT = "-Split-"
#: Where a transaction says which account it is written from; the rest of it is the split.
_SOURCES = (
    *("CheckPayment.BankAccountRef", "CreditCardPayment.CCAccountRef", "AccountRef", "DepositToAccountRef"),
    *("FromAccountRef", "BankAccountRef", "APAccountRef", "ARAccountRef"),
)
_RECEIVABLE = ("Invoice", "CreditMemo", "Estimate")
_TEXTS = (
    *("DocNumber", "PrivateNote", "PaymentType", "PayType", "Credit", "DueDate", "CheckNum", "PaymentRefNum"),
    *("PrintStatus", "ExchangeRate"),
)
_REFS = ("DepartmentRef", "SalesTermRef", "PaymentMethodRef", "CurrencyRef")
_NAMES = (*_TEXTS, *(f"{name}.value" for name in (*_SOURCES, *_REFS)))
_PATHS = ", ".join(f"'$.{name}'" for name in _NAMES)
_COLUMNS = f"entity, id, txn_date, party, amount, open, created, updated, json_extract(body, {_PATHS})"


@dataclass(frozen=True)
class Head:
    entity: str
    id: int
    day: str
    word: str
    party: int | None
    amount: int | None
    open: int | None
    created: int
    updated: int
    #: Properties of the body that reports show.
    body: Json
    source: int | None

    @property
    def number(self) -> str:
        return str(self.body.get("DocNumber") or self.body.get("PaymentRefNum") or self.body.get("CheckNum") or "")

    @property
    def due(self) -> str:
        return self.body.get("DueDate") or self.day

    def ref(self, name: str) -> int | None:
        value = self.body.get(f"{name}.value")
        return int(value) if value and str(value).isdigit() else None


class Heads:
    def __init__(self, books: Books) -> None:
        self._books = books
        self._known: dict[tuple[str, int], Head] = {}
        self._lines: dict[tuple[str, int], dict[int, int]] = {}

    def get(self, entity: str, number: int) -> Head:
        key = (entity, number)
        if key not in self._known:
            query = f"SELECT {_COLUMNS} FROM object WHERE realm = ? AND entity = ? AND id = ?"
            found = self._books.db.execute(query, (self._books.realm, *key)).fetchone()
            self._known[key] = _head(tuple(found)) if found else _opening(entity, number)
        return self._known[key]

    def dated(self, entry: Entry) -> Head:
        """With the day of one of its lines: an opening has none of its own, and by cash a bill counts when paid."""
        head = self.get(entry.entity, entry.id)
        return head if head.day == entry.day else replace(head, day=entry.day)

    def within(self, start: str, end: str, entities: Iterable[str]) -> Iterator[Head]:
        """All transactions of some days, the earliest first; also those that post nothing."""
        listed = ", ".join(f"'{name}'" for name in entities)
        query = (
            f"SELECT {_COLUMNS} FROM object WHERE realm = ? AND txn_date BETWEEN ? AND ? AND entity IN ({listed})"
            " ORDER BY txn_date, id"
        )
        for row in self._books.db.execute(query, (self._books.realm, start, end)):
            yield _head(tuple(row))

    def lines(self, head: Head) -> dict[int, int]:
        """What it puts on each account, in the order of its lines; debits positive."""
        key = (head.entity, head.id)
        if key not in self._lines:
            query = "SELECT account, debit FROM posting WHERE realm = ? AND entity = ? AND id = ? ORDER BY line"
            found: dict[int, int] = {}
            for account, debit in self._books.db.execute(query, (self._books.realm, *key)):
                found[account] = found.get(account, 0) + debit
            self._lines[key] = found
        return self._lines[key]

    def accounts(self, head: Head) -> list[int]:
        return list(self.lines(head))

    def source(self, head: Head) -> int | None:
        """The account it is written from: as it says, else the receivable or payable one."""
        if head.source is not None or head.entity == "JournalEntry":
            return head.source
        accounts = self.accounts(head)
        return next((each for each in accounts if self._books.is_control(each)), accounts[0] if accounts else None)

    def split(self, head: Head, account: int) -> int | str:
        """The other side of one of its lines: an account, or that there are several."""
        source = self.source(head)
        if source not in (None, account):
            return int(source or 0)
        others = [each for each in self.accounts(head) if each != account]
        return others[0] if len(others) == 1 else SPLIT if others else ""


def _head(row: tuple[Any, ...]) -> Head:
    entity, number, day, party, amount, still_open, created, updated, text = row
    body = {name: value for name, value in zip(_NAMES, loads(text), strict=True) if value is not None}
    # An invoice may take a deposit to the bank; it is written from receivables all the same.
    sources = ("ARAccountRef",) if entity in _RECEIVABLE else _SOURCES
    source = next((int(value) for name in sources if (value := body.get(f"{name}.value"))), None)
    word, about = words.word_of(entity, body), None if party is None else int(party)
    return Head(entity, number, day, word, about, amount, still_open, created, updated, body, source)


def _opening(entity: str, number: int) -> Head:
    return Head(entity, number, "", words.word_of(OPENING, {}), None, None, None, 0, 0, {}, None)
