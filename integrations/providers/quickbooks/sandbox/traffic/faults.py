"""Planned trouble: what is to go wrong, for whom, how often and how surely (§13.12). How it acts is in mischief.py."""

from __future__ import annotations

import random
import threading
from collections import deque
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from decimal import Decimal
from typing import Any

from ..registry import ENTITIES
from ..reports.catalogue import REPORTS
from ..wire.json import Json
from .gateway import SHAPES
from .log import note_fault

#: Each with the sentence that the control plane shows.
KINDS = {
    "drop_before": "The connection closes before anything is done.",
    "drop_after_commit": "The work is done, then the connection closes without an answer.",
    "hang": "Nothing is answered until the caller gives up; with commit the work is done first.",
    "delay": "The work begins so many seconds late; beyond the server's own limit the answer is 504.",
    "drip": "The answer comes in small pieces over so many seconds.",
    "truncate": "The work is done, and half of the answer arrives before the connection closes.",
    "wrong_length": "Content-Length tells half of the answer; the rest spoils what comes next on the connection.",
    "invalid_json": "The answer is cut in the middle although its length is right.",
    "gzip_garbage": "The answer says that it is gzip, and is not.",
    "status": "A gateway's page in HTML; with commit after the work was done.",
    "throttle": "429 as JSON, XML or in the lower-case envelope.",
    "fault": "A Fault of that code, also with status 200; with commit after the work was done.",
    "expired_token": "The access tokens of the company expire; the request, a whole batch too, gets 401.",
    "stale": "Another user saves the object first, so that the caller meets 5010.",
    "lag": "A query does not see what was made in the last so many seconds.",
    "half_batch": "All items are done, and half of them are answered.",
    "duplicate": "Rows of a batch or query are answered twice.",
}
#: Each is of these requests alone, when a plan names no others.
_SUITS = {
    "stale": ("update", "delete", "void"),
    "lag": ("query",),
    "half_batch": ("batch",),
    "duplicate": ("batch", "query"),
}
_WRITES = ("create", "update", "delete", "void")
#: What a plan may name as its operation besides nothing.
OPERATIONS = (*_WRITES, "read", "query", "cdc", "report", "batch", "token", "*")
#: What a plan may name as its entity besides entities and reports.
PLACES = ("*", "transaction", "batch", "query", "cdc", "token")
_BOOKED = frozenset(entity.name.lower() for entity in ENTITIES if entity.transacts)
_ENTITIES = (*PLACES, *(entity.name for entity in ENTITIES), *REPORTS)
_FOLDED = frozenset(name.lower() for name in _ENTITIES)
_TYPES: dict[str, tuple[type, ...]] = {
    "str": (str,),
    "int": (int,),
    "int | None": (int, type(None)),
    "float": (int, float, Decimal),
    "bool": (bool,),
}
#: So many met requests are told of.
REMEMBERED = 200


class BadPlan(ValueError):
    """A fault that cannot be planned, in words for the person who tried."""


@dataclass(frozen=True)
class Target:
    realm: str
    entity: str
    operation: str
    #: Of the object that is written, if it has one already.
    id: str = ""


