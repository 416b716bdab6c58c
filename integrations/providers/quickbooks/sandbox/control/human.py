"""The person at the screen, for tests that need one."""

from __future__ import annotations

from starlette.responses import Response

from ..api.writing import timed, writing
from ..sandbox import Call, Sandbox, answer
from ..signin.identity import PERSON_NAME
from .acts import KEYS, carry_out
from .asking import body_of, only


class Human:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def act(self, call: Call) -> Response:
        """What QuickBooks refuses an app it refuses the person too, and nothing is changed then."""
        wanted = body_of(call)
        only(wanted, *KEYS.get(str(wanted.get("act")), tuple(wanted)))
        with writing(self._sandbox, call.path["realm"], PERSON_NAME) as books:
            return answer(timed(books, carry_out(books, wanted)))
