"""Whole copies of the books beside them: taken and brought back in one step, however large they are."""

from __future__ import annotations

import re
import shutil
import sqlite3
from collections.abc import Sequence
from functools import partial
from pathlib import Path

from ..wire.json import Json
from .schema import TOKENS
from .store import Store

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
#: What tokens need to stay valid: who was let in, and which apps there are.
_SIGN_IN = (*TOKENS, "app", "key")
#: Subscriptions to notifications are of the sandbox, not of its books; what is on its way to them is of neither.
_LISTENERS = ("webhook",)
_TOLD = ("event", "delivery", "attempt")


class BadSnapshot(ValueError):
    """A snapshot that is not there, or cannot have that name."""


class Snapshots:
    def __init__(self, store: Store) -> None:
        self._store = store
        self._folder = store.path.parent / "snapshots" / store.path.stem

    def listed(self) -> list[Json]:
        found = sorted(self._folder.glob("*/books.sqlite3"), key=lambda path: path.stat().st_mtime)
        return [{"name": path.parent.name, "bytes": path.stat().st_size, "at": path.stat().st_mtime} for path in found]

    def take(self, name: str) -> None:
        """One of the same name gives way."""
        folder = self._path(name)
        folder.mkdir(parents=True, exist_ok=True)
        fresh = folder / "books.new"
        fresh.unlink(missing_ok=True)
        self._store.copy_to(fresh)
        fresh.replace(folder / "books.sqlite3")

    def restore(self, name: str, *, keep_tokens: bool) -> None:
        folder = self._existing(name)
        fresh = self._store.path.with_suffix(".restoring")
        shutil.copyfile(folder / "books.sqlite3", fresh)
        kept = (*_LISTENERS, *(_SIGN_IN if keep_tokens else ()))
        self._store.replace_by(fresh, partial(_carry, kept))

    def drop(self, name: str) -> None:
        shutil.rmtree(self._existing(name))

    def _existing(self, name: str) -> Path:
        folder = self._path(name)
        if not (folder / "books.sqlite3").is_file():
            raise BadSnapshot(f"There is no snapshot named {name}.")
        return folder

    def _path(self, name: str) -> Path:
        if not _NAME.fullmatch(name):
            raise BadSnapshot("A snapshot has a name of letters, digits, dots, dashes and underscores, at most 64.")
        return self._folder / name


def _carry(tables: Sequence[str], live: sqlite3.Connection, fresh: Path) -> None:
    """Who is connected or listens now goes into the books of then; what was still to be told then has been told."""
    db = sqlite3.connect(fresh)
    for table in (*tables, *_TOLD):
        db.execute(f"DELETE FROM {table}")
    for table in tables:
        rows = [tuple(row) for row in live.execute(f"SELECT * FROM {table}")]
        if rows:
            db.executemany(f"INSERT INTO {table} VALUES ({', '.join('?' * len(rows[0]))})", rows)
    db.commit()
    db.close()
