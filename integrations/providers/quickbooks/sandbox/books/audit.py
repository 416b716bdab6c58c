"""Who wrote what: one row for each change, in the transaction of the change itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

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


def note_statement(books: Books, word: str, account: Record, told: str) -> None:
    """An account agreed with its statement, or the bank having seen what stands on it, changes no object."""
    _write(books, word, account, account.sync_token, told)


def _write(books: Books, operation: str, after: Record, was: int | None, changed: str) -> None:
    values = (books.realm, books.now, books.author, operation, after.entity, after.id, was, after.sync_token)
    books.db.execute(_INSERT, (*values, changed))


def _changed(change: Change) -> str:
    """Names of the properties that are not what they were."""
    if change.before is None or change.operation == "Delete":
        return ""
    before, after = change.before.body, change.record.body
    names = [name for name in {**before, **after} if before.get(name) != after.get(name)]
    return ", ".join(sorted(names))
