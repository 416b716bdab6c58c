"""What `make run` starts, with the demo in it: web, workers, beat, sandbox, PostgreSQL and Redis."""

import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import requests

from tests.local.processes_under_test import clean_environment, running
from tests.ports import free_ports
from tests.processes import ControlPlane

# Everything starts at once, beside whatever else the machine is at.
PATIENCE = 120


@dataclass(frozen=True)
class Product:
    url: str
    api_key: str
    books: ControlPlane

    def charge(self, merchant: str, amount: str) -> str:
        """The issuer tells of a charge that has just cleared, and is told its address."""
        now = datetime.now(UTC).isoformat()
        described = {"external_id": merchant, "card": "card-4471", "currency": "USD", "cleared_at": now}
        answer = self._ask("POST", json={**described, "merchant_name": merchant, "amount": amount})
        return f"/{answer['results'][0]['id']}"

    def state_of(self, charge: str) -> str:
        state: str = self._ask("GET", charge)["sync"]["state"]
        return state

    def _ask(self, method: str, path: str = "", **body: Any) -> dict[str, Any]:
        address, key = f"{self.url}/api/v1/card-transactions{path}", {"Authorization": f"Bearer {self.api_key}"}
        answer = requests.request(method, address, headers=key, timeout=10, **body)
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told

    def close_books_until(self, day: str | None) -> None:
        """As the bookkeeper does on the platform, after which it takes nothing of that time."""
        self.books.control("POST", f"companies/{ControlPlane.US}/preferences", BookCloseDate=day)

    def open_books(self) -> None:
        self.close_books_until(None)

    def in_the_books(self) -> list[Decimal]:
        """The amount of every expense there."""
        return [Decimal(str(purchase["TotalAmt"])) for purchase in self.books.purchases()]


@contextmanager
def running_product(folder: Path) -> Iterator[Product]:
    state, (web, sandbox) = folder / "state", free_ports(2)
    environment = clean_environment(FLEXSYNC_STATE=str(state), FLEXSYNC_PORT=str(web), SANDBOX_PORT=str(sandbox))
    command = [sys.executable, "-m", "flexsync.local", "run"]
    with running(command, folder / "product.log", environment) as program:
        assert program.says("Stop with Ctrl-C", PATIENCE), program.output
        key = re.search(r"flex_[\w-]+", (state / "demo.txt").read_text())
        assert key
        yield Product(f"http://localhost:{web}", key[0], ControlPlane(f"http://127.0.0.1:{sandbox}"))
        program.send(signal.SIGINT)
        program.ends()
