"""The SQLite file: what was answered is in it before the answer leaves, so that it survives kill -9.

The API works on one connection, a request at a time: none of its statements takes longer than handing it to another
thread would. What reads a whole company (reports, pages, exports) does so aside, on a snapshot of its own.
"""

from __future__ import annotations

import sqlite3
import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TypeVar

from .clock import Clock
from .record import Record
from .schema import BOOKS, SCHEMA, TOKENS, VERSION

#: So many objects stay decoded in memory; those that are referred to most are always among them.
SHELF = 4096
Fact = TypeVar("Fact")


class Shelf:
    """The objects that were used last, and what every request asks of the file although it hardly ever changes."""

    def __init__(self, size: int = SHELF) -> None:
        self._size = size
        self._records: OrderedDict[tuple[str, str, int], Record] = OrderedDict()
        self._facts: dict[Hashable, Any] = {}

    def get(self, key: tuple[str, str, int]) -> Record | None:
        record = self._records.get(key)
        if record is not None:
            self._records.move_to_end(key)
        return record

    def put(self, key: tuple[str, str, int], record: Record) -> None:
        self._records[key] = record
        self._records.move_to_end(key)
        if len(self._records) > self._size:
            self._records.popitem(last=False)

    def drop(self, key: tuple[str, str, int]) -> None:
        self._records.pop(key, None)

    def fact(self, name: Hashable, read: Callable[[], Fact | None]) -> Fact | None:
        """As it was read last; that there is none is not kept."""
        found: Fact | None = self._facts.get(name)
        if found is None:
            found = read()
            if found is not None:
                self._facts[name] = found
        return found

    def forget(self, name: Hashable) -> None:
        self._facts.pop(name, None)

    def clear(self) -> None:
        self._records.clear()
        self._facts.clear()


def _fold(text: str | int | float | None) -> str | int | float | None:
    return text.casefold() if isinstance(text, str) else text


class Store:
    def __init__(self, folder: Path) -> None:
        # Tokens and the signing key lie in here.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Books of an older form stay beside: they cannot be read as these.
        self.path = folder / f"books.{VERSION}.sqlite3"
        self._lock = threading.RLock()
        self._asides = 0
        self._no_asides = threading.Condition()
        self.shelf = Shelf()
        self.clock = Clock()
        #: Called after each commit, on the thread that made it.
        self.listeners: list[Callable[[], None]] = []
        self._open()

    def _open(self) -> None:
        self.db = self._connect()
        # Document numbers come in no order: with its indexes in memory a large company is written as fast as a small.
        # More than that would only be the system's own memory of the file once again.
        self.db.execute("PRAGMA cache_size = -20000")
        self.db.execute("PRAGMA wal_autocheckpoint = 4000")
        self.db.executescript(SCHEMA)
        self.clock.ahead = float(self.setting("clock.ahead") or 0)

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            self.path, isolation_level=None, check_same_thread=False, timeout=30, cached_statements=512
        )
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        # What is committed is with the system and outlives the process. Only a loss of power could undo it.
        db.execute("PRAGMA synchronous = NORMAL")
        db.create_function("fold", 1, _fold, deterministic=True)
        return db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._decoding_anew(), _transaction(self.db, "BEGIN IMMEDIATE") as db:
            yield db
        for tell in self.listeners:
            tell()

    @contextmanager
    def _decoding_anew(self) -> Iterator[None]:
        try:
            yield
        except BaseException:  # Also a COMMIT that failed: what was decoded of what is taken back goes too.
            self.shelf.clear()
            raise

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            yield self.db

    @contextmanager
    def aside(self) -> Iterator[sqlite3.Connection]:
        """A snapshot on a connection of its own, for what takes long enough to be noticed by others."""
        with self._no_asides:
            self._asides += 1
            db = self._connect()
        try:
            with _transaction(db, "BEGIN"):
                yield db
        finally:
            with self._no_asides:
                db.close()
                self._asides -= 1
                self._no_asides.notify_all()

    def copy_to(self, path: Path) -> None:
        """Committed pages only, and none of them twice: a plain file, without a log beside it."""
        target = sqlite3.connect(path)
        target.execute("PRAGMA journal_mode = OFF")
        target.execute("PRAGMA synchronous = OFF")
        with self._lock:
            self.db.backup(target)
        target.close()

    def replace_by(self, fresh: Path, prepare: Callable[[sqlite3.Connection, Path], None] | None = None) -> None:
        """Other books in the place of these. The rename is the one step that counts; snapshots of old books end first.

        The last connection that closes takes the log with it, so that none is left to be read into the new file.
        """
        with self._lock, self._no_asides:
            self._no_asides.wait_for(lambda: not self._asides)
            if prepare is not None:
                prepare(self.db, fresh)
            self.db.close()
            fresh.replace(self.path)
            self.shelf.clear()
            self._open()

    def move_clock(self, ahead: float) -> None:
        self.clock.ahead = ahead
        self.set("clock.ahead", repr(ahead))

    def setting(self, name: str) -> str | None:
        row = self.db.execute("SELECT value FROM setting WHERE name = ?", (name,)).fetchone()
        return str(row["value"]) if row else None

    def set(self, name: str, value: str) -> None:
        with self._lock:
            self.db.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (name, value))

    def wipe(self, db: sqlite3.Connection, *, tokens: bool) -> None:
        self.shelf.clear()
        for table in BOOKS + (TOKENS if tokens else ()):
            db.execute(f"DELETE FROM {table}")


@contextmanager
def _transaction(db: sqlite3.Connection, begin: str) -> Iterator[sqlite3.Connection]:
    db.execute(begin)
    try:
        yield db
        db.execute("COMMIT")
    except BaseException:  # Even a cancelled request, or a full disk, must not leave half of its work behind.
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise
