"""An endpoint that webhooks are sent to: it keeps what came and answers as it is told."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, TypeVar

VERIFIER = "a verifier"
Found = TypeVar("Found")


@dataclass
class Listener:
    url: str = ""
    #: Statuses of the answers to come; 200 once they are used up. 0 stands for none in time.
    answers: list[int] = field(default_factory=list)
    came: list[Any] = field(default_factory=list)
    at: list[float] = field(default_factory=list)
    signed: list[bool] = field(default_factory=list)

    def events(self) -> list[Any]:
        """Of both shapes, in the order in which they came."""
        found: list[Any] = []
        for body in list(self.came):
            rows = body if isinstance(body, list) else body["eventNotifications"]
            for row in rows:
                found += [row] if "specversion" in row else row["dataChangeEvent"]["entities"]
        return found

    def told(self, entity: str, number: str) -> list[str]:
        rows = self.events()
        return [row["operation"] for row in rows if (row.get("name"), row.get("id")) == (entity, number)]


@contextmanager
def listening() -> Iterator[Listener]:
    listener = Listener()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            expected = base64.b64encode(hmac.new(VERIFIER.encode(), body, hashlib.sha256).digest()).decode()
            listener.signed.append(self.headers["intuit-signature"] == expected)
            listener.at.append(time.monotonic())
            listener.came.append(json.loads(body))
            status = listener.answers.pop(0) if listener.answers else 200
            if status:
                self.send_response(status)
                self.send_header("Location", listener.url + "/elsewhere")
                self.send_header("Content-Length", "2")
                self.end_headers()
                self.wfile.write(b"ok")

        def log_message(self, *_: Any) -> None:
            return None

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    listener.url = f"http://127.0.0.1:{server.server_port}/hook"
    try:
        yield listener
    finally:
        server.shutdown()
        server.server_close()


def until(look: Callable[[], Found], seconds: float = 8) -> Found:
    """What it finds, as soon as it finds something."""
    end = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < end, "nothing came"
        time.sleep(0.02)
    return found
