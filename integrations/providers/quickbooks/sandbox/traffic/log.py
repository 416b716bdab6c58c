"""The last requests with their answers, in memory as they came: reading them may cost, keeping them may not."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterator
from contextvars import ContextVar

from starlette.types import Message, Scope

#: Bytes of a body that are kept.
BODY = 16_384
#: Of the API and of sign-in; pages and the control plane are not traffic.
_TRAFFIC = ("/v3/", "/oauth2/", "/v2/", "/v1/", "/connect/", "/op/", "/.well-known/")


class Body:
    __slots__ = ("parts", "size")

    def __init__(self) -> None:
        self.parts: list[bytes] = []
        self.size = 0

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


#: Of what has no body, and never gets one.
_NO_BODY = Body()
_NO_HEADERS: list[tuple[bytes, bytes]] = []
#: Between the clock that measures and the one that tells the time.
_EPOCH = time.time() - time.perf_counter()


class Exchange:
    """One request and what was answered; without a status it is under way, or the line was dropped.

    One is made for each request: it holds on to what came, and makes nothing of it.
    """

    __slots__ = (
        *("number", "method", "path", "query", "asked", "client", "started"),
        *("status", "headers", "sent", "answered", "seconds", "fault", "dropped"),
    )

    def __init__(self, number: int, scope: Scope) -> None:
        self.number = number
        self.method: str = scope["method"]
        self.path: str = scope["path"]
        self.query: bytes = scope["query_string"]
        self.asked: list[tuple[bytes, bytes]] = scope["headers"]
        self.client: tuple[str, int] | None = scope["client"]
        self.started = time.perf_counter()
        self.status = 0
        self.headers = _NO_HEADERS
        self.sent = _NO_BODY
        self.answered = _NO_BODY
        self.seconds = -1.0
        #: The planned fault it met.
        self.fault = ""
        self.dropped = False

    @property
    def began(self) -> float:
        return _EPOCH + self.started

    def hear(self, message: Message) -> None:
        if self.sent is _NO_BODY:
            self.sent = Body()
        self.sent.add(message.get("body", b""))

    def say(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status, self.headers = message["status"], message["headers"]
            return
        if self.answered is _NO_BODY:
            self.answered = Body()
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
        exchange = Exchange(self._seen, scope)
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
