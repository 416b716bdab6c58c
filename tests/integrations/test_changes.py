"""What becomes of what stands in the books when its source changes, or when somebody changes it there."""

from contextlib import suppress
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
import simplejson
from django.db import transaction
from django.utils import timezone

from integrations import services
from integrations.mapping.reasons import ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.models import Connection, ExternalLink, JobState, SyncAttempt, SyncEnvelope, SyncJob
from integrations.services import MappingKey
from integrations.sync import attempts, engine, gather, lane, queue, shift
from integrations.sync.attempts import Planned
from integrations.sync.marks import mark_of
from integrations.sync.plan import Send
from ledger.domain.documents import DocumentKind, Stage
from ledger.models import SourceDocument
from tests.cast import somebody
from tests.integrations.conftest import Office
from tests.integrations.test_engine import let_time_pass, state_of, states
from tests.integrations.test_kinds import accounts


def reasons(document: SourceDocument) -> list[ReasonCode]:
    return [reason.code for reason in state_of(document.pk).reasons]


def outcomes() -> list[tuple[str, str]]:
    """Of every attempt, in their order."""
    with transaction.atomic():
        return list(SyncAttempt.objects.order_by("id").values_list("action", "outcome"))


def send_again(document: SourceDocument) -> None:
    with transaction.atomic():
        services.send_again(SyncJob.objects.filter(document=document), somebody())


def standing(document: SourceDocument) -> list[int]:
    """The entry that stands in the books, as the pages tell it."""
    return [line["minor"] for line in state_of(document.pk).coding["entry"]]


def posted(office: Office, amount: str = "12.30", **values: Any) -> SourceDocument:
    document = office.record("c-1", amount, **values)
    office.work()
    assert state_of(document.pk).state == JobState.DONE
    return document


def recount(office: Office, amount: int) -> None:
    """Somebody gives the only line of the only purchase another amount."""
    [purchase] = office.sandbox.purchases()
    [line] = purchase["Line"]
    office.accountant().change("Purchase", Line=[{**line, "Amount": amount}])


# The source changes.


def test_a_change_goes_over_the_same_object_with_all_its_lines(books: Office) -> None:
    document = posted(books, "60.00", lines=[("10.00", {"category": "Travel"}), ("50.00", {})])
    lines = [("5.00", {"category": "Travel"}), ("30.00", {}), ("20.00", {"category": "Travel", "memo": "Taxi"})]
    books.record("c-1", "55.00", merchant="Adobe", lines=lines)
    books.work()
    [purchase] = books.sandbox.purchases()
    assert (purchase["SyncToken"], purchase["TotalAmt"]) == ("1", 55)
    assert accounts(purchase) == [("Travel, air", 5), ("Software", 30), ("Travel, air", 20)]
    assert "EntityRef" not in purchase, "the books know no vendor Adobe"
    assert purchase["PrivateNote"].endswith(f"{mark_of(document.public_id)}/2")
    assert outcomes() == [("create", "posted"), ("update", "posted")]
    entry = state_of(document.pk).coding["entry"]
    assert [line["minor"] for line in entry] == [500, 3000, 2000, -5500]


def test_a_changed_statement_payment_moves_its_transfer(books: Office) -> None:
    posted(books, "250.00", kind=DocumentKind.PAYMENT)
    books.record("c-1", "260.00", kind=DocumentKind.PAYMENT)
    books.work()
    [transfer] = books.sandbox.objects("Transfer")
    assert (transfer["Amount"], transfer["SyncToken"]) == (260, "1")


def test_two_changes_fold_into_one(books: Office) -> None:
    posted(books)
    books.record("c-1", "13.00")
    books.record("c-1", "14.00")
    books.work()
    [purchase] = books.sandbox.purchases()
    assert (purchase["TotalAmt"], purchase["SyncToken"]) == (14, "1")


def test_a_change_and_its_taking_back_write_nothing(books: Office) -> None:
    document = posted(books)
    books.record("c-1", "13.00")
    books.record("c-1", "12.30")
    books.work()
    assert books.sandbox.purchases()[0]["SyncToken"] == "0"
    assert state_of(document.pk).state == JobState.DONE


