"""A person holds a document back, leaves it out, lets it go again; and what that means for what happens meanwhile."""

import pytest
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext

from integrations import services
from integrations.mapping.reasons import ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.models import Decision, JobState, SyncJob
from integrations.services import Decided, MappingKey
from integrations.sync import queue
from ledger.domain.documents import Stage
from ledger.models import SourceDocument
from tests.cast import somebody
from tests.integrations.conftest import Office
from tests.integrations.test_changes import posted, reasons
from tests.integrations.test_engine import let_time_pass, state_of, states

DECISIONS = pytest.mark.parametrize(
    ("decision", "state", "code"),
    [
        (Decision.HOLD, JobState.HELD, ReasonCode.HELD_BY_PERSON),
        (Decision.EXCLUDE, JobState.EXCLUDED, ReasonCode.EXCLUDED_BY_PERSON),
    ],
)


def decide(office: Office, decision: Decision, why: str = "a receipt is missing") -> Decided:
    with transaction.atomic():
        return services.decide(SyncJob.objects.all(), decision=decision, why=why, person=office.tenant.admin)


def waiting(office: Office) -> SourceDocument:
    """Wished for, and not begun."""
    document = office.record("c-1")
    queue.absorb_events()
    return document


@DECISIONS
def test_a_decision_keeps_it_out_of_the_books_and_says_whose_it_is(
    books: Office, decision: Decision, state: JobState, code: ReasonCode
) -> None:
    document = waiting(books)
    assert decide(books, decision) == Decided(done=1, in_the_books=0, under_way=0)
    books.work()
    [reason] = state_of(document.pk).reasons
    assert (state_of(document.pk).state, reason.code) == (state, code)
    assert "Priya Raman: a receipt is missing" in reason.sentence
    assert books.sandbox.purchases() == []


@DECISIONS
def test_what_is_let_go_is_sent(books: Office, decision: Decision, state: JobState, code: ReasonCode) -> None:
    document = waiting(books)
    decide(books, decision)
    books.work()
    assert decide(books, Decision.NONE).done == 1
    books.work()
    assert (state_of(document.pk).state, len(books.sandbox.purchases())) == (JobState.DONE, 1)


@DECISIONS
def test_a_change_of_what_is_kept_out_keeps_it_out_and_is_sent_with_the_release(
    books: Office, decision: Decision, state: JobState, code: ReasonCode
) -> None:
    document = waiting(books)
    decide(books, decision)
    for amount in ("13.00", "14.00"):
        books.record("c-1", amount)
        books.work()
        assert (states(), reasons(document)) == ({state: 1}, [code])
    decide(books, Decision.NONE)
    books.work()
    assert [row["TotalAmt"] for row in books.sandbox.purchases()] == [14]


@DECISIONS
def test_neither_a_mapping_nor_a_connection_sends_what_is_kept_out(
    books: Office, decision: Decision, state: JobState, code: ReasonCode
) -> None:
    waiting(books)
    decide(books, decision)
    assert books.choose({MappingKey(MappingSlot.DEFAULT): books.reference("6410")}) == 0
    books.connect()
    books.record("c-1")
    books.work()
    assert (states(), books.sandbox.purchases()) == ({state: 1}, [])


@DECISIONS
def test_what_is_kept_out_and_then_reversed_is_out_for_good(
    books: Office, decision: Decision, state: JobState, code: ReasonCode
) -> None:
    document = waiting(books)
    decide(books, decision)
    books.record("c-1", stage=Stage.REVERSED)
    books.work()
    assert (states(), reasons(document)) == ({JobState.EXCLUDED: 1}, [ReasonCode.REVERSED])
    decide(books, Decision.NONE)
    books.work()
    assert (states(), reasons(document), books.sandbox.purchases()) == (
        {JobState.EXCLUDED: 1},
        [ReasonCode.REVERSED],
        [],
    )


