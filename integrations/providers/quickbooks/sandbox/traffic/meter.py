"""Counts every call as Intuit would bill it (§8.2): the last hour by minute, and each month for good."""

from __future__ import annotations

import asyncio
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache

from ..books.store import Store
from ..wire.json import Json
from .visits import CORE_PLUS, Visit

MINUTES = 60
HOUR = 3600
#: Seconds after which counts are on the disk; so much may be missing after a kill.
BEHIND = 1.0


class BudgetSpent(Exception):
    """The month's included calls are used up, and the tier has no overage."""


@dataclass
class _Minute:
    at: int
    calls: Counter[str] = field(default_factory=Counter)
    classes: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    throttled: Counter[str] = field(default_factory=Counter)


class _Minutes:
    def __init__(self) -> None:
        self._kept: deque[_Minute] = deque(maxlen=MINUTES)

    def now(self, moment: float) -> _Minute:
        at = int(moment // 60)
        if not self._kept or self._kept[-1].at != at:
            self._kept.append(_Minute(at))
        return self._kept[-1]

    def shown(self) -> list[Json]:
        return [
            {
                "minute": _utc(each.at * 60, "%Y-%m-%dT%H:%MZ"),
                "calls": dict(each.calls),
                "classes": dict(each.classes),
                "statuses": {str(status): count for status, count in each.statuses.items()},
                "throttled": dict(each.throttled),
            }
            for each in self._kept
        ]


class Meter:
    """Months are counted per app, company and class; only what was answered with 2xx counts (§8.2)."""

    def __init__(self, store: Store, budget: int, blocks: str) -> None:
        self._store = store
        self._minutes: dict[tuple[str, str], _Minutes] = {}
        self._months: Counter[tuple[str, str, str, str]] = Counter()
        self._spent: Counter[tuple[str, str]] = Counter()
        self._changed: set[tuple[str, str, str, str]] = set()
        self._writing: asyncio.TimerHandle | None = None
        self._blocks = blocks
        self._usual_budget = budget
        self.load()

    def load(self) -> None:
        """As the file has it, also after a snapshot was restored."""
        self._months.clear()
        self._spent.clear()
        self._changed.clear()
        self.budget = int(self._store.setting("budget.core_plus") or self._usual_budget)
        with self._store.reading() as db:
            for row in db.execute("SELECT month, app, realm, class, calls FROM metered"):
                self._add((row["month"], row["app"], row["realm"], row["class"]), row["calls"])

    def clear(self) -> None:
        self._minutes.clear()
        with self._store.writing() as db:
            db.execute("DELETE FROM metered")
        self.load()

    def set_budget(self, calls: int) -> None:
        self.budget = calls
        self._store.set("budget.core_plus", str(calls))

    def admit(self, visit: Visit) -> None:
        if not self.budget or (self._blocks == "coreplus" and visit.metered_as != CORE_PLUS):
            return
        if self._spent[self._month(), visit.app] >= self.budget:
            raise BudgetSpent

    def left(self, visit: Visit) -> Callable[[int], None]:
        def leave(status: int) -> None:
            self._leave(visit, status)

        return leave

    def throttled(self, visit: Visit, limit: str) -> None:
        self._minute(visit).throttled[limit] += 1

    def shown(self) -> Json:
        return {
            "month": self._month(),
            "budget": self.budget,
            "core_plus_by_app": {app: count for (month, app), count in self._spent.items() if month == self._month()},
            "months": [
                {"month": month, "app": app, "realm": realm, "class": kind, "calls": calls}
                for (month, app, realm, kind), calls in sorted(self._months.items())
            ],
            "traffic": [
                {"realm": realm, "app": app, "minutes": minutes.shown()}
                for (realm, app), minutes in sorted(self._minutes.items())
            ],
        }

    def _leave(self, visit: Visit, status: int) -> None:
        minute = self._minute(visit)
        minute.statuses[status] += 1
        if 200 <= status < 300:
            minute.calls[visit.call] += 1
            minute.classes[visit.metered_as] += 1
            key = (self._month(), visit.app, visit.realm, visit.metered_as)
            self._add(key, 1)
            self._changed.add(key)
            self._soon()

    def _add(self, key: tuple[str, str, str, str], calls: int) -> None:
        self._months[key] += calls
        if key[3] == CORE_PLUS:
            self._spent[key[0], key[1]] += calls

    def _minute(self, visit: Visit) -> _Minute:
        minutes = self._minutes.setdefault((visit.realm, visit.app), _Minutes())
        return minutes.now(self._store.clock.now())

    def _month(self) -> str:
        return _month_of(int(self._store.clock.now() // HOUR))

    def _soon(self) -> None:
        """One write for all that happens within a second."""
        if self._writing is None:
            self._writing = asyncio.get_running_loop().call_later(BEHIND, self.write)

    def write(self) -> None:
        self._writing = None
        rows = [(*key, self._months[key]) for key in self._changed]
        self._changed.clear()
        with self._store.writing() as db:
            db.executemany("INSERT OR REPLACE INTO metered VALUES (?, ?, ?, ?, ?)", rows)


@lru_cache(maxsize=4)
def _month_of(hour: int) -> str:
    return _utc(hour * HOUR, "%Y-%m")


def _utc(moment: float, form: str) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime(form)