def test_a_change_that_the_books_would_not_show_writes_nothing(books: Office) -> None:
    document = posted(books)
    books.record("c-1", merchant_city="Boston", custom={"order": "17"})
    books.work()
    assert books.sandbox.purchases()[0]["SyncToken"] == "0"
    with transaction.atomic():
        job = SyncJob.objects.get(document=document)
    assert (job.state, job.settled_revision) == (JobState.DONE, 2)


def test_a_later_mapping_moves_nothing_that_stands_there(books: Office) -> None:
    posted(books)
    [software, supplies] = [books.tenant.category.pk, books.reference("6110")]
    books.choose({MappingKey(MappingSlot.CATEGORY, software): supplies})
    books.work()
    assert books.sandbox.purchases()[0]["SyncToken"] == "0"
    books.record("c-1", "13.00")
    books.work()
    [purchase] = books.sandbox.purchases()
    assert (accounts(purchase), purchase["SyncToken"]) == ([("Office supplies", 13)], "1")


def test_a_change_that_cannot_be_coded_is_held_and_leaves_what_stands_there(ready: Office) -> None:
    document = posted(ready)
    ready.map(card="2110")
    ready.record("c-1", "13.00", category="")
    ready.work()
    assert reasons(document) == [ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY]
    assert ready.sandbox.purchases()[0]["SyncToken"] == "0"
    assert ready.map(card="2110", default="6110") == 1
    ready.work()
    assert ready.sandbox.purchases()[0]["TotalAmt"] == 13
    ready.tie_out()


@pytest.mark.parametrize("kind", [DocumentKind.CHARGE, DocumentKind.REFUND, DocumentKind.PAYMENT])
def test_what_was_reversed_is_taken_out_and_counts_as_excluded(books: Office, kind: DocumentKind) -> None:
    document = posted(books, kind=kind)
    books.record("c-1", kind=kind, stage=Stage.REVERSED)
    books.work()
    assert (books.sandbox.purchases(), books.sandbox.objects("Transfer")) == ([], [])
    assert (state_of(document.pk).state, reasons(document)) == (JobState.EXCLUDED, [ReasonCode.REVERSED])
    assert (state_of(document.pk).external_id, outcomes()) == (None, [("create", "posted"), ("remove", "posted")])


def test_what_was_reversed_before_it_was_posted_is_never_sent(books: Office) -> None:
    document = books.record("c-1")
    books.record("c-1", stage=Stage.REVERSED)
    books.work()
    assert (books.sandbox.purchases(), outcomes(), reasons(document)) == ([], [], [ReasonCode.REVERSED])


def test_what_is_excluded_stays_so_whatever_wakes_the_others(books: Office) -> None:
    document = books.record("c-1")
    books.record("c-1", stage=Stage.REVERSED)
    books.work()
    books.choose({MappingKey(MappingSlot.DEFAULT): books.reference("6410")})
    books.connect()
    books.record("c-1", stage=Stage.REVERSED)
    books.work()
    assert (state_of(document.pk).state, outcomes()) == (JobState.EXCLUDED, [])


def test_many_changes_and_reversals_go_in_batches_and_every_object_is_still_one(books: Office) -> None:
    for number in range(30):
        books.record(f"c-{number}", f"{number + 1}.00")
    books.work()
    for number in range(30):
        stage = Stage.REVERSED if number % 3 == 0 else Stage.CLEARED
        books.record(f"c-{number}", f"{number + 2}.00", stage=stage)
    for number in range(30, 35):
        books.record(f"c-{number}", "1.00")
    books.work()
    assert states() == {JobState.DONE: 25, JobState.EXCLUDED: 10}
    assert len({row["DocNumber"] for row in books.sandbox.purchases()}) == 25


# Answers are lost.


