"""How the control plane is asked: from this machine only, in JSON, and with reasons when it says no."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response

from ..books.snapshots import BadSnapshot
from ..companies.all import BadCompany
from ..sandbox import Call, Endpoint, Handler, answer, at_once, in_thread
from ..signin.apps import BadApp
from ..traffic.faults import BadPlan
from ..traffic.throttle import BadLimit
from ..webhooks.subscriptions import BadWebhook
from ..wire.json import Json, loads
from ..wire.refusals import GatewayRefusal, Refusal
from .acts import BadAct
from .chart import BadChart
from .preferences import NoSuchPreference
from .reconcile import CannotReconcile

LOOPBACK_ADDRESSES = ("127.0.0.1", "::1", "::ffff:127.0.0.1")


class BadRequest(ValueError):
    """The control plane was asked for something it does not have."""


_EXPLAINED = (
    *(BadRequest, BadAct, BadCompany, BadPlan, BadChart, BadApp, BadLimit, BadSnapshot, BadWebhook),
    *(NoSuchPreference, CannotReconcile, Refusal),
)


def loopback_only(handler: Handler) -> Endpoint:
    return _guarded(in_thread(_explained(handler)))


def loopback_at_once(handler: Handler) -> Endpoint:
    """For what belongs to the thread of the requests: its counters, and whole books that change under it."""
    return _guarded(at_once(_explained(handler)))


def _guarded(endpoint: Endpoint) -> Endpoint:
    async def guarded(request: Request) -> Response:
        if request.client is None or request.client.host not in LOOPBACK_ADDRESSES:
            return answer({"error": "The control plane answers on loopback only."}, 403)
        return await endpoint(request)

    return guarded


def _explained(handler: Handler) -> Handler:
    def explained(call: Call) -> Response:
        try:
            return handler(call)
        except _EXPLAINED as trouble:
            return answer({"error": str(trouble)}, 400)
        except GatewayRefusal:
            return answer({"error": "No such company."}, 404)

    return explained


def body_of(call: Call) -> Json:
    if not call.body.strip():
        return {}
    try:
        body = loads(call.body)
    except ValueError as error:
        raise BadRequest("The body must be JSON.") from error
    if not isinstance(body, dict):
        raise BadRequest("The body must be an object.")
    return body


def asked(call: Call, *known: str) -> Json:
    """The body of a call that takes these keys and no others."""
    return only(body_of(call), *known)


def only(body: Json, *known: str) -> Json:
    unknown = [name for name in body if name not in known]
    if unknown:
        raise BadRequest(f"Unknown: {', '.join(unknown)}. Known: {', '.join(known)}.")
    return body


def flag_of(body: Json, name: str, *, usual: bool = False) -> bool:
    value = body.get(name, usual)
    if not isinstance(value, bool):
        raise BadRequest(f"{name} must be true or false.")
    return value


def text_of(body: Json, name: str) -> str | None:
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise BadRequest(f"{name} must be text.")
    return value
