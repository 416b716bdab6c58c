"""What stands in the books is taken back: removed, reversed, or refused; the trial balance afterwards is as before."""

from contextlib import suppress
from decimal import Decimal

import pytest
from django.db import transaction
from django.db.models import QuerySet

from integrations import services
from integrations.mapping.reasons import ReasonCode
from integrations.models import CallCount, JobState, SyncJob, SyncRun, Takeback
from integrations.services import Fate
from integrations.sync import engine, lane, queue, shift
from ledger.domain.documents import DocumentKind
from ledger.models import SourceDocument
from tests.cast import somebody
from tests.integrations.conftest import Office
from tests.integrations.test_changes import KINDS, PowerCut, outcomes, posted, reasons, send_again
from tests.integrations.test_engine import let_time_pass, state_of, states


def undo(*documents: SourceDocument, why: str = "Posted by mistake") -> list[Fate]:
    return undo_all(SyncJob.objects.filter(document__in=[document.pk for document in documents]), why)


def undo_all(jobs: QuerySet[SyncJob], why: str) -> list[Fate]:
    with transaction.atomic():
        person = somebody()
    return [one.fate for one in services.undo(jobs, why=why, person=person)]


def judged(*documents: SourceDocument) -> list[Fate]:
    jobs = SyncJob.objects.filter(document__in=[document.pk for document in documents])
    return [one.fate for one in services.judge(jobs)]


def balance(office: Office) -> dict[str, Decimal]:
    return office.sandbox.postings()


def entity(kind: DocumentKind) -> str:
    return "Transfer" if kind is DocumentKind.PAYMENT else "Purchase"


EVERY = pytest.mark.parametrize("kind", [DocumentKind.CHARGE, DocumentKind.REFUND, DocumentKind.PAYMENT])


@EVERY
def test_what_nobody_touched_is_removed_and_rests_as_undone(books: Office, kind: DocumentKind) -> None:
    before = balance(books)
    document = posted(books, kind=kind)
    assert undo(document) == [Fate.REMOVED]
    books.work()
    assert (books.sandbox.objects(entity(kind)), balance(books)) == ([], before)
    assert (state_of(document.pk).state, reasons(document)) == (JobState.EXCLUDED, [ReasonCode.UNDONE])
    assert "Posted by mistake" in state_of(document.pk).reasons[0].sentence


@EVERY
def test_what_somebody_changed_is_reversed_as_it_stands_there(ready: Office, kind: DocumentKind) -> None:
    ready.map(card="2110", default="6110", Software="6020", bank="1010")
    before = balance(ready)
    document = posted(ready, kind=kind)
    ready.accountant().change(entity(kind), PrivateNote="Looked at", TxnDate="2026-11-03")
    assert undo(document) == [Fate.REVERSED]
    ready.work()
    assert balance(ready) == before
    first, second = ready.sandbox.objects(entity(kind))
    assert first["PrivateNote"] == "Looked at", "what they made of it stays"
    assert (first["TxnDate"], second["TxnDate"]) == ("2026-11-03", "2026-11-03")
    assert second["PrivateNote"].startswith("Takes back FX-")
    assert (state_of(document.pk).state, reasons(document)) == (JobState.EXCLUDED, [ReasonCode.UNDONE])
    assert outcomes()[-1] == ("reverse", "posted")


def test_a_reversal_has_the_lines_that_somebody_made_of_ours(ready: Office) -> None:
    before = balance(ready)
    document = posted(ready, "60.00")
    [purchase] = ready.sandbox.purchases()
    [line] = purchase["Line"]
    other = {"Amount": 20, "DetailType": line["DetailType"], line["DetailType"]: {"AccountRef": {"value": "34"}}}
    ready.accountant().change("Purchase", Line=[{**line, "Amount": 45}, other])
    undo(document)
    ready.work()
    [there, reversal] = ready.sandbox.purchases()
    assert there["TotalAmt"] == reversal["TotalAmt"] == 65
    assert (reversal["Credit"], len(reversal["Line"]), balance(ready)) == (True, 2, before)


