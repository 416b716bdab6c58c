"""Calls to a platform: their kinds, what a platform permits of each, and the gate that every call passes."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Protocol

PLENTY = 1000


class CallKind(StrEnum):
    """By what limits and prices tell apart."""

    WRITE = "write"
    UPLOAD = "upload"
    BATCH = "batch"
    READ = "read"


@dataclass(frozen=True, slots=True)
class Limits:
    """What one company permits to all of us together; 0 is no limit."""

    per_second: int = 0
    per_minute: int = 0
    at_once: int = 0
    batches_per_minute: int = 0


class Gate(Protocol):
    """Passed by every call, from any thread. Whoever keeps several processes within a company's limits stands here."""

    def enter(self, kind: CallKind) -> None:
        """Raises Paced, with the time to come back, where the call must not go now. Nothing is sent then."""
        ...

    def leave(self, kind: CallKind, status: int | None, rest: timedelta | None = None) -> None:
        """The call has ended, with this HTTP status, or None where no answer came. `rest` is asked for by a refusal to
        take any more for now."""
        ...


class CountingGate:
    """Lets everything pass and counts it: for companies without limits, and underneath those with them."""

    def __init__(self) -> None:
        self.calls: Counter[CallKind] = Counter()
        self.answered: Counter[CallKind] = Counter()
        """Those that ended well: what platforms charge for."""

    def enter(self, kind: CallKind) -> None:
        self.calls[kind] += 1

    def room(self, kind: CallKind) -> tuple[int, timedelta]:
        """How many such calls may go now; where none may, when the next one may."""
        return PLENTY, timedelta(0)

    def leave(self, kind: CallKind, status: int | None, rest: timedelta | None = None) -> None:
        if status is not None and 200 <= status < 300:
            self.answered[kind] += 1
