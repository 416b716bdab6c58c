"""Runs a statement over one company's objects (§3)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from ..books.books import Books
from ..books.record import Record
from ..entities import attachable, currencies
from ..model.entity import Entity
from ..model.money import to_units
from ..model.reading import LARGEST_ID, is_whole_id
from ..registry import BY_QUERY, EMPTY
from ..wire.json import Json
from ..wire.refusals import Refusal
from . import rates
from .documents import admit, render
from .query import Condition, Literal, Parser, Statement, invalid

PAGE = 100
LARGEST_PAGE = 1000
#: Columns with an index of their own that hardly hold a value twice.
POINTED = ("doc_number", "name", attachable.TARGET)
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
#: Beyond every amount, and within what a column can be compared with.
_FARTHEST = Decimal(10**13)


def run(books: Books, text: str) -> Json:
    statement = Parser(text, books.switches, books.today).statement()
    entity = BY_QUERY.get(statement.entity.lower())
    if statement.entity.lower() in EMPTY:
        return _nothing(statement)
    if entity is None:
        raise invalid(f"Invalid context declaration: {statement.entity}")
    if entity.name == "ExchangeRate":
        return rates.query(books, statement)
    if entity.name in currencies.GATED and not currencies.several(books):
        return _nothing(statement)
    admit(books, entity)
    return Search(books, entity, statement).answer()


def _nothing(statement: Statement) -> Json:
    return {"QueryResponse": {"totalCount": 0} if statement.count else {}}


class Search:
    def __init__(self, books: Books, entity: Entity, statement: Statement) -> None:
        self._books = books
        self._entity = entity
        self._statement = statement
        self._values: list[Any] = []

    def answer(self) -> Json:
        where = self._where()
        if self._statement.count:
            query = f"SELECT count(*) AS total FROM object WHERE {where}"
            total = self._books.db.execute(query, self._values).fetchone()["total"]
            return {"QueryResponse": {"totalCount": total}}
        columns = [self._column(name) for name in self._statement.columns]
        found = [self._shown(record, columns) for record in self._page(where)]
        return {"QueryResponse": self._response(found)}

    def _response(self, found: list[Json]) -> Json:
        if not found:
            # §2.1: no rows, no key.
            return {}
        response: Json = {self._entity.name: found}
        if self._entity.name != "Preferences":
            response["startPosition"] = self._statement.start
        return {**response, "maxResults": len(found)}

    def _page(self, where: str) -> list[Record]:
        start, limit = self._statement.start, self._limit()
        if not self._entity.words:
            return self._rows(where, self._ordering(), limit, start - 1)
        # The real one's oddity: codes that are words come first and count against no limit.
        words = self._rows(f"{where} AND id < 0", "id DESC", len(self._entity.words), 0) if start == 1 else []
        return [*words, *self._rows(f"{where} AND id > 0", self._ordering(), limit, start - 1)]

    def _rows(self, where: str, ordering: str, limit: int, offset: int) -> list[Record]:
        query = f"SELECT * FROM object WHERE {where} ORDER BY {ordering} LIMIT ? OFFSET ?"
        rows = self._books.db.execute(query, [*self._values, limit, min(offset, LARGEST_ID)])
        return [Record.from_row(row) for row in rows]

    def _limit(self) -> int:
        limit = self._statement.limit or PAGE
        if limit <= LARGEST_PAGE:
            return limit
        if self._books.switches.maxresults_over == "cap":
            return LARGEST_PAGE
        raise invalid(f"value {limit} is too large. Max allowed value is {LARGEST_PAGE}")

    def _ordering(self) -> str:
        parts = [f"{self._sortable(name)} {'DESC' if down else 'ASC'}" for name, down in self._statement.ordering]
        # The Id breaks ties, so that pages are stable.
        return ", ".join([*(parts or self._usual()), "+id DESC" if self._is_pointed() else "id DESC"])

    def _sortable(self, name: str) -> str:
        _, expression = self._known(name)
        if "{}" in expression:
            # It may hold several values.
            raise invalid(f"property '{name}' is not sortable")
        return expression

    def _usual(self) -> list[str]:
        """As recorded where nothing is asked: lists by name, transactions as they were last changed."""
        if self._is_pointed():
            return []
        return ["name"] if self._entity.names else ["updated DESC"]

    def _is_pointed(self) -> bool:
        """Few rows are meant: SQLite must look them up, not walk all ids for the sake of their order."""
        return any(
            each.operator in ("=", "IN") and self._known(each.property)[1] in POINTED
            for each in self._statement.conditions
        )

    def _where(self) -> str:
        parts = ["realm = ?", "entity = ?"]
        self._values = [self._books.realm, self._entity.name]
        if self._entity.names:
            # The index of names knows only lists that have some.
            parts.append("names = ?")
            self._values.append(self._entity.names)
        if self._books.switches.query_lag:
            parts.append("born <= ?")
            self._values.append(self._books.now - self._books.switches.query_lag)
        named = {condition.property.lower() for condition in self._statement.conditions}
        if self._entity.activates and "active" not in named:
            parts.append("active = 1")
        parts.extend(self._condition(condition) for condition in self._statement.conditions)
        return " AND ".join(parts)

    def _known(self, name: str) -> tuple[str, str]:
        named = (found for known, found in self._entity.searchable.items() if known.lower() == name.lower())
        found = next(named, None)
        if found is None or (found[0] == "moved" and self._books.switches.amount_query == "refuse"):
            raise self._unknown(name)
        return found

    def _unknown(self, name: str) -> Refusal:
        root = name.split(".")[0].lower()
        if root in (field.name.lower() for field in self._entity.fields):
            return invalid(f"property '{name}' is not queryable")
        return invalid(f"property '{name}' not found for Entity {self._entity.name}")

    def _condition(self, condition: Condition) -> str:
        kind, expression = self._known(condition.property)
        several = "{}" in expression
        if condition.operator not in _OPERATORS[kind] or (several and condition.operator == "!="):
            raise invalid(f"operator {condition.operator} is not supported for property '{condition.property}'")
        read = _LITERALS[kind]
        self._values += [read(self, value, condition) for value in condition.values]
        comparison = _comparison(condition)
        # Of a property that may hold several values the expression says where the comparison goes.
        return expression.format(comparison) if several else f"{expression} {comparison}"

    def id(self, value: Literal, condition: Condition) -> int:
        if value.text in self._entity.words:
            return self._entity.words[value.text]
        if not is_whole_id(value.text):
            raise _bad_value(value, condition)
        return int(value.text)

    def text(self, value: Literal, condition: Condition) -> str:
        if condition.operator != "LIKE":
            return value.text.casefold()
        # The per cent sign is the only wildcard (§3).
        return re.sub(r"([\\_])", r"\\\1", value.text.casefold())

    def flag(self, value: Literal, condition: Condition) -> bool:
        if value.text.lower() not in ("true", "false"):
            raise _bad_value(value, condition)
        return value.text.lower() == "true"

    def date(self, value: Literal, condition: Condition) -> str:
        try:
            day = date.fromisoformat(value.text) if _DAY.fullmatch(value.text) else None
        except ValueError:
            day = None
        if day is None:
            raise _bad_value(value, condition)
        return day.isoformat()

    def time(self, value: Literal, condition: Condition) -> float:
        try:
            when = datetime.fromisoformat(value.text)
        except ValueError as error:
            raise _bad_value(value, condition) from error
        local = when if when.tzinfo else when.replace(tzinfo=self._books.company.zone)
        return local.timestamp()

    def number(self, value: Literal, condition: Condition) -> float:
        try:
            return float(value.text)
        except ValueError as error:
            raise _bad_value(value, condition) from error

    def amount(self, value: Literal, condition: Condition) -> int:
        try:
            asked = Decimal(value.text)
        except InvalidOperation as error:
            raise _bad_value(value, condition) from error
        if asked.is_nan():
            raise _bad_value(value, condition)
        # Farther out than any column reaches, one number compares as the other.
        return to_units(max(min(asked, _FARTHEST), -_FARTHEST))

    def _column(self, name: str) -> str:
        """The top-level property that a column names, in its own spelling."""
        if name == "*":
            return name
        root = name.split(".")[0].lower()
        own = {each.name.lower(): each.name for each in self._entity.fields} | {"id": "Id", "metadata": "MetaData"}
        if root not in own:
            raise invalid(f"property '{name}' not found for Entity {self._entity.name}")
        return own[root]

    def _withheld(self, columns: list[str]) -> tuple[str, ...]:
        asked = self._books.switches.item_sku == "named"
        return tuple(name for name in self._entity.on_request if asked and name not in columns)

    def _shown(self, record: Record, columns: list[str]) -> Json:
        whole = render(self._books, record)
        if "*" in columns:
            withheld = self._withheld(columns)
            return {name: whole[name] for name in whole if name not in withheld} if withheld else whole
        return {name: whole[name] for name in columns if name in whole} | {"domain": "QBO", "sparse": True}


def _comparison(condition: Condition) -> str:
    if condition.operator == "LIKE":
        return "LIKE ? ESCAPE '\\'"
    if condition.operator == "IN":
        return f"IN ({', '.join('?' * len(condition.values))})"
    # What has no value differs from every value.
    return "IS NOT ?" if condition.operator == "!=" else f"{condition.operator} ?"


def _bad_value(value: Literal, condition: Condition) -> Exception:
    return invalid(f"value '{value.text}' is not valid for property '{condition.property}'")


_ORDER = ("=", "!=", "<", ">", "<=", ">=", "IN")
_OPERATORS = {
    "id": ("=", "!=", "IN"),
    "text": (*_ORDER, "LIKE"),
    "date": _ORDER,
    "time": _ORDER,
    "amount": _ORDER,
    "number": _ORDER,
    "moved": _ORDER,
    "flag": ("=", "!=", "IN"),
}
_LITERALS: dict[str, Callable[[Search, Literal, Condition], Any]] = {
    "id": Search.id,
    "text": Search.text,
    "date": Search.date,
    "time": Search.time,
    "amount": Search.amount,
    "number": Search.number,
    "moved": Search.amount,
    "flag": Search.flag,
}
