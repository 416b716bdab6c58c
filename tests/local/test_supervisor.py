import json
import os
import signal
import sys
import time
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from .processes_under_test import (
    Running,
    all_gone,
    clean_environment,
    eventually,
    running,
)

STAGE = Path(__file__).with_name("stage.py")
# A service that says when it starts and when it is asked to stop.
POLITE = "trap 'echo stopping; exit 0' {signal}; echo started; while :; do sleep 0.05; done"
DEAF = "trap '' INT TERM; echo started; while :; do sleep 0.05; done"


def on_stage(folder: Path, *stages: list[dict[str, Any]]) -> AbstractContextManager[Running]:
    argv = [sys.executable, str(STAGE), str(folder / "state"), json.dumps(stages)]
    return running(argv, folder / "output", clean_environment())


def polite(name: str, stop_signal: str = "TERM", **more: Any) -> dict[str, Any]:
    script = POLITE.format(signal=stop_signal)
    return {
        "name": name,
        "script": script,
        "stop_signal": f"SIG{stop_signal}",
        "ready_text": "started",
        **more,
    }


def deaf(name: str, **more: Any) -> dict[str, Any]:
    return {"name": name, "script": DEAF, "ready_text": "started", **more}


def said(program: Running, text: str) -> list[str]:
    """Who said it, in order."""
    return [line.split()[0] for line in program.output.splitlines() if line.endswith(text)]


def pids_of(program: Running, command: str) -> list[int]:
    def runs(pid: int) -> bool:
        try:
            return Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " ").startswith(command)
        except OSError:
            return False

    return [pid for pid in program.family() if runs(pid)]


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_services_stop_in_the_reverse_order_and_nobody_is_left(tmp_path: Path, signum: int) -> None:
    with on_stage(tmp_path, [polite("postgres", "INT")], [polite("redis")], [polite("web")]) as program:
        assert program.says("\nup\n")
        assert said(program, "started") == ["postgres", "redis", "web"]
        family = program.family()
        program.send(signum)
        assert program.ends() == 0
        assert said(program, "stopping") == ["web", "redis", "postgres"]
        assert all_gone(family)


def test_a_crashed_service_is_started_again_after_longer_and_longer_pauses(
    tmp_path: Path,
) -> None:
    with on_stage(tmp_path, [{"name": "web", "script": "echo started; sleep 0.3; exit 1"}]) as program:
        assert program.says("flexsync | web stopped with status 1; starting it again in 1 s")
        assert program.says("flexsync | web stopped with status 1; starting it again in 2 s")
        assert said(program, "started") == ["web", "web"]


def test_the_children_of_a_crashed_service_go_before_it_is_started_again(
    tmp_path: Path,
) -> None:
    with on_stage(tmp_path, [{"name": "web", "script": "sleep 301 & sleep 0.3; exit 1"}]) as program:
        assert program.says("starting it again in 1 s")
        assert pids_of(program, "sleep 301") == []


def test_a_service_that_ends_before_it_is_ready_ends_the_start(tmp_path: Path) -> None:
    failing = {
        "name": "web",
        "script": "echo no such module; exit 3",
        "ready_text": "ready",
    }
    with on_stage(tmp_path, [polite("redis")], [failing]) as program:
        assert program.ends() == 1
        assert "web      | no such module" in program.output
        assert "web stopped with status 3 before it was ready." in program.output
        assert said(program, "stopping") == ["redis"]


def test_a_service_that_never_gets_ready_ends_the_start(tmp_path: Path) -> None:
    with on_stage(tmp_path, [{**polite("web"), "ready_text": "never", "ready_timeout": 0.3}]) as program:
        assert program.ends() == 1
        assert "web was not ready within 0.3 s." in program.output


def test_a_signal_during_the_start_ends_it(tmp_path: Path) -> None:
    with on_stage(tmp_path, [polite("redis")], [{**polite("web"), "ready_text": "never"}]) as program:
        assert program.says("web      | started")
        family = program.family()
        program.send(signal.SIGTERM)
        program.ends()
        assert said(program, "stopping") == ["web", "redis"]
        assert all_gone(family)


def test_whoever_overstays_is_killed_with_all_his_children(tmp_path: Path) -> None:
    stubborn = {**deaf("web", stop_timeout=0.3), "script": "sleep 302 & " + DEAF}
    with on_stage(tmp_path, [stubborn]) as program:
        assert program.says("\nup\n")
        family = program.family()
        assert len(pids_of(program, "sleep 302")) >= 1
        program.send(signal.SIGTERM)
        assert program.ends() == 0
        assert "web did not stop in time; killing it" in program.output
        assert all_gone(family)


def test_a_second_interrupt_hastens(tmp_path: Path) -> None:
    with on_stage(tmp_path, [polite("redis")], [deaf("web", stop_timeout=60.0)]) as program:
        assert program.says("\nup\n")
        program.send(signal.SIGINT)
        time.sleep(0.3)
        assert program.process.poll() is None
        program.send(signal.SIGINT)
        assert program.ends() == 0


LEAVERS = {
    "a child": "sleep 303 & ",
    "a child in a session of its own": "setsid sleep 303 & ",
    "an orphan in a session of its own": "(setsid sleep 303 &) ; ",
}


@pytest.mark.parametrize("leaver", LEAVERS)
@pytest.mark.parametrize("signum", [signal.SIGTERM, signal.SIGINT])
def test_no_grandchild_is_left(tmp_path: Path, leaver: str, signum: int) -> None:
    service = polite("web")
    with on_stage(tmp_path, [{**service, "script": LEAVERS[leaver] + service["script"]}]) as program:
        assert program.says("\nup\n")
        assert eventually(lambda: pids_of(program, "sleep 303"))
        family = program.family()
        program.send(signum)
        assert program.ends() == 0
        assert all_gone(family)


def test_a_kill_of_the_supervisor_leaves_nobody(tmp_path: Path) -> None:
    with on_stage(tmp_path, [{**deaf("redis"), "script": "sleep 304 & " + DEAF}], [deaf("web")]) as program:
        assert program.says("\nup\n")
        family = program.family()
        assert len(family) >= 4
        program.send(signal.SIGKILL)
        assert all_gone(family)


def test_the_folder_is_free_again_only_when_everybody_is_gone(tmp_path: Path) -> None:
    with on_stage(tmp_path, [deaf("web")]) as first:
        assert first.says("\nup\n")
        family = first.family()
        first.send(signal.SIGKILL)
        first.ends()
        assert all_gone(family)
        with on_stage(tmp_path, [polite("web")]) as second:
            assert second.says("\nup\n")


def test_a_killed_guard_does_not_disturb(tmp_path: Path) -> None:
    with on_stage(tmp_path, [polite("web")]) as program:
        assert program.says("\nup\n")
        (guard,) = pids_of(program, sys.executable)
        os.kill(guard, signal.SIGKILL)
        program.send(signal.SIGTERM)
        assert program.ends() == 0
        assert said(program, "stopping") == ["web"]


def test_lines_stay_whole_and_carry_the_name(tmp_path: Path) -> None:
    script = "printf 'one '; sleep 0.1; printf 'line\\nlast without end'; exec sleep 0.2"
    with on_stage(tmp_path, [{"name": "web", "script": script}]) as program:
        assert program.says("web      | one line\n")
        assert program.says("web      | last without end\n")
        assert "\x1b[" not in program.output
