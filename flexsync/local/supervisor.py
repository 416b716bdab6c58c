"""Starts services in order, keeps them alive, ends them in the reverse order, and leaves nobody behind.

One thread and one loop: it waits for output, for signals and for the next thing that is due.
"""

import contextlib
import os
import selectors
import signal
import subprocess
import time
from types import FrameType, TracebackType
from typing import Any

from flexsync.local import processes
from flexsync.local.children import Service, log_tail, spawn
from flexsync.local.console import Console
from flexsync.local.errors import LocalError
from flexsync.local.guard import Guard

OUR_NAME = "flexsync"
STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
LONGEST_PAUSE = 30.0
LONG_ENOUGH_TO_FORGET = 60.0
HASTY_PATIENCE = 5.0
LONGEST_LINE = 64 * 1024
IDLE, POLL = 1.0, 0.01


class StartFailed(LocalError):
    """A service ended, or did not answer in time, before it was ready for the first time."""


class StopRequested(Exception):
    """Somebody asked us to stop while we were still starting."""


class Child:
    """A service over its lives: at most one process at a time."""

    def __init__(self, service: Service) -> None:
        self.service = service
        self.process: subprocess.Popen[bytes] | None = None
        self.status: int | None = None
        self.ready = False
        self.failures = 0
        self.started_at = 0.0
        self.restart_at: float | None = None
        self.unfinished_line = b""

    def pause(self) -> float:
        """Seconds until the next start: 1, 2, 4 … 30, and 1 again after a life that was long enough."""
        if time.monotonic() - self.started_at > LONG_ENOUGH_TO_FORGET:
            self.failures = 0
        self.failures += 1
        return min(2.0 ** (self.failures - 1), LONGEST_PAUSE)

    def look(self) -> bool:
        probe = self.service.ready
        self.ready = self.ready or (probe() if probe else not self.service.ready_text)
        return self.ready

    def complete_lines(self, received: bytes) -> list[str]:
        *lines, self.unfinished_line = (self.unfinished_line + received).split(b"\n")
        if len(self.unfinished_line) > LONGEST_LINE:
            lines, self.unfinished_line = [*lines, self.unfinished_line], b""
        return [line.decode(errors="replace").rstrip("\r") for line in lines]


