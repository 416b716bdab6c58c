"""Who wrote what: one row for each change, in the transaction of the change itself."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

from .changes import Change

if TYPE_CHECKING:
    from .books import Books
    from .record import Record

_INSERT = (
    "INSERT INTO audit SELECT ?1, coalesce((SELECT max(seq) FROM audit WHERE realm = ?1), 0) + 1, ?2, ?3, ?4, ?5, ?6,"
    " ?7, ?8, ?9"
)


def note(books: Books, change: Change) -> None:
    """A watcher of the books."""
    after, before = change.record, change.before
    was = None if before is None else before.sync_token
    _write(books, change.operation, after, was, _changed(change))
    if change.absorbed is not None:
        told = (books.realm, books.now, books.author, change.operation, after.entity, change.absorbed, None, 0)
        books.db.execute(_INSERT, (*told, f"Into {after.id}"))


def note_statement(books: Books, word: str, account: Record, told: str) -> None:
    """An account agreed with its statement, or the bank having seen what stands on it, changes no object."""
    _write(books, word, account, account.sync_token, told)


def _write(books: Books, operation: str, after: Record, was: int | None, changed: str) -> None:
    values = (books.realm, books.now, books.author, operation, after.entity, after.id, was, after.sync_token)
    books.db.execute(_INSERT, (*values, changed))


def _changed(change: Change) -> str:
    """Names of the properties that are not what they were; of what is gone, how it was called or what took it in."""
    if change.operation == "Delete":
        return change.record.title or str(change.record.body.get("DocNumber") or "")
    if change.absorbed is not None:
        return f"Absorbed {change.absorbed}"
    if change.before is None:
        return ""
    before, after = change.before.body, change.record.body
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return ", ".join(_told(name, before.get(name), after.get(name)) for name in sorted(names))


def _told(name: str, before: Any, after: Any) -> str:
    """With both values where they are figures or days, which have neither blanks nor commas."""
    plain = all(isinstance(each, int | float | Decimal) or _is_day(name, each) for each in (before, after))
    return f"{name} {before} {after}" if plain else name


def _is_day(name: str, value: Any) -> bool:
    return isinstance(value, str) and name.endswith("Date") and len(value) == 10 and value.count("-") == 2
