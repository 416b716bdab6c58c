"""The SQLite file: what was answered is on the disk before the answer leaves."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SCHEMA = """
CREATE TABLE IF NOT EXISTS company (
    realm TEXT PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL,
    currency TEXT NOT NULL, zone TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS sequence (
    realm TEXT NOT NULL, family TEXT NOT NULL, last INTEGER NOT NULL, PRIMARY KEY (realm, family)
);
CREATE TABLE IF NOT EXISTS object (
    realm TEXT NOT NULL, entity TEXT NOT NULL, id INTEGER NOT NULL,
    sync_token INTEGER NOT NULL, active INTEGER NOT NULL,
    created INTEGER NOT NULL, updated INTEGER NOT NULL, born REAL NOT NULL,
    names TEXT, name TEXT, doc_number TEXT, txn_date TEXT, amount INTEGER,
    body TEXT NOT NULL,
    PRIMARY KEY (realm, entity, id)
);
CREATE UNIQUE INDEX IF NOT EXISTS object_name ON object (realm, names, name) WHERE names IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_doc_number ON object (realm, entity, doc_number) WHERE doc_number IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_txn_date ON object (realm, entity, txn_date) WHERE txn_date IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_parent ON object (realm, names, json_extract(body, '$.ParentRef.value'))
    WHERE names IS NOT NULL;
CREATE INDEX IF NOT EXISTS object_updated ON object (realm, entity, updated, id);
CREATE INDEX IF NOT EXISTS object_day ON object (realm, txn_date, id) WHERE txn_date IS NOT NULL;
CREATE TABLE IF NOT EXISTS balance (
    realm TEXT NOT NULL, account INTEGER NOT NULL, debit INTEGER NOT NULL, PRIMARY KEY (realm, account)
);
CREATE TABLE IF NOT EXISTS opening (
    realm TEXT NOT NULL, account INTEGER NOT NULL, debit INTEGER NOT NULL, PRIMARY KEY (realm, account)
);
CREATE TABLE IF NOT EXISTS remembered (
    realm TEXT NOT NULL, kind TEXT NOT NULL, request_id TEXT NOT NULL, bid TEXT NOT NULL,
    digest TEXT NOT NULL, status INTEGER NOT NULL, body BLOB NOT NULL, at REAL NOT NULL,
    PRIMARY KEY (realm, kind, request_id, bid)
);
CREATE TABLE IF NOT EXISTS key (name TEXT PRIMARY KEY, pem BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS oauth_grant (
    id INTEGER PRIMARY KEY, client TEXT NOT NULL, realm TEXT, scope TEXT NOT NULL,
    authorised REAL NOT NULL, revoked REAL
);
CREATE TABLE IF NOT EXISTS oauth_code (
    code TEXT PRIMARY KEY, client TEXT NOT NULL, redirect_uri TEXT NOT NULL, realm TEXT, scope TEXT NOT NULL,
    nonce TEXT, expires REAL NOT NULL, oauth_grant INTEGER
);
CREATE TABLE IF NOT EXISTS access_token (
    token TEXT PRIMARY KEY, oauth_grant INTEGER NOT NULL, expires REAL NOT NULL, dead REAL
);
CREATE TABLE IF NOT EXISTS refresh_token (
    token TEXT PRIMARY KEY, oauth_grant INTEGER NOT NULL, issued REAL NOT NULL, used REAL NOT NULL, dead REAL
);
"""

BOOKS = ("company", "sequence", "object", "balance", "opening", "remembered")
TOKENS = ("oauth_grant", "oauth_code", "access_token", "refresh_token")


def _fold(text: str | int | float | None) -> str | int | float | None:
    return text.casefold() if isinstance(text, str) else text


class Store:
    """One writer at a time, readers on their own snapshots."""

    def __init__(self, folder: Path) -> None:
        # Tokens and the signing key lie in here.
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._path = folder / "books.sqlite3"
        self._lock = threading.Lock()
        self._local = threading.local()
        self._writer = self._connect()
        # Document numbers come in no order: with its indexes in memory a large company is written as fast as a small.
        self._writer.execute("PRAGMA cache_size = -32000")
        self._writer.execute("PRAGMA wal_autocheckpoint = 4000")
        self._writer.executescript(SCHEMA)

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(self._path, isolation_level=None, check_same_thread=False, timeout=30)
        db.row_factory = sqlite3.Row
        db.execute("PRAGMA journal_mode = WAL")
        # A commit survives the loss of power, not only of the process.
        db.execute("PRAGMA synchronous = FULL")
        db.create_function("fold", 1, _fold, deterministic=True)
        return db

    def _reader(self) -> sqlite3.Connection:
        if not hasattr(self._local, "db"):
            self._local.db = self._connect()
        db: sqlite3.Connection = self._local.db
        return db

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        with self._lock, _transaction(self._writer, "BEGIN IMMEDIATE") as db:
            yield db

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        with _transaction(self._reader(), "BEGIN") as db:
            yield db

    def wipe(self, db: sqlite3.Connection, *, tokens: bool) -> None:
        for table in BOOKS + (TOKENS if tokens else ()):
            db.execute(f"DELETE FROM {table}")


@contextmanager
def _transaction(db: sqlite3.Connection, begin: str) -> Iterator[sqlite3.Connection]:
    db.execute(begin)
    try:
        yield db
    except BaseException:  # Even a cancelled request must not leave half of its work behind.
        db.execute("ROLLBACK")
        raise
    db.execute("COMMIT")