class Supervisor:
    def __init__(self, guard: Guard, console: Console) -> None:
        self._guard = guard
        self._console = console
        self._stages: list[list[Child]] = []
        self._running: dict[int, Child] = {}
        self._selector = selectors.DefaultSelector()
        self._stop_signals: list[int] = []
        self._stopping = False
        self._former_handlers: dict[int, Any] = {}

    def __enter__(self) -> "Supervisor":
        self._wake_reader, self._wake_writer = os.pipe2(os.O_NONBLOCK | os.O_CLOEXEC)
        signal.set_wakeup_fd(self._wake_writer, warn_on_full_buffer=False)
        self._selector.register(self._wake_reader, selectors.EVENT_READ, None)
        # INT too is set anew: a shell starts background jobs with INT ignored.
        for signum in STOP_SIGNALS:
            if signum != signal.SIGHUP or signal.getsignal(signum) != signal.SIG_IGN:
                self._former_handlers[signum] = signal.signal(signum, self._note_signal)
        self._former_handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda _signum, _frame: None)
        processes.adopt_orphans()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
        signal.set_wakeup_fd(-1)
        for signum, handler in self._former_handlers.items():
            signal.signal(signum, handler)
        self._selector.close()
        os.close(self._wake_reader)
        os.close(self._wake_writer)

    # --- starting ------------------------------------------------------------------------------------------------

    def start(self, *services: Service) -> None:
        self.launch(*services)
        self.wait_until_ready()

    def launch(self, *services: Service) -> None:
        """Start these side by side without waiting. They will also be stopped side by side."""
        stage = [Child(service) for service in services]
        self._stages.append(stage)
        for child in stage:
            self._spawn(child)

    def wait_until_ready(self) -> None:
        for child in [child for stage in self._stages for child in stage]:
            if not child.ready:
                self._wait_until_ready(child)

    def run_once(self, service: Service) -> None:
        """Run a command to its end; a status other than 0 is an error."""
        child = Child(service)
        self._stages.append([child])
        self._spawn(child)
        while child.status is None:
            self._turn(IDLE)
            self._heed_signals()
        self._stages.remove([child])
        if child.status != 0:
            raise StartFailed(f"{service.name} {_ending(child.status)}.")

    def _wait_until_ready(self, child: Child) -> None:
        service = child.service
        deadline = time.monotonic() + service.ready_timeout
        while child.status is None and not child.look():
            if time.monotonic() > deadline:
                raise StartFailed(
                    f"{service.name} was not ready within {service.ready_timeout:g} s.{_last_words(service)}"
                )
            self._turn(POLL)
            self._heed_signals()
        if child.status is not None:
            raise StartFailed(f"{service.name} {_ending(child.status)} before it was ready.{_last_words(service)}")

    def _spawn(self, child: Child) -> None:
        child.status, child.restart_at, child.started_at = None, None, time.monotonic()
        try:
            child.process = spawn(child.service)
        except OSError as error:
            raise StartFailed(f"{child.service.name} cannot be started: {error}") from error
        self._running[child.process.pid] = child
        self._guard.started(child.process.pid, child.service.death_signal)
        if child.process.stdout is not None:
            os.set_blocking(child.process.stdout.fileno(), False)
            self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    # --- the loop ------------------------------------------------------------------------------------------------

    def run_until_stopped(self) -> None:
        while not self._stop_signals:
            self._turn(IDLE)

    def run_in_front(self, service: Service) -> int:
        """Run a command that shares our terminal, and give its status. A signal that we get is meant for it."""
        child = Child(service)
        self._stages.append([child])
        self._spawn(child)
        passed_on = 0
        while child.status is None:
            self._turn(IDLE)
            for signum in self._stop_signals[passed_on:]:
                passed_on += 1
                if child.process and not _came_from_terminal(signum):
                    child.process.send_signal(signum if passed_on == 1 else signal.SIGKILL)
        return child.status if child.status >= 0 else 128 - child.status

    def _turn(self, patience: float) -> None:
        for key, _events in self._selector.select(self._until_next_restart(patience)):
            if key.data is None:
                self._empty_wake_pipe()
            else:
                self._pump(key.data)
        self._reap()
        self._restart_what_is_due()

    def _empty_wake_pipe(self) -> None:
        with contextlib.suppress(BlockingIOError):
            while os.read(self._wake_reader, 512):
                pass

    def _pump(self, child: Child) -> bool:
        """Pass on what there is. False at the end of the output, or when there is nothing for now."""
        if child.process is None or child.process.stdout is None or child.process.stdout.closed:
            return False
        try:
            received = os.read(child.process.stdout.fileno(), LONGEST_LINE)
        except BlockingIOError:
            return False
        for line in child.complete_lines(received):
            self._pass_on(child, line)
        if not received:
            self._close_output(child)
        return bool(received)

    def _pass_on(self, child: Child, line: str) -> None:
        self._console.line(child.service.name, line)
        if child.service.ready_text and child.service.ready_text in line:
            child.ready = True

    def _close_output(self, child: Child) -> None:
        if child.unfinished_line:
            self._pass_on(child, child.unfinished_line.decode(errors="replace"))
            child.unfinished_line = b""
        if child.process and child.process.stdout and not child.process.stdout.closed:
            self._selector.unregister(child.process.stdout)
            child.process.stdout.close()

    def _reap(self) -> None:
        """Bury the dead, adopted grandchildren included."""
        with contextlib.suppress(ChildProcessError):
            while dead := os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                if child := self._running.get(dead.si_pid):
                    self._bury(child)
                else:
                    os.waitpid(dead.si_pid, 0)

    def _bury(self, child: Child) -> None:
        process = child.process
        assert process is not None
        # Not reaped yet, so the number of its session cannot have been given to anybody else.
        processes.signal_family(process.pid, signal.SIGKILL)
        child.status = process.wait()
        del self._running[process.pid]
        self._guard.ended(process.pid)
        while self._pump(child):
            pass
        self._close_output(child)
        if child.ready and child.service.restart and not self._stopping:
            self._plan_restart(child)

    def _plan_restart(self, child: Child) -> None:
        pause = child.pause()
        child.restart_at = time.monotonic() + pause
        self._say(f"{child.service.name} {_ending(child.status)}; starting it again in {pause:g} s")

    def _until_next_restart(self, patience: float) -> float:
        due = [child.restart_at for stage in self._stages for child in stage if child.restart_at is not None]
        return max(0.0, min([patience, *(moment - time.monotonic() for moment in due)]))

    def _restart_what_is_due(self) -> None:
        for child in [child for stage in self._stages for child in stage]:
            if child.restart_at is not None and child.restart_at <= time.monotonic():
                self._restart(child)

    def _restart(self, child: Child) -> None:
        try:
            self._spawn(child)
        except LocalError as error:
            child.restart_at = time.monotonic() + child.pause()
            self._say(str(error))

    def _say(self, text: str) -> None:
        self._console.line(OUR_NAME, text)

    # --- stopping ------------------------------------------------------------------------------------------------

    def _note_signal(self, signum: int, _frame: FrameType | None) -> None:
        self._stop_signals.append(signum)

    def _heed_signals(self) -> None:
        if self._stop_signals:
            raise StopRequested

    def stop(self) -> None:
        """End every stage, the last one first; whoever overstays is killed with all of its session."""
        self._stopping = True
        for child in (child for stage in self._stages for child in stage):
            child.restart_at = None
        while self._stages:
            self._stop_stage(self._stages[-1])
            self._stages.pop()
        self._end_stragglers()

    def _stop_stage(self, stage: list[Child]) -> None:
        deadlines: dict[Child, float] = {}
        for child in self._alive(stage):
            self._signal_leader(child)
            deadlines[child] = time.monotonic() + child.service.stop_timeout
        hurried = False
        while left := self._alive(stage):
            if not hurried and len(self._stop_signals) > 1:
                hurried = True
                deadlines |= {child: self._hurry(child) for child in left}
            for child in left:
                if time.monotonic() > deadlines[child]:
                    deadlines[child] = self._kill(child)
            self._turn(0.05)

    def _alive(self, stage: list[Child]) -> list[Child]:
        return [child for child in stage if child in self._running.values()]

    def _signal_leader(self, child: Child) -> None:
        # Only the leader: gunicorn's and PostgreSQL's own children are theirs to end.
        if child.process is not None:
            child.process.send_signal(child.service.stop_signal)

    def _hurry(self, child: Child) -> float:
        if child.process is not None:
            processes.signal_family(child.process.pid, child.service.death_signal)
        return time.monotonic() + HASTY_PATIENCE

    def _kill(self, child: Child) -> float:
        self._say(f"{child.service.name} did not stop in time; killing it")
        if child.process is not None:
            processes.signal_family(child.process.pid, signal.SIGKILL)
        return time.monotonic() + HASTY_PATIENCE

    def _end_stragglers(self) -> None:
        """Whoever left his session came to us as an orphan."""
        deadline = time.monotonic() + HASTY_PATIENCE
        while time.monotonic() < deadline:
            left = [pid for pid in processes.descendants(os.getpid()) if pid != self._guard.pid]
            if not left:
                break
            processes.send(left, signal.SIGKILL)
            self._turn(POLL)


def _ending(status: int | None) -> str:
    if status is not None and status < 0:
        return f"was ended by {signal.Signals(-status).name}"
    return f"stopped with status {status}"


def _last_words(service: Service) -> str:
    tail = log_tail(service.log) if service.log else ""
    return f" The end of {service.log}:\n{tail}" if tail else ""


def _came_from_terminal(signum: int) -> bool:
    """Ctrl-C goes to everybody in the foreground, hence the command has it already."""
    if signum != signal.SIGINT:
        return False
    with contextlib.suppress(OSError):
        return os.tcgetpgrp(0) == os.getpgrp()
    return False
