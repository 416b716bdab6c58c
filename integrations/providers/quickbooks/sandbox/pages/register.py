"""What a company has booked, newest first, a page at a time."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..books.books import Books
from ..books.record import Record
from ..model.money import DIGITS_BEFORE, to_units

PER_PAGE = 200
_AMOUNT = re.compile(r"\d{1,3}(,\d{3})+(\.\d+)?|\d+(\.\d+)?")
_BOOKED = "realm = :realm AND txn_date IS NOT NULL"
#: The first costs nothing to ask, so the text of a document is read only where it fails.
_MATCHING = (
    f"{_BOOKED} AND (amount = :units OR doc_number LIKE :like ESCAPE '\\'"
    " OR json_extract(body, '$.EntityRef.value') IN (SELECT CAST(id AS TEXT) FROM object"
    " WHERE realm = :realm AND names = 'Name' AND name LIKE :like ESCAPE '\\')"
    " OR json_extract(body, '$.PrivateNote') LIKE :like ESCAPE '\\')"
)


@dataclass(frozen=True)
class Found:
    words: str
    at: int
    records: list[Record]
    more: bool
    #: Not counted in a search, which ends with its page.
    total: int | None

    @property
    def first(self) -> int:
        return (self.at - 1) * PER_PAGE + 1


def sought(books: Books, words: str, at: int) -> Found:
    condition = _MATCHING if words else _BOOKED
    values = _values(books, words)
    query = f"SELECT * FROM object WHERE {condition} ORDER BY txn_date DESC, id DESC LIMIT :limit OFFSET :offset"
    rows = books.db.execute(query, {**values, "limit": PER_PAGE + 1, "offset": (at - 1) * PER_PAGE}).fetchall()
    total = None if words else books.db.execute(f"SELECT count(*) FROM object WHERE {_BOOKED}", values).fetchone()[0]
    return Found(words, at, [Record.from_row(row) for row in rows[:PER_PAGE]], len(rows) > PER_PAGE, total)


def _values(books: Books, words: str) -> dict[str, Any]:
    like = re.sub(r"([\\%_])", r"\\\1", words.casefold())
    return {"realm": books.realm, "like": f"%{like}%", "units": _units(words)}


def _units(words: str) -> int | None:
    number = words.replace(",", "") if _AMOUNT.fullmatch(words) else ""
    return to_units(Decimal(number)) if number and len(number.partition(".")[0]) <= DIGITS_BEFORE else None