def test_closed_books_refuse_and_nothing_is_sent(ready: Office) -> None:
    document = posted(ready)
    ready.sandbox.control("POST", f"companies/{ready.sandbox.US}/preferences", BookCloseDate="2026-11-30")
    assert undo(document) == [Fate.CLOSED]
    ready.work()
    assert (outcomes(), states()) == ([("create", "posted")], {JobState.DONE: 1})


def test_what_is_reconciled_stays(ready: Office) -> None:
    [one, other] = ready.charge("c-1", "c-2")
    ready.work()
    [purchase] = [row for row in ready.sandbox.purchases() if row["Id"] == state_of(one.pk).external_id]
    listed = [{"entity": "Purchase", "id": purchase["Id"]}]
    card = purchase["AccountRef"]["value"]
    path = f"companies/{ready.sandbox.US}/reconcile"
    ready.sandbox.control("POST", path, account=card, statement_date="2026-11-30", transactions=listed)
    assert undo(one, other) == [Fate.RECONCILED, Fate.REMOVED]
    ready.work()
    assert states() == {JobState.DONE: 1, JobState.EXCLUDED: 1}
    ready.tie_out()


def test_an_undone_document_stays_out_whatever_its_source_says_until_a_person_brings_it_back(books: Office) -> None:
    document = posted(books)
    undo(document)
    books.work()
    books.record("c-1", "13.00")
    books.work()
    assert (books.sandbox.purchases(), reasons(document)) == ([], [ReasonCode.UNDONE])
    send_again(document)
    books.work()
    assert (books.sandbox.purchases()[0]["TotalAmt"], state_of(document.pk).state) == (13, JobState.DONE)


def test_bringing_back_what_was_reversed_takes_the_reversal_away(ready: Office) -> None:
    document = posted(ready)
    ready.accountant().change("Purchase", TxnDate="2026-11-03")
    undo(document)
    ready.work()
    assert len(ready.sandbox.purchases()) == 2
    send_again(document)
    ready.work()
    [purchase] = ready.sandbox.purchases()
    assert (purchase["TxnDate"], state_of(document.pk).state) == ("2026-11-03", JobState.DONE)
    with transaction.atomic():
        assert not Takeback.objects.exists()
    ready.tie_out()


def test_a_reversal_that_the_books_will_not_let_go_is_for_a_person(ready: Office) -> None:
    document = posted(ready)
    ready.accountant().change("Purchase", TxnDate="2026-11-03")
    undo(document)
    ready.work()
    ready.sandbox.control("POST", f"companies/{ready.sandbox.US}/preferences", BookCloseDate="2026-11-30")
    send_again(document)
    ready.work()
    assert (reasons(document), len(ready.sandbox.purchases())) == ([ReasonCode.REJECTED], 2)
    ready.sandbox.control("POST", f"companies/{ready.sandbox.US}/preferences", BookCloseDate=None)
    send_again(document)
    ready.work()
    assert (state_of(document.pk).state, len(ready.sandbox.purchases())) == (JobState.DONE, 1)


def test_twice_is_once(books: Office) -> None:
    document = posted(books)
    assert undo(document) == [Fate.REMOVED]
    assert undo(document) == [Fate.REMOVED], "it was asked for, and did not happen yet"
    books.work()
    assert undo(document) == [Fate.NOT_THERE]
    books.work()
    assert outcomes() == [("create", "posted"), ("remove", "posted")]


def test_what_is_being_sent_cannot_be_undone_before_its_fate_is_known(books: Office) -> None:
    document = posted(books)
    books.sandbox.plan_fault(kind="drop_after_commit", entity="Purchase", operation="update")
    books.record("c-1", "13.00")
    books.work()
    assert undo(document) == [Fate.UNDER_WAY]
    let_time_pass(seconds=0)
    books.work()
    assert undo(document) == [Fate.REMOVED]
    books.work()
    assert (books.sandbox.purchases(), reasons(document)) == ([], [ReasonCode.UNDONE])


def test_a_change_that_waits_is_overtaken_by_the_undoing(books: Office) -> None:
    document = posted(books)
    undo(document)
    books.record("c-1", "13.00")
    books.work()
    assert (outcomes()[1:], reasons(document)) == ([("remove", "posted")], [ReasonCode.UNDONE])


