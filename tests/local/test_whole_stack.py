"""`make run` itself: every part starts, says so, answers, and is gone after Ctrl-C."""

import os
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

import requests

from tests.ports import free_ports

ROOT = Path(__file__).resolve().parents[2]
# What the suite's own servers have put into the environment would be taken for somebody's database.
OURS = ("DATABASE_", "REDIS_", "FLEXSYNC_", "QUICKBOOKS_", "SANDBOX_", "DJANGO_", "SECRET_KEY", "PYTEST_")
PATIENCE = 120


def test_the_product_starts_answers_and_leaves_nothing_behind(tmp_path: Path) -> None:
    web, sandbox = free_ports(2)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(OURS)}
    settings = {"FLEXSYNC_STATE": str(tmp_path / "state"), "FLEXSYNC_PORT": str(web), "SANDBOX_PORT": str(sandbox)}
    run = subprocess.Popen(
        [sys.executable, "-m", "flexsync.local", "run"],
        cwd=ROOT,
        env={**clean, **settings},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    too_late = threading.Timer(PATIENCE, run.kill)
    too_late.start()
    try:
        told = read_until(run, "Stop with Ctrl-C")
        assert f"FlexSync is running at http://localhost:{web}" in told
        assert f"http://localhost:{web}/api/docs/" in told
        assert requests.get(f"http://127.0.0.1:{web}/readyz", timeout=10).json() == {"database": True, "redis": True}
        assert requests.get(f"http://127.0.0.1:{sandbox}/healthz", timeout=10).ok
        run.send_signal(signal.SIGINT)
        run.communicate()
    finally:
        too_late.cancel()
        run.kill()
    assert run.returncode == 0
    assert not (set(open_ports(web, sandbox)))


def read_until(run: subprocess.Popen[str], words: str) -> str:
    assert run.stdout is not None
    told = ""
    for line in run.stdout:
        told += line
        if words in line:
            return told
    raise AssertionError(told)


def open_ports(*ports: int) -> list[int]:
    found = []
    for port in ports:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                found.append(port)
    return found
