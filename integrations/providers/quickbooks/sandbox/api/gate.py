"""What every request to a company passes on its way in and out: token, limits, and the shape that was asked for."""

from __future__ import annotations

from collections.abc import Callable

from starlette.responses import Response

from ..sandbox import Call, Sandbox, answer
from ..signin.apps import Apps
from ..signin.tokens import Grants
from ..traffic import gateway
from ..traffic.broken import Postponed
from ..traffic.meter import BudgetSpent
from ..traffic.throttle import Throttled
from ..traffic.visits import Visit
from ..wire import xml
from ..wire.json import loads
from ..wire.refusals import GatewayRefusal, Refusal
from .writing import AUTHOR, reading, timed


class Gate:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._apps = Apps(sandbox.store, sandbox.settings)

    def _guarded(self, call: Call, act: Callable[[], Response]) -> Response:
        """Gateway first, books second: a bad token never reaches a company (§1.7)."""
        switches = self._sandbox.settings.switches
        try:
            self._admit(call)
        except GatewayRefusal as refusal:
            return self._turned_away(call, refusal)
        except (Throttled, BudgetSpent):
            return gateway.too_many(switches.throttle_body, switches.retry_after)
        if seconds := self._sandbox.latency.seconds:
            return Postponed(seconds, seconds, lambda: self._answered(call, act))
        return self._answered(call, act)

    def _turned_away(self, call: Call, refusal: GatewayRefusal) -> Response:
        """In the lower-case envelope, unless XML was asked for by name."""
        if "xml" not in call.headers.get("accept", "").lower() or _wants_json(call):
            return answer(refusal.body(self._sandbox.now()), refusal.status)
        error = refusal.fault["error"][0]
        words = error["code"], error["message"], error["detail"], refusal.fault["type"]
        return gateway.shaped("xml", *words, refusal.status)

    def _admit(self, call: Call) -> None:
        realm, sandbox = call.path["realm"], self._sandbox
        with sandbox.store.reading() as db:
            app = Grants.on(db, sandbox).admit(call.headers.get("authorization", ""), realm)
        AUTHOR.set(self._apps.author(app))
        visit = Visit.of(call.method, call.address, realm, app)
        try:
            sandbox.meter.admit(visit)
            sandbox.throttle.enter(visit)
        except Throttled as trouble:
            sandbox.meter.throttled(visit, trouble.limit)
            raise
        except BudgetSpent:
            sandbox.meter.throttled(visit, "budget")
            raise
        call.leaving.extend((lambda _: sandbox.throttle.leave(visit), sandbox.meter.left(visit)))

    def _answered(self, call: Call, act: Callable[[], Response]) -> Response:
        try:
            response = act()
        except GatewayRefusal as refusal:
            return self._turned_away(call, refusal)
        except Refusal as refusal:
            with reading(self._sandbox, call.path["realm"]) as books:
                fault = refusal.fault(self._sandbox.settings.switches.language)
                response = answer(timed(books, fault), refusal.status)
        if isinstance(response, Postponed):
            resume = response.resume
            return response.instead(lambda: self._answered(call, resume))
        return response if _wants_json(call) else _as_xml(response)


def _wants_json(call: Call) -> bool:
    """§2: XML is what comes unless JSON is asked for."""
    return "json" in call.headers.get("accept", "").lower()


def _as_xml(response: Response) -> Response:
    """What is JSON becomes XML; pages, files and broken answers stay what they are."""
    if type(response) is not Response or response.headers.get("content-type") != "application/json":
        return response
    try:
        document = xml.document(loads(bytes(response.body)))
    except ValueError:
        return response
    return Response(document, response.status_code, media_type="application/xml")
