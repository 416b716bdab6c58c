import os
import random
from collections.abc import Iterator
from typing import Any

import pytest
import redis
from django.conf import settings
from django.core.cache import cache
from django.test import override_settings
from django.test.utils import setup_databases, teardown_databases

from integrations.providers.registry import platform
from tests.bench.table import ROOT, Table
from tests.chaos import stage as stages
from tests.chaos.scale import SCALE
from tests.chaos.stage import Crew, Stage
from tests.conftest import connect_as
from tests.integrations.conftest import sandbox_process  # noqa: F401  # The fixture.
from tests.processes import Sandbox

TIMES = {"settling_seconds": 2.0, "timeout_seconds": 2.0}


@pytest.fixture(scope="session")
def seed() -> str:
    return os.environ.get("SEED") or str(random.SystemRandom().randrange(10_000))


@pytest.fixture(scope="session")
def table(seed: str) -> Iterator[Table]:
    kept = Table(
        title="The engine broken on purpose",
        verb="make chaos",
        conditions="Worker, beat, sandbox, PostgreSQL and Redis are processes of their own. Times are short, so that a "
        "scenario heals in seconds: a call may take 2 s, what was written shows in queries within 2 s, a lease holds "
        "3 s, pauses of a lane or a job are cut to 4 s, the sweep comes each second. "
        "“Healed” is from the end of the trouble until everything is at rest. After each scenario every link points to "
        "what stands there in its very version, no attempt is open, conservation is proved row by row, and the "
        "sandbox's trial balance is compared with our own sums, account by account: “cents off”.",
        columns=(
            "Scenario",
            "Injected",
            "Times",
            "Documents",
            "Stand there",
            "Duplicates",
            "Lost",
            "Cents off",
            "Wait for a person",
            "Healed in",
        ),
        kept=ROOT / "docs" / "chaos.md" if SCALE == 1 else None,
        named_by=(0, 1),
        seen_by=f", SEED={seed}",
    )
    yield kept
    print(f"\n{kept.text()}")


@pytest.fixture(scope="session")
def database(
    django_test_environment: None, django_db_modify_db_settings: None, django_db_blocker: Any
) -> Iterator[None]:
    """One for all scenarios: each has an organisation and a company of its own, and nothing is thrown away between."""
    with django_db_blocker.unblock():
        made = setup_databases(verbosity=0, interactive=False, aliases={"default"})
        connect_as("app")
        yield
        connect_as("owner")
        teardown_databases(made, verbosity=0)


@pytest.fixture(scope="session")
def sandbox(database: None, sandbox_process: Sandbox) -> Iterator[Sandbox]:  # noqa: F811
    quickbooks = {
        "client_id": "sandbox-client",
        "client_secret": "sandbox-secret",
        "discovery_url": f"{sandbox_process.url}/.well-known/openid_sandbox_configuration/",
        "api_url": sandbox_process.url,
        "limits": False,
        "webhook_verifier": "",
        **TIMES,
    }
    with override_settings(QUICKBOOKS=quickbooks):
        platform.cache_clear()
        cache.clear()
        yield sandbox_process
    platform.cache_clear()


@pytest.fixture(scope="session")
def crew(sandbox: Sandbox, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Crew]:
    redis.Redis.from_url(settings.REDIS_URL).flushdb()
    crew = Crew(tmp_path_factory.mktemp("crew"))
    yield crew
    crew.go_home()


@pytest.fixture
def stage(sandbox: Sandbox, crew: Crew, table: Table, seed: str, request: pytest.FixtureRequest) -> Iterator[Stage]:
    sandbox.control("DELETE", "faults")
    crew.countermand()
    yield stages.stage(sandbox, crew, table, f"{seed} {request.node.name}")
    sandbox.control("DELETE", "faults")
