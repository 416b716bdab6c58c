"""The bytes themselves, in pieces beside the books: what is answered is in the same file, and goes with it."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Iterator

from ..books.store import Store


def keep(store: Store, realm: str, number: int, pieces: Iterable[bytes]) -> int:
    """Each piece is a transaction of its own; until its attachment is there nobody can see it."""
    size = 0
    for place, piece in enumerate(pieces):
        with store.writing() as db:
            db.execute("INSERT INTO piece VALUES (?, ?, ?, ?)", (realm, number, place, piece))
        size += len(piece)
    return size


def discard(store: Store, realm: str, number: int) -> None:
    with store.writing() as db:
        db.execute("DELETE FROM piece WHERE realm = ? AND attachable = ?", (realm, number))


def pieces(store: Store, realm: str, number: int) -> Iterator[bytes]:
    place = 0
    while True:
        with store.reading() as db:
            query = "SELECT bytes FROM piece WHERE realm = ? AND attachable = ? AND place = ?"
            row = db.execute(query, (realm, number, place)).fetchone()
        if row is None:
            return
        yield row["bytes"]
        place += 1


def sweep(db: sqlite3.Connection) -> None:
    """What an upload left behind that ended before its attachment was there."""
    db.execute(
        "DELETE FROM piece WHERE (realm, attachable) IN (SELECT DISTINCT realm, attachable FROM piece)"
        " AND NOT EXISTS (SELECT 1 FROM object WHERE object.realm = piece.realm"
        " AND entity = 'Attachable' AND id = attachable)"
    )
