"""What a page will name is fetched in one statement beforehand, so that a long list asks no more than a short one."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence

from ..books.books import NAME_TYPES, Books
from ..books.record import Record
from ..model.entity import Entity
from ..model.fields import Field, Kind
from ..wire.json import Json

Key = tuple[str, int]
Found = dict[Key, Record]


def gather(books: Books, keys: Iterable[Key]) -> Found:
    """The objects by their keys; from now on books.find() has them at hand too."""
    wanted = sorted(set(keys))
    if not wanted:
        return {}
    found = {record.key: record for record in map(Record.from_row, at_keys(books, "object", wanted))}
    for key, record in found.items():
        books.shelf.put((books.realm, *key), record)
    return found


def at_keys(books: Books, name: str, keys: Sequence[Key]) -> sqlite3.Cursor:
    """The rows of a table that have one of these keys.

    The keys lead, each to its place in the index; as a list after IN they would be held against the whole company.
    """
    query = (
        f"WITH wanted (entity, id) AS (VALUES {', '.join(['(?, ?)'] * len(keys))})"
        f" SELECT {name}.* FROM wanted CROSS JOIN {name}"
        f" ON realm = ? AND {name}.entity = wanted.entity AND {name}.id = wanted.id"
    )
    return books.db.execute(query, [*(value for key in keys for value in key), books.realm])


def references(entity: Entity, body: Json) -> Iterator[Key]:
    """Everything that the fields of an object lead to."""
    return _within(entity.fields, body)


def _within(fields: Iterable[Field], body: Json) -> Iterator[Key]:
    for field in fields:
        value = body.get(field.name)
        if not value:
            continue
        if field.kind is Kind.REF:
            yield from referred(field, value)
        elif field.kind is Kind.PART and isinstance(value, dict):
            yield from _within(field.parts, value)
        elif field.kind is Kind.LINES:
            for row in value:
                yield from _within(field.parts, row)


def referred(field: Field, value: Json) -> Iterator[Key]:
    number = str(value.get("value", ""))
    if number.isdecimal():
        target = str(value.get("type") or "Vendor") if field.target == "Name" else field.target
        yield target, int(number)


def party_keys(number: int | str | None) -> Iterator[Key]:
    """Whoever has this Id: vendors, customers and employees count theirs together."""
    if number is not None:
        yield from ((entity, int(number)) for entity in NAME_TYPES)


def party_in(found: Found, number: int | str | None) -> Record | None:
    return next((found[key] for key in party_keys(number) if key in found), None)


def containing(words: str) -> str:
    """A pattern for LIKE … ESCAPE '\\': text that has these words in it, whatever their case."""
    return "%" + re.sub(r"([\\%_])", r"\\\1", words.casefold()) + "%"
