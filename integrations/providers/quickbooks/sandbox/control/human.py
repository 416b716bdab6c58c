"""The person at the screen, for tests that need one."""

from __future__ import annotations

from starlette.responses import Response

from ..api.writing import timed, writing
from ..sandbox import Call, Sandbox, answer
from ..signin.identity import PERSON
from ..wire.json import Json, loads
from .acts import BadAct, carry_out

NAME = f"{PERSON['profile']['givenName']} {PERSON['profile']['familyName']}"


class Human:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def act(self, call: Call) -> Response:
        """What QuickBooks refuses an app it refuses the person too, and nothing is changed then."""
        with writing(self._sandbox, call.path["realm"]) as books:
            books.author = NAME
            return answer(timed(books, carry_out(books, _body(call))))


def _body(call: Call) -> Json:
    try:
        body = loads(call.body)
    except ValueError as error:
        raise BadAct("The body must be JSON.") from error
    if not isinstance(body, dict):
        raise BadAct("The body must be an object.")
    return body
