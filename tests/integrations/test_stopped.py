"""A company that takes nothing: its connection rests under a name, its jobs wait, and it goes on by itself."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from integrations import services
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import Connection, ConnectionState, JobState, SyncAttempt, SyncJob
from integrations.providers.documents import Stop
from integrations.selectors import connections_with_work
from integrations.sync import lane, resting
from integrations.sync.shift import begin
from ledger.tenancy.context import cleared
from tests.integrations.conftest import Office
from tests.integrations.test_engine import let_time_pass, state_of, states

ENDED = Reason(ReasonCode.SUBSCRIPTION_ENDED, "Larkfield Inc.")


def subscription(office: Office, status: str) -> None:
    office.sandbox.control("POST", f"companies/{office.sandbox.US}/preferences", SubscriptionStatus=status)


def tie() -> Connection:
    with transaction.atomic():
        return Connection.objects.get()


def rests_for() -> timedelta:
    until = tie().resting_until
    assert until is not None
    return until - timezone.now()


def test_an_ended_subscription_rests_the_connection_and_harms_no_job(books: Office) -> None:
    subscription(books, "EXPIRED")
    documents = books.charge(*(f"c-{number}" for number in range(30)))
    books.work()
    assert states() == {JobState.WAITING: 30}
    assert (tie().state, "Renew it there" in tie().problem) == (ConnectionState.READ_ONLY, True)
    assert state_of(documents[0].pk).reasons == (ENDED,)
    assert state_of(documents[0].pk).state == JobState.NEEDS_ATTENTION
    assert timedelta(minutes=59) < rests_for() <= timedelta(hours=1)
    with lane.held(books.connection.pk) as held:
        assert held is None


def test_it_is_tried_with_one_document_later_each_time_and_then_goes_on(books: Office) -> None:
    subscription(books, "EXPIRED")
    books.charge(*(f"c-{number}" for number in range(30)))
    books.work()
    with transaction.atomic():
        first = SyncAttempt.objects.count()
    for hours in (2, 4, 8, 12, 12):
        let_time_pass(seconds=0)
        books.work()
        assert timedelta(hours=hours, minutes=-1) < rests_for() <= timedelta(hours=hours)
    with transaction.atomic():
        assert SyncAttempt.objects.count() == first + 5
    subscription(books, "SUBSCRIBED")
    let_time_pass(seconds=0)
    books.work()
    assert states() == {JobState.DONE: 30}
    assert (tie().state, tie().problem, tie().rests) == (ConnectionState.LIVE, "", 0)


def turned_away(office: Office, **how: object) -> None:
    office.sandbox.plan_fault(kind="fault", code="3100", type="AUTHORIZATION", message="No", **how)


@pytest.mark.parametrize(("asked", "number"), [(False, 30), (True, 1)], ids=["a write", "a look-up"])
def test_books_that_turn_us_away_are_tried_again_by_one_document_and_go_on(
    books: Office, number: int, *, asked: bool
) -> None:
    if asked:
        books.sandbox.plan_fault(kind="drop_after_commit", entity="Purchase")
    documents = books.charge(*(f"c-{one}" for one in range(number)))
    if asked:
        books.work()
        let_time_pass(seconds=0)
        turned_away(books, operation="query")
    else:
        turned_away(books, entity="Purchase", times=number)
    books.work()
    assert (tie().state, "tries again by itself" in tie().problem) == (ConnectionState.DENIED, True)
    assert asked or "What came back: No" in tie().problem
    assert state_of(documents[0].pk).reasons == (Reason(ReasonCode.ACCESS_DENIED, "Larkfield Inc."),)
    assert timedelta(seconds=10) < rests_for() <= timedelta(seconds=15)
    books.sandbox.control("DELETE", "faults")
    for _ in range(2):
        let_time_pass(seconds=0)
        books.work()
    assert states() == {JobState.DONE: number}
    assert (tie().state, tie().problem, tie().rests) == (ConnectionState.LIVE, "", 0)


def test_books_that_may_be_read_only_are_tried_later_each_time_though_questions_are_answered(books: Office) -> None:
    books.sandbox.plan_fault(kind="drop_before", entity="Purchase")
    books.charge("c-1")
    books.work()
    turned_away(books, entity="Purchase", times=10)
    for seconds in (15, 30, 60):
        let_time_pass(days=1)
        books.work()
        assert timedelta(seconds=seconds - 10) < rests_for() <= timedelta(seconds=seconds)
    books.sandbox.control("DELETE", "faults")
    let_time_pass(days=1)
    books.work()
    assert (states(), tie().state) == ({JobState.DONE: 1}, ConnectionState.LIVE)


def test_an_old_denial_says_nothing_of_a_new_grant(books: Office) -> None:
    document = books.record("c-1")
    with lane.held(books.connection.pk) as held:
        assert held is not None
        shift = begin(held, 10)
        books.connect()
        resting.stop(held, shift.connection, Stop.DENIED)
    assert (tie().state, tie().resting_until) == (ConnectionState.LIVE, None)
    books.work()
    assert state_of(document.pk).state == JobState.DONE


def test_whoever_mended_our_right_has_it_tried_at_once(books: Office) -> None:
    turned_away(books, entity="Purchase")
    books.charge("c-1")
    books.work()
    assert tie().state == ConnectionState.DENIED
    services.read_references(books.connection.pk)
    assert (tie().state, tie().resting_until) == (ConnectionState.DENIED, None), "whether it may write is not known yet"
    let_time_pass(seconds=0)
    books.work()
    assert states() == {JobState.DONE: 1}


def test_a_vendor_that_cannot_be_made_for_it_is_no_fault_of_its_charge(books: Office) -> None:
    books.choose({}, create_vendors=True)
    subscription(books, "EXPIRED")
    books.charge("c-1", merchant="Somebody New")
    books.work()
    assert (states(), tie().state) == ({JobState.WAITING: 1}, ConnectionState.READ_ONLY)


def test_whoever_renewed_it_has_it_tried_at_once(books: Office) -> None:
    subscription(books, "EXPIRED")
    books.charge("c-1")
    books.work()
    subscription(books, "SUBSCRIBED")
    services.read_references(books.connection.pk)
    let_time_pass(seconds=0)
    books.work()
    assert states() == {JobState.DONE: 1}


@pytest.mark.parametrize("entity", ["Purchase", "query"])
def test_a_company_that_was_reset_stops_for_a_person(books: Office, entity: str) -> None:
    if entity == "query":
        books.sandbox.plan_fault(kind="drop_after_commit", entity="Purchase")
    [document] = books.charge("c-1")
    if entity == "query":
        books.work()
        let_time_pass(seconds=0)
    operation = {"operation": "query"} if entity == "query" else {}
    books.sandbox.plan_fault(kind="fault", entity=entity, code="10200", message="Company reset", **operation)
    books.work()
    assert tie().state == ConnectionState.RESET
    assert set(states()) <= {JobState.WAITING, JobState.UNKNOWN}
    assert state_of(document.pk).reasons == (Reason(ReasonCode.COMPANY_RESET, "Larkfield Inc."),)
    let_time_pass(seconds=0)
    with lane.held(books.connection.pk) as held:
        assert held is None, "it is not tried again by itself"
    books.connect()
    let_time_pass(seconds=0)
    books.work()
    assert (states(), tie().state) == ({JobState.DONE: 1}, ConnectionState.LIVE)


def test_trouble_after_trouble_rests_longer_up_to_a_quarter_of_an_hour(books: Office) -> None:
    books.charge("c-1")
    found = []
    for _ in range(9):
        books.sandbox.plan_fault(kind="throttle", entity="Purchase", retry_after=5)
        let_time_pass(seconds=0)
        books.work()
        found.append(round(rests_for().total_seconds()))
    assert found == [5, 10, 20, 40, 80, 160, 320, 640, 900]
    let_time_pass(seconds=0)
    books.work()
    assert (states(), tie().rests) == ({JobState.DONE: 1}, 0)


def test_books_in_which_everything_lands_rest_no_longer_each_time_though_they_answer_nothing(books: Office) -> None:
    for number in range(3):
        books.charge(*(f"c-{number}-{one}" for one in range(4)))
        books.sandbox.plan_fault(kind="drop_after_commit", entity="Purchase", times=4)
        books.work()
        assert tie().rests == 1, "four in a row without a word"
        let_time_pass(seconds=0)
        books.work()
        assert tie().rests == 0, "all of them were found"
    assert states() == {JobState.DONE: 12}


def test_the_sweep_finds_it_once_it_has_rested(books: Office) -> None:
    subscription(books, "EXPIRED")
    books.charge("c-1")
    books.work()

    def found() -> bool:
        with cleared():
            return books.connection.pk in {number for _, number, _ in connections_with_work()}

    with transaction.atomic():
        SyncJob.objects.update(due_at=timezone.now() - timedelta(minutes=1))
    assert not found()
    let_time_pass(minutes=1)
    assert found()
