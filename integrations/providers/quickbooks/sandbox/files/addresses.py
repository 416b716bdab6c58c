"""Addresses that open one file to whoever holds them, for a quarter of an hour (§9.11)."""

from __future__ import annotations

import hashlib
import hmac
import secrets
import sqlite3
from urllib.parse import quote, urlencode

from ..books.store import Store
from ..wire.origin import ORIGIN

SECONDS = 900
_KEY = "files.key"


def prepare(store: Store) -> None:
    """The secret is kept, so that an address outlives a restart."""
    if store.setting(_KEY) is None:
        store.set(_KEY, secrets.token_hex(32))


def temporary(db: sqlite3.Connection, realm: str, number: int, name: str, now: float) -> str:
    expires = int(now) + SECONDS
    query = urlencode({"expires": expires, "signature": _signature(db, realm, number, expires)})
    return f"{ORIGIN.get()}/files/{realm}/{number}/{quote(name, safe='')}?{query}"


def is_valid(db: sqlite3.Connection, realm: str, number: int, expires: str, signature: str, now: float) -> bool:
    if not expires.isdecimal() or int(expires) < now:
        return False
    return hmac.compare_digest(_signature(db, realm, number, int(expires)).encode(), signature.encode())


def _signature(db: sqlite3.Connection, realm: str, number: int, expires: int) -> str:
    row = db.execute("SELECT value FROM setting WHERE name = ?", (_KEY,)).fetchone()
    return hmac.new(row["value"].encode(), f"{realm}/{number}/{expires}".encode(), hashlib.sha256).hexdigest()
