"""Answers that misbehave on the wire. They wait beside the event loop, so no other request waits with them."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Protocol, cast

from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from . import gateway

#: An answer that drips comes in so many pieces.
PIECES = 20


class Wire(Protocol):
    """The socket under a request, as the outermost layer of the application hands it down."""

    def write(self, data: bytes) -> None: ...
    async def cut(self) -> None: ...
    async def close(self) -> None: ...


def _wire(scope: Scope) -> Wire:
    return cast(Wire, scope["sandbox.wire"])


class Hangup(Response):
    """Closes the socket without a word."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await _wire(scope).cut()


class Hang(Response):
    """Answers nothing for as long as the caller waits."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass


class Postponed(Response):
    """Waits, then does the work. After the gateway's own limit it answers 504, and the work is done all the same."""

    def __init__(self, seconds: float, longest: float, resume: Callable[[], Response]) -> None:
        super().__init__(status_code=504)
        self.seconds = seconds
        self.longest = longest
        self.resume = resume
        #: Work that would hold up the event loop.
        self.beside = False

    async def _resumed(self) -> Response:
        return await run_in_threadpool(self.resume) if self.beside else self.resume()

    def instead(self, resume: Callable[[], Response]) -> Postponed:
        """The same wait before other work."""
        return Postponed(self.seconds, self.longest, resume)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await asyncio.sleep(min(self.seconds, self.longest))
        if self.seconds > self.longest:
            await gateway.page(504)(scope, receive, send)
            await asyncio.sleep(self.seconds - self.longest)
            await self._resumed()
            return
        response = await self._resumed()
        self.status_code = response.status_code
        await response(scope, receive, send)


class _Spoilt(Response):
    """Another answer, sent badly."""

    def __init__(self, whole: Response, seconds: float = 0) -> None:
        super().__init__(whole.body, whole.status_code)
        self.raw_headers = [(name, value) for name, value in whole.raw_headers if name != b"content-length"]
        self._seconds = seconds

    @property
    def _half(self) -> int:
        return len(self.body) // 2

    async def _start(self, send: Send, length: int) -> None:
        headers = [*self.raw_headers, (b"content-length", str(length).encode())]
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})


class Dripping(_Spoilt):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        body = bytes(self.body)
        await self._start(send, len(body))
        size = max(len(body) // PIECES, 1)
        for at in range(0, len(body), size):
            await asyncio.sleep(self._seconds * min(size, len(body) - at) / len(body))
            await send({"type": "http.response.body", "body": body[at : at + size], "more_body": True})
        await send({"type": "http.response.body", "body": b""})


class Truncated(_Spoilt):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._start(send, len(self.body))
        await send({"type": "http.response.body", "body": bytes(self.body[: self._half]), "more_body": True})
        await _wire(scope).close()


class WronglyMeasured(_Spoilt):
    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._start(send, self._half)
        await send({"type": "http.response.body", "body": bytes(self.body[: self._half]), "more_body": True})
        _wire(scope).write(bytes(self.body[self._half :]))
        await send({"type": "http.response.body", "body": b""})
