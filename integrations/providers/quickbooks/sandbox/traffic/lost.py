"""What has no answer of its own: addresses and methods there are not, and our own mistakes."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ..books.clock import Clock
from ..wire import json
from ..wire.refusals import Refusal, unsupported
from . import gateway

#: Where the reader is whoever writes a test, and is told in JSON.
_CONTROL = "/sandbox/"
Handler = Callable[[Request, Exception], Awaitable[Response]]


def _explained(what: str, status: int) -> Response:
    body = {"error": f"{what} GET /sandbox lists the calls."}
    return Response(json.encode(body), status, media_type="application/json")


class Lost:
    def __init__(self, clock: Clock) -> None:
        self._clock = clock

    @property
    def by_status(self) -> dict[Any, Handler]:
        return {404: self.no_address, 405: self.no_method, 500: self.no_answer}

    async def no_address(self, request: Request, trouble: Exception) -> Response:
        """Recorded: 400 and code 500, with the address twice (§10)."""
        path = request.url.path
        if path.startswith("/v3/company/"):
            operation = f"Could not find resource for relative : {path} of full path: {request.url.replace(query='')}"
            return self._fault(unsupported(operation), 400)
        if path.startswith(_CONTROL):
            return _explained(f"There is no call {path}.", 404)
        return gateway.page(404)

    async def no_method(self, request: Request, trouble: Exception) -> Response:
        """The words are recorded, the status is what they speak of."""
        if request.url.path.startswith("/v3/company/"):
            operation = f"No resource method found for {request.method}, return 405 with Allow header"
            return self._fault(unsupported(operation), 405)
        if request.url.path.startswith(_CONTROL):
            return _explained(f"{request.url.path} does not take {request.method}.", 405)
        return gateway.page(405)

    async def no_answer(self, request: Request, trouble: Exception) -> Response:
        """A fault of the sandbox itself; what went wrong stands in its own log."""
        return self._fault(Refusal("10000", "System Failure Error: An unexpected error occurred."), 500)

    def _fault(self, refusal: Refusal, status: int) -> Response:
        body = {**refusal.fault(), "time": json.envelope_time(self._clock.now(), json.zone("UTC"))}
        return Response(json.encode(body), status, media_type="application/json")
