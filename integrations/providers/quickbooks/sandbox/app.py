"""The ASGI application: routes, and the outermost layer that can trace an answer or hang up."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from .api.files import Files
from .api.requestids import keep_sweeping
from .books import audit
from .books.store import Store
from .companies import all as seed
from .control import chart
from .control.asking import loopback_at_once, loopback_only
from .control.connections import Connections
from .control.human import Human
from .control.keeping import Keeping
from .control.plane import Control
from .control.trouble import TroubleControl
from .control.webhooks import Webhooks
from .entities import attachable
from .files import addresses, keeping
from .pages import site
from .sandbox import Call, Endpoint, Handler, Sandbox, answer, at_once, in_thread
from .settings import Settings
from .signin.consent import Consent
from .signin.identity import SigningKey
from .signin.oauth import OAuth, discovery
from .traffic.edge import Edge
from .traffic.faults import Plan
from .traffic.latency import Latency
from .traffic.log import Log
from .traffic.lost import Lost
from .traffic.meter import Meter
from .traffic.routing import ByWord
from .traffic.throttle import Throttle
from .webhooks.sender import Sender

Work = Callable[[], Coroutine[Any, Any, None]]


def build(settings: Settings) -> ASGIApp:
    store = Store(settings.data)
    addresses.prepare(store)
    with store.writing() as db:
        keeping.sweep(db)
        seed.plant_if_empty(store, settings.switches)
        chart.add_from_folder(store, settings)
    switches = settings.switches
    throttle = Throttle(on=switches.throttle == "on", limits=switches.limits)
    meter = Meter(store, switches.coreplus_budget, switches.budget_blocks)
    log = Log(switches.request_log)
    latency = Latency(switches.latency_ms)
    sender = Sender(store, switches)
    store.listeners.append(sender.after_commit)
    watchers = (attachable.watch, sender.watch, audit.note)
    sandbox = Sandbox(settings, store, Plan(), throttle, meter, SigningKey(store), log, latency, watchers)
    routes = [
        *_books(sandbox),
        *_sign_in(sandbox),
        *_with_a_list([*_control(sandbox), *_webhooks(sandbox, sender)]),
        *_read_by_people(sandbox),
    ]
    app = Starlette(exception_handlers=Lost(store.clock).by_status)
    app.router = ByWord(routes, _beside(sender.run, partial(keep_sweeping, store, switches)))
    return Edge(app, log)


def _beside(*works: Work) -> Callable[[Starlette], AbstractAsyncContextManager[None]]:
    """What goes on beside the requests for as long as there are any."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        tasks = [asyncio.create_task(work()) for work in works]
        yield
        for task in tasks:
            task.cancel()

    return lifespan


def _sign_in(sandbox: Sandbox) -> list[Route]:
    oauth, consent = OAuth(sandbox), Consent(sandbox)
    get, post = _routers()
    documents = ("openid_sandbox_configuration", "openid_configuration")
    return [
        *(get(f"/.well-known/{name}", discovery) for name in documents),
        get("/connect/oauth2", consent.show),
        post("/connect/oauth2", consent.decide),
        post("/oauth2/v1/tokens/bearer", oauth.token),
        post("/v2/oauth2/tokens/revoke", oauth.revoke),
        get("/v1/openid_connect/userinfo", oauth.user_info),
        get("/op/v1/jwks", oauth.jwks),
    ]


def _books(sandbox: Sandbox) -> list[Route]:
    api, base = Files(sandbox), "/v3/company/{realm}"
    get, post = _routers()
    return [
        # What has a word of its own comes before what is read and written by the name of its entity.
        get(base + "/preferences", api.preferences),
        get(base + "/exchangerate", api.exchange_rate),
        get(base + "/query", api.query),
        post(base + "/query", api.query),
        get(base + "/cdc", api.changes),
        post(base + "/batch", api.batch),
        Route(base + "/upload", api.upload, methods=["POST"]),
        get(base + "/download/{id}", api.download),
        get(base + "/attachable-thumbnail/{id}", api.download),
        post(base + "/taxservice/taxcode", api.tax_code),
        get(base + "/companyinfo/{id}", api.company_info),
        Route(base + "/reports/{name}", in_thread(api.report), methods=["GET"]),
        get(base + "/{entity}/{id}", api.read),
        post(base + "/{entity}", api.write),
        get(base + "/{entity}/{id}/pdf", api.pdf),
        post(base + "/{entity}/{id}/send", api.send),
        get("/files/{realm}/{id:int}/{name:path}", api.open),
    ]


def _control(sandbox: Sandbox) -> list[Route]:
    control, trouble = Control(sandbox), TroubleControl(sandbox)
    keeping, connections = Keeping(sandbox), Connections(sandbox)
    company = "/companies/{realm}"

    def route(path: str, handler: Handler, *methods: str, wrap: Callable[[Handler], Endpoint] = loopback_only) -> Route:
        return Route(f"/sandbox{path}", wrap(handler), methods=methods)

    return [
        route("/companies", control.companies, "GET", "POST"),
        route(f"{company}/objects/{{entity}}", control.objects, "GET"),
        route(f"{company}/human", Human(sandbox).act, "POST"),
        route(f"{company}/preferences", control.preferences, "POST"),
        route(f"{company}/accounts", control.accounts, "POST"),
        route(f"{company}/balances", control.balances, "GET"),
        route(f"{company}/reconcile", control.reconcile, "GET", "POST"),
        route("/faults", trouble.faults, "GET", "POST", "DELETE"),
        route("/scenarios", trouble.scenarios, "GET"),
        route("/scenarios/{name}", trouble.play, "POST"),
        route("/throttle", trouble.throttle, "GET", "POST"),
        route("/latency", trouble.latency, "GET", "POST"),
        route("/traffic", trouble.traffic, "GET", wrap=loopback_at_once),
        route("/budget", trouble.budget, "POST"),
        route("/clock", keeping.clock, "GET", "POST"),
        # Whole books change under the requests, which therefore wait.
        route("/snapshots", keeping.snapshots, "GET", "POST", wrap=loopback_at_once),
        route("/snapshots/{name}", keeping.drop_snapshot, "DELETE"),
        route("/snapshots/{name}/restore", keeping.restore, "POST", wrap=loopback_at_once),
        route("/reset", keeping.reset, "POST", wrap=loopback_at_once),
        route("/apps", connections.apps, "GET", "POST"),
        route("/disconnect", connections.disconnect, "POST"),
        route("/tokens/expire", connections.expire, "POST"),
        route("/tokens/revoke", connections.revoke, "POST"),
    ]


def _with_a_list(routes: list[Route]) -> list[Route]:
    """The control plane's calls, and one more that lists them."""
    listed = [{"path": each.path, "methods": sorted((each.methods or set()) - {"HEAD"})} for each in routes]
    return [Route("/sandbox", loopback_only(lambda _: answer({"calls": listed})), methods=["GET"]), *routes]


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


def _routers() -> tuple[Callable[[str, Handler], Route], Callable[[str, Handler], Route]]:
    def get(path: str, handler: Handler) -> Route:
        return Route(path, at_once(handler), methods=["GET"])

    def post(path: str, handler: Handler) -> Route:
        return Route(path, at_once(handler), methods=["POST"])

    return get, post