@pytest.mark.parametrize("kind", [DocumentKind.CHARGE, DocumentKind.PAYMENT])
def test_a_change_whose_answer_is_lost_is_recognised_and_not_sent_again(books: Office, kind: DocumentKind) -> None:
    document = posted(books, kind=kind)
    entity = "Transfer" if kind is DocumentKind.PAYMENT else "Purchase"
    books.sandbox.plan_fault(kind="drop_after_commit", entity=entity, operation="update")
    books.record("c-1", "13.00", kind=kind)
    books.work()
    assert state_of(document.pk).state == JobState.UNKNOWN
    assert standing(document) == [1230, -1230], "nobody knows better yet"
    let_time_pass(seconds=0)
    books.work()
    assert standing(document) == [1300, -1300]
    [row] = books.sandbox.objects(entity)
    assert (row["SyncToken"], state_of(document.pk).state) == ("1", JobState.DONE)
    assert outcomes() == [("create", "posted"), ("update", "already_there")]
    with transaction.atomic():
        assert ExternalLink.objects.get().external_version == "1"


def test_a_change_that_never_arrived_is_sent_again_as_it_was(books: Office) -> None:
    posted(books)
    books.sandbox.plan_fault(kind="drop_before", entity="Purchase")
    books.record("c-1", "13.00")
    books.work()
    let_time_pass(minutes=5)
    books.work()
    assert (books.sandbox.purchases()[0]["SyncToken"], states()) == ("1", {JobState.DONE: 1})
    assert outcomes() == [("create", "posted"), ("update", "posted")]


@pytest.mark.parametrize("fault", ["drop_after_commit", "drop_before"])
def test_a_change_of_a_change_in_doubt_goes_out_after_the_doubt(books: Office, fault: str) -> None:
    posted(books)
    books.sandbox.plan_fault(kind=fault, entity="Purchase")
    books.record("c-1", "13.00")
    books.work()
    books.record("c-1", "14.00")
    books.work()
    assert states() == {JobState.UNKNOWN: 1}, "nothing is sent beside what is in doubt"
    let_time_pass(minutes=5)
    books.work()
    [purchase] = books.sandbox.purchases()
    assert (purchase["TotalAmt"], purchase["SyncToken"]) == (14, "2")


@pytest.mark.parametrize("fault", ["drop_after_commit", "drop_before"])
def test_a_charge_that_is_reversed_while_its_posting_is_in_doubt_is_taken_out_once_it_is_known(
    books: Office, fault: str
) -> None:
    books.sandbox.plan_fault(kind=fault, entity="Purchase")
    document = books.record("c-1")
    books.work()
    books.record("c-1", stage=Stage.REVERSED)
    let_time_pass(minutes=5)
    books.work()
    assert (books.sandbox.purchases(), reasons(document)) == ([], [ReasonCode.REVERSED])
    assert outcomes()[1:] == [("remove", "posted")]


@pytest.mark.parametrize("fault", ["drop_after_commit", "drop_before"])
@pytest.mark.parametrize("kind", [DocumentKind.CHARGE, DocumentKind.PAYMENT])
def test_a_removal_whose_answer_is_lost_is_recognised_or_repeated(
    books: Office, fault: str, kind: DocumentKind
) -> None:
    document = posted(books, kind=kind)
    entity = "Transfer" if kind is DocumentKind.PAYMENT else "Purchase"
    books.sandbox.plan_fault(kind=fault, entity=entity, operation="delete")
    books.record("c-1", kind=kind, stage=Stage.REVERSED)
    books.work()
    assert state_of(document.pk).state == JobState.UNKNOWN
    let_time_pass(minutes=5)
    books.work()
    assert (books.sandbox.objects(entity), reasons(document)) == ([], [ReasonCode.REVERSED])


class PowerCut(Exception):
    """As a worker dies: nothing is put in order."""


