"""Sends what the outbox holds, beside the requests and in the same loop: nothing waits for a listener."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import logging
import sqlite3
from datetime import UTC, datetime

from ..books.books import Books
from ..books.changes import Change
from ..books.store import Store
from ..settings import Switches
from ..wire.json import trace_id
from . import outbox, subscriptions
from .outbox import Delivery
from .posting import post

#: The clock of the sandbox may be moved meanwhile.
LONGEST_SLEEP = 1.0
log = logging.getLogger(__name__)


class Sender:
    def __init__(self, store: Store, switches: Switches) -> None:
        self._store = store
        self._switches = switches
        self._loop: asyncio.AbstractEventLoop | None = None
        self._wake = asyncio.Event()
        self._noted = False
        self._under_way: dict[int, asyncio.Task[None]] = {}

    def watch(self, books: Books, change: Change) -> None:
        if outbox.note(books, change):
            self._noted = True

    def after_commit(self) -> None:
        """From whichever thread: now what was noted can be read."""
        if self._noted and self._loop is not None:
            self._noted = False
            self.stir()

    def stir(self) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._wake.set)

    async def run(self) -> None:
        self._loop = asyncio.get_running_loop()
        try:
            while True:
                await self._sleep(self._round())
        finally:
            for task in self._under_way.values():
                task.cancel()

    def _round(self) -> float | None:
        """Starts what is due, and tells how long until something is again."""
        try:
            return self._started()
        except sqlite3.Error:
            log.exception("The outbox could not be read.")
            return LONGEST_SLEEP

    def _started(self) -> float | None:
        now = self._store.clock.now()
        with self._store.reading() as db:
            waiting = outbox.next_time(db) is not None
        if not waiting:
            return None
        with self._store.writing() as db:
            outbox.gather(db, self._switches, now)
            found = outbox.due(db, now, self._under_way)
            then = outbox.next_time(db)
        for delivery in found:
            self._under_way[delivery.id] = asyncio.create_task(self._deliver(delivery))
        if then is None:
            return None
        # Those under way are due as well: their end wakes us.
        return LONGEST_SLEEP if then <= now else min(then - now, LONGEST_SLEEP)

    async def _sleep(self, seconds: float | None) -> None:
        try:
            async with asyncio.timeout(seconds):
                await self._wake.wait()
        except TimeoutError:
            return
        self._wake.clear()

    async def _deliver(self, delivery: Delivery) -> None:
        at = self._store.clock.now()
        began = asyncio.get_running_loop().time()
        try:
            status, said = await post(delivery.to.url, delivery.body, _headers(delivery, at))
            took = asyncio.get_running_loop().time() - began
            with self._store.writing() as db:
                row = (delivery.id, delivery.tries + 1, at, round(took, 3), status, said)
                db.execute("INSERT OR REPLACE INTO attempt VALUES (?, ?, ?, ?, ?, ?)", row)
                outbox.settle(db, delivery, status, self._switches, self._store.clock.now())
                subscriptions.changed(self._store.shelf)
        finally:
            del self._under_way[delivery.id]
            self._wake.set()


def _headers(delivery: Delivery, at: float) -> dict[str, str]:
    digest = hmac.new(delivery.to.verifier.encode(), delivery.body, hashlib.sha256).digest()
    return {
        "Content-Type": "application/json",
        "User-Agent": "intuit_notification_sandbox",
        "intuit-signature": base64.b64encode(digest).decode(),
        "intuit-created-time": datetime.fromtimestamp(at, UTC).isoformat(timespec="milliseconds"),
        "intuit-t-id": trace_id(),
        "intuit-notification-schema-version": "0.1",
    }
