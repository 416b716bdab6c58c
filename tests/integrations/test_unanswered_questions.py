"""A question that nobody answers puts off what it is about; the rest goes on, as far as the platform takes anything."""

from django.db import transaction
from django.utils import timezone

from integrations.models import Connection, JobState, ReceiptState, SyncJob
from tests.integrations import test_receipts, test_receipts_in_trouble
from tests.integrations.conftest import Office
from tests.integrations.test_engine import let_time_pass, state_of, states
from tests.integrations.test_refused_questions import lost


def answer_no_question(office: Office, times: int = 50) -> None:
    office.sandbox.plan_fault(kind="status", operation="query", status=503, times=times)


def rests() -> bool:
    with transaction.atomic():
        return Connection.objects.get().resting_until is not None


def seconds_to_the_next_look() -> float:
    with transaction.atomic():
        return (SyncJob.objects.get(state=JobState.UNKNOWN).due_at - timezone.now()).total_seconds()


def test_what_cannot_be_looked_up_now_holds_up_nobody_else(books: Office) -> None:
    [doubtful] = lost(books, "c-1")
    answer_no_question(books)
    fresh = [books.record(f"d-{number}") for number in range(30)]
    books.work()
    assert state_of(doubtful.pk).state == JobState.UNKNOWN
    assert [state_of(document.pk).state for document in fresh] == [JobState.DONE] * 30
    assert not rests()
    books.sandbox.control("DELETE", "faults")
    let_time_pass(seconds=0)
    books.work()
    assert states() == {JobState.DONE: 31}
    assert len(books.sandbox.purchases()) == 31


def test_it_is_looked_up_again_later_each_time(books: Office) -> None:
    lost(books, "c-1")
    answer_no_question(books)
    books.work()
    assert 4 < seconds_to_the_next_look() <= 5
    let_time_pass(minutes=10)
    books.work()
    assert 590 < seconds_to_the_next_look() <= 610
    let_time_pass(days=1)
    books.work()
    assert 890 < seconds_to_the_next_look() <= 900
    books.sandbox.control("DELETE", "faults")
    let_time_pass(seconds=0)
    books.work()
    assert states() == {JobState.DONE: 1}


def test_where_writes_bring_no_word_either_one_is_tried_and_the_lane_rests(books: Office) -> None:
    lost(books, "c-1")
    answer_no_question(books)
    books.sandbox.plan_fault(kind="drop_after_commit", entity="Purchase", times=50)
    for number in range(30):
        books.record(f"d-{number}")
    books.work()
    assert states() == {JobState.UNKNOWN: 2, JobState.WAITING: 29}
    assert rests()
    books.sandbox.control("DELETE", "faults")
    for _ in range(2):
        let_time_pass(seconds=0)
        books.work()
    assert states() == {JobState.DONE: 31}
    assert len(books.sandbox.purchases()) == 31


def test_a_question_that_outlives_the_slice_rests_the_lane_and_nothing_new_goes_out(books: Office) -> None:
    lost(books, "c-1")
    books.sandbox.plan_fault(kind="hang", operation="query", seconds=30)
    books.record("d-1")
    books.work(seconds=0.5)
    assert states() == {JobState.UNKNOWN: 1, JobState.WAITING: 1}
    assert rests()
    books.sandbox.control("DELETE", "faults")
    let_time_pass(seconds=0)
    books.work()
    assert states() == {JobState.DONE: 2}


def test_a_receipt_that_cannot_be_looked_up_now_holds_up_no_other(ready: Office) -> None:
    test_receipts_in_trouble.hung(ready, kind="drop_after_commit")
    ready.work()
    assert test_receipts.states() == {ReceiptState.UNKNOWN: 1}
    test_receipts.let_time_pass()
    answer_no_question(ready)
    [other] = ready.charge("c-2")
    ready.receipt(other, test_receipts.PDF + b"2", "other.pdf")
    ready.work()
    assert (test_receipts.states(), rests()) == ({ReceiptState.UNKNOWN: 1, ReceiptState.DONE: 1}, False)
    ready.sandbox.control("DELETE", "faults")
    test_receipts.let_time_pass()
    ready.work()
    assert test_receipts.states() == {ReceiptState.DONE: 2}
    assert len(test_receipts.files(ready)) == 2