@pytest.mark.parametrize("stage", [Stage.CLEARED, Stage.REVERSED])
def test_what_was_opened_and_never_sent_is_sent_by_the_next_holder(books: Office, stage: Stage) -> None:
    """As if the worker had died between the commit of the attempt and the network."""
    document = posted(books)
    books.record("c-1", "13.00", stage=stage)
    queue.absorb_events()
    with suppress(PowerCut), lane.held(books.connection.pk) as held:
        assert held is not None
        jobs = queue.claim(held, 10)
        with transaction.atomic():
            connection = Connection.objects.select_related("company").get()
        gathered = gather.gather(connection, jobs)
        [(job, step)] = engine._plan_all(jobs, gathered)
        assert isinstance(step, Send)
        work = shift.begin(held, 1)
        planned = Planned(job, gathered.facts[job.document_id], step, gathered.mapping.version)
        attempts.open_attempts(held, work.run, work.provider.pack([step.write], 1), {step.write.mark: planned}, 1)
        raise PowerCut
    books.work()
    assert state_of(document.pk).state == JobState.UNKNOWN, "not found does not count yet"
    let_time_pass(minutes=5)
    books.work()
    removed = stage is Stage.REVERSED
    assert states() == {JobState.EXCLUDED if removed else JobState.DONE: 1}
    assert [row["SyncToken"] for row in books.sandbox.purchases()] == ([] if removed else ["1"])
    with transaction.atomic():
        assert SyncEnvelope.objects.filter(sendings=2).count() == 1


def given_up(office: Office, kind: DocumentKind) -> str:
    """Sent three times without an answer, given up by a person, and not sent anew yet. Returns what had been sent."""
    entity = "Transfer" if kind is DocumentKind.PAYMENT else "Purchase"
    office.sandbox.plan_fault(kind="status", entity=entity, operation="create", times=3)
    document = office.record("c-1", "12.00", kind=kind)
    for _ in range(4):
        office.work()
        let_time_pass(minutes=5)
    assert reasons(document) == [ReasonCode.OUTCOME_UNKNOWN]
    send_again(document)
    with lane.held(office.connection.pk) as held:
        assert held is not None
        [doubtful] = attempts.in_doubt(held, 10)
        attempts.give_up(held, doubtful.row, list(doubtful.attempts.values()))
    [sent] = doubtful.envelope.items
    return sent.body


KINDS = pytest.mark.parametrize("kind", [DocumentKind.CHARGE, DocumentKind.PAYMENT])


@KINDS
@pytest.mark.parametrize("amount", [12, 99])
def test_what_was_given_up_and_lands_after_all_is_found_and_put_right(
    books: Office, kind: DocumentKind, amount: int
) -> None:
    entity = "Transfer" if kind is DocumentKind.PAYMENT else "Purchase"
    body = given_up(books, kind)
    books.accountant().post(entity.lower(), simplejson.loads(body))
    document = books.record("c-1", f"{amount}.00", kind=kind)
    books.work()
    [row] = books.sandbox.objects(entity)
    changes = int(amount != 12)
    assert (row.get("TotalAmt", row.get("Amount")), row["SyncToken"]) == (amount, str(changes))
    assert state_of(document.pk).state == JobState.DONE
    assert outcomes() == [("create", "already_there"), *[("update", "posted")] * changes]


@KINDS
def test_what_was_given_up_and_reversed_is_taken_out_where_it_lands_after_all(
    books: Office, kind: DocumentKind
) -> None:
    entity = "Transfer" if kind is DocumentKind.PAYMENT else "Purchase"
    body = given_up(books, kind)
    books.accountant().post(entity.lower(), simplejson.loads(body))
    document = books.record("c-1", kind=kind, stage=Stage.REVERSED)
    books.work()
    assert (books.sandbox.objects(entity), reasons(document)) == ([], [ReasonCode.REVERSED])


@KINDS
def test_what_was_given_up_and_is_not_there_is_sent_under_a_new_key(books: Office, kind: DocumentKind) -> None:
    given_up(books, kind)
    books.work()
    assert outcomes() == [("create", "unknown"), ("create", "posted")]


def test_what_was_given_up_and_cannot_be_looked_for_waits_for_a_person(books: Office) -> None:
    given_up(books, DocumentKind.PAYMENT)
    books.sandbox.plan_fault(kind="fault", entity="query", code="4001", detail="Not now")
    document = books.record("c-1", kind=DocumentKind.PAYMENT)
    books.work()
    assert (reasons(document), books.sandbox.objects("Transfer")) == ([ReasonCode.LOOKUP_REFUSED], [])
    send_again(document)
    books.work()
    assert len(books.sandbox.objects("Transfer")) == 1


