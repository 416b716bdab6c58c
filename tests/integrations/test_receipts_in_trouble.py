"""Receipts when something goes wrong: never sent more often than documents are, never forgotten, never left hanging."""

import time
from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from integrations import services
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import (
    AttachedFile,
    Connection,
    ConnectionState,
    ReceiptAttempt,
    ReceiptJob,
    ReceiptState,
    SyncJob,
)
from integrations.providers.registry import platform
from integrations.sync import engine, lane, queue, receipts, shift
from integrations.sync.shift import MustRest
from ledger.domain.documents import Stage
from ledger.models import Receipt, SourceDocument
from ledger.services.receipts import remove_receipt
from tests.cast import somebody
from tests.integrations.conftest import PDF, Office
from tests.integrations.meanwhile import after_seconds
from tests.integrations.test_receipts import _runs, files, let_time_pass, places, states

BROKEN = {"entity": "Attachable", "operation": "create"}
NOT_TAKEN = {"entity": "Attachable", "operation": "delete"}


def hung(office: Office, **trouble: Any) -> SourceDocument:
    """A posted charge whose receipt met that trouble, or hangs there."""
    [document] = office.charge("c-1")
    office.work()
    if trouble:
        office.sandbox.plan_fault(**BROKEN, **trouble)
    office.receipt(document)
    office.work()
    return document


def remove() -> None:
    with transaction.atomic():
        receipt = Receipt.objects.get()
    remove_receipt(receipt=receipt, actor="the test")


def reasons() -> list[Reason]:
    with transaction.atomic():
        return [Reason.from_json(told) for job in ReceiptJob.objects.order_by("id") for told in job.reasons]


def sendings() -> list[int]:
    with transaction.atomic():
        return list(ReceiptAttempt.objects.order_by("id").values_list("envelope__sendings", flat=True))


def send_again(document: SourceDocument) -> int:
    with transaction.atomic():
        return services.send_again(SyncJob.objects.filter(document=document), somebody())


def met(office: Office) -> int:
    return len(office.sandbox.control("GET", "faults")["met"])


def in_vain(office: Office, times: int) -> None:
    for _ in range(times):
        let_time_pass()
        office.work()


# --- what is in doubt ------------------------------------------------------------------------------------------------


def test_a_removal_without_an_answer_is_sent_again_once_at_a_time(ready: Office) -> None:
    hung(ready)
    ready.sandbox.plan_fault(kind="hang", times=None, **NOT_TAKEN)
    remove()
    ready.work()
    assert states() == {ReceiptState.UNKNOWN: 1}
    in_vain(ready, 1)
    assert (states(), met(ready)) == ({ReceiptState.UNKNOWN: 1}, 2)


def test_a_removal_is_sent_three_times_later_each_time_and_then_a_person_is_asked(ready: Office) -> None:
    document = hung(ready)
    ready.sandbox.plan_fault(kind="drop_before", times=None, **NOT_TAKEN)
    remove()
    ready.work()
    pauses = [pause()]
    for _ in range(2):
        in_vain(ready, 1)
        pauses.append(pause())
    assert pauses == sorted(set(pauses))
    in_vain(ready, 2)
    assert (states(), met(ready)) == ({ReceiptState.NEEDS_ATTENTION: 1}, 3)
    assert [reason.code for reason in reasons()] == [ReasonCode.REMOVAL_UNKNOWN]
    ready.sandbox.control("DELETE", "faults")
    assert send_again(document) == 1
    in_vain(ready, 1)
    assert (files(ready), states()) == ([], {ReceiptState.DONE: 1})


def pause() -> timedelta:
    with transaction.atomic():
        left = ReceiptJob.objects.get().due_at - timezone.now()
    return timedelta(seconds=round(left.total_seconds()))


def test_an_upload_that_is_sent_again_is_not_looked_for_while_it_flies(ready: Office) -> None:
    hung(ready, kind="drop_before")
    ready.sandbox.plan_fault(kind="hang", **BROKEN)
    in_vain(ready, 1)
    assert states() == {ReceiptState.UNKNOWN: 1}
    assert sum(run["calls"].get("read", 0) for run in _runs()) == 1


def test_an_upload_is_sent_three_times_and_then_a_person_is_asked(ready: Office) -> None:
    document = hung(ready, kind="drop_before", times=None)
    in_vain(ready, 4)
    assert (states(), sendings()) == ({ReceiptState.NEEDS_ATTENTION: 1}, [3])
    assert [reason.code for reason in reasons()] == [ReasonCode.OUTCOME_UNKNOWN]
    ready.sandbox.control("DELETE", "faults")
    assert send_again(document) == 1
    in_vain(ready, 1)
    assert states() == {ReceiptState.DONE: 1}
    assert (len(files(ready)), sendings()) == (1, [3, 1])


def test_what_arrived_after_all_is_found_when_a_person_asks(ready: Office) -> None:
    document = hung(ready, kind="drop_after_commit")
    park()
    assert send_again(document) == 1
    ready.work()
    assert (len(files(ready)), states(), sendings()) == (1, {ReceiptState.DONE: 1}, [1])


