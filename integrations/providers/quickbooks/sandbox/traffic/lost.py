"""What has no answer of its own: addresses and methods there are not, and our own mistakes."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from ..wire import json
from ..wire.refusals import Refusal, unsupported
from . import gateway

Handler = Callable[[Request, Exception], Awaitable[Response]]


async def _no_address(request: Request, trouble: Exception) -> Response:
    """Recorded: 400 and code 500, with the address twice (§10)."""
    path = request.url.path
    if path.startswith("/v3/company/"):
        operation = f"Could not find resource for relative : {path} of full path: {request.url.replace(query='')}"
        return _fault(unsupported(operation), 400)
    return gateway.page(404)


async def _no_method(request: Request, trouble: Exception) -> Response:
    """The words are recorded, the status is what they speak of."""
    if request.url.path.startswith("/v3/company/"):
        operation = f"No resource method found for {request.method}, return 405 with Allow header"
        return _fault(unsupported(operation), 405)
    return gateway.page(405)


def _fault(refusal: Refusal, status: int) -> Response:
    body = {**refusal.fault(), "time": json.envelope_time(time.time(), json.zone("UTC"))}
    return Response(json.encode(body), status, media_type="application/json")


async def _no_answer(request: Request, trouble: Exception) -> Response:
    """A fault of the sandbox itself; what went wrong stands in its own log."""
    return _fault(Refusal("10000", "System Failure Error: An unexpected error occurred."), 500)


BY_STATUS: dict[Any, Handler] = {404: _no_address, 405: _no_method, 500: _no_answer}
