"""Subscriptions to notifications, and what became of each of them (§7)."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from starlette.responses import Response

from ..sandbox import Call, Sandbox, answer
from ..webhooks import subscriptions
from ..webhooks.sender import Sender
from ..webhooks.subscriptions import BadWebhook, Subscription
from ..wire.json import Json, loads


class Webhooks:
    def __init__(self, sandbox: Sandbox, sender: Sender) -> None:
        self._store = sandbox.store
        self._sender = sender

    @contextmanager
    def _changing(self) -> Iterator[sqlite3.Connection]:
        with self._store.writing() as db:
            yield db
            subscriptions.changed(self._store.shelf)

    def all(self, call: Call) -> Response:
        with self._changing() as db:
            if call.method == "POST":
                return answer({"webhook": subscriptions.add(db, Subscription.read(_body(call))).shown()})
            if call.method == "DELETE":
                return answer({"cleared": subscriptions.remove(db, None)})
            return answer({"webhooks": [each.shown() for each in subscriptions.all_of(db)]})

    def one(self, call: Call) -> Response:
        number = int(call.path["id"])
        with self._changing() as db:
            found = subscriptions.get(db, number)
            if call.method == "DELETE":
                return answer({"cleared": subscriptions.remove(db, number)})
            return answer({"webhook": found.shown(), **_counts(db, number)})

    def deliveries(self, call: Call) -> Response:
        """The newest first, each with its attempts."""
        number, limit = int(call.path["id"]), call.query.get("limit", "100")
        if not limit.isdecimal():
            raise BadWebhook("limit must be a whole number.")
        with self._store.reading() as db:
            subscriptions.get(db, number)
            query = "SELECT * FROM delivery WHERE webhook = ? ORDER BY id DESC LIMIT ?"
            rows = db.execute(query, (number, int(limit))).fetchall()
            return answer({"deliveries": [_delivery(db, row) for row in rows]})

    def again(self, call: Call) -> Response:
        """Enables it and makes all that waits due at once."""
        number, now = int(call.path["id"]), self._store.clock.now()
        with self._changing() as db:
            subscriptions.get(db, number)
            db.execute("UPDATE webhook SET disabled = NULL WHERE id = ?", (number,))
            query = "UPDATE delivery SET due = ? WHERE webhook = ? AND NOT delivered"
            count = db.execute(query, (now, number)).rowcount
        self._sender.stir()
        return answer({"due": count})


def _counts(db: sqlite3.Connection, number: int) -> Json:
    query = (
        "SELECT count(*) AS all_of_them, coalesce(sum(delivered), 0) AS delivered, count(due) AS waiting"
        " FROM delivery WHERE webhook = ?"
    )
    row = db.execute(query, (number,)).fetchone()
    return {"deliveries": row["all_of_them"], "delivered": row["delivered"], "waiting": row["waiting"]}


def _delivery(db: sqlite3.Connection, row: sqlite3.Row) -> Json:
    tried = db.execute("SELECT * FROM attempt WHERE delivery = ? ORDER BY number", (row["id"],))
    attempts = [{name: each[name] for name in ("at", "seconds", "status", "answer")} for each in tried]
    return {
        "id": row["id"],
        "body": loads(row["body"]),
        "made": row["made"],
        "due": row["due"],
        "delivered": bool(row["delivered"]),
        "attempts": attempts,
    }


def _body(call: Call) -> Json:
    try:
        body: Any = loads(call.body)
    except ValueError as error:
        raise BadWebhook("The body must be JSON.") from error
    if not isinstance(body, dict):
        raise BadWebhook("The body must be an object.")
    return body
