"""The ASGI application: routes, and the outermost layer that can trace an answer or hang up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .api.files import Files
from .books import audit
from .books.store import Store
from .companies import all as seed
from .control import chart
from .control.human import Human
from .control.plane import Control, loopback_only
from .control.webhooks import Webhooks
from .entities import attachable
from .files import addresses, keeping
from .pages import site
from .sandbox import Call, Handler, Sandbox, answer, at_once, in_thread
from .settings import Settings
from .signin.consent import Consent
from .signin.identity import SigningKey
from .signin.oauth import OAuth, discovery
from .traffic.faults import Hangup, HangupResponse, Plan
from .traffic.log import Exchange, Log
from .traffic.throttle import Throttle
from .webhooks.sender import Sender
from .wire.json import trace_id


def build(settings: Settings) -> ASGIApp:
    store = Store(settings.data)
    addresses.prepare(store)
    with store.writing() as db:
        keeping.sweep(db)
        seed.plant_if_empty(store, settings.switches)
        chart.add_from_folder(store, settings)
    throttle = Throttle(on=settings.switches.throttle == "on")
    log = Log(settings.switches.request_log)
    sender = Sender(store, settings.switches)
    store.listeners.append(sender.after_commit)
    watchers = (attachable.watch, sender.watch, audit.note)
    sandbox = Sandbox(settings, store, Plan(), throttle, SigningKey(store), log, watchers)
    # Routes are tried in order: what is asked most comes first.
    routes = [
        *_books(sandbox),
        *_sign_in(sandbox),
        *_control(sandbox),
        *_webhooks(sandbox, sender),
        *_read_by_people(sandbox),
    ]
    return Edge(Starlette(routes=routes, exception_handlers={Hangup: _hang_up}, lifespan=_sending(sender)), log)


def _sending(sender: Sender) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        task = asyncio.create_task(sender.run())
        yield
        task.cancel()

    return lifespan


async def _hang_up(request: Request, trouble: Exception) -> Response:
    return HangupResponse()


def _sign_in(sandbox: Sandbox) -> list[Route]:
    oauth, consent = OAuth(sandbox), Consent(sandbox)
    get, post = _routers(sandbox)
    documents = ("openid_sandbox_configuration", "openid_configuration")
    return [
        # Both spellings answer at once: a client may not follow a redirect (§1.1).
        *(get(f"/.well-known/{name}{slash}", discovery) for name in documents for slash in ("", "/")),
        get("/connect/oauth2", consent.show),
        post("/connect/oauth2", consent.decide),
        post("/oauth2/v1/tokens/bearer", oauth.token),
        post("/v2/oauth2/tokens/revoke", oauth.revoke),
        get("/v1/openid_connect/userinfo", oauth.user_info),
        get("/op/v1/jwks", oauth.jwks),
    ]


def _books(sandbox: Sandbox) -> list[Route]:
    api, base = Files(sandbox), "/v3/company/{realm}"
    get, post = _routers(sandbox)
    return [
        get(base + "/preferences", api.preferences),
        get(base + "/exchangerate", api.exchange_rate),
        get(base + "/query", api.query),
        post(base + "/query", api.query),
        get(base + "/cdc", api.changes),
        post(base + "/batch", api.batch),
        Route(base + "/upload", api.upload, methods=["POST"]),
        get(base + "/download/{id}", api.download),
        get(base + "/attachable-thumbnail/{id}", api.download),
        post(base + "/{entity}", api.write),
        post(base + "/taxservice/taxcode", api.tax_code),
        get(base + "/{entity}/{id}/pdf", api.pdf),
        post(base + "/{entity}/{id}/send", api.send),
        get(base + "/companyinfo/{id}", api.company_info),
        Route(base + "/reports/{name}", in_thread(api.report), methods=["GET"]),
        get(base + "/{entity}/{id}", api.read),
        get("/files/{realm}/{id:int}/{name:path}", api.open),
    ]


def _control(sandbox: Sandbox) -> list[Route]:
    control, human, base = Control(sandbox), Human(sandbox).act, "/sandbox"
    return [
        Route(base + "/companies", loopback_only(control.companies), methods=["GET"]),
        Route(base + "/companies/{realm}/objects/{entity}", loopback_only(control.objects), methods=["GET"]),
        Route(base + "/companies/{realm}/human", loopback_only(human), methods=["POST"]),
        Route(base + "/companies/{realm}/preferences", loopback_only(control.preferences), methods=["POST"]),
        Route(base + "/companies/{realm}/accounts", loopback_only(control.accounts), methods=["POST"]),
        Route(base + "/companies/{realm}/balances", loopback_only(control.balances), methods=["GET"]),
        Route(base + "/companies/{realm}/reconcile", loopback_only(control.reconcile), methods=["GET", "POST"]),
        Route(base + "/faults", loopback_only(control.faults), methods=["GET", "POST", "DELETE"]),
        Route(base + "/throttle", loopback_only(control.throttle), methods=["POST"]),
        Route(base + "/reset", loopback_only(control.reset), methods=["POST"]),
        Route(base + "/tokens/expire", loopback_only(control.expire_tokens), methods=["POST"]),
        Route(base + "/tokens/revoke", loopback_only(control.revoke_tokens), methods=["POST"]),
    ]


def _webhooks(sandbox: Sandbox, sender: Sender) -> list[Route]:
    webhooks, base = Webhooks(sandbox, sender), "/sandbox/webhooks"
    one = base + "/{id:int}"
    return [
        Route(base, loopback_only(webhooks.all), methods=["GET", "POST", "DELETE"]),
        Route(one, loopback_only(webhooks.one), methods=["GET", "DELETE"]),
        Route(one + "/deliveries", loopback_only(webhooks.deliveries), methods=["GET"]),
        Route(one + "/again", loopback_only(webhooks.again), methods=["POST"]),
    ]


def _read_by_people(sandbox: Sandbox) -> list[Route]:
    def health(call: Call) -> Response:
        with sandbox.store.reading() as db:
            db.execute("SELECT count(*) FROM company").fetchone()
        return answer({"status": "ok"})

    return [Route("/healthz", in_thread(health), methods=["GET"]), *site.routes(sandbox)]


def _routers(sandbox: Sandbox) -> tuple[Callable[[str, Handler], Route], Callable[[str, Handler], Route]]:
    def get(path: str, handler: Handler) -> Route:
        return Route(path, at_once(handler, sandbox.plan), methods=["GET"])

    def post(path: str, handler: Handler) -> Route:
        return Route(path, at_once(handler, sandbox.plan), methods=["POST"])

    return get, post


class Edge:
    """Puts a trace id on every answer (§2), keeps what is said, and knows the socket under a request."""

    def __init__(self, app: ASGIApp, log: Log) -> None:
        self._app = app
        self._log = log

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        exchange = self._log.open(scope)

        async def traced(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers["intuit_tid"] = trace_id()
                headers["QBO-Version"] = "sandbox"
            if exchange is not None:
                exchange.say(message)
            await send(message)

        async def hang_up() -> None:
            if exchange is not None:
                exchange.drop()
            await _close_socket(send)

        heard = receive if exchange is None or scope["method"] == "GET" else _overheard(receive, exchange)
        await self._app({**scope, "sandbox.hangup": hang_up}, heard, traced)


def _overheard(receive: Receive, exchange: Exchange) -> Receive:
    async def heard() -> Message:
        message = await receive()
        exchange.hear(message)
        return message

    return heard


async def _close_socket(send: Any) -> None:
    """ASGI has no word for this: an exception would become a 500, so the server's own transport is closed.

    uvicorn passes a bound method of its request cycle as `send`; the cycle holds the transport.
    """
    cycle = send.__self__
    cycle.transport.abort()
    while not cycle.disconnected:
        await asyncio.sleep(0)
