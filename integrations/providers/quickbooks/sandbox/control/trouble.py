"""The control plane over traffic: planned faults, scenarios, limits, the meter."""

from __future__ import annotations

from starlette.responses import Response

from ..books.books import companies
from ..sandbox import Call, Sandbox, answer
from ..traffic.faults import KINDS, BadPlan, Trouble
from ..traffic.scenarios import SCENARIOS
from ..traffic.throttle import changed
from ..wire.json import Json
from .asking import BadRequest, asked, body_of, flag_of, text_of


class TroubleControl:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def faults(self, call: Call) -> Response:
        if call.method == "DELETE":
            return answer({"cleared": self._sandbox.plan.clear()})
        if call.method == "POST":
            plan_for(self._sandbox, Trouble.read(body_of(call)))
        return self._planned({"kinds": KINDS} if call.method == "GET" else {})

    def scenarios(self, call: Call) -> Response:
        rows = [{"name": each.name, "sentence": each.sentence, "plans": each.plans} for each in SCENARIOS.values()]
        return answer({"scenarios": rows})

    def play(self, call: Call) -> Response:
        scenario = SCENARIOS.get(call.path["name"])
        if scenario is None:
            raise BadRequest(f"No such scenario. There are: {', '.join(SCENARIOS)}.")
        wanted = asked(call, "realm", "seed")
        seed = wanted.get("seed", 0)
        if not isinstance(seed, int):
            raise BadRequest("seed must be a whole number.")
        plan_for(self._sandbox, *scenario.troubles(text_of(wanted, "realm") or "*", seed))
        return self._planned({"scenario": scenario.name, "sentence": scenario.sentence})

    def _planned(self, more: Json) -> Response:
        plan = self._sandbox.plan
        return answer({"planned": plan.listed(), "met": plan.history(), **more})

    def throttle(self, call: Call) -> Response:
        throttle = self._sandbox.throttle
        if call.method == "POST":
            wanted = asked(call, "on", *throttle.limits.__dict__)
            on = flag_of(wanted, "on", usual=throttle.on)
            wanted.pop("on", None)
            throttle.set(on=on, limits=changed(throttle.limits, wanted))
        return answer({"on": throttle.on, **throttle.limits.__dict__})

    def latency(self, call: Call) -> Response:
        latency = self._sandbox.latency
        if call.method == "POST":
            latency.ms = _whole(asked(call, "ms"), "ms", "none")
        return answer({"ms": latency.ms})

    def traffic(self, call: Call) -> Response:
        throttle = self._sandbox.throttle
        limits = {"on": throttle.on, **throttle.limits.__dict__}
        return answer({"limits": limits, **self._sandbox.meter.shown()})

    def budget(self, call: Call) -> Response:
        calls = _whole(asked(call, "core_plus"), "core_plus", "no end")
        self._sandbox.meter.set_budget(calls)
        return answer({"core_plus": calls})


def _whole(wanted: Json, name: str, zero: str) -> int:
    number = wanted.get(name)
    if not isinstance(number, int) or isinstance(number, bool) or number < 0:
        raise BadRequest(f"{name} must be a whole number; 0 is {zero}.")
    return number


def plan_for(sandbox: Sandbox, *troubles: Trouble) -> None:
    """Of the companies that there are."""
    with sandbox.store.reading() as db:
        known = ["*", *(each.realm for each in companies(db))]
    unknown = next((each.realm for each in troubles if each.realm not in known), None)
    if unknown is not None:
        raise BadPlan(f"No such realm: {unknown}. Known: {', '.join(known)}.")
    sandbox.plan.add(*troubles)
