"""Exchange rates as they are asked for: by currency and day, not by Id (§9.6)."""

from __future__ import annotations

from ..books.books import Books
from ..entities import currencies
from ..model.reading import Reader
from ..wire.json import Json
from ..wire.refusals import missing
from .query import Statement, invalid


def read(books: Books, asked: dict[str, str]) -> Json:
    currencies.admit(books)
    code = asked.get("sourcecurrencycode", "").upper()
    if not code:
        raise missing("sourcecurrencycode")
    currencies.require(books, code, "sourcecurrencycode")
    return {"ExchangeRate": currencies.rate_on(books, code, _day(books, asked.get("asofdate", "")))}


def query(books: Books, statement: Statement) -> Json:
    """One row for the home currency and each other of the company."""
    codes = [books.company.currency, *currencies.active(books)] if currencies.several(books) else []
    asked = books.today
    for each in statement.conditions:
        name, values = each.property.lower(), [value.text for value in each.values]
        if each.operator not in ("=", "IN") or name not in ("sourcecurrencycode", "asofdate"):
            raise invalid(f"property '{each.property}' is not queryable")
        if name == "asofdate":
            asked = _day(books, values[0])
        else:
            codes = [code for code in codes if code.lower() in [value.lower() for value in values]]
    if statement.count:
        return {"QueryResponse": {"totalCount": len(codes)}}
    return {"QueryResponse": _page([currencies.rate_on(books, code, asked) for code in codes], statement)}


def _page(rows: list[Json], statement: Statement) -> Json:
    first = statement.start - 1
    shown = rows[first : first + (statement.limit or 100)]
    if not shown:
        return {}
    return {"ExchangeRate": shown, "startPosition": statement.start, "maxResults": len(shown)}


def _day(books: Books, text: str) -> str:
    field = next(each for each in currencies.EXCHANGE_RATE.fields if each.name == "AsOfDate")
    return Reader.day(books.reader, text, field) if text else books.today
