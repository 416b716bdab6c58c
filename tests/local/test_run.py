"""`run` as a person meets it, in a checkout whose FlexSync is played by `stand_in.py`."""

import contextlib
import random
import shutil
import signal
import socket
import subprocess
import sys
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from flexsync.local import processes
from flexsync.local.ports import OURS, is_free

from .processes_under_test import (
    CHECKOUT,
    Running,
    all_gone,
    clean_environment,
    eventually,
    running,
)

PLAYED = (
    "manage.py",
    "gunicorn.py",
    "celery.py",
    "integrations/providers/quickbooks/sandbox.py",
)


class Checkout:
    def __init__(self, folder: Path) -> None:
        self.folder = folder
        shutil.copytree(CHECKOUT / "flexsync" / "local", folder / "flexsync" / "local")
        (folder / "flexsync" / "__init__.py").touch()
        for name in PLAYED:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(Path(__file__).with_name("stand_in.py"), folder / name)
        self.port, self.sandbox_port = [port for port in random.sample(OURS, 50) if is_free(port)][:2]

    def env(self, **more: str) -> dict[str, str]:
        ports = {
            "FLEXSYNC_PORT": str(self.port),
            "SANDBOX_PORT": str(self.sandbox_port),
        }
        return clean_environment(PYTHONPATH=str(self.folder), **{**ports, **more})

    def run(self, **more: str) -> AbstractContextManager[Running]:
        argv = [sys.executable, "-m", "flexsync.local", "run"]
        return running(argv, self.folder / "output", self.env(**more), self.folder)

    def call(self, *words: str, **more: str) -> "subprocess.CompletedProcess[str]":
        argv = [sys.executable, "-m", "flexsync.local", *words]
        return subprocess.run(
            argv,
            env=self.env(**more),
            cwd=self.folder,
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def said(program: Running, text: str) -> list[str]:
    return [line.split()[0] for line in program.output.splitlines() if line.endswith(f"| {text}")]


@pytest.mark.parametrize("signum", [signal.SIGINT, signal.SIGTERM])
def test_from_start_to_stop(checkout: Checkout, signum: int) -> None:
    with checkout.run() as program:
        assert program.says("Stop with Ctrl-C.")
        assert said(program, "started as owner") == ["migrate"]
        assert said(program, "started as app")[0] == "demo"
        # Nobody waits for beat, which says nothing about being ready.
        assert eventually(lambda: "beat" in said(program, "started as app"))
        family = program.family()
        program.send(signum)
        assert program.ends() == 0
        stopped = said(program, "stopping")
        assert [stopped[0], *stopped[1:3], set(stopped[3:5]), stopped[5]] == [
            "flexsync",
            "web",
            "beat",
            {"fresh", "backlog"},
            "sandbox",
        ]
        assert all_gone(family)


def test_the_last_words_are_the_address_the_sign_ins_and_how_to_stop(
    checkout: Checkout,
) -> None:
    with checkout.run() as program:
        assert program.says("Stop with Ctrl-C.")
        # A process that says nothing about being ready may still be loading: its lines come after the block.
        address, note, sandbox, stop = program.output.partition("\n\nFlexSync")[2].strip().split("\n\n")[:4]
        assert address == f"is running at http://localhost:{checkout.port}"
        assert note == "Sign in as ada@example.com"
        assert sandbox.startswith("The QuickBooks sandbox: http://localhost:")
        assert stop.startswith("Stop with Ctrl-C. Your data stays in .flexsync.")


def test_a_kill_leaves_nobody(checkout: Checkout) -> None:
    with checkout.run() as program:
        assert program.says("Stop with Ctrl-C.")
        family = program.family()
        program.send(signal.SIGKILL)
        assert all_gone(family)


def test_a_killed_worker_comes_back(checkout: Checkout) -> None:
    with checkout.run() as program:
        assert program.says("Stop with Ctrl-C.")
        (fresh,) = [pid for pid in program.family() if "fresh@%h" in (processes.PROC / f"{pid}/cmdline").read_text()]
        processes.send([fresh], signal.SIGKILL)
        assert program.says("flexsync | fresh was ended by SIGKILL; starting it again in 1 s")
        assert eventually(lambda: said(program, "started as app").count("fresh") == 2)


def test_a_command_joins_the_running_stack_only(checkout: Checkout) -> None:
    script = "import os; print(os.environ['QUICKBOOKS_CLIENT_ID'], os.environ['SANDBOX_PORT'])"
    command = ("exec", "--", "python", "-c", script)
    assert "is not running" in checkout.call(*command).stderr
    with checkout.run() as program:
        assert program.says("Stop with Ctrl-C.")
        # Not from this shell's environment, from the stack's.
        assert checkout.call(*command, SANDBOX_PORT="1").stdout == f"sandbox-client {checkout.sandbox_port}\n"
        assert checkout.call("exec", "--", "manage.py", "migrate").stdout == "started as app\n"
        assert checkout.call("exec", "--", "no-such-command").returncode == 1
        program.send(signal.SIGTERM)
        program.ends()
    assert "is not running" in checkout.call(*command).stderr


def test_the_second_on_one_folder_says_so(checkout: Checkout) -> None:
    with checkout.run() as program:
        assert program.says("Stop with Ctrl-C.")
        second = checkout.call("run")
        assert (second.returncode, second.stderr) == (
            1,
            f"FlexSync already runs on the state folder {checkout.folder / '.flexsync'}.\n",
        )


def occupy_a_port(family: socket.AddressFamily) -> socket.socket:
    """On a machine without IPv6 nobody can be in the way there."""
    if family == socket.AF_INET6:
        with contextlib.suppress(OSError):
            return socket.create_server(("::1", 0), family=family)
    return socket.create_server(("127.0.0.1", 0))


@pytest.mark.parametrize("name", ["FLEXSYNC_PORT", "SANDBOX_PORT"])
@pytest.mark.parametrize("family", [socket.AF_INET, socket.AF_INET6])
def test_a_port_in_use_names_the_variable(checkout: Checkout, name: str, family: socket.AddressFamily) -> None:
    with occupy_a_port(family) as taken:
        port = taken.getsockname()[1]
        done = checkout.call("run", **{name: str(port)})
    assert (done.returncode, done.stderr) == (
        1,
        f"Port {port} is in use. Set {name} to another one.\n",
    )


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (
            {"FLEXSYNC_PORT": "web"},
            "FLEXSYNC_PORT must be a number from 1 to 65535, not 'web'.",
        ),
        (
            {"FLEXSYNC_PORT": "99999"},
            "FLEXSYNC_PORT must be a number from 1 to 65535, not '99999'.",
        ),
        (
            {"FLEXSYNC_PORT": "20001", "SANDBOX_PORT": "20001"},
            "FLEXSYNC_PORT and SANDBOX_PORT are both 20001. Set one of them to another port.",
        ),
        (
            {"FLEXSYNC_STATE": "/dev/null/state"},
            "The state folder /dev/null/state cannot be used (Not a directory).",
        ),
        (
            {"DATABASE_URL": "postgres://a:b@127.0.0.1:1/c"},
            "The database does not let us in:",
        ),
    ],
)
def test_what_cannot_work_is_a_sentence_and_no_traceback(
    checkout: Checkout, given: dict[str, str], sentence: str
) -> None:
    done = checkout.call("run", **given)
    assert done.returncode == 1
    assert done.stderr.startswith(sentence)
    assert "Traceback" not in done.stderr