def park() -> None:
    """As after three sendings."""
    with transaction.atomic():
        told = [Reason(ReasonCode.OUTCOME_UNKNOWN).as_json()]
        ReceiptJob.objects.update(state=ReceiptState.NEEDS_ATTENTION, reasons=told)


def test_what_found_no_room_before_the_shift_ended_was_not_sent(ready: Office) -> None:
    """Three times resent on paper alone, it would wait for a person."""
    hung(ready, kind="drop_before")
    let_time_pass()
    with lane.held(ready.connection.pk) as held:
        assert held is not None
        short = shift.begin(held, 5)
        receipts._claim(short)
        receipts._resolve_doubts(short)
        shift.land(short)
        shift.finish(short, None)
    assert (states(), sendings()) == ({ReceiptState.UNKNOWN: 1}, [1])


def test_to_be_throttled_is_not_to_be_given_up(ready: Office) -> None:
    """Asked to slow down as often as one likes, and then found in part: the rest goes in another upload."""
    documents = ready.charge("c-1", "c-2")
    ready.work()
    for document in documents:
        ready.receipt(document)
    ready.sandbox.plan_fault(kind="throttle", times=4, **BROKEN)
    ready.work()
    in_vain(ready, 3)
    ready.sandbox.plan_fault(kind="drop_after_commit", **BROKEN)
    in_vain(ready, 1)
    assert states() == {ReceiptState.UNKNOWN: 2}
    [lost, _] = files(ready)
    ready.sandbox.control(
        "POST", f"companies/{ready.sandbox.US}/human", act="delete", entity="Attachable", id=lost["Id"]
    )
    in_vain(ready, 1)
    assert (len(files(ready)), states()) == (2, {ReceiptState.DONE: 2})


def test_a_repetition_that_is_turned_away_at_the_door_was_none(ready: Office) -> None:
    hung(ready, kind="drop_before")
    ready.sandbox.plan_fault(kind="throttle", times=4, **BROKEN)
    in_vain(ready, 4)
    assert (states(), sendings()) == ({ReceiptState.UNKNOWN: 1}, [1])
    in_vain(ready, 1)
    assert (states(), sendings()) == ({ReceiptState.DONE: 1}, [2])


def test_a_person_asks_for_one_of_an_upload_and_the_other_waits_on(ready: Office) -> None:
    first, second = ready.charge("c-1", "c-2")
    ready.work()
    ready.sandbox.plan_fault(kind="drop_before", times=None, **BROKEN)
    ready.receipt(first)
    ready.receipt(second)
    ready.work()
    in_vain(ready, 4)
    assert states() == {ReceiptState.NEEDS_ATTENTION: 2}
    ready.sandbox.control("DELETE", "faults")
    send_again(first)
    in_vain(ready, 1)
    assert states() == {ReceiptState.DONE: 1, ReceiptState.NEEDS_ATTENTION: 1}
    send_again(second)
    in_vain(ready, 1)
    assert (len(places(ready)), states()) == (2, {ReceiptState.DONE: 2})


# --- what waits for a person -----------------------------------------------------------------------------------------


def test_a_refused_receipt_is_sent_again_with_its_document(ready: Office) -> None:
    document = hung(ready, kind="fault", code="6041")
    assert states() == {ReceiptState.NEEDS_ATTENTION: 1}
    assert send_again(document) == 1
    ready.work()
    assert (len(files(ready)), states(), reasons()) == (1, {ReceiptState.DONE: 1}, [])


def test_a_refused_receipt_goes_to_rest_with_its_document(ready: Office) -> None:
    hung(ready, kind="fault", code="6041")
    ready.charge("c-1", stage=Stage.REVERSED)
    ready.work()
    assert (states(), reasons()) == ({ReceiptState.EARLY: 1}, [])


def test_a_receipt_in_doubt_goes_to_rest_when_it_is_removed(ready: Office) -> None:
    hung(ready, kind="drop_before", times=None)
    in_vain(ready, 4)
    assert states() == {ReceiptState.NEEDS_ATTENTION: 1}
    remove()
    in_vain(ready, 1)
    assert (states(), reasons(), sendings()) == ({ReceiptState.DONE: 1}, [], [3])


def test_a_removed_receipt_that_had_arrived_is_found_and_taken_away(ready: Office) -> None:
    hung(ready, kind="drop_after_commit")
    park()
    remove()
    in_vain(ready, 1)
    assert (files(ready), states()) == ([], {ReceiptState.DONE: 1})


def test_a_receipt_in_doubt_at_a_document_that_is_reversed_is_not_sent_there_again(ready: Office) -> None:
    hung(ready, kind="drop_before")
    ready.charge("c-1", stage=Stage.REVERSED)
    in_vain(ready, 2)
    assert (states(), sendings()) == ({ReceiptState.EARLY: 1}, [1])


