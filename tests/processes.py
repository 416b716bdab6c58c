"""The product's real processes beside a test: sandbox, worker, beat, web. They see the test's own databases."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import requests
from django.conf import settings
from django.db import connection

from flexsync.local.stack import WEB

ROOT = Path(__file__).resolve().parents[1]
PATIENCE = 10


class Process:
    def __init__(self, *arguments: str, environment: Mapping[str, str], log: Path) -> None:
        self._arguments, self._environment, self._log = arguments, environment, log
        self.start()

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, *self._arguments],
                cwd=ROOT,
                env={**os.environ, **self._environment},
                stdout=log,
                stderr=log,
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    def kill(self) -> None:
        """As a power cut would: it can finish nothing."""
        self._process.send_signal(signal.SIGKILL)
        self._process.wait(PATIENCE)

    def ask_to_stop(self) -> None:
        self._process.terminate()

    def is_gone(self) -> bool:
        return self._process.poll() is not None

    def stop(self) -> None:
        if self._process.poll() is None:
            self._process.terminate()
        self._process.wait(PATIENCE)

    def log(self) -> str:
        return self._log.read_text()


class ControlPlane:
    """What stands in the books of a running sandbox, and the trouble it is told to make."""

    US, UK = "9341450000000011", "9341450000000029"

    def __init__(self, url: str) -> None:
        self.url = url

    def control(self, method: str, path: str, **body: Any) -> dict[str, Any]:
        answer = requests.request(method, f"{self.url}/sandbox/{path}", json=body or None, timeout=PATIENCE)
        answer.raise_for_status()
        shown: dict[str, Any] = answer.json()
        return shown

    def purchases(self, realm: str = US) -> list[dict[str, Any]]:
        return self.objects("Purchase", realm)

    def objects(self, entity: str, realm: str = US) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = self.control("GET", f"companies/{realm}/objects/{entity}")["objects"]
        return found

    def postings(self, realm: str = US) -> dict[str, Decimal]:
        """What documents have posted, by account number, debits positive; accounts at zero are left out."""
        rows = self.control("GET", f"companies/{realm}/balances")["accounts"]
        return {row["AcctNum"]: total for row in rows if (total := Decimal(row["postings"]))}

    def plan_fault(self, **fault: Any) -> None:
        self.control("POST", "faults", **{"realm": self.US, **fault})


class Sandbox(ControlPlane):
    """A QuickBooks stand-in of one's own."""

    def __init__(self, folder: Path) -> None:
        clean = {name: value for name, value in os.environ.items() if not name.startswith(("SANDBOX_", "QUICKBOOKS_"))}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "integrations.providers.quickbooks.sandbox", "--port", "0", "--data", str(folder)],
            cwd=ROOT,
            env=clean,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self._process.stdout is not None
        super().__init__(self._process.stdout.readline().removeprefix("listening on ").strip())

    @property
    def pid(self) -> int:
        return self._process.pid

    def stop(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=PATIENCE)

    def consent(self, address: str, realm: str = ControlPlane.US) -> str:
        """Press “Connect” on the consent page. Returns where the browser is sent."""
        query = dict(pair.split("=", 1) for pair in urlsplit(address).query.split("&"))
        form = {name: requests.utils.unquote(value) for name, value in query.items()}
        answer = requests.post(
            address.split("?")[0],
            data={**form, "realm": realm, "decision": "connect"},
            allow_redirects=False,
            timeout=PATIENCE,
        )
        assert answer.status_code in (302, 303), answer.text
        return answer.headers["Location"]


def product_environment(**more: str) -> dict[str, str]:
    """What a child process needs to see this test's databases and sandbox."""
    database = connection.settings_dict
    address = urlsplit(os.environ["DATABASE_URL"])._replace(path=f"/{database['NAME']}")
    quickbooks = settings.QUICKBOOKS
    return {
        "DATABASE_URL": address.geturl(),
        "REDIS_URL": settings.REDIS_URL,
        "FLEXSYNC_STORAGE_FOLDER": settings.STORAGE_FOLDER,
        "PYTEST_XDIST_WORKER": "",
        "DJANGO_SETTINGS_MODULE": "flexsync.settings.test",
        "QUICKBOOKS_CLIENT_ID": quickbooks["client_id"],
        "QUICKBOOKS_CLIENT_SECRET": quickbooks["client_secret"],
        "QUICKBOOKS_DISCOVERY_URL": quickbooks["discovery_url"],
        "QUICKBOOKS_API_URL": quickbooks["api_url"],
        "QUICKBOOKS_SETTLING_SECONDS": str(quickbooks["settling_seconds"]),
        "QUICKBOOKS_TIMEOUT_SECONDS": str(quickbooks["timeout_seconds"]),
        "QUICKBOOKS_UPLOAD_SECONDS": str(quickbooks.get("upload_seconds", 120.0)),
        "QUICKBOOKS_LIMITS": str(quickbooks["limits"]),
        "QUICKBOOKS_WEBHOOK_VERIFIER": quickbooks["webhook_verifier"],
        **more,
    }


def worker(log: Path, queues: str = "fresh,backlog", **environment: str) -> Process:
    command = f"-m celery -A flexsync worker --pool threads --concurrency 4 --queues {queues} --loglevel INFO"
    return Process(*command.split(), environment=product_environment(**environment), log=log)


def beat(log: Path, schedule: Path, **environment: str) -> Process:
    command = f"-m celery -A flexsync beat --loglevel INFO --pidfile= --schedule {schedule}"
    return Process(*command.split(), environment=product_environment(**environment), log=log)


def web(log: Path, port: int) -> Process:
    return Process(*WEB, "--bind", f"127.0.0.1:{port}", environment=product_environment(), log=log)


def wait_until(true: Callable[[], bool], within: float, what: str) -> float:
    begun = time.monotonic()
    while not true():
        assert time.monotonic() - begun < within, f"Not {what} within {within} s"
        time.sleep(0.1)
    return time.monotonic() - begun


def answers(address: str) -> bool:
    try:
        return requests.get(address, timeout=5).status_code == 200
    except (requests.ConnectionError, requests.Timeout):
        # It listens before it can answer: on a busy machine that takes a while.
        return False