@dataclass
class Trouble:
    kind: str
    realm: str = "*"
    entity: str = "*"
    #: One of OPERATIONS: `*` is every request but a token's; empty means what suits the kind, mostly each write.
    operation: str = ""
    #: null stands for every time.
    times: int | None = 1
    #: So many matching requests pass before the first is met.
    skip: int = 0
    #: Of those that are left, so many are met; which ones follows from the seed alone.
    probability: float = 1
    seed: int = 0
    seconds: float = 0
    #: 0 stands for what fits the kind: 503, 429 or 400.
    status: int = 0
    code: str = "10000"
    message: str = ""
    detail: str = ""
    #: Fault.type, where it is to be another than the usual.
    type: str = ""
    #: The answer comes after the work was committed.
    commit: bool = False
    #: Shape of a throttle or fault: json, xml or lower.
    body: str = "json"
    retry_after: int = 0
    met: int = field(default=0, init=False)
    _dice: random.Random = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        self._dice = random.Random(self.seed)  # noqa: S311 - the same seed has to throw the same dice

    @classmethod
    def read(cls, plan: Mapping[str, Any]) -> Trouble:
        known = {each.name: each for each in fields(cls) if each.init}
        unknown = [name for name in plan if name not in known]
        if unknown:
            raise BadPlan(f"Unknown: {', '.join(unknown)}. Known: {', '.join(known)}.")
        wrong = [name for name, value in plan.items() if not isinstance(value, _TYPES[str(known[name].type)])]
        if wrong:
            raise BadPlan(f"Of the wrong type: {', '.join(wrong)}.")
        if plan.get("kind") not in KINDS:
            raise BadPlan(f"kind must be one of {', '.join(KINDS)}.")
        numbers = {name: float(plan[name]) for name in ("seconds", "probability") if name in plan}
        return cls(**{**plan, **numbers})._checked()

    def _checked(self) -> Trouble:
        if self.entity.lower() not in _FOLDED:
            raise BadPlan(f"No such entity: {self.entity}. Known: {', '.join(_ENTITIES)}.")
        if self.operation and self.operation not in OPERATIONS:
            raise BadPlan(f"operation must be one of {', '.join(OPERATIONS)}, or empty.")
        if self.times is not None and self.times < 1:
            raise BadPlan("times must be a whole number from 1, or null for every time.")
        if not 0 <= self.probability <= 1:
            raise BadPlan("probability must be a number from 0 to 1.")
        if self.body not in SHAPES:
            raise BadPlan(f"body must be one of {', '.join(SHAPES)}.")
        if self.seconds < 0 or self.skip < 0:
            raise BadPlan("seconds and skip must not be negative.")
        if self.status and not 200 <= self.status <= 599:
            raise BadPlan("status must be from 200 to 599.")
        return self

    def matches(self, target: Target) -> bool:
        if self.realm not in ("*", target.realm):
            return False
        return self._is_of(target.entity.lower()) and self._is_for(target)

    def _is_of(self, entity: str) -> bool:
        if self.entity == "transaction":
            return entity in _BOOKED
        return self.entity == "*" or self.entity.lower() == entity

    def _is_for(self, target: Target) -> bool:
        if self.kind == "stale" and not target.id:
            return False
        if self.operation == "*":
            return target.operation != "token" or self.entity == "token"
        if self.operation:
            return self.operation == target.operation
        if self.entity == "*" or self.kind == "stale":
            return target.operation in _SUITS.get(self.kind, _WRITES)
        return target.operation != "read"

    def meets(self, target: Target) -> bool:
        """Whether this request is the one; each that matches counts, and throws the dice once."""
        if not self.matches(target):
            return False
        if self.skip:
            self.skip -= 1
            return False
        if self.probability < 1 and self._dice.random() >= self.probability:
            return False
        self.met += 1
        if self.times is not None:
            self.times -= 1
        return True

    def shown(self) -> Json:
        return {each.name: getattr(self, each.name) for each in fields(self) if not each.name.startswith("_")}


class Plan:
    """What is planned, in order; the first that meets a request is spent on it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._troubles: list[Trouble] = []
        self._met: deque[Json] = deque(maxlen=REMEMBERED)
        #: Seconds by which a query lags behind while a planned lag is acted out.
        self.lag: float = 0

    def add(self, *troubles: Trouble) -> None:
        with self._lock:
            self._troubles.extend(troubles)

    def clear(self) -> int:
        with self._lock:
            count = len(self._troubles)
            self._troubles.clear()
            self._met.clear()
            return count

    def listed(self) -> list[Json]:
        with self._lock:
            return [trouble.shown() for trouble in self._troubles]

    def history(self) -> list[Json]:
        with self._lock:
            return list(self._met)

    def take(self, target: Target) -> Trouble | None:
        if not self._troubles:
            return None
        with self._lock:
            trouble = next((each for each in self._troubles if each.meets(target)), None)
            if trouble is not None:
                self._met.append({"kind": trouble.kind, **asdict(target)})
                if trouble.times == 0:
                    self._troubles.remove(trouble)
                note_fault(trouble.kind)
            return trouble
