"""Plays gunicorn, Celery, the sandbox and manage.py in a checkout that a test made. Each says what it was asked."""

import http.server
import os
import signal
import subprocess
import sys
import threading

READY = {
    "fresh": "fresh@host ready.",
    "backlog": "backlog@host ready.",
    "beat": "beat: Starting...",
}


class Yes(http.server.BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200 if self.path in ("/healthz", "/readyz") else 404)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


def part() -> str:
    words = sys.argv[1:]
    if words[:1] == ["migrate"] or words[:1] == ["seed_demo"]:
        return words[0]
    if "--queues" in words:
        return "fresh" if words[words.index("--queues") + 1] == "fresh" else "backlog"
    return "beat" if "beat" in words else "web" if "--bind" in words else "sandbox"


def port(name: str) -> int:
    if name == "sandbox":
        return int(os.environ["SANDBOX_PORT"])
    return int(sys.argv[sys.argv.index("--bind") + 1].rpartition(":")[2])


def live(name: str) -> None:
    """Until TERM, with a child that would go on for ever."""
    stopped = threading.Event()
    signal.signal(signal.SIGTERM, lambda _signum, _frame: stopped.set())
    subprocess.Popen(["sleep", "300"])
    say_hello()
    if name in READY:
        print(READY[name])
    else:
        server = http.server.HTTPServer(("127.0.0.1", port(name)), Yes)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    stopped.wait()
    print("stopping")


def say_hello() -> None:
    """Whoever has said this can be asked to stop."""
    print(f"started as {os.environ.get('FLEXSYNC_DATABASE_ROLE', 'app')}")


def main() -> None:
    name = part()
    if name not in ("seed_demo", "migrate"):
        live(name)
        return
    say_hello()
    if name == "seed_demo":
        with open(os.environ["FLEXSYNC_DEMO_NOTE"], "w") as note:
            note.write("Sign in as ada@example.com\n")


main()
