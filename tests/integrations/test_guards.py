"""The guards that matter only when something has gone wrong already."""

import threading
import time
from datetime import timedelta
from typing import Any

import pytest
import redis
from django.conf import settings as django_settings
from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from integrations import bells, services
from integrations.bells import Queue
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import (
    Authorisation,
    Connection,
    ConnectionState,
    Decision,
    ExternalLink,
    JobState,
    SyncEnvelope,
    SyncJob,
)
from integrations.providers.registry import platform
from integrations.sync import attempts, engine, gather, lane, queue, shift
from integrations.sync.attempts import Opened, Planned
from integrations.sync.envelopes import HANDED_OVER_WITHIN
from integrations.sync.plan import Send
from integrations.sync.retry import MOST_SENDINGS
from integrations.sync.shift import Shift
from integrations.tasks import drain_connection
from ledger.tenancy.context import acting_for
from tests.cast import somebody
from tests.integrations.conftest import Office
from tests.integrations.test_engine import let_time_pass, state_of, states
from tests.processes import wait_until


def test_a_refusal_beside_an_unknown_waits_for_the_repetition(ready: Office) -> None:
    """The batch is repeated whole, and then what was refused may be taken: refusals need not be remembered."""
    ready.sandbox.plan_fault(kind="fault", entity="Purchase", code="6430")
    ready.sandbox.plan_fault(kind="fault", entity="Purchase", code="10000", skip=1)
    ready.charge(*(f"c-{number}" for number in range(10)))
    ready.work()
    assert states() == {JobState.DONE: 8, JobState.UNKNOWN: 2}
    let_time_pass(minutes=5)
    ready.work()
    assert states() == {JobState.DONE: 10}
    with transaction.atomic():
        assert ExternalLink.objects.count() == len(ready.sandbox.purchases()) == 10


def test_a_repetition_that_is_turned_away_says_nothing_about_the_first_sending(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="drop_before", entity="Purchase")
    ready.charge("c-1")
    ready.work()
    let_time_pass(minutes=5)
    ready.sandbox.plan_fault(kind="throttle", entity="Purchase")
    ready.work()
    assert states() == {JobState.UNKNOWN: 1}
    let_time_pass(minutes=5)
    ready.work()
    assert states() == {JobState.DONE: 1}
    with transaction.atomic():
        assert SyncEnvelope.objects.get().sendings == 2, "one envelope, one key, and what never left is not counted"


def test_what_never_succeeds_is_parked_and_can_be_planned_anew(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="fault", entity="Purchase", code="10000", times=MOST_SENDINGS)
    [document] = ready.charge("c-1")
    for _ in range(MOST_SENDINGS + 1):
        ready.work()
        let_time_pass(minutes=5)
    assert [reason.code for reason in state_of(document.pk).reasons] == [ReasonCode.OUTCOME_UNKNOWN]
    ready.map(card="2110", default="6110", Software="6410")
    with transaction.atomic():
        services.send_again(SyncJob.objects.filter(document=document), somebody())
    ready.work()
    assert state_of(document.pk).state == JobState.DONE
    line = ready.sandbox.purchases()[0]["Line"][0]["AccountBasedExpenseLineDetail"]
    assert line["AccountRef"]["name"] == "Marketing", "the mapping of now, not of then"


def test_connecting_again_leaves_alone_what_a_person_must_decide(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="drop_before", entity="Purchase")
    ready.charge("c-1")
    ready.work()
    let_time_pass(days=2)
    with transaction.atomic():
        SyncEnvelope.objects.update(trusted_since=timezone.now() - timedelta(days=2))
    ready.work()
    ready.connect()
    ready.charge("c-2")
    ready.work()
    assert states() == {JobState.NEEDS_ATTENTION: 1, JobState.DONE: 1}


def test_an_old_grant_that_dies_does_not_close_the_new_connection(ready: Office) -> None:
    with transaction.atomic():
        before = Connection.objects.select_related("company").get()
    ready.connect()
    with lane.held(before.pk) as held:
        assert held is not None
        shift.close_lane(held, before, "The grant is dead.")
    with transaction.atomic():
        assert Connection.objects.get().state == ConnectionState.LIVE


@pytest.mark.parametrize("company", ["9341450000000011/../9341450000000011", "", "x", "1" * 21, "١٢٣"])
def test_a_company_number_that_is_none_is_refused_before_the_code_is_used(office: Office, company: str) -> None:
    with transaction.atomic():
        authorisation = Authorisation(entity=office.tenant.entity, provider="quickbooks")
    with pytest.raises(services.ConnectRefused):
        services.finish_connect(authorisation=authorisation, code="any", company=company, person=office.tenant.admin)


def test_the_lease_outlasts_its_length_while_its_holder_lives(ready: Office, settings: Any) -> None:
    settings.LANE_LEASE_SECONDS = 0.6
    with lane.held(ready.connection.pk) as first:
        assert first is not None
        time.sleep(1.5)
        with lane.held(ready.connection.pk) as second:
            assert second is None


