"""Receipts behind their documents, against the real sandbox: hung once, where they belong, whatever happens."""

import hashlib
from collections import Counter
from datetime import timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.models import (
    AttachedFile,
    Connection,
    JobState,
    ReceiptAttempt,
    ReceiptJob,
    ReceiptState,
    SyncEnvelope,
    SyncJob,
    SyncRun,
)
from integrations.sync import queue
from integrations.sync.marks import mark_of, sign_of
from ledger.domain.documents import Stage
from ledger.services.receipts import remove_receipt
from tests.integrations.conftest import PDF, Office


def files(office: Office) -> list[dict[str, Any]]:
    return office.sandbox.objects("Attachable")


def places(office: Office) -> Counter[tuple[str, str]]:
    """By Purchase and hash, how many files hang there."""
    return Counter(
        (ref["EntityRef"]["value"], file["Note"].split()[-1])
        for file in files(office)
        for ref in file.get("AttachableRef", [])
    )


def states() -> Counter[str]:
    with transaction.atomic():
        return Counter(ReceiptJob.objects.values_list("state", flat=True))


def let_time_pass() -> None:
    with transaction.atomic():
        past = timezone.now() - timedelta(hours=1)
        ReceiptJob.objects.update(due_at=past)
        SyncJob.objects.update(due_at=past)
        SyncEnvelope.objects.update(sent_at=past)
        Connection.objects.update(resting_until=None)


def uploads_made(office: Office) -> int:
    return sum(run["calls"].get("upload", 0) for run in _runs())


def _runs() -> list[dict[str, Any]]:
    with transaction.atomic():
        return list(SyncRun.objects.values("calls", "files", "metered"))


