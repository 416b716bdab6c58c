"""Lines to QuickBooks that are kept between calls: a handshake for each would cost more than the call itself."""

import re
import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests
import simplejson

from integrations.providers.quickbooks import values
from integrations.providers.quickbooks.border import MISREAD
from integrations.providers.quickbooks.http import BoundedAdapter

# A line that was idle for longer may be closed at the other end in the very moment in which we send.
IDLE_SECONDS = 20.0
# A zero byte, or half of a pair.
NOT_STORABLE = re.compile(rb"(?i)\\u(0000|d[89a-f])")
KEPT = 16


class BookSession(requests.Session):
    """Bounded, and with the token that stands in `access_token`, where python-quickbooks looks for it too."""

    def __init__(self, total_seconds: float) -> None:
        super().__init__()
        self.access_token = ""
        self.last: requests.Response | None = None
        # Set as `auth`, or a .netrc of the machine would replace the header.
        self.auth = self._authorised
        # One customer after another uses a line: nothing may be remembered from one to the next.
        self.cookies.set_policy(DefaultCookiePolicy(allowed_domains=[]))
        for scheme in ("http://", "https://"):
            self.mount(scheme, BoundedAdapter(total_seconds))

    def _authorised(self, request: requests.PreparedRequest) -> requests.PreparedRequest:
        request.headers["Authorization"] = f"Bearer {self.access_token}"
        return request

    def request(self, *args: Any, **kwargs: Any) -> requests.Response:
        self.last = _readable(super().request(*args, **kwargs))
        return self.last

    def get_redirect_target(self, resp: requests.Response) -> None:
        """Nowhere: our token stays here, and an address that cannot be read must not hide that we have sent."""


def _readable(response: requests.Response) -> requests.Response:
    """JSON is UTF-8, whatever it is called; here without the signs that no database takes."""
    response.encoding = "utf-8"
    if NOT_STORABLE.search(response.content):
        with suppress(*MISREAD):
            told = _storable(simplejson.loads(response.content, use_decimal=True))
            response._content = simplejson.dumps(told, use_decimal=True).encode()
    return response


def _storable(told: Any) -> Any:
    if isinstance(told, str):
        return values.storable(told)
    if isinstance(told, list):
        return [_storable(part) for part in told]
    return {_storable(key): _storable(part) for key, part in told.items()} if isinstance(told, dict) else told


# By their time limit: when each was laid down, and the session.
_idle: defaultdict[float, deque[tuple[float, BookSession]]] = defaultdict(deque)


@contextmanager
def borrowed(total_seconds: float) -> Iterator[BookSession]:
    """A session for one thread at a time. After trouble it is closed, for nobody knows what is still to come on it."""
    session = _take(total_seconds)
    try:
        yield session
    except BaseException:
        session.close()
        raise
    _lay_down(total_seconds, session)


def _take(total_seconds: float) -> BookSession:
    idle = _idle[total_seconds]
    while True:
        try:
            laid_down, session = idle.pop()
        except IndexError:
            return BookSession(total_seconds)
        if time.monotonic() - laid_down < IDLE_SECONDS:
            return session
        session.close()


def _lay_down(total_seconds: float, session: BookSession) -> None:
    session.access_token, session.last = "", None
    idle = _idle[total_seconds]
    if len(idle) >= KEPT:
        session.close()
        return
    idle.append((time.monotonic(), session))
