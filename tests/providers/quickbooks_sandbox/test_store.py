"""The file beneath the books: a write that cannot be committed is as if it had never begun."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from integrations.providers.quickbooks.sandbox.books.record import Record
from integrations.providers.quickbooks.sandbox.books.store import Store


def test_a_commit_that_fails_leaves_neither_an_open_transaction_nor_what_was_decoded(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.db.execute("PRAGMA foreign_keys = ON")
    store.db.execute("CREATE TABLE late (realm TEXT REFERENCES company (realm) DEFERRABLE INITIALLY DEFERRED)")
    key = ("1", "Vendor", 1)
    with pytest.raises(sqlite3.IntegrityError):
        _write(store, key)
    assert store.shelf.get(key) is None
    with store.writing() as db:
        assert db.execute("SELECT count(*) FROM late").fetchone()[0] == 0


def _write(store: Store, key: tuple[str, str, int]) -> None:
    with store.writing() as db:
        store.shelf.put(key, Record("Vendor", 1, 0, True, 0, 0, {}))
        db.execute("INSERT INTO late VALUES ('nowhere')")
