"""What the kernel knows about processes: families, sessions, and dying together."""

import contextlib
import ctypes
import os
import signal
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
# Loaded here, because between fork and exec nothing may be loaded any more.
_libc = ctypes.CDLL(None)


@dataclass(frozen=True)
class Process:
    pid: int
    parent: int
    session: int


def die_with(parent: int, death_signal: int) -> None:
    """Between fork and exec: ask for `death_signal` when `parent` dies.

    A change of user clears the request, so call this after it. The parent may have died before we asked.
    """
    _prctl(PR_SET_PDEATHSIG, death_signal)
    if os.getppid() != parent:
        os._exit(1)


def adopt_orphans() -> None:
    """Make grandchildren whose parent died ours, so that none is lost from sight."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    # Linux only. Elsewhere the guard and the process groups have to do.
    if prctl := getattr(_libc, "prctl", None):
        prctl(option, ctypes.c_ulong(value), 0, 0, 0)


def living() -> list[Process]:
    """Every process that is not a zombie."""
    if not PROC.is_dir():
        return []
    found = (_read(int(entry)) for entry in os.listdir(PROC) if entry.isdigit())
    return [process for process in found if process is not None]


def _read(pid: int) -> Process | None:
    try:
        text = (PROC / str(pid) / "stat").read_text(errors="replace")
    except OSError:
        return None
    # The name stands in parentheses and may itself hold spaces and parentheses.
    state, parent, _group, session = text.rpartition(")")[2].split()[:4]
    return None if state in "ZX" else Process(pid, int(parent), int(session))


def members(sessions: Iterable[int]) -> list[int]:
    wanted = set(sessions)
    return [process.pid for process in living() if process.session in wanted]


def descendants(ancestor: int) -> list[int]:
    children: dict[int, list[int]] = {}
    for process in living():
        children.setdefault(process.parent, []).append(process.pid)
    found = [ancestor]
    for pid in found:
        found.extend(children.get(pid, []))
    return found[1:]


def running_in(folder: Path, program: str) -> list[int]:
    """Processes of `program` whose working folder is `folder`."""
    return [process.pid for process in living() if _runs(process.pid, program, folder)]


def _runs(pid: int, program: str, folder: Path) -> bool:
    try:
        executable = os.readlink(PROC / str(pid) / "exe").removesuffix(" (deleted)")
        return Path(executable).name == program and os.path.samefile(PROC / str(pid) / "cwd", folder)
    except OSError:
        return False


def send(pids: Iterable[int], signum: int) -> None:
    for pid in pids:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.kill(pid, signum)


def family(leader: int) -> set[int]:
    """The leader, its descendants, and whoever is left of its session after an ancestor died."""
    return {leader, *members([leader]), *descendants(leader)}


def signal_family(leader: int, signum: int) -> None:
    # The group first and at once; where there is no /proc, the group is all we know.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(leader, signum)
    send(family(leader), signum)


def alive(pids: Iterable[int]) -> list[int]:
    return [pid for pid in pids if _read(pid)]


def end(pids: Iterable[int], signum: int, patience: float) -> None:
    """Send `signum`, wait for at most `patience` seconds, kill what is left."""
    left = list(pids)
    send(left, signum)
    deadline = time.monotonic() + patience
    while left and time.monotonic() < deadline:
        time.sleep(0.01)
        left = alive(left)
    send(left, signal.SIGKILL)
