"""The idempotency key: a repeated write gets the first answer again, byte for byte (§4.3, §5)."""

from __future__ import annotations

import asyncio
import hashlib
import sqlite3
from dataclasses import dataclass

from ..books.store import Store
from ..settings import Switches
from ..wire.refusals import Refusal

LONGEST = 50
LONGEST_IN_BATCH = 36
LONGEST_BID = 10
#: Seconds between two looks at what is too old, and so many answers forgotten at once: no request waits for more.
SWEEP, AT_ONCE = 1.0, 250


@dataclass(frozen=True)
class Key:
    """A single write, one item of a batch, or a batch whose items all went through."""

    realm: str
    kind: str
    request_id: str
    bid: str = ""


@dataclass(frozen=True)
class Remembered:
    status: int
    body: bytes
    #: Whether it was given before.
    again: bool = False


def digest(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def check_length(text: str, longest: int) -> None:
    if len(text) > longest:
        raise Refusal("2130", f"Invalid Request Id Format : at most {longest} characters, supplied {len(text)}")


def recall(db: sqlite3.Connection, key: Key, body: bytes, switches: Switches, now: float) -> Remembered | None:
    row = db.execute(
        "SELECT * FROM remembered WHERE realm = ? AND kind = ? AND request_id = ? AND bid = ?",
        (key.realm, key.kind, key.request_id, key.bid),
    ).fetchone()
    if row is None or (switches.requestid_minutes and now - row["at"] > switches.requestid_minutes * 60):
        return None
    if row["digest"] != digest(body) and switches.requestid_mismatch == "refuse":
        raise Refusal("600", "Duplicate Request ID : the request id was used with another body")
    return Remembered(row["status"], row["body"], again=True)


def remember(db: sqlite3.Connection, key: Key, body: bytes, answer: Remembered, now: float) -> None:
    db.execute(
        "INSERT OR REPLACE INTO remembered VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (key.realm, key.kind, key.request_id, key.bid, digest(body), answer.status, answer.body, now),
    )


async def keep_sweeping(store: Store, switches: Switches) -> None:
    """Beside the requests: what is no longer repeated takes no room."""
    while switches.requestid_minutes:
        await asyncio.sleep(SWEEP)
        while forget_old(store, switches) == AT_ONCE:
            await asyncio.sleep(0)


def forget_old(store: Store, switches: Switches) -> int:
    """Rows lie in the order in which they came, so that only the first ones need to be looked at."""
    first = f"SELECT rowid FROM remembered ORDER BY rowid LIMIT {AT_ONCE}"
    until = store.clock.now() - switches.requestid_minutes * 60
    with store.writing() as db:
        return db.execute(f"DELETE FROM remembered WHERE rowid IN ({first}) AND at < ?", (until,)).rowcount
