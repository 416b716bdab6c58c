"""Lines to QuickBooks that are kept between calls: a handshake for each would cost more than the call itself."""

import time
from collections import defaultdict, deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookiejar import DefaultCookiePolicy
from typing import Any

import requests

from integrations.providers.quickbooks.http import BoundedAdapter

# A line that was idle for longer may be closed at the other end in the very moment in which we send.
IDLE_SECONDS = 20.0
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
        self.last = super().request(*args, **kwargs)
        return self.last


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
