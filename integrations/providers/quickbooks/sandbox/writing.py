"""A write that is done once: the books, the answer and its memory in one commit (§4.3)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from .books import Books, company
from .refusals import Refusal, unauthorized
from .requestids import Key, Remembered, recall, remember
from .sandbox import Sandbox
from .wire import Json, dumps

#: Adds what surrounds a result: the envelope's time, or the bId of a batch item.
Seal = Callable[[Books, Json], Json]


@contextmanager
def reading(sandbox: Sandbox, realm: str) -> Iterator[Books]:
    with sandbox.store.reading() as db:
        found = company(db, realm)
        if found is None:
            raise unauthorized(realm)
        yield Books(db, found, sandbox.settings.switches)


@contextmanager
def writing(sandbox: Sandbox, realm: str) -> Iterator[Books]:
    with sandbox.store.writing() as db:
        found = company(db, realm)
        if found is None:
            raise unauthorized(realm)
        yield Books(db, found, sandbox.settings.switches)


def timed(books: Books, result: Json) -> Json:
    return {**result, "time": books.envelope_time}


class Once:
    """Runs a write, or repeats the answer it had before."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def run(self, realm: str, key: Key | None, body: bytes, act: Callable[[Books], Json], seal: Seal) -> Remembered:
        try:
            return self._accepted(realm, key, body, act, seal)
        except Refusal as refusal:
            return self._refused(realm, key, body, refusal, seal)

    def _accepted(
        self, realm: str, key: Key | None, body: bytes, act: Callable[[Books], Json], seal: Seal
    ) -> Remembered:
        with writing(self._sandbox, realm) as books:
            known = self.recalled(books, key, body)
            if known is not None:
                return known
            outcome = Remembered(200, dumps(seal(books, act(books))).encode())
            if key is not None:
                remember(books.db, key, body, outcome, books.now)
            return outcome

    def _refused(self, realm: str, key: Key | None, body: bytes, refusal: Refusal, seal: Seal) -> Remembered:
        with writing(self._sandbox, realm) as books:
            outcome = Remembered(refusal.status, dumps(seal(books, refusal.fault())).encode())
            remembers = self._sandbox.settings.switches.remember_failures == "yes"
            # Code 600 is about the key itself and must not replace what the key stands for.
            if key is not None and remembers and refusal.code != "600":
                remember(books.db, key, body, outcome, books.now)
            return outcome

    def recalled(self, books: Books, key: Key | None, body: bytes) -> Remembered | None:
        return recall(books.db, key, body, books.switches, books.now) if key else None
