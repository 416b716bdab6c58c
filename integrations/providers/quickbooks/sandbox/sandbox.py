"""What all endpoints of one running sandbox share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from .faults import Plan
from .identity import SigningKey
from .settings import Settings
from .store import Store
from .throttle import Throttle
from .wire import dumps


@dataclass(frozen=True)
class Sandbox:
    settings: Settings
    store: Store
    plan: Plan
    throttle: Throttle
    key: SigningKey


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


def in_thread(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    """SQLite blocks, so each handler runs beside the event loop."""

    async def endpoint(request: Request) -> Response:
        call = Call(
            method=request.method,
            origin=f"{request.url.scheme}://{request.headers.get('host', request.url.netloc)}",
            path=dict(request.path_params),
            query=dict(request.query_params),
            headers={name.lower(): value for name, value in request.headers.items()},
            body=await request.body(),
        )
        return await run_in_threadpool(handler, call)

    return endpoint


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(dumps(value), status, headers, "application/json")