@DECISIONS
def test_what_stands_in_the_books_stays_there_and_goes_on_being_kept(
    books: Office, decision: Decision, state: JobState, code: ReasonCode
) -> None:
    document = posted(books)
    assert decide(books, decision) == Decided(done=0, in_the_books=1, under_way=0)
    books.record("c-1", "13.00")
    books.work()
    assert (state_of(document.pk).state, books.sandbox.purchases()[0]["TotalAmt"]) == (JobState.DONE, 13)


def test_what_is_in_doubt_cannot_be_stopped(books: Office) -> None:
    books.sandbox.plan_fault(kind="drop_after_commit", entity="Purchase")
    document = books.record("c-1")
    books.work()
    assert decide(books, Decision.HOLD) == Decided(done=0, in_the_books=0, under_way=1)
    let_time_pass(seconds=0)
    books.work()
    assert state_of(document.pk).state == JobState.DONE


def test_to_hold_what_was_excluded_is_another_decision(books: Office) -> None:
    document = waiting(books)
    decide(books, Decision.EXCLUDE, "private")
    decide(books, Decision.HOLD, "perhaps not private")
    assert (states(), reasons(document)) == ({JobState.HELD: 1}, [ReasonCode.HELD_BY_PERSON])


def test_to_let_go_what_nobody_kept_wakes_nothing(ready: Office) -> None:
    ready.record("c-1", currency="EUR")
    ready.work()
    assert decide(ready, Decision.NONE) == Decided(undecidable=1)
    assert states() == {JobState.HELD: 1}


def test_a_release_counts_each_under_what_became_of_it(books: Office) -> None:
    posted(books)
    books.sandbox.plan_fault(kind="drop_after_commit", entity="Purchase")
    books.record("c-2")
    books.work()
    for external_id in ("c-3", "c-4"):
        books.record(external_id)
    queue.absorb_events()
    with transaction.atomic():
        kept = SyncJob.objects.filter(document__external_id="c-3")
        services.decide(kept, decision=Decision.HOLD, why="wait", person=books.tenant.admin)
    assert decide(books, Decision.NONE) == Decided(done=1, in_the_books=1, under_way=1, undecidable=1)
    let_time_pass(seconds=0)
    books.work()
    assert states() == {JobState.DONE: 4}


@DECISIONS
def test_what_the_issuer_reversed_is_out_already_and_nobody_decides_about_it(
    books: Office, decision: Decision, state: JobState, code: ReasonCode
) -> None:
    document = waiting(books)
    books.record("c-1", stage=Stage.REVERSED)
    books.work()
    assert decide(books, decision) == Decided(undecidable=1)
    assert (states(), reasons(document)) == ({JobState.EXCLUDED: 1}, [ReasonCode.REVERSED])


def test_what_somebody_deleted_there_may_be_left_out_or_made_anew(books: Office) -> None:
    document = posted(books)
    books.accountant().delete("Purchase")
    books.record("c-1", "13.00")
    books.work()
    assert reasons(document) == [ReasonCode.GONE]
    assert decide(books, Decision.EXCLUDE, "deleted on purpose").done == 1
    books.record("c-1", "14.00")
    books.work()
    assert (states(), books.sandbox.purchases()) == ({JobState.EXCLUDED: 1}, [])
    decide(books, Decision.NONE)
    books.work()
    assert [row["TotalAmt"] for row in books.sandbox.purchases()] == [14]


@DECISIONS
def test_to_send_again_is_no_release(books: Office, decision: Decision, state: JobState, code: ReasonCode) -> None:
    waiting(books)
    decide(books, decision)
    with transaction.atomic():
        services.send_again(SyncJob.objects.all(), somebody())
    books.work()
    assert (states(), books.sandbox.purchases()) == ({state: 1}, [])


def test_a_decision_about_many_takes_as_many_statements_as_about_few(books: Office) -> None:
    counts = []
    for number in (2, 40):
        books.charge(*(f"{number}-{index}" for index in range(number)))
        queue.absorb_events()
        with CaptureQueriesContext(database) as statements:
            decide(books, Decision.HOLD)
            decide(books, Decision.NONE)
        counts.append(len(statements))
    assert counts[0] == counts[1]
    books.work()
