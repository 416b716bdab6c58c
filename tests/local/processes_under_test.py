"""Programs under test as real processes: what they print, and whom they leave behind."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from flexsync.local import processes

CHECKOUT = Path(__file__).resolve().parents[2]
OURS = (
    "DATABASE_",
    "REDIS_",
    "FLEXSYNC_",
    "QUICKBOOKS_",
    "SANDBOX_",
    "DJANGO_",
    "SECRET_KEY",
    "PG",
)
PATIENCE = 30.0


def clean_environment(**more: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    return {**kept, "PYTHONPATH": str(CHECKOUT), "PYTHONUNBUFFERED": "1", **more}


def eventually(question: Callable[[], object], patience: float = PATIENCE) -> bool:
    deadline = time.monotonic() + patience
    while not question():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def _heed_hangups() -> None:
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


class Running:
    """A process whose output is a growing file, so that nobody has to read it in time."""

    def __init__(self, argv: list[str], output: Path, env: Mapping[str, str], cwd: Path) -> None:
        self._output = output
        with output.open("wb") as file:
            self.process = subprocess.Popen(
                argv,
                stdin=subprocess.PIPE,
                stdout=file,
                stderr=subprocess.STDOUT,
                env=env,
                cwd=cwd,
                # Whoever runs the tests under nohup passes on that HUP is ignored.
                preexec_fn=_heed_hangups,
            )

    @property
    def output(self) -> str:
        return self._output.read_text(errors="replace")

    def says(self, text: str, patience: float = PATIENCE) -> bool:
        ended = self.process.poll
        return eventually(lambda: text in self.output or ended() is not None, patience) and text in self.output

    def family(self) -> list[int]:
        return processes.descendants(self.process.pid)

    def send(self, signum: int) -> None:
        self.process.send_signal(signum)

    def ends(self) -> int:
        return self.process.wait(PATIENCE)

    def clear_up(self) -> None:
        """Also after a failed test: nobody stays. The guard goes first about it, since it leaves no shared memory."""
        family = self.family()
        self.process.kill()
        self.process.wait()
        all_gone(family)
        processes.send(family, signal.SIGKILL)
        if self.process.stdin:
            self.process.stdin.close()


@contextlib.contextmanager
def running(argv: list[str], output: Path, env: Mapping[str, str], cwd: Path = CHECKOUT) -> Iterator[Running]:
    program = Running(argv, output, env, cwd)
    try:
        yield program
    finally:
        program.clear_up()


def all_gone(pids: list[int]) -> bool:
    return eventually(lambda: not processes.alive(pids), patience=8.0)


# Prints what it was given, then lives until its input ends.
REPORT_AND_WAIT = "import json, os, sys; print(json.dumps(dict(os.environ)), flush=True); sys.stdin.read()"


@contextlib.contextmanager
def servers(folder: Path, output: Path, **more: str) -> Iterator[Running]:
    argv = [
        sys.executable,
        "-m",
        "flexsync.local",
        "servers",
        "--",
        sys.executable,
        "-c",
        REPORT_AND_WAIT,
    ]
    with running(argv, output, clean_environment(FLEXSYNC_STATE=str(folder), **more)) as program:
        assert program.says("}\n"), program.output
        yield program


def finish(program: Running) -> int:
    assert program.process.stdin
    program.process.stdin.close()
    return program.ends()
