"""FlexSync's own processes: what is run, in which order, and when it counts as ready."""

import os
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from flexsync.local.children import Service
from flexsync.local.environment import Environment
from flexsync.local.ports import LOOPBACK
from flexsync.local.probes import http_answers
from flexsync.local.state import State

FIRST_CLICK = "Click first: Connections, “Connect QuickBooks”."
# As the note is first written, and as another start has left it.
ADDRESS = re.compile(r"(?:\{url\}|https?://[^\s/]+)(?=/api/)")
# Without the query, in which a person comes back from the consent page with code and state.
LOGGER = ("--logger-class", "flexsync.weblog.WorkLog")
ACCESS_LOG = (*LOGGER, "--access-logfile", "-", "--access-logformat", '%(h)s "%(m)s %(U)s" %(s)s %(b)s')
ANYWHERE = ("0.0.0.0", "::", "")
# With threads a browser that opens a line and says nothing keeps nobody waiting. Gunicorn would put its control socket
# into the home folder; all that we leave lies in the state folder.
WEB = ("-m", "gunicorn", "flexsync.wsgi", "--workers", "2", "--threads", "4", "--no-control-socket")
WORKER_OPTIONS = (
    "--pool",
    "threads",
    "--concurrency",
    "4",
    "--loglevel",
    "INFO",
    "--without-gossip",
    "--without-mingle",
)


@dataclass(frozen=True)
class Stack:
    checkout: Path
    state: State
    env: Environment

    def migrate(self) -> Service:
        service = self._service("migrate", "manage.py", "migrate", "--noinput")
        return replace(service, env={**self.env, "FLEXSYNC_DATABASE_ROLE": "owner"})

    def seed(self) -> Service:
        return self._service("demo", "manage.py", "seed_demo")

    def sandbox(self) -> Service:
        service = self._service("sandbox", "-m", "integrations.providers.quickbooks.sandbox")
        ready = partial(http_answers, LOOPBACK, int(self.env["SANDBOX_PORT"]), "/healthz")
        return replace(service, ready=ready, stop_timeout=5.0)

    def workers(self) -> tuple[Service, Service]:
        # Neither helps the other: among threads that plan a backlog a fresh charge would wait for each of them.
        return self._worker("fresh"), self._worker("backlog", nice=10)

    def _worker(self, name: str, nice: int = 0) -> Service:
        options = ("--queues", name, "--hostname", f"{name}@%h", *WORKER_OPTIONS)
        service = self._service(name, "-m", "celery", "--quiet", "-A", "flexsync", "worker", *options)
        # It waits five seconds for what is on its way, then writes down what came back.
        return replace(
            service, ready_text=" ready.", stop_timeout=20.0, env={**self.env, "FLEXSYNC_WORKER_NICE": str(nice)}
        )

    def beat(self) -> Service:
        schedule = str(self.state.folder / "celerybeat-schedule")
        # Without a pid file: one that a killed beat left behind would only stand in the way of the next.
        options = ("--schedule", schedule, "--loglevel", "INFO", "--pidfile=")
        return self._service("beat", "-m", "celery", "--quiet", "-A", "flexsync", "beat", *options)

    def web(self) -> Service:
        host, port = web_host(self.env), int(self.env["FLEXSYNC_PORT"])
        service = self._service("web", *WEB, "--bind", f"{host}:{port}", *ACCESS_LOG)
        return replace(service, ready=partial(http_answers, web_asked(self.env), port, "/readyz"))

    def _service(self, name: str, *argv: str) -> Service:
        return Service(name, (sys.executable, *argv), self.env, self.checkout)


def web_host(environment: Mapping[str, str]) -> str:
    return environment.get("FLEXSYNC_HOST") or LOOPBACK


def web_asked(environment: Mapping[str, str]) -> str:
    """Where this machine itself reaches it."""
    host = web_host(environment)
    return LOOPBACK if host in ANYWHERE else host


def greeting(state: State, env: Mapping[str, str]) -> str:
    """The last thing that `run` prints before the logs go on."""
    address = env["FLEXSYNC_PUBLIC_URL"]
    note = _note(state, address).strip() if state.demo_note.exists() else FIRST_CLICK
    parts = [
        f"FlexSync is running at {address}",
        note,
        *_of_the_sandbox(env),
        f"Stop with Ctrl-C. Your data stays in {_short(state.folder)}.",
    ]
    return "\n" + "\n\n".join(parts) + "\n"


def _of_the_sandbox(env: Mapping[str, str]) -> list[str]:
    if "SANDBOX_PORT" not in env:
        return []
    limits = "on" if env.get("SANDBOX_THROTTLE") == "on" else "off (SANDBOX_THROTTLE=on brings them)"
    return [f"The QuickBooks sandbox: http://localhost:{env['SANDBOX_PORT']}, the platform's limits {limits}."]


def _note(state: State, address: str) -> str:
    """The file too says where this start is, whichever port an earlier one had."""
    text = ADDRESS.sub(lambda _: address, state.demo_note.read_text())
    state.demo_note.write_text(text)
    return text


def _short(folder: Path) -> str:
    relative = os.path.relpath(folder)
    return str(folder) if relative.startswith("..") else relative
