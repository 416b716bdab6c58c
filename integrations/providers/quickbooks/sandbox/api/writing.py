"""A write that is done once: the books, the answer and its memory in one commit (§4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from ..books.books import Books, company
from ..registry import BY_NAME
from ..sandbox import Sandbox
from ..wire.json import Json, encode
from ..wire.refusals import Refusal, unauthorized
from .requestids import Key, Remembered, recall, remember

#: Who makes the request of the moment, where that is not the app of the settings (books/audit.py).
AUTHOR: ContextVar[str] = ContextVar("author", default="")
#: Adds what surrounds a result: the envelope's time, or the bId of a batch item.
Seal = Callable[[Books, Json], Json]


def open_books(sandbox: Sandbox, realm: str) -> Books:
    store = sandbox.store
    found = store.shelf.fact(("company", realm), lambda: company(store.db, realm))
    if found is None:
        raise unauthorized(realm)
    return Books.on(store, found, sandbox.switches, BY_NAME)


@contextmanager
def reading(sandbox: Sandbox, realm: str) -> Iterator[Books]:
    with sandbox.store.reading():
        yield open_books(sandbox, realm)


@contextmanager
def writing(sandbox: Sandbox, realm: str, author: str | None = None) -> Iterator[Books]:
    with sandbox.store.writing():
        books = open_books(sandbox, realm)
        books.watchers = sandbox.watchers
        books.author = AUTHOR.get() if author is None else author
        yield books


@contextmanager
def aside(sandbox: Sandbox, realm: str) -> Iterator[Books]:
    """A snapshot beside the stream of requests, for reports and pages."""
    with sandbox.store.aside() as db:
        found = company(db, realm)
        if found is None:
            raise unauthorized(realm)
        yield Books(db, found, sandbox.settings.switches, BY_NAME, sandbox.store.clock.now())


def timed(books: Books, result: Json) -> Json:
    return {**result, "time": books.envelope_time}


def once(books: Books, key: Key | None, body: bytes, act: Callable[[Books], Json], seal: Seal) -> Remembered:
    """Runs a write, or repeats the answer it had before."""
    try:
        known = recalled(books, key, body)
        if known is not None:
            return known
        with books.attempt():
            result = act(books)
    except Refusal as refusal:
        # Code 600 is about the key itself and must not replace what the key stands for.
        remembers = books.switches.remember_failures == "yes" and refusal.code != "600"
        outcome = Remembered(refusal.status, encode(seal(books, refusal.fault(books.switches.language))))
        return _kept(books, key if remembers else None, body, outcome)
    return _kept(books, key, body, Remembered(200, encode(seal(books, result))))


def recalled(books: Books, key: Key | None, body: bytes) -> Remembered | None:
    return recall(books.db, key, body, books.switches, books.now) if key else None


def _kept(books: Books, key: Key | None, body: bytes, outcome: Remembered) -> Remembered:
    if key is not None:
        remember(books.db, key, body, outcome, books.now)
    return outcome
