"""Lines to QuickBooks are kept between calls, and nothing is remembered on them from one customer to the next."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from integrations.providers.errors import Unknown
from integrations.providers.quickbooks import sessions
from integrations.providers.quickbooks.client import QuickBooksClient
from integrations.providers.quickbooks.sessions import borrowed


class Listening(ThreadingHTTPServer):
    """Keeps lines open, counts them, and tries to be recognised again by a cookie."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Answering)
        self.lines = 0
        self.heard: list[dict[str, str]] = []


class Answering(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Listening

    def setup(self) -> None:
        super().setup()
        self.server.lines += 1

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.heard.append(dict(self.headers))
        if "/drop" in self.path:
            self.close_connection = True
            return
        body = b'{"Purchase":{"Id":"1","SyncToken":"0"}}'
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Set-Cookie", "customer=the-first; Path=/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments: object) -> None:
        """Not into the test's output."""


@pytest.fixture
def listening() -> Iterator[Listening]:
    sessions._idle.clear()
    server = Listening()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()
    sessions._idle.clear()


def client(server: Listening, company: str = "9341", token: str = "") -> QuickBooksClient:
    return QuickBooksClient(f"http://127.0.0.1:{server.server_port}", company, lambda rejected="": token, 5)


def test_several_customers_use_one_line_one_after_the_other(listening: Listening) -> None:
    for company in ("9341", "9342", "9343"):
        client(listening, company, f"token-of-{company}").write("purchase", "{}", "1")
    assert listening.lines == 1
    assert [heard["Authorization"] for heard in listening.heard] == [
        f"Bearer token-of-{company}" for company in ("9341", "9342", "9343")
    ]


def test_no_cookie_is_kept(listening: Listening) -> None:
    for _ in range(2):
        client(listening).write("purchase", "{}", "1")
    assert [heard.get("Cookie") for heard in listening.heard] == [None, None]


def test_after_trouble_the_line_is_not_used_again(listening: Listening) -> None:
    client(listening).write("purchase", "{}", "1")
    with pytest.raises(Unknown):
        client(listening).write("drop", "{}", "2")
    client(listening).write("purchase", "{}", "3")
    assert listening.lines == 2
    assert len(listening.heard) == 3, "nothing is sent twice"


def test_a_line_that_was_idle_for_long_is_not_trusted(listening: Listening, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sessions, "IDLE_SECONDS", 0.0)
    for _ in range(2):
        client(listening).write("purchase", "{}", "1")
    assert listening.lines == 2


def test_two_at_the_same_time_have_a_line_each() -> None:
    with borrowed(5) as first, borrowed(5) as second:
        assert first is not second
    with borrowed(5) as again:
        assert again in (first, second)
        assert (again.access_token, again.last) == ("", None)
