"""One lane per connection: a lease with a fencing number, renewed by a heartbeat while its holder works.

The lease guards our rows. What an earlier holder has on the network it cannot guard, which is why a new holder looks
up every open attempt before it writes anything.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, NoReturn

from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import connection, transaction
from django.db.models import Value
from django.db.models.functions import Greatest
from django.utils import timezone

from integrations.models import Connection
from integrations.models.connections import TRIED_STATES
from ledger.tenancy.context import acting_for, required_tenant

logger = logging.getLogger(__name__)


# Raw, as whatever is asked for each set of documents and each connection however little it has to do.
ASSERT_HELD = "SELECT FROM integrations_connection WHERE id = %s AND lane_fence = %s FOR NO KEY UPDATE"
TAKE = """
    UPDATE integrations_connection AS lane SET lane_fence = lane_fence + 1, lane_until = %(until)s
      FROM (SELECT id, lane_until FROM integrations_connection
             WHERE id = %(id)s AND state = ANY(%(states)s)
               AND (lane_until IS NULL OR lane_until < %(now)s) AND (resting_until IS NULL OR resting_until < %(now)s)
               FOR NO KEY UPDATE SKIP LOCKED) AS free
     WHERE lane.id = free.id RETURNING lane.lane_fence, free.lane_until
"""


class LaneLost(RuntimeError):
    """Another worker holds the lane now; whatever we meant to write is its business."""


@dataclass(slots=True)
class Lease:
    """Until when a holder may send, by its own clock: whoever was stopped for longer finds out before it sends."""

    until: float
    is_over: bool = False
    """Let go by its holder, with its last work."""

    @property
    def holds(self) -> bool:
        return not self.is_over and time.monotonic() < self.until


@dataclass(frozen=True, slots=True)
class Lane:
    connection_id: int
    fence: int
    lease: Lease
    abandoned: bool = False
    """Its last holder did not let go by itself, and may have left work half done."""

    def assert_held(self) -> None:
        """Called inside the transaction that writes: locks the lane's row, so the answer holds until the commit."""
        with connection.cursor() as cursor:
            cursor.execute(ASSERT_HELD, [self.connection_id, self.fence])
            if cursor.fetchone() is None:
                self._lost()

    def let_go(self, **columns: Any) -> None:
        """Called inside the transaction that writes last, first of all: what it writes is written by the holder, and
        afterwards the lane is free. `columns` of its connection are written with it."""
        mine = Connection.objects.filter(pk=self.connection_id, lane_fence=self.fence)
        if not mine.update(lane_until=None, **columns):
            self._lost()
        transaction.on_commit(self._end)

    def _end(self) -> None:
        self.lease.is_over = True

    def _lost(self) -> NoReturn:
        raise LaneLost(f"The lane of connection {self.connection_id} has a newer holder.")


@contextmanager
def held(connection_id: int) -> Iterator[Lane | None]:
    """Take the lane for the block, or give None if it is taken, resting or closed."""
    lane = _take(connection_id)
    if lane is None:
        yield None
        return
    stop = threading.Event()
    beating = threading.Thread(target=_beat, args=(required_tenant(), lane, stop), daemon=True)
    beating.start()
    try:
        yield lane
    except BaseException:
        _end(lane, stop, beating, timezone.now())
        raise
    _end(lane, stop, beating, None)


def lease() -> timedelta:
    return timedelta(seconds=settings.LANE_LEASE_SECONDS)


def rest(lane: Lane, until: datetime) -> None:
    """Nobody takes the lane before then, nor before what was said earlier."""
    mine = Connection.objects.filter(pk=lane.connection_id, lane_fence=lane.fence)
    mine.update(resting_until=Greatest("resting_until", Value(until)))


def _take(connection_id: int) -> Lane | None:
    now, asked_at = timezone.now(), time.monotonic()
    asked: dict[str, Any] = {"id": connection_id, "states": TRIED_STATES, "now": now, "until": now + lease()}
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(TAKE, asked)
        found = cursor.fetchone()
    if found is None:
        return None
    fence, former = found
    return Lane(connection_id, fence, Lease(asked_at + lease().total_seconds()), abandoned=former is not None)


def _end(lane: Lane, stop: threading.Event, beating: threading.Thread, until: datetime | None) -> None:
    """Let go. A lease that stands in the past tells the next holder that the work may be half done."""
    stop.set()
    beating.join()
    if lane.lease.is_over:
        return
    with transaction.atomic():
        Connection.objects.filter(pk=lane.connection_id, lane_fence=lane.fence).update(lane_until=until)


def _beat(tenant: int, lane: Lane, stop: threading.Event) -> None:
    try:
        with acting_for(tenant):
            while not stop.wait(lease().total_seconds() / 3):
                if not _renew(lane):
                    return
    finally:
        connection.close()


def _renew(lane: Lane) -> bool:
    asked_at = time.monotonic()
    try:
        with transaction.atomic():
            mine = Connection.objects.filter(pk=lane.connection_id, lane_fence=lane.fence, lane_until__isnull=False)
            if not mine.update(lane_until=timezone.now() + lease()):
                return False
    except DatabaseTrouble as trouble:
        # Worth another beat on a new connection; if it lasts, the lease runs out and the fence protects the rows.
        logger.warning("The lease of connection %s could not be renewed: %s", lane.connection_id, trouble)
        connection.close()
        return True
    lane.lease.until = asked_at + lease().total_seconds()
    return True
