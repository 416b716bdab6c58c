"""Envelopes on their way at the same time: sent from threads, settled by whoever holds the lane."""

import contextvars
import logging
import queue
import threading
from collections.abc import Callable

from django.db import connection

from integrations.providers.documents import Outcome, OutcomeKind
from integrations.sync.attempts import Opened
from integrations.sync.uploads import Loaded

logger = logging.getLogger(__name__)

Cargo = Opened | Loaded
Landed = tuple[Cargo, dict[str, Outcome]]


class Flights:
    """Daemon threads, since a platform that hangs must not keep a worker from stopping: whatever is still out then is
    looked up by the next holder of the lane."""

    def __init__(self, push: Callable[[Cargo], dict[str, Outcome]], most: int) -> None:
        self._push = push
        self.most = most
        self._out: dict[int, Cargo] = {}
        self._landed: queue.SimpleQueue[Landed] = queue.SimpleQueue()

    @property
    def has_room(self) -> bool:
        return len(self._out) < self.most

    @property
    def out(self) -> list[Cargo]:
        return list(self._out.values())

    def start(self, opened: Cargo) -> None:
        self._out[opened.row.pk] = opened
        # With the organisation: a token that is refused is asked for again from within the flight.
        run = contextvars.copy_context().run
        threading.Thread(target=run, args=(self._fly, opened), daemon=True).start()

    def landed(self, wait: float) -> list[Landed]:
        """Those that have come back. Waits so many seconds at most for the first of them."""
        if not self._out:
            return []
        try:
            found = [self._landed.get(timeout=max(wait, 0.001))]
        except queue.Empty:
            return []
        while not self._landed.empty():
            found.append(self._landed.get())
        for opened, _ in found:
            del self._out[opened.row.pk]
        return found

    def _fly(self, opened: Cargo) -> None:
        try:
            outcomes = self._push(opened)
        except Exception as trouble:
            # In a thread of its own nobody would hear of it, and the envelope may be sent.
            logger.exception("Envelope %s broke off", opened.row.pk)
            words = f"{type(trouble).__name__} on our side"
            outcomes = dict.fromkeys(opened.attempts, Outcome(OutcomeKind.UNKNOWN, answer=words))
        finally:
            connection.close()
        self._landed.put((opened, outcomes))
