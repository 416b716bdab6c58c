"""Bills, credits and payments in the books: once, to the cent, in their order, and out again."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.db.models import Sum

from integrations import services
from integrations.mapping.reasons import ReasonCode
from integrations.models import ExternalLink, JobState, SyncJob
from integrations.services import Fate
from integrations.sync.marks import mark_of
from ledger.domain.bills import IncomingBill
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.lines import IncomingLine
from ledger.models import Category, SourceDocument, Vendor
from ledger.services.results import Result
from tests.integrations.conftest import Office
from tests.integrations.test_engine import let_time_pass, state_of, states
from tests.payables import Payables, usd


class Books(Payables):
    """Larkfield's payables, and the books in which they come to stand."""

    def __init__(self, office: Office) -> None:
        super().__init__(office.tenant)
        self.office = office

    def map(self, **changes: Any) -> None:
        told = {"card": "2110", "default": "6110", "Travel": "6210", "bank": "1010", "create_vendors": True}
        self.office.map(**{**told, **changes})

    def incoming(self, name: str, *parts: str, kind: DocumentKind = DocumentKind.BILL, **values: Any) -> IncomingBill:
        lines = tuple(IncomingLine(usd(part, kind), category="Travel") for part in parts)
        return super().incoming(name, *parts, kind=kind, **{"lines": lines, **values})

    def tie_out(self) -> None:
        with transaction.atomic():
            done = SyncJob.objects.filter(state=JobState.DONE).values("document")
            owed = SourceDocument.objects.filter(pk__in=done).aggregate(sum=Sum("amount_minor"))["sum"] or 0
            linked = set(ExternalLink.objects.values_list("external_kind", "external_id"))
        assert self.office.sandbox.postings().get("2000", Decimal(0)) == -Decimal(owed).scaleb(-2)
        kinds = ("Bill", "VendorCredit", "BillPayment")
        assert {(kind, row["Id"]) for kind in kinds for row in self.there(kind)} == linked

    def there(self, kind: str) -> list[dict[str, Any]]:
        return self.office.sandbox.objects(kind)


@pytest.fixture
def payables(ready: Office) -> Iterator[Books]:
    """Mapped in full; after the test the books owe what the documents in them come to."""
    with transaction.atomic():
        Category.objects.create(name="Travel")
    payables = Books(ready)
    payables.map()
    yield payables
    payables.tie_out()


def test_a_bill_stands_in_the_books_with_its_lines_and_the_vendors_number(payables: Books) -> None:
    document = payables.bill("b-1", "4860.00", "583.20", number="10482", terms="Net 14", memo="Week 46")
    payables.office.work()
    [bill] = payables.there("Bill")
    assert (bill["DocNumber"], bill["TxnDate"], bill["DueDate"]) == ("10482", "2026-11-02", "2026-11-16")
    assert (bill["TotalAmt"], bill["Balance"]) == (5443.20, 5443.20)
    assert bill["VendorRef"]["name"] == "Harbour Freight"
    assert [line["Amount"] for line in bill["Line"]] == [4860.00, 583.20]
    assert bill["PrivateNote"] == f"Flex bill. Week 46 {mark_of(document.public_id)}"
    state = state_of(document.pk)
    assert (state.state, state.external_id) == (JobState.DONE, bill["Id"])
    assert payables.office.sandbox.postings() == {"6210": Decimal("5443.20"), "2000": Decimal("-5443.20")}


def test_a_payment_closes_its_bill_in_part_and_then_in_full(payables: Books) -> None:
    payables.bill("b-1", "100.00", number="1")
    payables.office.work()
    payables.pay("p-1", {"b-1": "30.00"}, number="ACH 7")
    payables.office.work()
    [bill] = payables.there("Bill")
    assert bill["Balance"] == 70.00
    payables.pay("p-2", {"b-1": "70.00"})
    payables.office.work()
    [bill] = payables.there("Bill")
    assert bill["Balance"] == 0
    assert sorted(row["TotalAmt"] for row in payables.there("BillPayment")) == [30.00, 70.00]
    assert {row["CheckPayment"]["PrintStatus"] for row in payables.there("BillPayment")} == {"NotSet"}
    assert payables.office.sandbox.postings() == {"6210": Decimal("100.00"), "1010": Decimal("-100.00")}


def test_a_bill_and_its_payment_that_come_together_go_in_their_order(payables: Books) -> None:
    payables.bill("b-1", "100.00")
    payables.pay("p-1", {"b-1": "100.00"})
    payables.office.work()
    assert states() == {JobState.DONE: 2}
    [bill] = payables.there("Bill")
    assert bill["Balance"] == 0


