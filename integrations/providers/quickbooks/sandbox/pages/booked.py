"""What a company has booked, newest first, turned by key: its last page costs what its first does."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..books.books import Books
from ..books.record import Record
from ..model.money import DIGITS_BEFORE, to_units
from ..registry import TRANSACTIONS
from .gathering import containing
from .numbers import whole

PER_PAGE = 50
#: So many documents are looked through for a text before the page asks whether to go on.
REACH = 10_000
_AMOUNT = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?")
_NEWEST = "ORDER BY txn_date DESC, rowid DESC LIMIT"
_TYPES = tuple(entity.name for entity in TRANSACTIONS)
#: The first costs nothing to ask, so the text of a document is read only where it fails.
_MATCHES = (
    "(amount = :units OR doc_number LIKE :like ESCAPE '\\' OR party IN (SELECT CAST(id AS TEXT) FROM object"
    " WHERE realm = :realm AND names = 'Name' AND name LIKE :like ESCAPE '\\' LIMIT 1000)"
    " OR json_extract(body, '$.PrivateNote') LIKE :like ESCAPE '\\')"
)


@dataclass(frozen=True)
class Place:
    """Where a page ends: a day, and the row of the last document on it."""

    day: str
    row: int

    @classmethod
    def read(cls, text: str) -> Place | None:
        day, dot, row = text.rpartition(".")
        place = whole(row)
        return cls(day, place) if dot and place is not None else None

    def __str__(self) -> str:
        return f"{self.day}.{self.row}"


@dataclass(frozen=True)
class Wanted:
    words: str = ""
    entity: str = ""
    party: str = ""
    first: str = ""
    last: str = ""
    after: Place | None = None


@dataclass(frozen=True)
class Found:
    records: list[Record]
    #: Where the next page begins.
    older: Place | None
    #: A search that has not come to the end of the books; the day it has come to.
    reached: str = ""


def booked(books: Books, wanted: Wanted) -> Found:
    return _searched(books, wanted) if wanted.words else _listed(books, wanted)


def _listed(books: Books, wanted: Wanted) -> Found:
    rows = books.db.execute(_choosing(wanted, PER_PAGE + 1), _values(books, wanted)).fetchall()
    older = _place(rows[PER_PAGE - 1]) if len(rows) > PER_PAGE else None
    return Found([Record.from_row(row) for row in rows[:PER_PAGE]], older)


def _searched(books: Books, wanted: Wanted) -> Found:
    """Looks through so many documents at a time; a number that is given in full is found at any distance."""
    values = _values(books, wanted)
    window = f"SELECT * FROM ({_choosing(wanted, REACH)})"
    rows = books.db.execute(f"{window} WHERE {_MATCHES} LIMIT {PER_PAGE + 1}", values).fetchall()
    exact = _by_number(books, values) if wanted.after is None else []
    shown = [Record.from_row(row) for row in rows[:PER_PAGE]]
    records = exact + [record for record in shown if record.key not in {each.key for each in exact}]
    if len(rows) > PER_PAGE:
        return Found(records, _place(rows[PER_PAGE - 1]))
    end = books.db.execute(f"{window} LIMIT 1 OFFSET {REACH - 1}", values).fetchone()
    return Found(records, _place(end), end["txn_date"]) if end else Found(records, None)


def _by_number(books: Books, values: dict[str, Any]) -> list[Record]:
    marks = ", ".join(f"'{name}'" for name in _TYPES)
    query = f"SELECT * FROM object WHERE realm = :realm AND entity IN ({marks}) AND doc_number = :number LIMIT 20"
    return [Record.from_row(row) for row in books.db.execute(query, values)]


def _choosing(wanted: Wanted, limit: int) -> str:
    """So many from each stretch of an index, then the newest of them all."""
    each = " UNION ALL ".join(
        f"SELECT * FROM (SELECT rowid AS place, * FROM object WHERE {_booked(wanted)} {stretch} {_NEWEST} {limit})"
        for stretch in _stretches(wanted)
    )
    return f"SELECT * FROM ({each}) ORDER BY txn_date DESC, place DESC LIMIT {limit}"


def _stretches(wanted: Wanted) -> list[str]:
    """The index of parties goes by type. What is left of a day is found by its rows, what is before it by its days."""
    types = [wanted.entity] if wanted.entity or not wanted.party else _TYPES
    days = ("AND txn_date = :day AND rowid < :row", "AND txn_date < :day") if wanted.after else ("",)
    return [f"{_of_type(entity, wanted.party)} {day}" for entity in types for day in days]


def _of_type(entity: str, party: str) -> str:
    # Only words of our own come here; what somebody sent is bound.
    return (f"AND entity = '{entity}'" if entity else "") + (" AND party = :party" if party else "")


def _booked(wanted: Wanted) -> str:
    conditions = ["realm = :realm AND txn_date IS NOT NULL"]
    if wanted.first:
        conditions.append("txn_date >= :first")
    if wanted.last:
        conditions.append("txn_date <= :last")
    return " AND ".join(conditions)


def _values(books: Books, wanted: Wanted) -> dict[str, Any]:
    folded = wanted.words.casefold()
    return {
        **{"realm": books.realm, "entity": wanted.entity, "party": wanted.party},
        **{"first": wanted.first, "last": wanted.last},
        **({"day": wanted.after.day, "row": wanted.after.row} if wanted.after else {}),
        **{"number": folded, "like": containing(wanted.words), "units": _units(wanted.words)},
    }


def _units(words: str) -> int | None:
    number = words.replace(",", "") if _AMOUNT.fullmatch(words) else ""
    return to_units(Decimal(number)) if number and len(number.partition(".")[0]) <= DIGITS_BEFORE else None


def _place(row: Any) -> Place:
    return Place(row["txn_date"], row["place"])


def written_last(books: Books, limit: int) -> list[Record]:
    """The documents that were entered or changed last, whatever their date."""
    each = (
        f"SELECT * FROM (SELECT rowid AS place, * FROM object WHERE realm = :realm AND entity = '{name}'"
        " ORDER BY updated DESC, id DESC LIMIT :limit)"
        for name in _TYPES
    )
    query = f"SELECT * FROM ({' UNION ALL '.join(each)}) ORDER BY updated DESC, place DESC LIMIT :limit"
    rows = books.db.execute(query, {"realm": books.realm, "limit": limit})
    return [Record.from_row(row) for row in rows]
