"""A short mix of what `make chaos` does at length: real processes, a platform in trouble, a worker that dies."""

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings

from tests.bench import offices
from tests.bench.table import Table
from tests.chaos.judgement import judge
from tests.chaos.stage import Crew, Stage, busy
from tests.chaos.workload import Told, Workload
from tests.processes import Sandbox

FAULTS = ("drop_before", "drop_after_commit", "truncate", "status", "half_batch")


@pytest.fixture
def stage(transactional_db: None, sandbox: Sandbox, settings: Any, tmp_path: Path) -> Iterator[Stage]:
    settings.QUICKBOOKS = {**settings.QUICKBOOKS, "timeout_seconds": 2.0, "settling_seconds": 2.0}
    redis.Redis.from_url(django_settings.REDIS_URL).flushdb()
    crew, dice = Crew(tmp_path), random.Random(5)
    [firm] = offices.firms(sandbox, 1)
    yield Stage(sandbox, crew, Table("", "", "", (), None), dice, Workload(firm, dice))
    crew.go_home()


def test_faults_a_death_and_a_lost_broker_leave_no_double_no_gap_and_no_cent(stage: Stage) -> None:
    stage.crew.ready()
    stage.work.receipts = 0.4
    for fault in FAULTS:
        stage.trouble(kind=fault, probability=0.1, times=None)
    stage.crew.order("kill", "before the commit of attempts.settle")
    busy(stage, 30)
    [one] = stage.crew.workers
    stage.until(one.is_gone, "dead at its step", 20)
    redis.Redis.from_url(django_settings.REDIS_URL).flushdb()
    assert stage.calm() > 0
    stage.heal(60)
    assert stage.verdict().clean, stage.verdict()


def test_the_judge_sees_a_double_a_gap_and_a_cent(stage: Stage) -> None:
    """Or else nothing that it says would mean anything."""
    stage.crew.ready()
    stage.work.receipts = 1
    stage.work.new(6)
    stage.heal(60)
    assert stage.verdict().clean, stage.verdict()
    file = stage.sandbox.objects("Attachable", stage.realm)[0]
    stage.sandbox.control("POST", f"companies/{stage.realm}/human", act="delete", entity="Attachable", id=file["Id"])
    assert len(stage.verdict().strays) == 1
    purchase = stage.sandbox.purchases(stage.realm)[0]
    with stage.work.firm.open() as office:
        office.accountant().post("purchase", {**_copied(purchase), "PrivateNote": purchase["PrivateNote"]})
    name = f"x-{len(stage.work.known)}"
    known = {**stage.work.known, name: Told(name, stage.work.kinds[0], 1, "Category 1", "Merchant 1")}
    told = judge(Workload(stage.work.firm, stage.dice, known), stage.sandbox)
    assert (told.duplicates, told.lost, told.cents_off > 0) == (1, 1, True)


def _copied(purchase: dict[str, Any]) -> dict[str, Any]:
    lines = [{key: value for key, value in line.items() if key != "Id"} for line in purchase["Line"]]
    return {"PaymentType": purchase["PaymentType"], "AccountRef": purchase["AccountRef"], "Line": lines}
