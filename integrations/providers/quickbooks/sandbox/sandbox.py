"""What all endpoints of one running sandbox share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from .books.changes import Watcher
from .books.store import Store
from .settings import Settings
from .signin.identity import SigningKey
from .traffic.faults import Plan
from .traffic.log import Log
from .traffic.throttle import Throttle
from .wire.json import encode
from .wire.origin import ORIGIN


@dataclass(frozen=True)
class Sandbox:
    settings: Settings
    store: Store
    plan: Plan
    throttle: Throttle
    key: SigningKey
    log: Log
    watchers: tuple[Watcher, ...] = ()


@dataclass(frozen=True)
class Call:
    """A request with its body read, ready for a thread of its own."""

    method: str
    #: Scheme and host as the caller sees them; every address we hand out starts with it.
    origin: str
    path: dict[str, Any]
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


Handler = Callable[[Call], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def head(request: Request) -> Call:
    """The request without its body."""
    headers = {name.lower(): value for name, value in request.headers.items()}
    origin = f"{request.scope['scheme']}://{headers.get('host') or request.url.netloc}"
    ORIGIN.set(origin)
    return Call(request.method, origin, request.path_params, dict(request.query_params), headers, b"")


async def _read(request: Request) -> Call:
    return replace(head(request), body=await request.body())


def at_once(handler: Handler, plan: Plan) -> Endpoint:
    """For what is done sooner than another thread could be woken; planned delays alone would block the others."""

    async def endpoint(request: Request) -> Response:
        call = await _read(request)
        return await run_in_threadpool(handler, call) if plan.is_slow() else handler(call)

    return endpoint


def in_thread(handler: Handler) -> Endpoint:
    """For what reads whole companies, beside the event loop."""

    async def endpoint(request: Request) -> Response:
        return await run_in_threadpool(handler, await _read(request))

    return endpoint


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(encode(value), status, headers, "application/json")
