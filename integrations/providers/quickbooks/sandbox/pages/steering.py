"""What a person may do to the stand-in itself: its clock, snapshots, the first day."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from starlette.responses import Response

from ..books.snapshots import BadSnapshot, Snapshots
from ..control.asking import BadRequest
from ..control.keeping import Keeping
from ..sandbox import Call, Sandbox
from ..wire.json import encode
from . import words
from .frame import outside, wrong
from .markup import Html, asking, html, joined
from .tables import Column, Row, empty, facts, section, table

AT = "/control"
#: By so many seconds the clock is moved at once.
STEPS = ((3600, "An hour on"), (86_400, "A day on"), (30 * 86_400, "30 days on"), (101 * 86_400, "101 days on"))
_UNITS = ((86_400, "day"), (3600, "hour"), (60, "minute"), (0, "second"))


class Steering:
    def __init__(self, sandbox: Sandbox, keeping: Keeping) -> None:
        self._sandbox = sandbox
        self._keeping = keeping
        self._snapshots = Snapshots(sandbox.store)

    def page(self, call: Call) -> Response:
        parts = [wrong(call), section("Clock", self._clock()), section("Snapshots", self._kept())]
        return outside("Control", joined([*parts, section("Start over", _reset())]), at=AT)

    def _clock(self) -> Html:
        clock = self._sandbox.store.clock
        ahead = _ahead(clock.ahead)
        steps = (*STEPS, (0, "Back to now"))
        buttons = joined(html('<button name="advance_seconds" value="{}">{}</button>', *step) for step in steps)
        told = facts((("Time here", words.moment(clock.now())), ("It is", ahead)))
        return html('{}<form class="row" method="post" action="{}/clock">{}</form>', told, AT, buttons)

    def _kept(self) -> Html:
        found = self._snapshots.listed()
        columns = (Column("Name", "main"), Column("Taken", "date"), Column("", "key"))
        rows = (Row((each["name"], words.moment(each["at"]), _deeds(each["name"]))) for each in found)
        listed = table(columns, rows, caption="Snapshots") if found else empty("No snapshot yet.")
        form = html(
            '<form class="search below" method="post" action="{}/snapshots"><label><span>Name</span><input name="name" '
            'required maxlength="64" pattern="[A-Za-z0-9._\\-]+"></label><button>Take a snapshot</button></form>',
            AT,
        )
        return joined([listed, form])

    def clock(self, call: Call) -> str:
        text = call.form.get("advance_seconds", "")
        if not text.isdecimal() or len(text) > 10:
            return asking(AT, wrong="The clock is moved by whole seconds.")
        name = "advance_seconds" if int(text) else "ahead_seconds"
        return self._done(lambda: self._keeping.clock(_with(call, {name: int(text)})))

    def snapshots(self, call: Call) -> str:
        """Takes one, goes back to it, or drops it."""
        name, wish = call.form.get("name", ""), call.form.get("wish", "take")
        body: dict[str, Any] = {"keep_tokens": True} if wish == "restore" else {"name": name}
        asked = replace(_with(call, body), path={"name": name})
        act = {"restore": self._keeping.restore, "drop": self._keeping.drop_snapshot}.get(wish, self._keeping.snapshots)
        return self._done(lambda: act(asked))

    def reset(self, call: Call) -> str:
        if call.form.get("sure") == "on":
            self._keeping.reset(_with(call, {"keep_tokens": call.form.get("keep_tokens") == "on"}))
        return "/"

    def _done(self, act: Any) -> str:
        try:
            act()
        except (BadRequest, BadSnapshot) as trouble:
            return asking(AT, wrong=str(trouble))
        return AT


def _ahead(seconds: float) -> str:
    """In the largest unit of which it is at least one."""
    if round(seconds) == 0:
        return "the machine's own"
    size, unit = next(each for each in _UNITS if abs(seconds) >= each[0])
    number = f"{abs(seconds) / size:,.1f}".removesuffix(".0")
    side = "ahead of" if seconds > 0 else "behind"
    return f"{number} {unit}{'' if number == '1' else 's'} {side} the machine's clock"


def _with(call: Call, body: dict[str, Any]) -> Call:
    """As the control plane is asked."""
    return replace(call, method="POST", body=encode(body))


def _deeds(name: str) -> Html:
    return html(
        '<form class="deeds" method="post" action="{}/snapshots"><input type="hidden" name="name" value="{}">'
        '<button class="small" name="wish" value="restore">Go back to it</button>'
        '<button class="small" name="wish" value="drop">Drop</button></form>',
        *(AT, name),
    )


def _reset() -> Html:
    return html(
        '<form class="plan" method="post" action="{}/reset"><p>Every company goes back to its first day: all that was '
        "written is lost, and what is planned is cleared.</p>"
        '<label class="tick"><input type="checkbox" name="keep_tokens" checked><span>Apps stay connected</span></label>'
        '<label class="tick"><input type="checkbox" name="sure" required><span>Lose what was written</span></label>'
        '<button class="danger">Reset all companies</button></form>',
        AT,
    )
