"""The control plane over time and whole books: the clock, snapshots, the first day."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from starlette.responses import Response

from ..books.snapshots import Snapshots
from ..companies import all as seed
from ..sandbox import Call, Sandbox, answer
from ..wire.json import Json
from . import chart
from .asking import BadRequest, asked, body_of, flag_of

#: A clock beyond these years would leave what dates can hold.
EARLIEST, LATEST = datetime(1990, 1, 1, tzinfo=UTC).timestamp(), datetime(2200, 1, 1, tzinfo=UTC).timestamp()


class Keeping:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._snapshots = Snapshots(sandbox.store)

    def clock(self, call: Call) -> Response:
        if call.method == "POST":
            self._move(body_of(call))
        store = self._sandbox.store
        now = datetime.fromtimestamp(store.clock.now(), UTC).isoformat(timespec="seconds")
        return answer({"now": now, "ahead_seconds": round(store.clock.ahead, 3)})

    def _move(self, wanted: Json) -> None:
        if len(wanted) != 1:
            raise BadRequest("Give one of ahead_seconds, advance_seconds and set.")
        ((name, value),) = wanted.items()
        store = self._sandbox.store
        if name == "set":
            ahead = _moment(value) - time.time()
        elif name == "ahead_seconds":
            ahead = _seconds(name, value)
        elif name == "advance_seconds":
            ahead = store.clock.ahead + _seconds(name, value)
        else:
            raise BadRequest(f"Unknown: {name}. Known: ahead_seconds, advance_seconds, set.")
        if not EARLIEST < time.time() + ahead < LATEST:
            raise BadRequest("The clock goes from 1990 to 2200.")
        store.move_clock(ahead)

    def snapshots(self, call: Call) -> Response:
        if call.method == "POST":
            name = asked(call, "name").get("name")
            if not isinstance(name, str):
                raise BadRequest("A snapshot needs a name.")
            self._sandbox.meter.write()
            self._snapshots.take(name)
        return answer({"snapshots": [_shown(each) for each in self._snapshots.listed()]})

    def restore(self, call: Call) -> Response:
        name, keep = call.path["name"], flag_of(asked(call, "keep_tokens"), "keep_tokens")
        self._snapshots.restore(name, keep_tokens=keep)
        self._sandbox.meter.load()
        return answer({"restored": name, "kept_tokens": keep})

    def drop_snapshot(self, call: Call) -> Response:
        self._snapshots.drop(call.path["name"])
        return answer({"dropped": call.path["name"]})

    def reset(self, call: Call) -> Response:
        keep = flag_of(asked(call, "keep_tokens"), "keep_tokens")
        sandbox = self._sandbox
        sandbox.plan.clear()
        switches = sandbox.settings.switches
        sandbox.throttle.set(on=switches.throttle == "on", limits=switches.limits)
        sandbox.latency.ms = switches.latency_ms
        # First of all: what the companies begin with is dated by it.
        sandbox.store.move_clock(0)
        with sandbox.store.writing() as db:
            sandbox.store.wipe(db, tokens=not keep)
            seed.plant_if_empty(sandbox.store, switches)
            chart.add_from_folder(sandbox.store, sandbox.settings)
        sandbox.meter.clear()
        return answer({"reset": True, "kept_tokens": keep})


def _shown(snapshot: Json) -> Json:
    at = datetime.fromtimestamp(snapshot["at"], UTC).isoformat(timespec="seconds")
    return {**snapshot, "at": at}


def _seconds(name: str, value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal) or not math.isfinite(value):
        raise BadRequest(f"{name} must be a number.")
    return float(value)


def _moment(value: Any) -> float:
    try:
        moment = datetime.fromisoformat(value)
    except (TypeError, ValueError) as error:
        raise BadRequest("set must be a moment such as 2026-12-01T09:00:00Z.") from error
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()
