"""The last requests with their answers, in memory as they came: reading them may cost, keeping them may not."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextvars import ContextVar
from dataclasses import dataclass, field

from starlette.types import Message, Scope

#: Bytes of a body that are kept.
BODY = 16_384
#: Of the API and of sign-in; pages and the control plane are not traffic.
_TRAFFIC = ("/v3/", "/oauth2/", "/v2/", "/v1/", "/connect/", "/op/", "/.well-known/")


@dataclass(slots=True)
class Body:
    parts: list[bytes] = field(default_factory=list)
    size: int = 0

    def add(self, part: bytes) -> None:
        room = BODY - self.size
        if part and room > 0:
            self.parts.append(part if len(part) <= room else part[:room])
        self.size += len(part)

    @property
    def content(self) -> bytes:
        return b"".join(self.parts)

    @property
    def cut(self) -> bool:
        return self.size > BODY


@dataclass(slots=True)
class Exchange:
    """One request and what was answered; without a status it is under way, or the line was dropped."""

    number: int
    scope: Scope
    began: float
    started: float
    status: int = 0
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    sent: Body = field(default_factory=Body)
    answered: Body = field(default_factory=Body)
    seconds: float = -1
    trace: str = ""
    #: The planned fault it met.
    fault: str = ""
    dropped: bool = False

    def hear(self, message: Message) -> None:
        self.sent.add(message.get("body", b""))

    def say(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message["headers"]
            return
        self.answered.add(message.get("body", b""))
        if not message.get("more_body"):
            self.seconds = time.perf_counter() - self.started

    def drop(self) -> None:
        self.dropped, self.seconds = True, time.perf_counter() - self.started


#: Of the request that is being answered here and now.
_CURRENT: ContextVar[Exchange | None] = ContextVar("exchange", default=None)


class Log:
    def __init__(self, size: int) -> None:
        self.size = size
        self.on = size > 0
        self._exchanges: deque[Exchange] = deque(maxlen=max(size, 1))
        self._seen = 0

    def open(self, scope: Scope) -> Exchange | None:
        if not self.on or not scope["path"].startswith(_TRAFFIC):
            return None
        self._seen += 1
        exchange = Exchange(self._seen, scope, time.time(), time.perf_counter())
        self._exchanges.append(exchange)
        _CURRENT.set(exchange)
        return exchange

    def clear(self) -> None:
        self._exchanges.clear()

    def newest(self) -> Iterator[Exchange]:
        """A copy, since requests go on while a page is made."""
        return reversed(tuple(self._exchanges))

    def find(self, number: int) -> Exchange | None:
        return next((each for each in self.newest() if each.number == number), None)


def note_fault(words: str) -> None:
    """Tells the log what the request under way has met."""
    exchange = _CURRENT.get()
    if exchange is not None:
        exchange.fault = words
