"""The engine against the real sandbox: what reaches the books, once, and what is said where it does not."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from integrations import services
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import Connection, ConnectionState, ExternalLink, JobState, SyncAttempt, SyncEnvelope, SyncJob
from integrations.selectors import SyncState, sync_states
from integrations.sync import engine, lane, queue
from integrations.sync.lane import LaneLost
from tests.cast import somebody
from tests.integrations.conftest import Office


def state_of(document_id: int) -> SyncState:
    with transaction.atomic():
        return sync_states([document_id])[document_id]


def states() -> dict[str, int]:
    with transaction.atomic():
        found: dict[str, int] = {}
        for state in SyncJob.objects.values_list("state", flat=True):
            found[state] = found.get(state, 0) + 1
    return found


def let_time_pass(**back: float) -> None:
    """Everything that waits for a time has reached it."""
    with transaction.atomic():
        past = timezone.now() - timedelta(**back)
        SyncJob.objects.update(due_at=past)
        SyncEnvelope.objects.update(sent_at=past)
        Connection.objects.update(resting_until=None)


def test_a_charge_stands_in_the_books_to_the_cent_and_says_why(ready: Office) -> None:
    [document] = ready.charge("c-1", amount="675.10")
    ready.work()
    [purchase] = ready.sandbox.purchases()
    state = state_of(document.pk)
    assert (state.state, state.external_id, state.mark) == (JobState.DONE, purchase["Id"], purchase["DocNumber"])
    assert purchase["TotalAmt"] == 675.1
    assert purchase["AccountRef"]["name"] == "Flex Card"
    assert purchase["EntityRef"]["name"] == "Figma Inc"
    assert purchase["TxnDate"] == "2026-11-19"
    assert purchase["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["name"] == "Software"
    assert state.coding["why"]["account"] == "Category Software is mapped to it (version 1)."


def test_a_second_drain_and_a_second_event_write_nothing_more(ready: Office) -> None:
    ready.charge("c-1")
    ready.work()
    ready.charge("c-1")
    ready.work()
    assert len(ready.sandbox.purchases()) == 1


def test_a_charge_that_came_before_the_connection_follows_it(office: Office) -> None:
    office.charge("early")
    queue.absorb_events()
    office.connect()
    office.map(card="2110", default="6110")
    office.work()
    assert [purchase["TxnDate"] for purchase in office.sandbox.purchases()] == ["2026-11-19"]


def test_what_cannot_be_coded_is_held_with_every_missing_piece_named(office: Office) -> None:
    office.connect()
    [document] = office.charge("c-1", currency="EUR")
    office.work()
    assert {reason.code for reason in state_of(document.pk).reasons} == {
        ReasonCode.NO_CARD_ACCOUNT,
        ReasonCode.NO_ACCOUNT_FOR_CATEGORY,
        ReasonCode.OTHER_CURRENCY,
    }
    assert office.sandbox.purchases() == []


def test_saving_the_mapping_sends_the_held_charges(office: Office) -> None:
    office.connect()
    office.charge("c-1", "c-2")
    office.work()
    assert states() == {JobState.HELD: 2}
    assert office.map(card="2110", default="6110") == 2
    office.work()
    assert states() == {JobState.DONE: 2}


def test_a_mapping_saved_while_charges_are_planned_is_not_missed(office: Office) -> None:
    office.connect()
    office.charge("c-1")
    queue.absorb_events()
    with lane.held(office.connection.pk) as held:
        assert held is not None
        jobs = queue.claim(held, 10)
        planned_by = queue.Configuration(office.tenant.entity.pk, 0)
        assert office.map(card="2110", default="6110") == 0  # Nothing is at rest yet.
        reason = Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards")
        queue.settle_unsent(held, planned_by, [queue.Unsent(jobs[0].pk, 1, (reason,))])
    assert states() == {JobState.WAITING: 1}
    office.work()
    assert states() == {JobState.DONE: 1}


def test_an_answer_lost_after_commit_leaves_one_document(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="drop_after_commit", entity="Purchase")
    [document] = ready.charge("c-1")
    ready.work()
    assert state_of(document.pk).state == JobState.UNKNOWN
    let_time_pass(seconds=0)
    ready.work()
    assert state_of(document.pk).state == JobState.DONE
    assert len(ready.sandbox.purchases()) == 1
    with transaction.atomic():
        assert list(SyncAttempt.objects.values_list("outcome", flat=True)) == ["already_there"]


def test_a_batch_whose_answer_is_lost_leaves_each_document_once(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="drop_after_commit", entity="batch")
    ready.charge(*(f"c-{number}" for number in range(30)))
    ready.work()
    assert states() == {JobState.UNKNOWN: 30}
    let_time_pass(seconds=0)
    ready.work()
    assert states() == {JobState.DONE: 30}
    assert len({purchase["DocNumber"] for purchase in ready.sandbox.purchases()}) == 30
    assert len(ready.sandbox.purchases()) == 30


def test_what_never_arrived_is_sent_again_as_it_was_once_not_found_counts(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="drop_before", entity="Purchase")
    [document] = ready.charge("c-1")
    ready.work()
    let_time_pass(seconds=0)
    ready.work()
    assert state_of(document.pk).state == JobState.UNKNOWN, "not found does not count yet"
    assert ready.sandbox.purchases() == []
    let_time_pass(minutes=5)
    ready.work()
    assert state_of(document.pk).state == JobState.DONE
    with transaction.atomic():
        envelope = SyncEnvelope.objects.get()
    assert (envelope.sendings, envelope.closed_at is not None) == (2, True)


def test_where_the_key_is_not_trusted_any_more_a_person_decides_and_then_nothing_is_doubled(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="drop_before", entity="Purchase")
    [document] = ready.charge("c-1")
    ready.work()
    let_time_pass(days=2)
    with transaction.atomic():
        SyncEnvelope.objects.update(trusted_since=timezone.now() - timedelta(days=2))
    ready.work()
    assert [reason.code for reason in state_of(document.pk).reasons] == [ReasonCode.OUTCOME_UNKNOWN]
    with transaction.atomic():
        assert services.send_again(SyncJob.objects.filter(document=document), somebody()) == 1
    ready.work()
    assert state_of(document.pk).state == JobState.DONE
    assert len(ready.sandbox.purchases()) == 1


@pytest.mark.parametrize(
    ("fault", "code"),
    [
        ({"kind": "fault", "code": "6430", "detail": "You need to select a different type of account"}, "rejected"),
        ({"kind": "fault", "code": "2010", "detail": "unsupported property"}, "our_fault"),
        ({"kind": "fault", "code": "5010", "detail": "Stale object"}, "conflict"),
    ],
)
def test_a_refusal_stands_at_its_own_charge_in_the_books_own_words(
    ready: Office, fault: dict[str, str], code: str
) -> None:
    ready.sandbox.plan_fault(entity="Purchase", **fault)
    documents = ready.charge("c-1", "c-2")
    ready.work()
    refused = [state for state in map(state_of, (d.pk for d in documents)) if state.state == JobState.NEEDS_ATTENTION]
    assert [(reason.code, fault["detail"] in reason.subject) for reason in refused[0].reasons] == [(code, True)]
    assert len(refused) == len(ready.sandbox.purchases()) == 1


def test_a_mended_refusal_goes_out_under_a_new_key(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="fault", entity="Purchase", code="6430")
    [document] = ready.charge("c-1")
    ready.work()
    with transaction.atomic():
        services.send_again(SyncJob.objects.filter(document=document), somebody())
    ready.work()
    assert state_of(document.pk).state == JobState.DONE
    with transaction.atomic():
        assert SyncEnvelope.objects.values("request_id").distinct().count() == 2


def test_asked_to_slow_down_the_lane_rests_and_the_rest_waits(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="throttle", entity="Purchase", retry_after=60, times=2)
    ready.charge("c-1", "c-2")
    ready.work()
    assert states() == {JobState.WAITING: 2}
    with lane.held(ready.connection.pk) as held:
        assert held is None
    let_time_pass(seconds=0)
    ready.work()
    assert states() == {JobState.DONE: 2}


def test_a_dead_grant_closes_the_connection_and_harms_no_job(ready: Office) -> None:
    ready.sandbox.control("POST", "tokens/revoke")
    ready.charge("c-1")
    ready.work()
    with transaction.atomic():
        assert Connection.objects.get().state == ConnectionState.ACCESS_LOST
    assert states() == {JobState.WAITING: 1}
    ready.connect()
    let_time_pass(seconds=0)
    ready.work()
    assert states() == {JobState.DONE: 1}


def test_an_expired_token_is_refreshed_on_the_way(ready: Office) -> None:
    ready.sandbox.control("POST", "tokens/expire")
    ready.charge("c-1")
    ready.work()
    assert states() == {JobState.DONE: 1}


def test_an_older_holder_of_the_lane_can_write_nothing_any_more(ready: Office) -> None:
    ready.charge("c-1")
    queue.absorb_events()
    with lane.held(ready.connection.pk) as first:
        assert first is not None
        with transaction.atomic():
            Connection.objects.update(lane_until=timezone.now() - timedelta(seconds=1))
        with lane.held(ready.connection.pk) as second:
            assert second is not None
            with pytest.raises(LaneLost):
                queue.claim(first, 10)
            engine.drain(second)
    assert states() == {JobState.DONE: 1}


def test_the_british_company_takes_a_charge_in_pounds(ready: Office) -> None:
    """Outside the US an expense must say that its tax is not worked out."""
    with transaction.atomic():
        tenant = ready.tenant
        ExternalLink.objects.all().delete()
        SyncJob.objects.all().delete()
        Connection.objects.all().delete()
        type(tenant.entity).objects.filter(pk=tenant.entity.pk).update(currency="GBP")
        tenant.entity.refresh_from_db()
    ready.connect(ready.sandbox.UK)
    ready.map(card="2110", default="6110")
    ready.charge("uk-1", currency="GBP")
    ready.work()
    assert [purchase["TotalAmt"] for purchase in ready.sandbox.purchases(ready.sandbox.UK)] == [12.3]


def test_merchants_in_every_script_reach_a_us_company(ready: Office) -> None:
    ready.charge("c-1", merchant="Łódź Café 東京 🍣")
    ready.work()
    assert states() == {JobState.DONE: 1}
    assert ready.sandbox.purchases()[0]["Line"][0]["Description"] == "Lódz Café ?? ?"


def test_a_drain_takes_a_handful_of_statements_whatever_the_number_of_charges(ready: Office) -> None:
    ready.charge("warm-up")
    ready.work()
    counts = []
    for number in (10, 20):
        ready.charge(*(f"{number}-{index}" for index in range(number)))
        counts.append(ready.statements_of_work())
    assert counts[0] == counts[1], "one batch each"
    assert counts[0] <= 50
