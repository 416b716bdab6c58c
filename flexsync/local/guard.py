"""A second process that clears up when the supervisor itself is killed.

The kernel ends our direct children with us (`processes.die_with`), but not theirs. The guard is told of every session
as it starts and ends; when its pipe closes before the last one has ended, the supervisor is gone. It shares the state
folder's lock, so nobody starts anew on data that is still being let go.
"""

import contextlib
import itertools
import os
import shutil
import signal
import time
from collections.abc import Iterable
from pathlib import Path
from types import TracebackType

from flexsync.local import processes

PATIENCE = 5.0


class Guard:
    def __init__(self, lock: int) -> None:
        reading, self._writing = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            _be_the_guard(reading, lock)
        os.close(reading)

    def __enter__(self) -> "Guard":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.close(self._writing)
        # The supervisor reaps everybody, the guard included, if it died early.
        with contextlib.suppress(ChildProcessError):
            os.waitpid(self.pid, 0)

    def started(self, pid: int, death_signal: int) -> None:
        self._tell(f"started {pid} {int(death_signal)}")

    def ended(self, pid: int) -> None:
        self._tell(f"ended {pid} 0")

    def remove_at_end(self, folder: Path) -> None:
        self._tell(f"remove 0 0 {folder}")

    def _tell(self, message: str) -> None:
        with contextlib.suppress(BrokenPipeError):
            os.write(self._writing, os.fsencode(message + "\n"))


def _be_the_guard(reading: int, lock: int) -> None:
    try:
        os.setsid()
        for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(signum, signal.SIG_IGN)
        _let_go_of_everything_but({reading, lock})
        _watch(reading)
    finally:
        os._exit(0)


def _let_go_of_everything_but(kept: set[int]) -> None:
    """Whoever waits for the end of the supervisor's output must not wait for us."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    for standard in (0, 1, 2):
        os.dup2(nowhere, standard)
    for lower, upper in itertools.pairwise([2, *sorted(kept), os.sysconf("SC_OPEN_MAX")]):
        os.closerange(lower + 1, upper)


def _watch(reading: int) -> None:
    sessions: dict[int, int] = {}
    folders: list[str] = []
    with open(reading, errors="surrogateescape") as messages:
        for message in messages:
            verb, pid, signum, *folder = message.rstrip("\n").split(" ", 3)
            if verb == "started":
                sessions[int(pid)] = int(signum)
            elif verb == "ended":
                sessions.pop(int(pid), None)
            else:
                folders += folder
    _end(sessions)
    for path in folders:
        shutil.rmtree(path, ignore_errors=True)


def _end(leaders: dict[int, int]) -> None:
    families = {leader: processes.family(leader) for leader in leaders}
    everybody = set().union(*families.values())
    for leader, signum in leaders.items():
        processes.send(families[leader], signum)
    _wait_for(everybody)
    for leader in leaders:
        processes.signal_family(leader, signal.SIGKILL)
    processes.end(everybody, signal.SIGKILL, PATIENCE)


def _wait_for(pids: Iterable[int]) -> None:
    deadline = time.monotonic() + PATIENCE
    while processes.alive(pids) and time.monotonic() < deadline:
        time.sleep(0.02)
