"""A question that the platform refuses for good stops what it is about, and nobody else."""

from django.db import transaction

from integrations import services
from integrations.mapping.reasons import ReasonCode
from integrations.models import JobState, SyncJob
from ledger.models import SourceDocument
from tests.cast import somebody
from tests.integrations.conftest import Office
from tests.integrations.test_changes import posted, recount, send_again
from tests.integrations.test_engine import let_time_pass, state_of, states
from tests.integrations.test_vendors import make_vendors, payees

WORDS = "Somebody broke the index"


def refuse_questions(office: Office, times: int) -> None:
    office.sandbox.plan_fault(kind="fault", entity="query", code="4001", detail=WORDS, times=times)


def lost(office: Office, *external_ids: str) -> list[SourceDocument]:
    """Sent and in the books, but nobody has heard of it."""
    office.sandbox.plan_fault(kind="drop_after_commit", entity="Purchase", times=len(external_ids))
    documents = office.charge(*external_ids)
    office.work()
    assert states() == {JobState.UNKNOWN: len(external_ids)}
    let_time_pass(seconds=0)
    return documents


def test_what_cannot_be_looked_up_needs_a_person_and_the_rest_goes_on(books: Office) -> None:
    first, second = lost(books, "c-1", "c-2")
    refuse_questions(books, times=2)
    fresh = books.record("c-3")
    books.work()
    [reason] = state_of(first.pk).reasons
    assert (reason.code, WORDS in reason.sentence) == (ReasonCode.LOOKUP_REFUSED, True)
    assert [state_of(document.pk).state for document in (second, fresh)] == [JobState.DONE] * 2
    send_again(first)
    books.work()
    assert states() == {JobState.DONE: 3}


def test_it_is_not_sent_again_and_nobody_decides_about_it_before_it_is_found(books: Office) -> None:
    [document] = lost(books, "c-1")
    for _ in range(3):
        refuse_questions(books, times=1)
        books.work()
        assert state_of(document.pk).state == JobState.NEEDS_ATTENTION
        let_time_pass(days=2)
        send_again(document)
    books.record("c-1", "13.00")
    books.work()
    assert [row["TotalAmt"] for row in books.sandbox.purchases()] == [13]


def test_ours_over_theirs_waits_for_a_person_where_theirs_cannot_be_read(books: Office) -> None:
    document = posted(books)
    recount(books, 99)
    books.record("c-1", "13.00")
    books.work()
    send_again(document)
    books.sandbox.plan_fault(kind="fault", entity="Purchase", operation="read", code="4001", detail=WORDS)
    books.record("c-2")
    books.work()
    [reason] = state_of(document.pk).reasons
    assert (reason.code, WORDS in reason.sentence) == (ReasonCode.REJECTED, True)
    assert states() == {JobState.NEEDS_ATTENTION: 1, JobState.DONE: 1}
    send_again(document)
    books.work()
    assert sorted(row["TotalAmt"] for row in books.sandbox.purchases()) == [12.3, 13]


def test_a_vendor_that_is_refused_stops_its_own_charges_only(books: Office) -> None:
    make_vendors(books)
    books.sandbox.plan_fault(kind="fault", entity="Vendor", code="6000", detail=WORDS)
    first = books.record("c-1", merchant="Blue Bottle")
    books.record("c-2", merchant="Red Bottle")
    books.work()
    [reason] = state_of(first.pk).reasons
    assert (reason.code, WORDS in reason.sentence) == (ReasonCode.VENDOR_REFUSED, True)
    assert (states(), payees(books)) == ({JobState.NEEDS_ATTENTION: 1, JobState.DONE: 1}, ["Red Bottle"])
    with transaction.atomic():
        services.send_again(SyncJob.objects.filter(document=first), somebody())
    books.work()
    assert states() == {JobState.DONE: 2}


def test_books_that_are_busy_for_a_while_stop_nobody_for_good(books: Office) -> None:
    lost(books, "c-1", "c-2")
    # Twice, since a first refusal may be a token's.
    books.sandbox.plan_fault(kind="fault", entity="query", code="130", detail="On the move", times=2)
    books.work()
    assert states() == {JobState.UNKNOWN: 2}
    books.sandbox.control("DELETE", "faults")
    let_time_pass(seconds=0)
    books.work()
    assert states() == {JobState.DONE: 2}
