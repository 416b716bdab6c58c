"""The published limits per company and app (§8.1), off unless switched on; each can be off by itself, as 0."""

from __future__ import annotations

import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass, field, replace
from typing import Any

from ..settings import Limits
from .visits import BATCH, REPORT, Visit


class Throttled(Exception):
    """One of the limits is reached."""

    def __init__(self, limit: str) -> None:
        super().__init__(limit)
        self.limit = limit


class BadLimit(ValueError):
    """A limit that could not be kept."""


def changed(limits: Limits, wanted: dict[str, Any]) -> Limits:
    """The limits with those that are wanted otherwise."""
    values = {name: 0 if value is None else value for name, value in wanted.items()}
    if not all(type(value) is int and value >= 0 for value in values.values()):
        raise BadLimit("A limit is a whole number; 0 switches it off.")
    return replace(limits, **values)


class Recent:
    """Moments of the last seconds; each is put in and taken out once, however many there are."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._moments: deque[float] = deque()

    def is_full(self, most: int, now: float) -> bool:
        while self._moments and self._moments[0] <= now - self._seconds:
            self._moments.popleft()
        return 0 < most <= len(self._moments)

    def add(self, now: float) -> None:
        self._moments.append(now)


@dataclass
class _Traffic:
    """Of one app on one company, or of a company over its apps."""

    second: Recent = field(default_factory=lambda: Recent(1))
    minute: Recent = field(default_factory=lambda: Recent(60))
    batches: Recent = field(default_factory=lambda: Recent(60))
    reports: Recent = field(default_factory=lambda: Recent(60))
    running: int = 0


class Throttle:
    def __init__(self, *, on: bool, limits: Limits) -> None:
        self.on = on
        self.limits = limits
        self._lock = threading.Lock()
        self._traffic: dict[tuple[str, str], _Traffic] = defaultdict(_Traffic)

    def set(self, *, on: bool, limits: Limits) -> None:
        """What is under way stays counted as under way."""
        with self._lock:
            self.on, self.limits = on, limits
            running = {key: each.running for key, each in self._traffic.items() if each.running}
            self._traffic.clear()
            for key, count in running.items():
                self._traffic[key].running = count

    def enter(self, visit: Visit) -> None:
        now = time.monotonic()
        with self._lock:
            own, all_apps = self._traffic[visit.realm, visit.app], self._traffic[visit.realm, ""]
            if self.on:
                full = self._full(own, all_apps, visit, now)
                if full:
                    raise Throttled(full)
                self._count(own, all_apps, visit, now)
            own.running += 1

    def leave(self, visit: Visit) -> None:
        with self._lock:
            self._traffic[visit.realm, visit.app].running -= 1

    def _full(self, own: _Traffic, all_apps: _Traffic, visit: Visit, now: float) -> str:
        limits, batch, report = self.limits, visit.call == BATCH, visit.call == REPORT
        if own.second.is_full(limits.per_second, now):
            return "per_second"
        if own.minute.is_full(limits.per_minute, now):
            return "per_minute"
        if 0 < limits.at_once <= own.running:
            return "at_once"
        if batch and own.batches.is_full(limits.batches_per_minute, now):
            return "batches_per_minute"
        if batch and all_apps.batches.is_full(limits.realm_batches_per_minute, now):
            return "realm_batches_per_minute"
        if report and all_apps.reports.is_full(limits.reports_per_minute, now):
            return "reports_per_minute"
        return ""

    def _count(self, own: _Traffic, all_apps: _Traffic, visit: Visit, now: float) -> None:
        own.second.add(now)
        own.minute.add(now)
        if visit.call == BATCH:
            own.batches.add(now)
            all_apps.batches.add(now)
        if visit.call == REPORT:
            all_apps.reports.add(now)
