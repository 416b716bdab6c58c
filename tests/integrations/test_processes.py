"""The promise of the whole line, with the product's own processes: web, worker, beat, sandbox, and a power cut."""

import time
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import redis
import requests
from django.conf import settings as django_settings
from django.db import connection, transaction

from integrations import bells
from integrations.models import ExternalLink, JobState, SyncJob
from integrations.tasks import absorb_events, drain_connection
from tests.integrations.conftest import Office
from tests.ports import free_ports
from tests.processes import Process, answers, beat, wait_until, web, worker

CHARGES = 500
HEALED_WITHIN = 60


@pytest.fixture
def running(ready: Office, tmp_path: Path, settings: Any) -> Iterator[Callable[..., Process]]:
    """Starts processes of the product; all of them are gone after the test, and so are their messages."""
    redis.Redis.from_url(django_settings.REDIS_URL).flushdb()
    # As in production but for the settling time: the sandbox shows what it has at once.
    settings.QUICKBOOKS = {**settings.QUICKBOOKS, "timeout_seconds": 10, "settling_seconds": 5}
    started: list[Process] = []

    def start(make: Callable[..., Process], *arguments: Any, **environment: str) -> Process:
        started.append(make(tmp_path / f"{make.__name__}.log", *arguments, **environment))
        return started[-1]

    yield start
    for process in reversed(started):
        process.stop()


def states() -> Counter[str]:
    with transaction.atomic():
        return Counter(SyncJob.objects.values_list("state", flat=True))


def test_five_hundred_charges_arrive_once_though_the_worker_dies_in_the_middle(
    ready: Office, running: Callable[..., Process], tmp_path: Path
) -> None:
    [port] = free_ports(1)
    running(web, port)
    running(beat, tmp_path / "schedule", FLEXSYNC_SWEEP_SECONDS="10")
    carrier = running(worker)
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), 30, "ready")
    # Slow enough that the worker dies with an envelope on the line.
    ready.sandbox.plan_fault(kind="delay", entity="batch", seconds=0.2, times=CHARGES)

    charges = [charge(number) for number in range(CHARGES)]
    answer = post(port, ready, charges)
    assert (answer.status_code, answer.json()["created"]) == (201, CHARGES)

    wait_until(lambda: len(ready.sandbox.purchases()) >= CHARGES // 4, 30, "under way")
    carrier.kill()
    assert 0 < states()[JobState.DONE] < CHARGES, "killed too late to prove anything"
    carrier.start()
    wait_until(lambda: states() == {JobState.DONE: CHARGES}, HEALED_WITHIN, "healed")

    posted = ready.sandbox.purchases()
    assert len(posted) == len({purchase["DocNumber"] for purchase in posted}) == CHARGES
    assert sum(Decimal(str(purchase["TotalAmt"])) for purchase in posted) == sum(
        Decimal(sent["amount"]) for sent in charges
    )
    with transaction.atomic():
        assert set(ExternalLink.objects.values_list("external_id", flat=True)) == {row["Id"] for row in posted}

    again = post(port, ready, charges).json()
    assert (again["created"], again["existing"]) == (0, CHARGES)
    time.sleep(2)  # Time enough for a second posting, if there were one.
    assert len(ready.sandbox.purchases()) == CHARGES


def test_losing_every_message_loses_no_charge(ready: Office, running: Callable[..., Process], tmp_path: Path) -> None:
    ready.charge("c-1", "c-2")
    redis.Redis.from_url(django_settings.REDIS_URL).flushdb()
    running(worker)
    running(beat, tmp_path / "schedule", FLEXSYNC_SWEEP_SECONDS="1")
    wait_until(lambda: states() == {JobState.DONE: 2}, 30, "found by the sweep")


def test_a_fresh_charge_is_in_the_books_within_seconds(ready: Office, running: Callable[..., Process]) -> None:
    carrier = running(worker)
    wait_until(lambda: " ready." in carrier.log(), 30, "ready")
    ready.charge("c-1")
    wait_until(lambda: len(ready.sandbox.purchases()) == 1, 5, "in the books")


def charge(number: int) -> dict[str, str]:
    return {
        "external_id": f"charge-{number:04}",
        "card": "card-4471",
        "amount": f"{number // 7 + 1}.{number % 100:02}",
        "currency": "USD",
        "merchant_name": f"Merchant {number % 40}",
        "cleared_at": "2026-11-19T12:00:00-05:00",
        "category": "Software",
    }


def post(port: int, office: Office, charges: list[dict[str, str]]) -> requests.Response:
    return requests.post(
        f"http://127.0.0.1:{port}/api/v1/card-transactions",
        json=charges,
        headers={"Authorization": f"Bearer {office.tenant.api_key}"},
        timeout=30,
    )


def test_a_worker_recovers_when_postgresql_drops_its_connections(
    ready: Office, running: Callable[..., Process]
) -> None:
    running(worker)
    ready.charge("before")
    wait_until(lambda: len(ready.sandbox.purchases()) == 1, 30, "in the books")
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("""
            SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity
             WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()
        """)
        assert cursor.fetchone()[0] > 0
    ready.charge("after")
    ring_until(lambda: len(ready.sandbox.purchases()) == 2, ready)


def ring_until(true: Callable[[], bool], office: Office) -> None:
    """The sweep would ring; the worker has no beat here."""

    def rung() -> bool:
        bells.ring(absorb_events, office.tenant.id)
        bells.ring(drain_connection, office.tenant.id, office.connection.pk)
        time.sleep(0.5)
        return true()

    wait_until(rung, 20, "in the books")