def opened_first(work: Shift) -> list[Opened]:
    """Everything is claimed; what shall be sent for the first of it is stored."""
    jobs = queue.claim(work.lane, 10)
    gathered = gather.gather(work.connection, jobs)
    job, step = engine._plan_all(jobs, gathered)[0]
    assert isinstance(step, Send)
    planned = Planned(job, gathered.facts[job.document_id], step, gathered.mapping.version)
    envelopes = work.provider.pack([step.write], 1)
    return attempts.open_attempts(work.lane, work.run, envelopes, {step.write.mark: planned}, 1)


def test_a_new_holder_takes_what_may_be_sent_for_unknown_and_the_rest_for_waiting(ready: Office) -> None:
    ready.charge("sent", "not-sent")
    queue.absorb_events()
    with lane.held(ready.connection.pk) as held:
        assert held is not None
        opened_first(shift.begin(held, 1))
    with lane.held(ready.connection.pk) as successor:
        assert successor is not None
        attempts.take_over(successor)
    assert states() == {JobState.UNKNOWN: 1, JobState.WAITING: 1}


def test_what_waited_long_for_its_turn_is_written_down_before_it_goes(ready: Office) -> None:
    """A look-up reckons with when it left at the latest."""
    ready.charge("c-1")
    queue.absorb_events()
    with lane.held(ready.connection.pk) as held:
        assert held is not None
        work = shift.begin(held, 60)
        [opened] = opened_first(work)
        late = opened.row.sent_at = opened.row.sent_at - HANDED_OVER_WITHIN
        shift.send_all(work, [opened])
        shift.land(work)
    with transaction.atomic():
        assert SyncEnvelope.objects.get().sent_at > late + HANDED_OVER_WITHIN
    assert (states(), len(ready.sandbox.purchases())) == ({JobState.DONE: 1}, 1)


def test_a_change_that_comes_while_its_job_is_settled_unsent_is_not_missed(ready: Office) -> None:
    ready.record("c-1", currency="EUR")
    queue.absorb_events()
    with lane.held(ready.connection.pk) as held:
        assert held is not None
        [job] = queue.claim(held, 10)
        ready.record("c-1")
        queue.absorb_events()
        planned_by = queue.Configuration(ready.tenant.entity.pk, 1)
        reason = Reason(ReasonCode.OTHER_CURRENCY, "EUR, the books are in USD")
        queue.settle_unsent(held, planned_by, [queue.Unsent(job.pk, 1, (reason,))])
    assert states() == {JobState.WAITING: 1}
    ready.work()
    assert states() == {JobState.DONE: 1}


def test_what_a_person_holds_in_the_moment_of_the_claim_is_not_claimed(ready: Office) -> None:
    ready.record("c-1")
    queue.absorb_events()
    claimed: list[list[SyncJob]] = []

    def claim(held: lane.Lane) -> None:
        try:
            with acting_for(ready.tenant.id):
                claimed.append(queue.claim(held, 10))
        finally:
            database.close()

    with lane.held(ready.connection.pk) as held:
        assert held is not None
        claiming = threading.Thread(target=claim, args=[held])
        with transaction.atomic():
            services.decide(SyncJob.objects.all(), decision=Decision.HOLD, why="wait", person=ready.tenant.admin)
            claiming.start()
            wait_until(_somebody_waits_for_us, 10, "waiting for the row")
        claiming.join()
    assert claimed == [[]]
    assert states() == {JobState.HELD: 1}


def _somebody_waits_for_us() -> bool:
    with database.cursor() as cursor:
        cursor.execute("SELECT bool_or(pg_backend_pid() = ANY(pg_blocking_pids(pid))) FROM pg_locks WHERE NOT granted")
        return bool(cursor.fetchone()[0])


def test_a_lane_rests_as_long_as_the_platform_asks(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="throttle", entity="Purchase", retry_after=90)
    ready.charge("c-1")
    ready.work()
    with transaction.atomic():
        until = Connection.objects.get().resting_until
    assert until is not None
    assert 80 < (until - timezone.now()).total_seconds() <= 90


def test_our_own_pace_is_waited_for_and_is_no_trouble(ready: Office, settings: Any) -> None:
    settings.QUICKBOOKS = {**settings.QUICKBOOKS, "limits": True}
    platform.cache_clear()
    broker = redis.Redis.from_url(django_settings.REDIS_URL)
    now = int(time.time() * 1000)
    calls = f"pace:quickbooks:{ready.connection.company.external_id}:calls"
    broker.zadd(calls, {f"earlier {number}": now - 20_000 for number in range(500)})
    ready.charge("c-1")
    ready.work()
    broker.delete(calls)
    with transaction.atomic():
        tie, job = Connection.objects.get(), SyncJob.objects.get()
    assert tie.resting_until is not None
    assert 30 < (tie.resting_until - timezone.now()).total_seconds() <= 41, "until the first of them is a minute old"
    assert (tie.rests, job.state, job.tries) == (0, JobState.WAITING, 0)


def test_a_ring_for_the_backlog_does_not_swallow_one_for_the_fresh(ready: Office) -> None:
    broker = redis.Redis.from_url(django_settings.REDIS_URL)
    broker.flushdb()
    for _ in range(3):
        bells.ring(drain_connection, 1, 1, queue=Queue.BACKLOG)
        bells.ring(drain_connection, 1, 1, queue=Queue.FRESH)
    assert (broker.llen("backlog"), broker.llen("fresh")) == (1, 1)
    broker.flushdb()
