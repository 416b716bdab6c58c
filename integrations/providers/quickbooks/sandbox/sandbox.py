"""What all endpoints of one running sandbox share."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import parse_qsl

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from .books.changes import Watcher
from .books.store import Store
from .settings import Settings, Switches
from .signin.identity import SigningKey
from .traffic.bodies import Unreadable, read_body
from .traffic.broken import Postponed
from .traffic.faults import Plan
from .traffic.latency import Latency
from .traffic.log import Log
from .traffic.meter import Meter
from .traffic.throttle import Throttle
from .wire.json import encode
from .wire.origin import ORIGIN


@dataclass(frozen=True)
class Sandbox:
    settings: Settings
    store: Store
    plan: Plan
    throttle: Throttle
    meter: Meter
    key: SigningKey
    log: Log
    latency: Latency
    watchers: tuple[Watcher, ...] = ()

    def now(self) -> float:
        return self.store.clock.now()

    @property
    def switches(self) -> Switches:
        """As set, but for a lag of queries that is being acted out."""
        lag = int(self.plan.lag)
        return replace(self.settings.switches, query_lag=lag) if lag else self.settings.switches


@dataclass(frozen=True, slots=True)
class Call:
    """A request with its body read, ready for a thread of its own."""

    method: str
    #: Scheme and host as the caller sees them; every address we hand out starts with it.
    origin: str
    path: dict[str, Any]
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    #: The path as one text.
    address: str = ""
    #: What is to be done once the answer has left, or the caller has; it is told the status.
    leaving: list[Callable[[int], None]] = field(default_factory=list)

    @property
    def form(self) -> dict[str, str]:
        return dict(parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True))


#: Of the API's own parameters, which clients capitalise as they like.
_PARAMETERS = {
    name.lower(): name for name in ("requestid", "minorversion", "operation", "include", "sendTo", "changedSince")
}
Handler = Callable[[Call], Response]
Endpoint = Callable[[Request], Awaitable[Response]]


def head(request: Request) -> Call:
    """The request without its body."""
    return _call(request, _headers(request), b"")


async def _read(request: Request) -> Call:
    headers = _headers(request)
    return _call(request, headers, await read_body(request, headers))


def _headers(request: Request) -> dict[str, str]:
    return {name.decode("latin-1"): value.decode("latin-1") for name, value in request.scope["headers"]}


def _call(request: Request, headers: dict[str, str], body: bytes) -> Call:
    scope = request.scope
    origin = f"{scope['scheme']}://{headers.get('host') or request.url.netloc}"
    ORIGIN.set(origin)
    asked = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
    query = {_PARAMETERS.get(name.lower(), name): value for name, value in asked}
    return Call(scope["method"], origin, scope["path_params"], query, headers, body, scope["path"])


def at_once(handler: Handler) -> Endpoint:
    """For what is done sooner than another thread could be woken; planned delays wait outside (traffic/broken.py)."""

    async def here(call: Call) -> Response:
        return handler(call)

    return _endpoint(here)


def in_thread(handler: Handler) -> Endpoint:
    """For what reads whole companies, beside the event loop."""

    async def beside(call: Call) -> Response:
        response = await run_in_threadpool(handler, call)
        if isinstance(response, Postponed):
            response.beside = True
        return response

    return _endpoint(beside)


def _endpoint(answered: Callable[[Call], Awaitable[Response]]) -> Endpoint:
    async def endpoint(request: Request) -> Response:
        try:
            call = await _read(request)
        except Unreadable as trouble:
            return trouble.response
        with _settled_if_it_fails(call):
            return left(call, await answered(call))

    return endpoint


@contextmanager
def _settled_if_it_fails(call: Call) -> Iterator[None]:
    try:
        yield
    except BaseException:  # Also a caller that hangs up: whoever has entered must be counted out.
        for leave in call.leaving:
            leave(500)
        raise


def left(call: Call, response: Response) -> Response:
    """The answer, with what is to be done after it."""
    return _Leaving(call, response) if call.leaving else response


class _Leaving(Response):
    def __init__(self, call: Call, response: Response) -> None:
        self._call = call
        self._response = response

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self._response(scope, receive, send)
        finally:
            for leave in self._call.leaving:
                leave(self._response.status_code)


def answer(value: Any, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(encode(value), status, headers, "application/json")
