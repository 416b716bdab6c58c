import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.core.cache import cache

from integrations.providers.registry import platform
from tests.bench.scale import SCALE
from tests.bench.table import ROOT, Table
from tests.integrations.conftest import sandbox_process  # noqa: F401  # The fixture.
from tests.processes import Process, Sandbox, beat


@pytest.fixture(scope="session", autouse=True)
def quiet() -> None:
    """The work of thousands of charges is not told one by one."""
    logging.getLogger("integrations").setLevel(logging.WARNING)


@pytest.fixture(scope="session")
def table() -> Iterator[Table]:
    kept = Table(
        title="What the engine reaches",
        verb="make bench",
        conditions="Product, PostgreSQL (fsync on), Redis and the sandbox share its cores; the sandbox answers over "
        "HTTP on the loopback. Compare rows and runs, not machines.",
        columns=("What", "To reach", "Reached", "Conditions"),
        kept=ROOT / "docs" / "bench.md" if SCALE == 1 else None,
        named_by=(0, 3),
    )
    yield kept
    print(f"\n{kept.text()}")


@pytest.fixture
def sandbox(transactional_db: None, sandbox_process: Sandbox, settings: Any) -> Iterator[Sandbox]:  # noqa: F811
    """Empty books without limits or delay; a test asks for those itself."""
    settings.QUICKBOOKS = {
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "discovery_url": f"{sandbox_process.url}/.well-known/openid_sandbox_configuration/",
        "api_url": sandbox_process.url,
        "settling_seconds": 5.0,
        "timeout_seconds": 30.0,
        "limits": False,
        "webhook_verifier": "",
    }
    platform.cache_clear()
    cache.clear()
    sandbox_process.control("DELETE", "faults")
    sandbox_process.control("POST", "throttle", on=False)
    sandbox_process.control("POST", "reset")
    yield sandbox_process
    platform.cache_clear()


@dataclass
class Starter:
    """Starts processes of the product; all of them are gone after the measure."""

    folder: Path
    started: list[Process] = field(default_factory=list)

    def __call__(self, make: Callable[..., Process], *arguments: Any, **environment: str) -> Process:
        log = self.folder / f"{make.__name__}-{len(self.started)}.log"
        self.started.append(make(log, *arguments, **environment))
        return self.started[-1]

    def sweeper(self, **environment: str) -> Process:
        return self(beat, self.folder / f"schedule-{len(self.started)}", **environment)


@pytest.fixture
def start(sandbox: Sandbox, tmp_path: Path) -> Iterator[Starter]:
    redis.Redis.from_url(django_settings.REDIS_URL).flushdb()
    starter = Starter(tmp_path)
    yield starter
    for process in reversed(starter.started):
        process.stop()
