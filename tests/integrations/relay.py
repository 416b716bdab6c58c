"""A platform that is not quite Intuit's: it stands before the sandbox, and changes what is asked and what is told."""

import contextlib
import http.client
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

Change = Callable[[str, Any], Any]


def _as_it_is(path: str, body: Any) -> Any:
    return body


@dataclass
class Relay:
    """`asks` gets each body that is sent, `tells` each answer, both as JSON, with what is called."""

    url: str
    asks: Change = _as_it_is
    tells: Change = _as_it_is
    heard: list[str] = field(default_factory=list)


@contextmanager
def standing_before(url: str) -> Iterator[Relay]:
    relay = Relay("")
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(relay, urlsplit(url).netloc))
    relay.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield relay
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _handler(relay: Relay, place: str) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def log_message(self, format: str, *args: Any) -> None: ...

        def _pass_on(self) -> None:
            called = urlsplit(self.path).path.partition("/company/")[2].partition("/")[2]
            relay.heard.append(f"{self.command} {called}")
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            line = http.client.HTTPConnection(place, timeout=10)
            kept = {name: value for name, value in self.headers.items() if name.lower() not in LEFT_OUT}
            line.request(self.command, self.path, _changed(relay.asks, called, body), kept)
            answer = line.getresponse()
            told = _changed(relay.tells, called, answer.read())
            line.close()
            self.send_response(answer.status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(told)))
            self.end_headers()
            self.wfile.write(told)

    return Handler


LEFT_OUT = {"content-length", "host", "connection", "accept-encoding"}


def _changed(change: Change, called: str, body: bytes) -> bytes:
    """What is no JSON goes through as it is."""
    with contextlib.suppress(ValueError):
        return json.dumps(change(called, json.loads(body))).encode()
    return body