def test_a_receipt_hangs_at_its_charge_to_the_byte(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.receipt(document, PDF, "Figma invoice.pdf")
    ready.work()
    [purchase], [file] = ready.sandbox.purchases(), files(ready)
    assert file["AttachableRef"][0]["EntityRef"] == {"type": "Purchase", "value": purchase["Id"]}
    assert (file["Size"], file["ContentType"], file["Category"]) == (len(PDF), "application/pdf", "Receipt")
    assert file["FileName"] == f"Figma invoice (fx-{sign_of(hashlib.sha256(PDF).hexdigest())[:12]}).pdf"
    assert states() == {ReceiptState.DONE: 1}


def test_files_of_several_charges_go_in_one_upload(ready: Office) -> None:
    documents = ready.charge("c-1", "c-2", "c-3")
    ready.work()
    for number, document in enumerate(documents):
        ready.receipt(document, PDF + bytes([number]))
        ready.receipt(document, PDF + b"second" + bytes([number]))
    ready.work()
    assert len(places(ready)) == 6
    assert states() == {ReceiptState.DONE: 6}
    assert uploads_made(ready) == 1


def test_the_same_file_at_two_charges_hangs_at_both(ready: Office) -> None:
    for document in ready.charge("c-1", "c-2"):
        ready.receipt(document)
    ready.work()
    assert sorted(place for place, _ in places(ready)) == sorted(row["Id"] for row in ready.sandbox.purchases())


def test_a_second_drain_sends_nothing_more(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.receipt(document)
    ready.work()
    ready.receipt(document)
    ready.work()
    assert len(files(ready)) == 1
    assert uploads_made(ready) == 1


def test_a_late_receipt_attaches_to_what_is_posted(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.work()
    ready.receipt(document)
    ready.work()
    [purchase] = ready.sandbox.purchases()
    assert [place for place, _ in places(ready)] == [purchase["Id"]]


def test_a_receipt_waits_for_a_held_document_and_nobody_is_called(office: Office) -> None:
    office.connect()
    [document] = office.charge("c-1")
    office.receipt(document)
    office.work()
    assert states() == {ReceiptState.EARLY: 1}
    assert files(office) == []
    office.map(card="2110", default="6110")
    office.work()
    assert len(files(office)) == 1


def test_a_receipt_that_came_before_the_connection_follows_its_charge(office: Office) -> None:
    [document] = office.charge("early")
    office.receipt(document)
    queue.absorb_events()
    office.connect()
    office.map(card="2110", default="6110")
    office.work()
    assert len(files(office)) == 1


def test_a_receipt_of_a_pending_charge_goes_when_it_has_cleared(ready: Office) -> None:
    [document] = ready.charge("c-1", stage=Stage.PENDING, cleared_at=None)
    ready.receipt(document)
    ready.work()
    assert files(ready) == []
    ready.charge("c-1")
    ready.work()
    assert len(files(ready)) == 1


def test_a_replaced_receipt_is_replaced_there(ready: Office) -> None:
    [document] = ready.charge("c-1")
    blurred = ready.receipt(document, PDF + b"blurred")
    ready.work()
    ready.receipt(document, PDF + b"sharp", replaces=blurred)
    ready.work()
    assert [file["Size"] for file in files(ready)] == [len(PDF + b"sharp")]
    assert states() == {ReceiptState.DONE: 2}


def test_what_is_replaced_stays_there_until_the_new_one_hangs(ready: Office) -> None:
    [document] = ready.charge("c-1")
    blurred = ready.receipt(document, PDF + b"blurred")
    ready.work()
    ready.sandbox.plan_fault(kind="fault", entity="Attachable", operation="create", code="6041", status=200)
    ready.receipt(document, PDF + b"sharp", replaces=blurred)
    ready.work()
    assert [file["Size"] for file in files(ready)] == [len(PDF + b"blurred")]
    assert states() == {ReceiptState.EARLY: 1, ReceiptState.NEEDS_ATTENTION: 1}


def test_a_removed_receipt_is_taken_away_there(ready: Office) -> None:
    [document] = ready.charge("c-1")
    receipt = ready.receipt(document)
    ready.work()
    remove_receipt(receipt=receipt, actor="the test")
    ready.work()
    assert files(ready) == []
    assert states() == {ReceiptState.DONE: 1}
    with transaction.atomic():
        assert not AttachedFile.objects.exists()


def test_what_was_removed_before_it_was_sent_is_never_sent(ready: Office) -> None:
    [document] = ready.charge("c-1")
    remove_receipt(receipt=ready.receipt(document), actor="the test")
    ready.work()
    assert files(ready) == []


def test_what_somebody_changed_there_is_theirs(ready: Office) -> None:
    [document] = ready.charge("c-1")
    receipt = ready.receipt(document)
    ready.work()
    [file] = files(ready)
    ready.sandbox.control(
        "POST",
        f"companies/{ready.sandbox.US}/human",
        act="edit",
        entity="Attachable",
        id=file["Id"],
        changes={"Note": "Kept by Dana"},
    )
    remove_receipt(receipt=receipt, actor="the test")
    ready.work()
    assert [file["Note"] for file in files(ready)] == ["Kept by Dana"]
    assert states() == {ReceiptState.DONE: 1}
    with transaction.atomic():
        assert AttachedFile.objects.filter(left_at__isnull=False).count() == 1


def test_the_files_of_a_reversed_charge_go_with_it(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.receipt(document)
    ready.work()
    ready.charge("c-1", stage=Stage.REVERSED)
    ready.work()
    ready.work()
    assert (ready.sandbox.purchases(), files(ready)) == ([], [])


def test_an_upload_refused_whole_leaves_the_charge_posted(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.receipt(document)
    ready.sandbox.plan_fault(kind="fault", entity="Attachable", operation="create", code="6041", detail="No such type")
    ready.work()
    assert len(ready.sandbox.purchases()) == 1
    with transaction.atomic():
        assert SyncJob.objects.get().state == JobState.DONE
        [reason] = ReceiptJob.objects.get().reasons
    assert "No such type" in reason["subject"]


def test_an_upload_whose_answer_is_lost_is_looked_up_and_not_sent_again(ready: Office) -> None:
    documents = ready.charge("c-1", "c-2")
    ready.work()
    for document in documents:
        ready.receipt(document)
    ready.sandbox.plan_fault(kind="drop_after_commit", entity="Attachable", operation="create")
    ready.work()
    assert states() == {ReceiptState.UNKNOWN: 2}
    let_time_pass()
    ready.work()
    assert states() == {ReceiptState.DONE: 2}
    assert len(files(ready)) == 2
    assert uploads_made(ready) == 1
    assert sum(run["calls"].get("read", 0) for run in _runs()) == 1


def test_an_upload_that_never_arrived_is_sent_again_as_it_was(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.receipt(document)
    ready.sandbox.plan_fault(kind="drop_before", entity="Attachable", operation="create")
    ready.work()
    assert states() == {ReceiptState.UNKNOWN: 1}
    let_time_pass()
    ready.work()
    assert states() == {ReceiptState.DONE: 1}
    assert len(files(ready)) == 1
    with transaction.atomic():
        assert ReceiptAttempt.objects.get().envelope.sendings == 2


def test_not_found_counts_only_after_the_calls_own_time(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.receipt(document)
    ready.sandbox.plan_fault(kind="drop_before", entity="Attachable", operation="create")
    ready.work()
    with transaction.atomic():
        ReceiptJob.objects.update(due_at=timezone.now())
    ready.work()
    assert states() == {ReceiptState.UNKNOWN: 1}
    assert files(ready) == []


def test_whoever_dies_between_commit_and_upload_leaves_it_to_be_looked_up(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.work()
    ready.receipt(document)
    queue.absorb_events()
    ready.die_holding_an_upload()
    let_time_pass()
    ready.work()
    assert states() == {ReceiptState.DONE: 1}
    assert len(files(ready)) == 1


def test_a_throttled_upload_waits_and_comes_through(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.receipt(document)
    ready.sandbox.plan_fault(kind="throttle", entity="Attachable", operation="create", retry_after=1)
    ready.work()
    assert states() == {ReceiptState.WAITING: 1}
    let_time_pass()
    ready.work()
    assert states() == {ReceiptState.DONE: 1}


def test_a_file_that_is_lost_is_told_and_holds_up_no_other(ready: Office) -> None:
    first, second = ready.charge("c-1", "c-2")
    lost = ready.receipt(first, PDF + b"lost")
    ready.receipt(second)
    ready.lose(lost)
    ready.work()
    let_time_pass()
    ready.work()
    assert states() == {ReceiptState.NEEDS_ATTENTION: 1, ReceiptState.DONE: 1}
    assert len(files(ready)) == 1


def test_a_charge_taken_out_there_keeps_its_receipt_for_the_next_one(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.work()
    [purchase] = ready.sandbox.purchases()
    ready.sandbox.control(
        "POST", f"companies/{ready.sandbox.US}/human", act="delete", entity="Purchase", id=purchase["Id"]
    )
    ready.receipt(document)
    ready.work()
    assert files(ready) == []
    assert states() == {ReceiptState.NEEDS_ATTENTION: 1}


def test_of_an_upload_that_is_refused_in_part_the_rest_hangs(ready: Office) -> None:
    gone, kept = ready.charge("c-1", "c-2")
    ready.work()
    first = next(row for row in ready.sandbox.purchases() if row["DocNumber"] == mark_of(gone.public_id))
    ready.sandbox.control(
        "POST", f"companies/{ready.sandbox.US}/human", act="delete", entity="Purchase", id=first["Id"]
    )
    for document in (gone, kept):
        ready.receipt(document)
    ready.work()
    assert states() == {ReceiptState.DONE: 1, ReceiptState.NEEDS_ATTENTION: 1}
    assert len(files(ready)) == 1
    assert uploads_made(ready) == 1


def test_a_name_like_the_number_of_a_card_is_masked_before_the_books_refuse_it(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.receipt(document, PDF, "4111 1111 1111 1111.pdf")
    ready.work()
    [file] = files(ready)
    assert file["FileName"].startswith("...1111 (fx-")
    assert states() == {ReceiptState.DONE: 1}


def test_a_name_in_another_script_reaches_a_us_company_and_is_found_again(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.receipt(document, PDF, "发票 “Zürich”.pdf")
    ready.sandbox.plan_fault(kind="drop_after_commit", entity="Attachable", operation="create")
    ready.work()
    let_time_pass()
    ready.work()
    [file] = files(ready)
    assert file["FileName"].startswith('?? "Zürich" (fx-')
    assert states() == {ReceiptState.DONE: 1}


def test_the_sweep_finds_where_only_a_receipt_waits(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.work()
    assert ready.has_work() is False
    ready.receipt(document)
    queue.absorb_events()
    assert ready.has_work() is True
    ready.work()
    assert ready.has_work() is False


def test_receipts_of_a_backlog_cost_few_calls_and_statements(ready: Office) -> None:
    ready.charge("warm-up")
    ready.work()
    for number, document in enumerate(ready.charge(*(f"c-{number}" for number in range(90)))):
        ready.receipt(document, PDF + bytes([number]))
    assert ready.statements_of_work() < 150
    assert states() == {ReceiptState.DONE: 90}
    assert uploads_made(ready) <= 12
