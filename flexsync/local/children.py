"""A service as it is described, and as it is started: in its own session, and never outliving us."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import IO

from flexsync.local.identity import Identity, popen_user
from flexsync.local.processes import die_with

LOG_LIMIT = 10 * 1024 * 1024


@dataclass(frozen=True)
class Service:
    name: str
    argv: tuple[str, ...]
    env: Mapping[str, str]
    cwd: Path
    stop_signal: signal.Signals = signal.SIGTERM
    stop_timeout: float = 10.0
    #: Sent when there is no time for stop_signal: to the whole session on a second INT, and when we are killed.
    death_signal: signal.Signals = signal.SIGKILL
    #: Asked again and again; without one, and without ready_text, a service is ready as soon as it is started.
    ready: Callable[[], bool] | None = None
    #: A piece of a line the service prints once it is ready.
    ready_text: str = ""
    ready_timeout: float = 60.0
    restart: bool = True
    identity: Identity | None = None
    #: What the service reads; secrets travel here, since everybody may read a command line.
    stdin: bytes = b""
    #: Output goes to this file instead of the terminal.
    log: Path | None = None
    #: Shares our terminal and our session, as a command does that a person works with.
    in_front: bool = False
    #: Called before every start, also before a restart.
    prepare: Callable[[], None] = field(default=lambda: None)


def spawn(service: Service) -> "subprocess.Popen[bytes]":
    service.prepare()
    with _output(service) as output:
        process = subprocess.Popen(
            service.argv,
            env=service.env,
            cwd=service.cwd,
            stdin=_input(service),
            stdout=output,
            stderr=None if service.in_front else subprocess.STDOUT,
            start_new_session=not service.in_front,
            # Popen changes the user first and calls this last, as die_with needs it. We have no threads.
            preexec_fn=None if service.in_front else partial(die_with, os.getpid(), service.death_signal),
            **popen_user(service.identity),
        )
    if process.stdin is not None:
        with contextlib.suppress(BrokenPipeError), process.stdin:
            process.stdin.write(service.stdin)
    return process


def _input(service: Service) -> int | None:
    if service.in_front:
        return None
    return subprocess.PIPE if service.stdin else subprocess.DEVNULL


def _output(service: Service) -> contextlib.AbstractContextManager[IO[bytes] | int | None]:
    if service.in_front:
        return contextlib.nullcontext(None)
    if service.log is None:
        return contextlib.nullcontext(subprocess.PIPE)
    if service.log.exists() and service.log.stat().st_size > LOG_LIMIT:
        service.log.rename(service.log.with_suffix(".old.log"))
    return service.log.open("ab")


def log_tail(path: Path, lines: int = 12) -> str:
    """The last words of a server that would not start."""
    with contextlib.suppress(OSError), path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - 8192))
        return "\n".join(file.read().decode(errors="replace").splitlines()[-lines:])
    return ""
