"""What a drain did, what came of it and what it cost, kept while it goes."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from integrations import services
from integrations.cost import of_month
from integrations.models import CallCount, JobState, SyncRun
from integrations.sync import engine, lane, queue
from ledger.domain.documents import DocumentKind
from tests.integrations.conftest import Office
from tests.integrations.test_engine import let_time_pass, states


def runs() -> list[SyncRun]:
    with transaction.atomic():
        return list(SyncRun.objects.order_by("id"))


def test_a_run_tells_what_reached_the_books_and_what_it_cost(ready: Office) -> None:
    ready.charge("c-1", "c-2", amount="12.30")
    ready.record("r-1", "2.30", kind=DocumentKind.REFUND)
    ready.work()
    [run] = runs()
    assert (run.outcomes, run.money) == ({"posted": 3}, {"USD": 2230})
    assert (run.calls, run.metered) == ({"write": 3}, 0)
    assert run.configuration == 1
    assert run.begun_at <= run.worked_at <= run.ended_at


def test_a_backlog_costs_a_metered_call_for_thirty(ready: Office) -> None:
    ready.charge(*(f"c-{number}" for number in range(60)))
    ready.work()
    [run] = runs()
    assert (run.calls, run.metered, run.outcomes) == ({"batch": 2}, 2, {"posted": 60})


def test_whoever_finds_nothing_to_do_leaves_no_run(ready: Office) -> None:
    ready.work()
    assert runs() == []


def test_a_run_goes_on_where_the_last_holder_had_to_stop(ready: Office) -> None:
    ready.charge(*(f"c-{number}" for number in range(400)))
    queue.absorb_events()
    for _ in range(20):
        with lane.held(ready.connection.pk) as held:
            assert held is not None
            if engine.drain(held, seconds=0.3) is None:
                break
    [run] = runs()
    assert (run.outcomes["posted"], run.ended_at is not None) == (400, True)
    assert states() == {JobState.DONE: 400}


def test_a_run_with_something_unknown_is_not_over(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="drop_after_commit", entity="Purchase")
    ready.charge("c-1")
    ready.work()
    [run] = runs()
    assert (run.outcomes, run.ended_at) == ({"unknown": 1}, None)
    let_time_pass(seconds=0)
    ready.work()
    [run] = runs()
    assert (run.outcomes, run.ended_at is not None) == ({"unknown": 1, "already_there": 1}, True)
    assert run.money == {"USD": 1230}
    assert run.metered == 1, "the look"


def test_the_calls_of_a_month_are_counted_by_company_looks_of_a_person_too(ready: Office) -> None:
    ready.charge("c-1")
    ready.work()
    services.read_references(ready.connection.pk)
    month = timezone.now().date().replace(day=1)
    with transaction.atomic():
        company = ready.connection.company_id
        [rows] = of_month([company], month).values()
        counted = {row.kind: (row.calls, row.answered) for row in rows}
    assert counted["write"] == (1, 1)
    told = ready.sandbox.control("GET", "traffic")["traffic"]
    minutes = [minute["classes"] for one in told for minute in one["minutes"]]
    assert counted["read"][1] == sum(minute.get("CorePlus", 0) for minute in minutes) - DESCRIBED


# Before there is a company to count for, it is asked who it is.
DESCRIBED = 2


def test_counts_of_one_month_add_up(ready: Office) -> None:
    before = reads()
    for _ in range(3):
        services.read_references(ready.connection.pk)
    assert reads() == 4 * before > 0, "once when it was connected, and three times since"


def reads() -> int:
    with transaction.atomic():
        return CallCount.objects.get(kind="read").calls


def test_a_platform_that_hangs_holds_a_drain_no_longer_than_its_patience(
    ready: Office, monkeypatch: pytest.MonkeyPatch, settings: Any
) -> None:
    monkeypatch.setattr("integrations.sync.shift.PATIENCE_SECONDS", 0.2)
    ready.sandbox.plan_fault(kind="hang", entity="Purchase")
    ready.charge("c-1")
    queue.absorb_events()
    began = timezone.now()
    with lane.held(ready.connection.pk) as held:
        assert held is not None
        engine.drain(held, seconds=0.3)
    assert (timezone.now() - began).total_seconds() < 1.5
    assert states() == {JobState.UNKNOWN: 1}
    let_time_pass(minutes=5)
    ready.work()
    assert states() == {JobState.DONE: 1}
    assert len(ready.sandbox.purchases()) == 1


def test_one_answer_that_takes_long_does_not_hold_up_its_neighbours(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="delay", entity="Purchase", seconds=1.2)
    ready.charge(*(f"c-{number}" for number in range(6)))
    queue.absorb_events()
    with lane.held(ready.connection.pk) as held:
        assert held is not None
        engine.drain(held, seconds=0.6)
    # The one is still waited for after the slice, and comes.
    assert states() == {JobState.DONE: 6}
    with transaction.atomic():
        [run] = SyncRun.objects.all()
    assert run.work_ms < 3000
