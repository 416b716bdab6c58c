"""The published limits per realm (§8.1), off unless switched on."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from starlette.responses import Response

from ..settings import Switches
from ..wire.json import dumps
from ..wire.refusals import MESSAGES

DETAIL = "The request limit was reached.  Try again later"
XML = (
    '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
    '<IntuitResponse xmlns="http://schema.intuit.com/finance/v3"><Fault type="SERVICE">'
    '<Error code="3001"><Message>{message}</Message><Detail>{detail}</Detail></Error></Fault></IntuitResponse>'
)


class Throttled(Exception):
    """One of the limits is reached."""


@dataclass(frozen=True)
class Limits:
    per_minute: int = 500
    per_second: int = 10
    at_once: int = 10
    batches_per_minute: int = 40


@dataclass
class _Traffic:
    requests: deque[float] = field(default_factory=deque)
    batches: deque[float] = field(default_factory=deque)
    running: int = 0


class Throttle:
    def __init__(self, *, on: bool) -> None:
        self.on = on
        self.limits = Limits()
        self._lock = threading.Lock()
        self._traffic: dict[str, _Traffic] = defaultdict(_Traffic)

    def set(self, *, on: bool, limits: Limits) -> None:
        with self._lock:
            self.on, self.limits = on, limits
            self._traffic.clear()

    @contextmanager
    def admitted(self, realm: str, *, batch: bool) -> Iterator[None]:
        traffic = self._enter(realm, batch=batch)
        try:
            yield
        finally:
            with self._lock:
                traffic.running -= 1

    def _enter(self, realm: str, *, batch: bool) -> _Traffic:
        now = time.monotonic()
        with self._lock:
            traffic = self._traffic[realm]
            if self.on and self._is_full(traffic, now, batch=batch):
                raise Throttled
            traffic.running += 1
            if self.on:
                traffic.requests.append(now)
                if batch:
                    traffic.batches.append(now)
            return traffic

    def _is_full(self, traffic: _Traffic, now: float, *, batch: bool) -> bool:
        for times in (traffic.requests, traffic.batches):
            while times and times[0] <= now - 60:
                times.popleft()
        last_second = sum(1 for at in traffic.requests if at > now - 1)
        limits = self.limits
        return (
            len(traffic.requests) >= limits.per_minute
            or last_second >= limits.per_second
            or traffic.running >= limits.at_once
            or (batch and len(traffic.batches) >= limits.batches_per_minute)
        )


def too_many(shape: str, retry_after: int, status: int = 429) -> Response:
    """As XML it has been seen although JSON was asked for; Retry-After is not documented (§8.1)."""
    headers = {"Retry-After": str(retry_after)} if retry_after else None
    if shape == "xml":
        return Response(XML.format(message=MESSAGES["3001"], detail=DETAIL), status, headers, "application/xml")
    error = {"Message": MESSAGES["3001"], "Detail": DETAIL, "code": "3001"}
    body = dumps({"Fault": {"Error": [error], "type": "SERVICE"}})
    return Response(body, status, headers, "application/json")


def refused(switches: Switches) -> Response:
    return too_many(switches.throttle_body, switches.retry_after)