def test_a_lost_file_is_told_in_words_and_comes_back_with_the_same_file(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.lose(ready.receipt(document))
    ready.work()
    [reason] = reasons()
    assert reason.code == ReasonCode.FILE_LOST
    assert "/" not in reason.sentence
    ready.receipt(document)
    send_again(document)
    ready.work()
    assert (len(files(ready)), states()) == (1, {ReceiptState.DONE: 1})


# --- a company that takes nothing ------------------------------------------------------------------------------------


def test_a_company_for_which_only_receipts_wait_is_tried_with_one_and_goes_on(ready: Office) -> None:
    documents = ready.charge(*(f"c-{number}" for number in range(12)))
    ready.work()
    ready.sandbox.plan_fault(kind="fault", code="6190", times=None, **BROKEN)
    for document in documents:
        ready.receipt(document)
    ready.work()
    assert connection().state == ConnectionState.READ_ONLY
    with transaction.atomic():
        before = ReceiptAttempt.objects.count()
    in_vain(ready, 1)
    with transaction.atomic():
        assert ReceiptAttempt.objects.count() == before + 1
    assert connection().state == ConnectionState.READ_ONLY
    ready.sandbox.control("DELETE", "faults")
    let_time_pass()
    assert ready.has_work()
    ready.work()
    ready.work()
    assert (connection().state, states()) == (ConnectionState.LIVE, {ReceiptState.DONE: 12})


def connection() -> Connection:
    with transaction.atomic():
        return Connection.objects.get()


# --- several things at once ------------------------------------------------------------------------------------------


def test_an_upload_that_lands_beside_a_charge_that_ends_the_shift_is_written_down(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.work()
    ready.receipt(document)
    ready.charge("c-2")
    queue.absorb_events()
    # Uploads are taken there still; and both take their time to say so.
    ready.sandbox.control("POST", f"companies/{ready.sandbox.US}/preferences", SubscriptionStatus="EXPIRED")
    ready.sandbox.plan_fault(kind="drip", seconds=0.8, **BROKEN)
    ready.sandbox.plan_fault(kind="drip", entity="Purchase", seconds=0.5)
    with lane.held(ready.connection.pk) as held:
        assert held is not None
        one = shift.begin(held, 5)
        receipts.carry(one)
        engine._carry(one, queue.claim(held, 10))
        until = time.monotonic() + 5
        while one.flights._landed.qsize() < len(one.flights.out) and time.monotonic() < until:
            time.sleep(0.01)
        with pytest.raises(MustRest):
            shift.settle(one, one.flights.landed(0))
        shift.land(one)
        shift.finish(one, None)
    assert states() == {ReceiptState.DONE: 1}


@pytest.mark.parametrize("kind", ["drip", "delay"])
def test_a_receipt_of_a_charge_that_is_reversed_while_it_flies_hangs_nowhere(ready: Office, kind: str) -> None:
    """Whether it arrives before the charge goes, or after: nothing is left behind, and nobody is called."""
    [document] = ready.charge("c-1")
    ready.work()
    ready.receipt(document)
    ready.sandbox.plan_fault(kind=kind, seconds=1.5, **BROKEN)

    def reverse() -> None:
        ready.charge("c-1", stage=Stage.REVERSED)
        queue.absorb_events()

    with after_seconds(0.5, reverse):
        ready.work()
    ready.work()
    assert (ready.sandbox.purchases(), files(ready)) == ([], [])
    assert (states(), reasons()) == ({ReceiptState.EARLY: 1}, [])
    with transaction.atomic():
        assert not AttachedFile.objects.exists()


def test_three_uploads_without_a_word_put_off_the_others(ready: Office, settings: Any) -> None:
    """Each that hangs out there holds a place that money could have."""
    settings.QUICKBOOKS = {**settings.QUICKBOOKS, "upload_seconds": 120.0}
    platform.cache_clear()
    documents = ready.charge(*(f"c-{number}" for number in range(90)))
    ready.work()
    for document in documents:
        ready.receipt(document, PDF + str(document.pk).encode())
    ready.sandbox.plan_fault(kind="drop_before", times=None, **BROKEN)
    ready.work()
    told = states()
    assert set(told) == {ReceiptState.UNKNOWN, ReceiptState.WAITING}
    with transaction.atomic():
        soonest = ReceiptJob.objects.filter(state=ReceiptState.WAITING).order_by("due_at").values_list("due_at")[0][0]
    assert soonest > timezone.now() + timedelta(minutes=1)


def test_receipts_do_not_wait_with_the_documents_for_their_pace(ready: Office) -> None:
    [document] = ready.charge("c-1")
    ready.work()
    ready.charge("c-2")
    ready.receipt(document)
    queue.absorb_events()
    age_jobs()
    with lane.held(ready.connection.pk) as held:
        assert held is not None
        due = shift.finish(shift.begin(held, 5), timezone.now() + timedelta(minutes=1))
    assert due is not None
    assert due.at <= timezone.now()


def age_jobs() -> None:
    with transaction.atomic():
        SyncJob.objects.update(rung_at=timezone.now() - timedelta(hours=1))
