"""Sums and lines of the journal, with what stood on the accounts before it, for one report."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, NamedTuple

from ..books.books import Books
from . import cash
from .asked import Asked

OPENING = "Opening"
#: Who a posting is about, and who its whole transaction is about: a bill's line may name a customer.
_WITH_PARTY = "LEFT JOIN object o ON o.realm = p.realm AND o.entity = p.entity AND o.id = p.id"
_NAMED = ("p.party", "o.party")
_MARKS = {
    "Customers": _NAMED,
    "Vendors": _NAMED,
    "Employees": _NAMED,
    "Classes": ("p.class",),
    "Departments": ("p.department",),
    "ProductsAndServices": ("p.item",),
}


@dataclass(frozen=True)
class Scope:
    """Which postings count."""

    start: str
    end: str
    accounts: frozenset[int] | None = None
    parties: tuple[tuple[int, ...], ...] = ()
    classes: tuple[int, ...] = ()
    departments: tuple[int, ...] = ()
    items: tuple[int, ...] = ()

    @property
    def whole(self) -> bool:
        """Openings are nobody's: a report about somebody does not hold them."""
        return not (self.parties or self.classes or self.departments or self.items)

    def sql(self) -> str:
        """Ids are whole numbers, hence safe to stand in the statement."""
        clauses = ["p.realm = :realm", "p.txn_date BETWEEN :start AND :end"]
        if self.accounts is not None:
            clauses.append(f"p.account IN ({_listed(self.accounts)})")
        for column, ids in (("class", self.classes), ("department", self.departments), ("item", self.items)):
            if ids:
                clauses.append(f"p.{column} IN ({_listed(ids)})")
        clauses += [_about(ids) for ids in self.parties]
        return " AND ".join(clauses)


def _listed(ids: Iterable[int]) -> str:
    return ", ".join(map(str, ids))


def _about(ids: tuple[int, ...]) -> str:
    texts = ", ".join(f"'{each}'" for each in ids)
    of = f"SELECT entity, id FROM object WHERE realm = :realm AND party IN ({texts}) AND txn_date IS NOT NULL"
    return f"(p.party IN ({_listed(ids)}) OR (p.entity, p.id) IN ({of}))"


def scope_of(asked: Asked) -> Scope:
    """Everything the query filters by."""
    parties = tuple(asked.ids(name) for name in ("customer", "vendor", "employee", "name") if asked.ids(name))
    return Scope(
        asked.period.start,
        asked.period.end,
        frozenset(asked.ids("account")) or None,
        parties,
        asked.ids("class"),
        asked.ids("department"),
        asked.ids("item"),
    )


class Entry(NamedTuple):
    """One posting."""

    account: int
    entity: str
    id: int
    line: int
    debit: int
    native: int
    day: str
    party: int | None
    class_: int | None
    department: int | None
    memo: str | None


class Sum(NamedTuple):
    account: int
    day: str
    #: Ids of customer, vendor, class or department, whichever the sums were asked by.
    marks: tuple[int, ...]
    debit: int


class Ledger:
    def __init__(self, books: Books, asked: Asked) -> None:
        self._books = books
        self._table = cash.laid_out(books) if asked.basis == "Cash" else "posting"
        info = books.find("CompanyInfo", 1)
        assert info is not None, "a company is never seeded without its info"
        made = datetime.fromtimestamp(info.created, UTC).astimezone(books.company.zone).date().isoformat()
        #: Openings carry no date; they count from the first day of the fiscal year in which the company was put in.
        self.opening_day = asked.calendar.fiscal_start(made)
        self._openings = {account: units for account, units in books.totals("opening").items() if units}

    def sums(self, scope: Scope, by: str = "") -> Iterator[Sum]:
        """By account and day, and by customer, vendor, class or department where that is asked."""
        marks = _MARKS.get(by, ())
        source = f"{self._table} p {_WITH_PARTY if 'o.party' in marks else ''}"
        groups = ", ".join(("p.account", "p.txn_date", *marks))
        rows = self._run(f"SELECT {groups}, sum(p.debit) FROM {source} WHERE {scope.sql()} GROUP BY {groups}", scope)
        for account, day, *marked, debit in rows:
            yield Sum(account, day, tuple(int(mark) for mark in marked if mark is not None), debit)
        for account, debit in self._opened(scope):
            yield Sum(account, self.opening_day, (), debit)

    def entries(self, scope: Scope) -> Iterator[Entry]:
        """In the order of days, then of transactions."""
        for account, debit in self._opened(scope):
            yield Entry(account, OPENING, 0, 0, debit, debit, self.opening_day, None, None, None, "Opening balance")
        # Of one account they lie in this order in an index, where otherwise they would have to be sorted.
        alone = scope.accounts is not None and len(scope.accounts) == 1
        order = "p.entity, p.id, p.line" if alone else "p.id, p.entity, p.line"
        query = (
            "SELECT p.account, p.entity, p.id, p.line, p.debit, p.native, p.txn_date, p.party, p.class, p.department,"
            f" p.memo FROM {self._table} p WHERE {scope.sql()} ORDER BY p.txn_date, {order}"
        )
        yield from map(Entry._make, self._run(query, scope))

    def before(self, scope: Scope) -> Iterator[Sum]:
        """What was there when the scope began."""
        return (each for each in self.sums(replace(scope, start="", end=scope.start)) if each.day < scope.start)

    def _opened(self, scope: Scope) -> list[tuple[int, int]]:
        if not scope.whole or not scope.start <= self.opening_day <= scope.end:
            return []
        wanted = scope.accounts
        return [(account, units) for account, units in self._openings.items() if wanted is None or account in wanted]

    def _run(self, statement: str, scope: Scope) -> Iterator[tuple[Any, ...]]:
        values = {"realm": self._books.realm, "start": scope.start, "end": scope.end}
        return map(tuple, self._books.db.execute(statement, values))
