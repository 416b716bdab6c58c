"""What is not approved, or not paid, stays out of the books for as long as its gate is shut, and follows by itself."""

import pytest
from django.db import transaction

from integrations import services
from integrations.mapping.gates import Gate
from integrations.mapping.reasons import ReasonCode
from integrations.models import JobState
from integrations.services import Choices
from integrations.sync import queue
from ledger.domain.documents import DocumentKind, Stage
from ledger.models import SourceDocument
from tests.approvers import Approvers
from tests.cast import Cast
from tests.integrations.conftest import Office
from tests.integrations.test_bills import Books, payables
from tests.integrations.test_engine import state_of

__all__ = ["payables"]


@pytest.fixture
def approvers(cast: Cast, payables: Books) -> Approvers:
    return Approvers(cast)


def set_gates(books: Books, **gates: Gate) -> None:
    with transaction.atomic():
        version = queue.current_version(books.tenant.entity.pk)
    services.save_mapping(
        entity=books.tenant.entity,
        choices=Choices(**gates),
        seen_version=version,
        reason="Test",
        person=books.tenant.admin,
    )


def waits(document: SourceDocument) -> list[tuple[ReasonCode, str]]:
    state = state_of(document.pk)
    assert state.state is JobState.HELD
    return [(reason.code, reason.subject) for reason in state.reasons]


def test_a_bill_waits_for_each_approver_and_posts_after_the_last_with_their_names(
    payables: Books, approvers: Approvers
) -> None:
    bill = payables.bill("b-1", "1500.00")
    payables.office.work()
    assert waits(bill) == [(ReasonCode.NOT_APPROVED, "Theo Brandt")]
    approvers.say(approvers.theo, bill)
    payables.office.work()
    assert waits(bill) == [(ReasonCode.NOT_APPROVED, "Dana Whitfield")]
    approvers.say(approvers.dana, bill)
    payables.office.work()
    [there] = payables.there("Bill")
    assert "Theo Brandt and Dana Whitfield" in there["PrivateNote"]
    assert state_of(bill.pk).state is JobState.DONE


def test_a_declined_bill_stays_out_and_says_by_whom_and_why(payables: Books, approvers: Approvers) -> None:
    bill = payables.bill("b-1", "10.00")
    approvers.say(approvers.theo, bill, no="Not ours")
    payables.office.work()
    assert waits(bill) == [(ReasonCode.DECLINED, "Theo Brandt: Not ours")]
    assert payables.there("Bill") == []


def test_a_payment_of_a_bill_that_waits_waits_with_it(payables: Books, approvers: Approvers) -> None:
    bill = payables.bill("b-1", "10.00")
    payment = payables.pay("p-1", {"b-1": "10.00"})
    payables.office.work()
    assert waits(payment)[0][0] is ReasonCode.BILL_NOT_THERE
    approvers.say(approvers.theo, bill)
    payables.office.work()
    assert [state_of(one.pk).state for one in (bill, payment)] == [JobState.DONE, JobState.DONE]


def test_a_larger_amount_of_a_posted_bill_waits_for_its_approval_and_the_books_keep_the_old_one(
    payables: Books, approvers: Approvers
) -> None:
    bill = payables.bill("b-1", "10.00")
    approvers.say(approvers.theo, bill)
    payables.office.work()
    payables.bill("b-1", "11.00")
    payables.office.work()
    assert waits(bill) == [(ReasonCode.NOT_APPROVED, "Theo Brandt")]
    assert [there["TotalAmt"] for there in payables.there("Bill")] == [10.00]
    approvers.say(approvers.theo, bill)
    payables.office.work()
    assert [there["TotalAmt"] for there in payables.there("Bill")] == [11.00]


def test_opening_a_gate_lets_go_what_waited_at_it(payables: Books, approvers: Approvers) -> None:
    bill = payables.bill("b-1", "10.00")
    payables.office.work()
    set_gates(payables, bill_gate=Gate.AT_ONCE)
    payables.office.work()
    assert state_of(bill.pk).state is JobState.DONE


def test_bills_that_go_when_they_are_paid_go_with_their_first_payment(payables: Books) -> None:
    set_gates(payables, bill_gate=Gate.PAID)
    bill = payables.bill("b-1", "10.00")
    payables.office.work()
    assert waits(bill) == [(ReasonCode.NOT_PAID, "")]
    payment = payables.pay("p-1", {"b-1": "4.00"})
    payables.office.work()
    assert [state_of(one.pk).state for one in (bill, payment)] == [JobState.DONE, JobState.DONE]
    [there] = payables.there("Bill")
    assert there["Balance"] == 6.00


def test_a_bill_stays_past_its_gate_when_its_payment_becomes_void(payables: Books) -> None:
    set_gates(payables, bill_gate=Gate.PAID)
    bill = payables.bill("b-1", "10.00")
    payables.pay("p-1", {"b-1": "4.00"})
    payables.office.work()
    payables.pay("p-1", {"b-1": "4.00"}, stage=Stage.REVERSED)
    payables.office.work()
    assert state_of(bill.pk).state is JobState.DONE


def test_a_charge_waits_for_its_approver_and_a_fee_of_the_same_card_does_not(ready: Office, cast: Cast) -> None:
    ready.map(card="2110", default="6110", fees="6110")
    approvers = Approvers(cast, DocumentKind.CHARGE)
    charge, fee = ready.record("tx-1"), ready.record("tx-2", "1.00", kind=DocumentKind.FEE, category="")
    ready.work()
    assert waits(charge) == [(ReasonCode.NOT_APPROVED, "Theo Brandt")]
    assert state_of(fee.pk).state is JobState.DONE
    approvers.say(approvers.theo, charge)
    ready.work()
    assert state_of(charge.pk).state is JobState.DONE