def test_a_payment_waits_for_a_bill_that_is_held_and_names_it(payables: Books) -> None:
    payables.map(default="", Travel="")
    payables.bill("b-1", "100.00", number="10482")
    payment = payables.pay("p-1", {"b-1": "100.00"})
    payables.office.work()
    [reason] = state_of(payment.pk).reasons
    assert reason.code is ReasonCode.BILL_NOT_THERE
    assert reason.sentence == "It settles bill 10482 of Harbour Freight, not in the books yet; it follows by itself."
    payables.map()
    payables.office.work()
    assert states() == {JobState.DONE: 2}


def test_a_credit_is_used_up_by_a_payment(payables: Books) -> None:
    payables.bill("b-1", "100.00")
    payables.bill("k-1", "25.00", kind=DocumentKind.VENDOR_CREDIT, number="CR-9")
    payables.pay("p-1", {"b-1": "100.00", "k-1": "-25.00"})
    payables.office.work()
    [bill], [credit], [payment] = (payables.there(kind) for kind in ("Bill", "VendorCredit", "BillPayment"))
    assert (bill["Balance"], credit["Balance"], payment["TotalAmt"]) == (0, 0, 75.00)
    assert payables.office.sandbox.postings() == {"6210": Decimal("75.00"), "1010": Decimal("-75.00")}


def test_a_credit_set_against_a_bill_moves_no_money(payables: Books) -> None:
    payables.bill("b-1", "100.00")
    payables.bill("k-1", "25.00", kind=DocumentKind.VENDOR_CREDIT)
    payables.pay("p-1", {"b-1": "25.00", "k-1": "-25.00"})
    payables.office.work()
    [bill], [payment] = payables.there("Bill"), payables.there("BillPayment")
    assert (bill["Balance"], payment["TotalAmt"]) == (75.00, 0)


def test_a_payment_by_card_grows_what_the_card_owes(payables: Books) -> None:
    payables.bill("b-1", "100.00")
    payables.pay("p-1", {"b-1": "100.00"}, card=payables.office.tenant.card.external_id)
    payables.office.work()
    [payment] = payables.there("BillPayment")
    assert payment["PayType"] == "CreditCard"
    assert payables.office.sandbox.postings() == {"6210": Decimal("100.00"), "2110": Decimal("-100.00")}


def test_a_void_payment_opens_its_bill_again(payables: Books) -> None:
    payables.bill("b-1", "100.00")
    payables.pay("p-1", {"b-1": "100.00"})
    payables.office.work()
    payables.pay("p-1", {"b-1": "100.00"}, stage=Stage.REVERSED)
    payables.office.work()
    assert payables.there("BillPayment") == []
    [bill] = payables.there("Bill")
    assert bill["Balance"] == 100.00
    payables.pay("p-2", {"b-1": "100.00"})
    payables.office.work()
    [bill] = payables.there("Bill")
    assert bill["Balance"] == 0


def test_a_void_bill_goes_out_after_its_void_payment(payables: Books) -> None:
    payables.bill("b-1", "100.00")
    payables.pay("p-1", {"b-1": "100.00"})
    payables.office.work()
    payables.pay("p-1", {"b-1": "100.00"}, stage=Stage.REVERSED)
    payables.bill("b-1", "100.00", stage=Stage.REVERSED)
    payables.office.work()
    let_time_pass(minutes=5)
    payables.office.work()
    assert payables.there("BillPayment") == payables.there("Bill") == []
    assert states() == {JobState.EXCLUDED: 2}
    assert payables.office.sandbox.postings() == {}


def test_a_changed_bill_is_an_update_of_the_same_document_and_stays_paid(payables: Books) -> None:
    payables.bill("b-1", "100.00", "20.00", number="1")
    payables.pay("p-1", {"b-1": "50.00"})
    payables.office.work()
    payables.bill("b-1", "90.00", "40.00", number="1")
    payables.office.work()
    [bill] = payables.there("Bill")
    assert (bill["TotalAmt"], bill["Balance"], bill["SyncToken"] != "0") == (130.00, 80.00, True)


def test_a_draft_is_posted_nowhere_until_it_is_submitted(payables: Books) -> None:
    payables.bill("b-1", "100.00", stage=Stage.PENDING)
    payables.office.work()
    assert payables.there("Bill") == []
    payables.bill("b-1", "100.00")
    payables.office.work()
    assert len(payables.there("Bill")) == 1