# Somebody works in the books.


@pytest.mark.parametrize("stage", [Stage.CLEARED, Stage.REVERSED])
def test_what_somebody_changed_there_is_not_written_over_before_a_person_says_so(ready: Office, stage: Stage) -> None:
    document = posted(ready)
    recount(ready, 99)
    ready.record("c-1", "13.00", stage=stage)
    ready.work()
    assert (reasons(document), standing(document)) == ([ReasonCode.CHANGED_THERE], [1230, -1230])
    [purchase] = ready.sandbox.purchases()
    assert (purchase["TotalAmt"], purchase["SyncToken"]) == (99, "1")

    ready.accountant().change("Purchase", TxnDate="2026-11-02")
    send_again(document)
    ready.work()
    if stage is Stage.REVERSED:
        assert (ready.sandbox.purchases(), reasons(document)) == ([], [ReasonCode.REVERSED])
    else:
        [purchase] = ready.sandbox.purchases()
        assert (purchase["TxnDate"], purchase["TotalAmt"], purchase["SyncToken"]) == ("2026-11-19", 13, "3")
    ready.tie_out()


@pytest.mark.parametrize("action", ["create", "update"])
def test_what_somebody_changed_before_a_lost_answer_was_looked_up_is_not_written_over_either(
    ready: Office, action: str
) -> None:
    if action == "update":
        posted(ready)
    ready.sandbox.plan_fault(kind="drop_after_commit", entity="Purchase", operation=action)
    document = ready.record("c-1", "13.00")
    ready.work()
    recount(ready, 99)
    let_time_pass(seconds=0)
    ready.work()
    assert state_of(document.pk).state == JobState.DONE
    ready.record("c-1", "14.00")
    ready.work()
    assert (reasons(document), ready.sandbox.purchases()[0]["TotalAmt"]) == ([ReasonCode.CHANGED_THERE], 99)


def test_a_further_change_does_not_write_over_it_either(ready: Office) -> None:
    document = posted(ready)
    recount(ready, 99)
    for amount in ("13.00", "14.00"):
        ready.record("c-1", amount)
        ready.work()
        assert reasons(document) == [ReasonCode.CHANGED_THERE]
    assert ready.sandbox.purchases()[0]["TotalAmt"] == 99


def test_a_change_there_that_our_source_does_not_know_of_is_left_alone(ready: Office) -> None:
    posted(ready)
    ready.accountant().change("Purchase", TxnDate="2026-11-01")
    ready.record("c-1")
    ready.work()
    assert (ready.sandbox.purchases()[0]["TxnDate"], states()) == ("2026-11-01", {JobState.DONE: 1})


def test_what_somebody_deleted_there_is_made_anew_by_a_persons_word_only(books: Office) -> None:
    document = posted(books)
    books.accountant().delete("Purchase")
    for amount in ("13.00", "14.00"):
        books.record("c-1", amount)
        books.work()
        assert (reasons(document), books.sandbox.purchases()) == ([ReasonCode.GONE], [])
    books.connect()
    books.choose({MappingKey(MappingSlot.DEFAULT): books.reference("6410")})
    books.work()
    assert books.sandbox.purchases() == [], "neither a new connection nor a new mapping is that word"
    send_again(document)
    books.work()
    [purchase] = books.sandbox.purchases()
    assert (purchase["TotalAmt"], purchase["SyncToken"]) == (14, "0")


def test_what_was_put_together_with_theirs_and_then_deleted_is_not_made_anew_either(books: Office) -> None:
    document = posted(books)
    books.accountant().change("Purchase", TxnDate="2026-11-03")
    books.record("c-1", "13.00")
    books.work()
    assert (state_of(document.pk).state, books.sandbox.purchases()[0]["TxnDate"]) == (JobState.DONE, "2026-11-03")
    books.accountant().delete("Purchase")
    books.record("c-1", "14.00")
    books.work()
    assert (reasons(document), books.sandbox.purchases()) == ([ReasonCode.GONE], [])
    send_again(document)
    books.work()
    assert [row["TotalAmt"] for row in books.sandbox.purchases()] == [14]


