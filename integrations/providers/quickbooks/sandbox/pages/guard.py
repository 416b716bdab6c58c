"""A page may change the sandbox only for a person at this machine, and only from a form of its own."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from ..control.asking import LOOPBACK_ADDRESSES
from ..sandbox import Call, Endpoint, Handler
from .frame import outside
from .markup import html, link
from .tables import empty

#: Another name that leads here belongs to somebody who wants to be taken for us.
_OUR_NAMES = ("localhost", "127.0.0.1", "::1")


def own_form(act: Callable[[Call], str], where: Callable[[Handler], Endpoint]) -> Endpoint:
    """For a deed that answers where to go next, done in a thread or among the requests."""
    deed = where(lambda call: RedirectResponse(act(call), 303))

    async def endpoint(request: Request) -> Response:
        refused = _refused(request)
        return _forbidden(refused) if refused else await deed(request)

    return endpoint


def _refused(request: Request) -> str:
    if request.client is None or request.client.host not in LOOPBACK_ADDRESSES:
        return "The sandbox is changed from the machine it runs on; these pages are only read from elsewhere."
    origin, host = request.headers.get("origin", ""), request.headers.get("host", "")
    if not origin or urlsplit(origin).netloc != host or (urlsplit(origin).hostname or "") not in _OUR_NAMES:
        return "The form was sent from another site. Open the page here and send it again."
    return ""


def _forbidden(words: str) -> Response:
    body = html("{}<p>{}</p>", empty("Nothing was changed.", words), link("/", "All companies"))
    return outside("Not allowed from here", body, at="", status=403)
