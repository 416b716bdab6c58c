"""What a person may do to the stand-in itself."""

from __future__ import annotations

from starlette.responses import Response

from ..control.keeping import Keeping
from ..sandbox import Call, Sandbox
from ..wire.json import encode
from . import words
from .frame import outside
from .markup import Html, html, joined
from .tables import facts, section

AT = "/control"


class Steering:
    def __init__(self, sandbox: Sandbox, keeping: Keeping) -> None:
        self._sandbox = sandbox
        self._keeping = keeping

    def page(self, call: Call) -> Response:
        clock = self._sandbox.store.clock
        ahead = f"{clock.ahead / 3600:,.1f} hours ahead of the machine" if clock.ahead else "the machine's own"
        parts = [
            section("Clock", facts((("Time here", words.moment(clock.now())), ("It is", ahead)))),
            section("Start over", _reset()),
        ]
        return outside("Control", joined(parts), at=AT)

    def reset(self, call: Call) -> str:
        keep = call.form.get("keep_tokens") == "on"
        if call.form.get("sure") == "on":
            self._keeping.reset(_with_body(call, encode({"keep_tokens": keep})))
        return "/"


def _with_body(call: Call, body: bytes) -> Call:
    return Call(call.method, call.origin, call.path, call.query, call.headers, body)


def _reset() -> Html:
    return html(
        '<form class="plan" method="post" action="{}/reset"><p>Every company goes back to its first day: all that was '
        "written is lost, and what is planned is cleared.</p>"
        '<label class="tick"><input type="checkbox" name="keep_tokens" checked><span>Apps stay connected</span></label>'
        '<label class="tick"><input type="checkbox" name="sure" required><span>Lose what was written</span></label>'
        '<button class="danger">Reset all companies</button></form>',
        AT,
    )
