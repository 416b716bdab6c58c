"""What is still to be told: noted in the transaction of the change itself; neither is there without the other."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Collection
from dataclasses import dataclass

from ..books.books import Books
from ..books.changes import Change
from ..settings import Switches
from . import shapes, subscriptions
from .shapes import Event
from .subscriptions import Subscription

#: So many events at most in one notification.
TOGETHER = 100
#: So many notifications at most are under way.
AT_ONCE = 200
#: So many notifications of each subscription can be looked at afterwards.
KEPT = 1000
#: §7: seconds until the next attempt; after the last of them always as long again.
WAITS = (10, 20, 30, 300, 1_200, 7_200, 14_400, 21_600)


@dataclass(frozen=True)
class Delivery:
    id: int
    body: bytes
    made: float
    tries: int
    to: Subscription


def note(books: Books, change: Change) -> bool:
    """Whether there is anybody to be told."""
    listening = subscriptions.listening(books.shelf, books.db)
    noted = [each.id for each in listening if each.wants(change.record.entity)]
    absorbed = None if change.absorbed is None else str(change.absorbed)
    for number in noted:
        books.db.execute(
            "INSERT INTO event (webhook, key, realm, entity, object, operation, at, absorbed)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(number, str(uuid.uuid4()), books.realm, change.record.entity, str(change.record.id)),
                *(change.operation, books.now, absorbed),
            ),
        )
    return bool(noted)


def gather(db: sqlite3.Connection, switches: Switches, now: float) -> None:
    """Makes notifications of the events that have waited for others long enough."""
    for to in subscriptions.all_of(db):
        while rows := _ready(db, to, now):
            events = [_event(row) for row in rows]
            _enclose(db, to, events, switches, now)
            db.executemany("DELETE FROM event WHERE id = ?", [(row["id"],) for row in rows])
        _forget(db, to)


def _ready(db: sqlite3.Connection, to: Subscription, now: float) -> list[sqlite3.Row]:
    query = "SELECT * FROM event WHERE webhook = ? ORDER BY id LIMIT ?"
    rows = db.execute(query, (to.id, TOGETHER)).fetchall()
    # A clock that was set back must not hold up what was noted before.
    waits = bool(rows) and 0 <= now - rows[0]["at"] < to.hold
    return rows if len(rows) == TOGETHER or not waits else []


def _event(row: sqlite3.Row) -> Event:
    named = (row["key"], row["realm"], row["entity"], row["object"])
    return Event(*named, row["operation"], row["at"], row["absorbed"])


def _enclose(db: sqlite3.Connection, to: Subscription, events: list[Event], switches: Switches, now: float) -> None:
    groups = [[event] for event in reversed(events)] if to.shuffle else [events]
    for place, group in enumerate(groups * (to.repeat + 1)):
        body = shapes.legacy(group) if to.shape == "legacy" else shapes.cloudevents(group, switches.cloud_void)
        # One after the other, or the order would be left to chance.
        due = now + place * 0.02
        db.execute("INSERT INTO delivery (webhook, body, made, due) VALUES (?, ?, ?, ?)", (to.id, body, now, due))


def _forget(db: sqlite3.Connection, to: Subscription) -> None:
    query = "SELECT id FROM delivery WHERE webhook = ? AND due IS NULL ORDER BY id DESC LIMIT 1 OFFSET ?"
    row = db.execute(query, (to.id, KEPT)).fetchone()
    if row is not None:
        old = "SELECT id FROM delivery WHERE webhook = ? AND due IS NULL AND id <= ?"
        db.execute(f"DELETE FROM attempt WHERE delivery IN ({old})", (to.id, row["id"]))
        db.execute("DELETE FROM delivery WHERE webhook = ? AND due IS NULL AND id <= ?", (to.id, row["id"]))


def due(db: sqlite3.Connection, now: float, under_way: Collection[int]) -> list[Delivery]:
    """Without those that are under way: a listener that is slow to answer holds up no other."""
    marks = ", ".join("?" * len(under_way))
    query = f"SELECT * FROM delivery WHERE due <= ? AND id NOT IN ({marks}) ORDER BY due, id LIMIT ?"
    rows = db.execute(query, (now, *under_way, AT_ONCE - len(under_way))).fetchall()
    known = {each.id: each for each in subscriptions.all_of(db)} if rows else {}
    return [Delivery(row["id"], row["body"], row["made"], row["tries"], known[row["webhook"]]) for row in rows]


def next_time(db: sqlite3.Connection) -> float | None:
    """When something is to be done: an attempt, or events that have waited for others."""
    row = db.execute(
        "SELECT min(at) AS at FROM (SELECT min(due) AS at FROM delivery WHERE due IS NOT NULL UNION ALL"
        " SELECT min(at + hold) FROM event JOIN webhook ON webhook.id = event.webhook)"
    ).fetchone()
    return None if row["at"] is None else float(row["at"])


def settle(db: sqlite3.Connection, delivery: Delivery, status: int | None, switches: Switches, now: float) -> None:
    """§7: anything but 200 is tried again, and again; who never answers may be given up."""
    accepted = status == 200 or (switches.webhook_accepts == "2xx" and status is not None and 200 <= status < 300)
    wait = WAITS[min(delivery.tries, len(WAITS) - 1)] / delivery.to.compress
    db.execute(
        "UPDATE delivery SET tries = tries + 1, delivered = ?, due = ? WHERE id = ?",
        (accepted, None if accepted else now + wait, delivery.id),
    )
    hours = switches.webhook_disable_hours
    if not accepted and hours and (now - delivery.made) * delivery.to.compress > hours * 3_600:
        db.execute("UPDATE webhook SET disabled = ? WHERE id = ?", (now, delivery.to.id))
        db.execute("UPDATE delivery SET due = NULL WHERE webhook = ?", (delivery.to.id,))
        db.execute("DELETE FROM event WHERE webhook = ?", (delivery.to.id,))
