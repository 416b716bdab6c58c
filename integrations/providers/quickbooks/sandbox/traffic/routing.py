"""Which handler an address belongs to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from starlette.requests import Request
from starlette.routing import Match, Route, Router
from starlette.types import Lifespan, Receive, Scope, Send

_COMPANY = "/v3/company/"


class ByWord(Router):
    """Starlette tries all routes in turn. Here the word that tells most of them apart chooses a few to be tried."""

    def __init__(self, routes: Sequence[Route], lifespan: Lifespan[Any]) -> None:
        # Slashes too many are taken at the edge: a client may not follow a redirect.
        super().__init__(routes, redirect_slashes=False, lifespan=lifespan)
        words = {_word(route.path) for route in routes}
        self._of_any = [route for route in routes if _word(route.path).startswith("{")]
        self._of_word = {
            word: [route for route in routes if route in self._of_any or _word(route.path) == word] for word in words
        }

    async def app(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            for route in self._of_word.get(_word(scope["path"]), self._of_any):
                match, more = route.matches(scope)
                if match is Match.FULL:
                    scope.update(more)
                    response = await route.endpoint(Request(scope, receive, send))
                    await response(scope, receive, send)
                    return
        await super().app(scope, receive, send)


def _word(path: str) -> str:
    """What follows the company; elsewhere what the address begins with."""
    parts = path.split("/", 5)
    return parts[4] if path.startswith(_COMPANY) and len(parts) > 4 else (*parts, "")[1]