@pytest.mark.parametrize("fault", ["drop_before", "drop_after_commit"])
@KINDS
def test_a_reversal_whose_answer_is_lost_is_made_once(ready: Office, fault: str, kind: DocumentKind) -> None:
    ready.map(card="2110", default="6110", Software="6020", bank="1010")
    before = balance(ready)
    document = posted(ready, kind=kind)
    ready.accountant().change(entity(kind), TxnDate="2026-11-03")
    undo(document)
    ready.sandbox.plan_fault(kind=fault, entity=entity(kind), operation="create")
    ready.work()
    assert state_of(document.pk).state == JobState.UNKNOWN
    let_time_pass(minutes=5)
    ready.work()
    assert (len(ready.sandbox.objects(entity(kind))), balance(ready)) == (2, before)
    assert reasons(document) == [ReasonCode.UNDONE]


def test_what_somebody_changes_between_the_word_and_the_deed_is_reversed(ready: Office) -> None:
    before = balance(ready)
    document = posted(ready)
    assert undo(document) == [Fate.REMOVED]
    ready.accountant().change("Purchase", TxnDate="2026-11-03")
    ready.work()
    assert (len(ready.sandbox.purchases()), balance(ready)) == (2, before)
    assert outcomes()[1:] == [("remove", "conflict"), ("reverse", "posted")]
    assert reasons(document) == [ReasonCode.UNDONE]


def test_what_the_books_refuse_to_let_go_waits_for_a_person(books: Office) -> None:
    document = posted(books)
    undo(document)
    books.sandbox.plan_fault(kind="fault", entity="Purchase", operation="delete", code="6200", detail="Closed")
    books.work()
    assert (reasons(document), len(books.sandbox.purchases())) == ([ReasonCode.UNDO_REFUSED], 1)
    send_again(document)
    books.work()
    assert (reasons(document), books.sandbox.purchases()) == ([ReasonCode.UNDONE], [])


def test_a_whole_run_is_undone_in_sets_and_half_of_it_survives_a_power_cut(books: Office) -> None:
    before = balance(books)
    documents = books.charge(*(f"c-{number}" for number in range(40)))
    books.work()
    with transaction.atomic():
        run = SyncRun.objects.get()
    assert undo_all(services.posted_by(run), "Wrong card") == [Fate.REMOVED] * 40
    books.sandbox.plan_fault(kind="drop_after_commit", entity="batch", operation="batch")
    books.work()
    let_time_pass(minutes=5)
    books.work()
    assert (states(), balance(books)) == ({JobState.EXCLUDED: 40}, before)
    assert {code for document in documents for code in reasons(document)} == {ReasonCode.UNDONE}


def test_a_worker_that_dies_half_way_through_leaves_the_rest_to_the_next_one(books: Office) -> None:
    before = balance(books)
    books.charge(*(f"c-{number}" for number in range(12)))
    books.work()
    with transaction.atomic():
        run = SyncRun.objects.get()
    undo_all(services.posted_by(run), "Wrong card")
    with suppress(PowerCut), lane.held(books.connection.pk) as held:
        assert held is not None
        work = shift.begin(held, 10)
        engine._carry(work, queue.claim(held, 6))
        shift.land(work)
        queue.claim(held, 3)
        raise PowerCut
    assert states()[JobState.EXCLUDED] == 6
    books.work()
    let_time_pass(minutes=5)
    books.work()
    assert (states(), balance(books)) == ({JobState.EXCLUDED: 12}, before)
    assert outcomes().count(("remove", "posted")) == 12


def test_judging_a_run_costs_a_few_calls_however_many_it_has(books: Office) -> None:
    books.charge(*(f"c-{number}" for number in range(40)))
    books.work()
    with transaction.atomic():
        run = SyncRun.objects.get()
    before = _reads()
    services.judge(services.posted_by(run))
    assert _reads() - before == 3, "what stands there, the closing date, what is reconciled"


def _reads() -> int:
    with transaction.atomic():
        return sum(CallCount.objects.filter(kind="read").values_list("calls", flat=True))
