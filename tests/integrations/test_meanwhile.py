"""What happens while a drain is in the middle of something."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.db.models import F, Sum
from django.utils import timezone

from integrations.mapping.reasons import ReasonCode
from integrations.models import CallCount, Connection, ConnectionState, JobState, SyncAttempt, SyncRun
from integrations.providers.calls import CallKind
from integrations.sync import attempts, engine, lane, queue, resting, shift
from integrations.sync.lane import LaneLost
from ledger.domain.documents import DocumentKind
from tests.integrations.conftest import Office
from tests.integrations.meanwhile import before_statement
from tests.integrations.test_changes import posted, reasons
from tests.integrations.test_engine import let_time_pass, states
from tests.integrations.test_undo import balance, undo

SETTLING = 'FROM "ledger_entity"', "FOR NO KEY UPDATE"
LETTING_GO = 'UPDATE "integrations_connection"', '"lane_until" = NULL'


def test_a_mapping_that_is_saved_while_a_drain_plans_is_planned_by_next(office: Office) -> None:
    office.connect()
    office.charge("c-1", "c-2")
    queue.absorb_events()
    with before_statement(*SETTLING, act=lambda: office.map(card="2110", default="6110")):
        office.work()
    assert states() == {JobState.WAITING: 2}
    office.work()
    assert states() == {JobState.DONE: 2}


@pytest.mark.parametrize(
    ("words", "times"), [((lane.ASSERT_HELD,), 1), ((lane.ASSERT_HELD,), 2), ((lane.ASSERT_HELD,), 3), (LETTING_GO, 1)]
)
def test_whoever_loses_the_lane_writes_nothing_from_then_on_and_what_it_called_counts(
    ready: Office, words: tuple[str, ...], times: int
) -> None:
    """To claim, to open, to settle, to let go: each asks first whether the lane is still held."""
    ready.charge("c-1")
    with before_statement(*words, act=_somebody_takes_over, times=times), pytest.raises(LaneLost):
        ready.work()
    with transaction.atomic():
        assert not SyncRun.objects.filter(ended_at__isnull=False).exists()
        calls = CallCount.objects.filter(kind=CallKind.WRITE).aggregate(calls=Sum("calls"))["calls"] or 0
    assert calls == len(ready.sandbox.purchases())
    let_time_pass(minutes=5)
    ready.work()
    assert states() == {JobState.DONE: 1}
    assert len(ready.sandbox.purchases()) == 1


@transaction.atomic
def _somebody_takes_over() -> None:
    Connection.objects.update(lane_fence=F("lane_fence") + 1, lane_until=timezone.now())


def test_what_a_holder_left_behind_though_it_let_go_is_found_by_the_next(ready: Office) -> None:
    ready.charge("c-1")
    queue.absorb_events()
    with lane.held(ready.connection.pk) as held:
        assert held is not None
        assert len(queue.claim(held, 10)) == 1
    ready.work()
    assert states() == {JobState.DONE: 1}


def test_what_was_accepted_just_before_the_end_of_a_grant_opens_nothing_again(ready: Office) -> None:
    with lane.held(ready.connection.pk) as held:
        assert held is not None
        mine = shift.begin(held, 5)
        resting.rest(held, mine.connection, timedelta(0))
        shift.close_lane(held, mine.connection, "The grant was withdrawn.")
        resting.worked(held, mine.connection)
    with transaction.atomic():
        tie = Connection.objects.get()
    assert (tie.state, tie.problem) == (ConnectionState.ACCESS_LOST, "The grant was withdrawn.")


def test_where_nobody_answers_a_backlog_does_not_go_into_doubt_as_a_whole(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="status", status=503, entity="batch", times=None)
    ready.charge(*(f"c-{number}" for number in range(400)))
    ready.work()
    told = states()
    assert told[JobState.WAITING] >= 100, "of those that were on the way nobody knows; the others stay here"
    assert set(told) == {JobState.WAITING, JobState.UNKNOWN}
    with transaction.atomic():
        until = Connection.objects.get().resting_until
    assert until is not None
    assert until > timezone.now()
    ready.sandbox.control("DELETE", "faults")
    rounds = 0
    while set(states()) != {JobState.DONE} and rounds < 20:
        let_time_pass(minutes=5)
        ready.work()
        rounds += 1
    assert states() == {JobState.DONE: 400}
    assert len(ready.sandbox.purchases()) == 400


def test_more_than_can_be_looked_at_in_one_go_are_merged_all_the_same(ready: Office) -> None:
    number = engine.LOOKED_AT_ONCE + 3
    ready.charge(*(f"c-{at}" for at in range(number)))
    ready.work()
    for purchase in ready.sandbox.purchases():
        person = {"act": "edit", "entity": "Purchase", "id": purchase["Id"], "changes": {"TxnDate": "2026-11-03"}}
        ready.sandbox.control("POST", f"companies/{ready.sandbox.US}/human", **person)
    ready.tell([ready.incoming(f"c-{at}", "14.00") for at in range(number)])
    ready.work()
    assert states() == {JobState.DONE: number}
    assert {(one["TxnDate"], one["TotalAmt"]) for one in ready.sandbox.purchases()} == {("2026-11-03", 14)}


@pytest.mark.parametrize("kind", [DocumentKind.CHARGE, DocumentKind.PAYMENT])
def test_a_reversal_that_was_given_up_and_landed_late_is_not_made_again(ready: Office, kind: DocumentKind) -> None:
    ready.map(card="2110", default="6110", Software="6020", bank="1010")
    before = balance(ready)
    document = posted(ready, kind=kind)
    entity = "Transfer" if kind is DocumentKind.PAYMENT else "Purchase"
    ready.accountant().change(entity, TxnDate="2026-11-03")
    undo(document)
    ready.sandbox.plan_fault(kind="drop_after_commit", entity=entity, operation="create")
    ready.work()
    with lane.held(ready.connection.pk) as held:
        assert held is not None
        with transaction.atomic():
            lost = SyncAttempt.objects.select_related("envelope").get(settled_at__isnull=True)
        attempts.give_up(held, lost.envelope, [lost])
    # Keys are forgotten there by now.
    ready.sandbox.control("POST", "clock", advance_seconds=3600)
    ready.work()
    assert (len(ready.sandbox.objects(entity)), balance(ready)) == (2, before)
    assert reasons(document) == [ReasonCode.UNDONE]
