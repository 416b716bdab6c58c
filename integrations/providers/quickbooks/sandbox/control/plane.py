"""The control plane under /sandbox: what a test or a person may do to the stand-in itself."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import Response

from ..api.documents import render
from ..api.writing import aside, reading, writing
from ..books.books import companies
from ..companies import all as seed
from ..registry import ENTITIES
from ..sandbox import Call, Handler, Sandbox, answer, in_thread
from ..signin import tokens
from ..traffic.faults import BadPlan, Trouble
from ..traffic.throttle import Limits
from ..webhooks.subscriptions import BadWebhook
from ..wire.json import Json, dumps, loads
from ..wire.refusals import GatewayRefusal, Refusal
from . import chart, preferences, reconcile
from .acts import BadAct
from .chart import BadChart
from .preferences import NoSuchPreference
from .reconcile import CannotReconcile

LOOPBACK_ADDRESSES = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


class BadRequest(ValueError):
    """The control plane was asked for something it does not have."""


_EXPLAINED = (BadRequest, BadAct, BadPlan, BadChart, BadWebhook, NoSuchPreference, CannotReconcile)


def loopback_only(handler: Handler) -> Callable[[Request], Awaitable[Response]]:
    threaded = in_thread(_explained(handler))

    async def endpoint(request: Request) -> Response:
        if request.client is None or request.client.host not in LOOPBACK_ADDRESSES:
            return answer({"error": "The control plane answers on loopback only."}, 403)
        return await threaded(request)

    return endpoint


def _explained(handler: Handler) -> Handler:
    def explained(call: Call) -> Response:
        try:
            return handler(call)
        except (*_EXPLAINED, Refusal, TypeError) as trouble:
            return answer({"error": str(trouble)}, 400)
        except GatewayRefusal:
            return answer({"error": "No such company."}, 404)

    return explained


class Control:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def companies(self, call: Call) -> Response:
        with self._sandbox.store.reading() as db:
            rows = [
                {"realm": each.realm, "name": each.name, "country": each.country, "currency": each.currency}
                for each in companies(db)
            ]
        return answer({"companies": rows})

    def objects(self, call: Call) -> Response:
        wanted = call.path["entity"].lower()
        entity = next((each for each in ENTITIES if wanted in (each.name.lower(), each.address)), None)
        if entity is None:
            raise BadRequest(f"No such entity: {call.path['entity']}")
        after, limit = _whole(call, "after", 0), _whole(call, "limit", -1)
        with aside(self._sandbox, call.path["realm"]) as books:
            # Each is text before the next is read: a large company would not fit otherwise.
            found = [dumps(render(books, record)) for record in books.all(entity.name, after=after, limit=limit)]
        body = f'{{"entity":"{entity.name}","count":{len(found)},"objects":[{",".join(found)}]}}'
        return Response(body, media_type="application/json")

    def preferences(self, call: Call) -> Response:
        wanted = _body(call)
        with writing(self._sandbox, call.path["realm"]) as books:
            shown = render(books, preferences.write(books, wanted))
        return answer({"Preferences": shown})

    def accounts(self, call: Call) -> Response:
        wanted = _body(call)
        with writing(self._sandbox, call.path["realm"]) as books:
            return answer(chart.add(books, wanted.get("accounts")))

    def balances(self, call: Call) -> Response:
        with reading(self._sandbox, call.path["realm"]) as books:
            return answer({"realm": books.realm, **chart.balances(books)})

    def reconcile(self, call: Call) -> Response:
        wanted = _body(call)
        if call.method == "GET":
            with reading(self._sandbox, call.path["realm"]) as books:
                account = reconcile.account_of(books, call.query.get("account"))
                return answer({"realm": books.realm, **reconcile.shown(books, account)})
        with writing(self._sandbox, call.path["realm"]) as books:
            return answer({"realm": books.realm, **reconcile.reconcile(books, wanted)})

    def faults(self, call: Call) -> Response:
        if call.method == "DELETE":
            return answer({"cleared": self._sandbox.plan.clear()})
        if call.method == "POST":
            self._sandbox.plan.add(Trouble.read(_body(call)))
        return answer({"planned": self._sandbox.plan.listed()})

    def throttle(self, call: Call) -> Response:
        wanted = _body(call)
        on = bool(wanted.pop("on", True))
        self._sandbox.throttle.set(on=on, limits=Limits(**wanted))
        return answer({"on": on, **self._sandbox.throttle.limits.__dict__})

    def reset(self, call: Call) -> Response:
        keep = bool(_body(call).get("keep_tokens", False))
        self._sandbox.plan.clear()
        self._sandbox.throttle.set(on=self._sandbox.settings.switches.throttle == "on", limits=Limits())
        store, settings = self._sandbox.store, self._sandbox.settings
        with store.writing() as db:
            store.wipe(db, tokens=not keep)
            seed.plant_if_empty(store, settings.switches)
            chart.add_from_folder(store, settings)
        return answer({"reset": True, "kept_tokens": keep})

    def expire_tokens(self, call: Call) -> Response:
        with self._sandbox.store.writing() as db:
            return answer({"expired": tokens.expire_access(db, _body(call).get("realm"))})

    def revoke_tokens(self, call: Call) -> Response:
        with self._sandbox.store.writing() as db:
            return answer({"revoked": tokens.revoke_all(db, _body(call).get("realm"))})


def _whole(call: Call, name: str, default: int) -> int:
    text = call.query.get(name, "")
    if text and not text.isdecimal():
        raise BadRequest(f"{name} must be a whole number.")
    return int(text) if text else default


def _body(call: Call) -> Json:
    if not call.body.strip():
        return {}
    try:
        body = loads(call.body)
    except ValueError as error:
        raise BadRequest("The body must be JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest("The body must be an object.")
    return body
