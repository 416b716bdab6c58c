"""The outermost layer: traces an answer, keeps what is said, packs it, forgives slashes, and knows the socket."""

from __future__ import annotations

import asyncio
import re
from typing import Any

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from ..wire.json import trace_id
from .bodies import packed
from .log import Exchange, Log
from .protocol import Holding

#: Below this an answer fits one packet, packed or not.
WORTH_PACKING = 1400
_PACKABLE = ("application/json", "application/xml", "text/html")
_VERSION = (b"qbo-version", b"sandbox")
_COMPANY = "/v3/company/"
_SLASHES = re.compile("/{2,}")


class Edge:
    def __init__(self, app: ASGIApp, log: Log) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        path = scope["path"]
        if path.endswith("/") or "//" in path:
            path = _SLASHES.sub("/", path).rstrip("/") or "/"
        if path.startswith(_COMPANY):
            path = _in_lower_case(path)
        exchange = self._log.open(scope)
        wire = UvicornWire(send, exchange)
        answer = _Answer(scope, send, exchange, wire)
        heard = receive if exchange is None or scope["method"] == "GET" else _overheard(receive, exchange)
        await self._app({**scope, "path": path, "sandbox.wire": wire}, heard, answer.send)


def _in_lower_case(path: str) -> str:
    """Clients spell entities and what is done with them as they like; Ids may be words, and reports have names."""
    realm, _, rest = path.removeprefix(_COMPANY).partition("/")
    words = rest.split("/")
    lowered = [word if at % 2 and words[0].lower() != "taxservice" else word.lower() for at, word in enumerate(words)]
    return f"{_COMPANY}{realm}/{'/'.join(lowered)}" if rest else path


def _overheard(receive: Receive, exchange: Exchange) -> Receive:
    async def heard() -> Message:
        message = await receive()
        exchange.hear(message)
        return message

    return heard


class _Answer:
    """Holds the head back until the body tells whether it is worth packing."""

    def __init__(self, scope: Scope, send: Send, exchange: Exchange | None, wire: UvicornWire) -> None:
        self._scope = scope
        self._send = send
        self._exchange = exchange
        self._wire = wire
        self._head: Message | None = None

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            message = {**message, "headers": [*message["headers"], (b"intuit_tid", trace_id().encode()), _VERSION]}
        if self._exchange is not None:
            self._exchange.say(message)
        if message["type"] == "http.response.start":
            self._head = message
        elif self._head is None:
            await self._send(message)
        else:
            head, self._head = self._head, None
            await self._begin(head, _pack(head, message) if self._is_packable(head, message) else message)

    async def _begin(self, head: Message, message: Message) -> None:
        self._wire.hold()
        try:
            await self._send(head)
            await self._send(message)
        finally:
            self._wire.release()

    def _is_packable(self, head: Message, message: Message) -> bool:
        if message.get("more_body") or len(message.get("body", b"")) < WORTH_PACKING:
            return False
        headers = MutableHeaders(scope=head)
        kind = headers.get("content-type", "").partition(";")[0]
        if kind not in _PACKABLE or "content-encoding" in headers:
            return False
        return any(name == b"accept-encoding" and b"gzip" in value for name, value in self._scope["headers"])


def _pack(head: Message, message: Message) -> Message:
    body = packed(message["body"])
    headers = MutableHeaders(scope=head)
    headers["Content-Encoding"] = "gzip"
    headers["Content-Length"] = str(len(body))
    headers["Vary"] = "Accept-Encoding"
    return {**message, "body": body}


class UvicornWire:
    """ASGI has no word for a broken connection: an exception would become a 500.

    uvicorn passes a bound method of its request cycle as `send`; the cycle holds the transport.
    """

    def __init__(self, send: Any, exchange: Exchange | None) -> None:
        self._cycle: Any = getattr(send, "__self__", None)
        self._exchange = exchange
        transport = getattr(self._cycle, "transport", None)
        self._holding = transport if isinstance(transport, Holding) else None

    def hold(self) -> None:
        if self._holding is not None:
            self._holding.hold()

    def release(self) -> None:
        if self._holding is not None:
            self._holding.release()

    def write(self, data: bytes) -> None:
        self._cycle.transport.write(data)

    async def cut(self) -> None:
        self._cycle.transport.abort()
        await self._gone()

    async def close(self) -> None:
        """What was written still arrives."""
        self._cycle.transport.close()
        await self._gone()

    async def _gone(self) -> None:
        if self._exchange is not None:
            self._exchange.drop()
        while not self._cycle.disconnected:
            await asyncio.sleep(0)
