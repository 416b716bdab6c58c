"""The sandbox tells our web process what happens in its books, as Intuit would once the app is set up there."""

import json
from collections.abc import Mapping
from http.client import HTTPConnection, HTTPException
from typing import Any

from flexsync.local.ports import LOOPBACK

CONTROL = "/sandbox/webhooks"
PATH = "/webhooks/quickbooks"
PATIENCE = 5


def listen_to_sandbox(env: Mapping[str, str], host: str) -> bool:
    """One subscription of ours, whichever port an earlier start had; those of others stay. Returns whether it stands:
    without it what happens there is noticed by the hour."""
    wanted = {
        "url": f"http://{host}:{env['FLEXSYNC_PORT']}{PATH}",
        "shape": "cloudevents",
        "verifier": env["QUICKBOOKS_WEBHOOK_VERIFIER"],
    }
    port = int(env["SANDBOX_PORT"])
    try:
        for hook in _asked(port, "GET", CONTROL)["webhooks"]:
            if hook["url"].endswith(PATH):
                _asked(port, "DELETE", f"{CONTROL}/{hook['id']}")
        _asked(port, "POST", CONTROL, wanted)
    except (HTTPException, OSError, ValueError, LookupError):
        return False
    return True


def _asked(port: int, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
    line = HTTPConnection(LOOPBACK, port, timeout=PATIENCE)
    try:
        line.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
        return json.load(line.getresponse())
    finally:
        line.close()