@pytest.mark.parametrize("kind", ["drop_after_commit", "drop_before"])
def test_a_lost_answer_makes_no_second_bill_and_no_second_payment(payables: Books, kind: str) -> None:
    payables.bill("b-1", "100.00")
    payables.office.sandbox.plan_fault(kind=kind, entity="transaction", times=1)
    payables.office.work()
    let_time_pass(minutes=5)
    payables.office.work()
    payables.pay("p-1", {"b-1": "100.00"})
    payables.office.sandbox.plan_fault(kind=kind, entity="transaction", times=1)
    payables.office.work()
    let_time_pass(minutes=5)
    payables.office.work()
    assert states() == {JobState.DONE: 2}
    assert (len(payables.there("Bill")), len(payables.there("BillPayment"))) == (1, 1)


def test_a_bill_of_somebody_unknown_to_the_books_is_held(payables: Books) -> None:
    payables.map(create_vendors=False)
    document = payables.bill("b-1", "100.00")
    payables.office.work()
    assert [reason.code for reason in state_of(document.pk).reasons] == [ReasonCode.NO_VENDOR]


def test_what_was_paid_cannot_be_taken_away(payables: Books) -> None:
    payables.bill("b-1", "100.00")
    payables.pay("p-1", {"b-1": "60.00"})
    [lower] = payables.tell(payables.incoming("b-1", "50.00"))
    [void] = payables.tell(payables.incoming("b-1", "100.00", stage=Stage.REVERSED))
    assert lower.result is void.result is Result.REFUSED
    assert lower.errors == {"amount": ["$60.00 of it is settled already; it cannot come to less."]}
    assert "Make its payments void first." in void.errors["stage"][0]


def test_a_bill_whose_payment_stands_there_is_undone_after_it(payables: Books) -> None:
    bill = payables.bill("b-1", "100.00")
    payment = payables.pay("p-1", {"b-1": "100.00"})
    payables.office.work()

    def fate(document: SourceDocument) -> Fate:
        [judged] = services.undo(
            SyncJob.objects.filter(document=document), why="By mistake", person=payables.tenant.admin
        )
        return judged.fate

    assert fate(bill) is Fate.SETTLED
    assert fate(payment) is Fate.REMOVED
    payables.office.work()
    assert fate(bill) is Fate.REMOVED, "its payments changed nothing that we wrote"
    payables.office.work()
    payables.office.work()
    assert payables.there("Bill") == payables.there("VendorCredit") == []


def test_a_reimbursement_is_a_bill_of_the_cardholder(payables: Books) -> None:
    with transaction.atomic():
        Vendor.objects.create(name="Jane Roe", name_key="jane roe")
    payables.bill("r-1", "5.00", kind=DocumentKind.REIMBURSEMENT, vendor="Jane Roe")
    payables.pay("p-1", {"r-1": "5.00"})
    payables.office.work()
    [bill] = payables.there("Bill")
    assert (bill["VendorRef"]["name"], bill["Balance"]) == ("Jane Roe", 0)
    assert bill["PrivateNote"].startswith("Flex reimbursement.")


def test_a_receipt_follows_its_bill_into_the_books(payables: Books) -> None:
    document = payables.bill("b-1", "5.00")
    payables.office.receipt(document)
    payables.office.work()
    payables.office.work()
    [attached] = payables.there("Attachable")
    [bill] = payables.there("Bill")
    assert attached["AttachableRef"][0]["EntityRef"] == {"type": "Bill", "value": bill["Id"]}


def test_a_payment_that_somebody_changed_there_is_not_undone_and_says_why(payables: Books) -> None:
    payables.bill("b-1", "5.00")
    payment = payables.pay("p-1", {"b-1": "5.00"})
    payables.office.work()
    [there] = payables.there("BillPayment")
    person = {"act": "edit", "entity": "BillPayment", "id": there["Id"], "changes": {"PrivateNote": "Mine now"}}
    payables.office.sandbox.control("POST", f"companies/{payables.office.sandbox.US}/human", **person)
    services.undo(SyncJob.objects.filter(document=payment), why="By mistake", person=payables.tenant.admin)
    payables.office.work()
    [reason] = state_of(payment.pk).reasons
    assert "nothing there takes a payment back" in reason.subject
    assert len(payables.there("BillPayment")) == 1
    with transaction.atomic():
        # What it was, it still is: the money of it stands there.
        SyncJob.objects.filter(document=payment).update(state=JobState.DONE, reasons=[])