def test_a_change_that_came_while_it_was_found_deleted_does_not_bring_it_back(books: Office) -> None:
    document = posted(books)
    books.accountant().delete("Purchase")
    books.sandbox.plan_fault(kind="drop_before", entity="Purchase")
    books.record("c-1", "13.00")
    books.work()
    books.record("c-1", "14.00")
    let_time_pass(minutes=5)
    books.work()
    books.work()
    assert (reasons(document), books.sandbox.purchases()) == ([ReasonCode.GONE], [])
    books.record("c-1", stage=Stage.REVERSED)
    books.work()
    assert (reasons(document), books.sandbox.purchases()) == ([ReasonCode.REVERSED], [])


def test_what_somebody_deleted_there_can_be_reversed(books: Office) -> None:
    document = posted(books)
    books.accountant().delete("Purchase")
    books.record("c-1", stage=Stage.REVERSED)
    books.work()
    assert (state_of(document.pk).state, reasons(document)) == (JobState.EXCLUDED, [ReasonCode.REVERSED])


def test_ours_over_what_was_changed_and_then_deleted_there_makes_it_anew(books: Office) -> None:
    document = posted(books)
    recount(books, 99)
    books.record("c-1", "13.00")
    books.work()
    books.accountant().delete("Purchase")
    send_again(document)
    books.work()
    [purchase] = books.sandbox.purchases()
    assert (purchase["TotalAmt"], purchase["SyncToken"]) == (13, "0")


def test_a_refused_change_leaves_what_stands_there_and_goes_out_once_it_is_mended(books: Office) -> None:
    document = posted(books)
    books.sandbox.plan_fault(kind="fault", entity="Purchase", code="6430", detail="Another account, please")
    books.record("c-1", "13.00")
    books.work()
    assert reasons(document) == [ReasonCode.REJECTED]
    assert standing(document) == [1230, -1230], "it stands there as it was"
    send_again(document)
    books.work()
    assert (books.sandbox.purchases()[0]["TotalAmt"], standing(document)) == (13, [1300, -1300])


def test_changes_in_closed_books_are_held_and_the_books_stay(ready: Office) -> None:
    document = posted(ready)
    preferences = f"companies/{ready.sandbox.US}/preferences"
    ready.sandbox.control("POST", preferences, BookCloseDate="2026-11-30")
    ready.record("c-1", stage=Stage.REVERSED)
    ready.work()
    ready.sandbox.control("POST", preferences, BookCloseDate=None)
    assert reasons(document) == [ReasonCode.POSTED_IN_CLOSED]
    assert ready.sandbox.postings()["2110"] == Decimal("-12.30")
    send_again(document)
    ready.work()
    assert ready.sandbox.purchases() == []
    ready.tie_out()


def test_statements_do_not_grow_with_the_number_of_changes(books: Office) -> None:
    for number in range(60):
        books.record(f"c-{number}")
    books.work()
    counts = []
    for first, last in ((0, 10), (10, 30)):
        for number in range(first, last):
            stage = Stage.REVERSED if number % 2 else Stage.CLEARED
            lines = [("10.00", {}), ("20.00", {"category": "Travel"})]
            books.record(f"c-{number}", "30.00", stage=stage, lines=lines)
        counts.append(books.statements_of_work())
    assert counts[0] == counts[1], "one batch each"


def test_a_key_that_is_not_trusted_any_more_is_not_used_for_a_change_either(books: Office) -> None:
    document = posted(books)
    books.sandbox.plan_fault(kind="drop_before", entity="Purchase")
    books.record("c-1", "13.00")
    books.work()
    let_time_pass(days=2)
    with transaction.atomic():
        SyncEnvelope.objects.update(trusted_since=timezone.now() - timedelta(days=2))
    books.work()
    assert reasons(document) == [ReasonCode.OUTCOME_UNKNOWN]
    send_again(document)
    books.work()
    assert (books.sandbox.purchases()[0]["SyncToken"], states()) == ("1", {JobState.DONE: 1})
