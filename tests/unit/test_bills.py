"""Bills as values: what none can say, where each goes, and what the books shall show."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from integrations.mapping.coding import Account, Coding, Uncoded
from integrations.mapping.entry import entry
from integrations.mapping.facts import BillFacts, PaymentFacts, Settled, Term
from integrations.mapping.reasons import ReasonCode
from integrations.mapping.rules import code
from integrations.providers.documents import Action, Posted, VendorBill, VendorPayment
from integrations.sync.plan import Blocked, Books, Send, plan
from ledger.domain.bills import impossible_bill, impossible_payment
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.lines import IncomingLine
from ledger.domain.money import Money
from tests.payables import DAY, DUE
from tests.unit.facts import COMPLETE, CURRENT, FLEX_CARD, OFFICE, PAPERWORKS, STAPLES, SUPPLIES, line, mapped
from tests.unit.incoming import bill, payment

TODAY = date(2026, 11, 20)
KNOWN = replace(COMPLETE, vendors={PAPERWORKS.id: STAPLES})
PAYABLES = Account("33", "2000 Accounts payable", active=True)


def owed(minor: int = 12_000, kind: DocumentKind = DocumentKind.BILL, **changes: Any) -> BillFacts:
    money = Money(kind.sign * minor, "USD")
    told = {
        "document_id": 70,
        "revision": 1,
        "mark": "FX-BILL",
        "kind": kind,
        "stage": Stage.CLEARED,
        "dated": DAY,
        "money": money,
        "vendor": PAPERWORKS,
        "number": "10482",
        "due_on": DUE,
        "lines": (line(money.minor, category=OFFICE, memo="Paper"),),
    }
    return BillFacts(**{**told, **changes})


def paid(*parts: tuple[int, int], **changes: Any) -> PaymentFacts:
    """Documents with what goes to each; below zero it is used of a credit."""
    settles = tuple(Settled(document, f"bill {document}", Money(minor, "USD")) for document, minor in parts)
    told = {
        "document_id": 80,
        "revision": 1,
        "mark": "FX-PAID",
        "kind": DocumentKind.BILL_PAYMENT,
        "stage": Stage.CLEARED,
        "dated": DUE,
        "money": Money(-sum(minor for _, minor in parts), "USD"),
        "vendor": PAPERWORKS,
        "settles": settles,
    }
    return PaymentFacts(**{**told, **changes})


# --- what none can say -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"money": Money(-1000, "USD"), "lines": (IncomingLine(Money(-1000, "USD")),)}, "amount"),
        ({"money": Money(999, "USD")}, "lines"),
        ({"lines": ()}, "lines"),
        ({"dated": date(1999, 12, 31), "due_on": None}, "dated"),
        ({"dated": date(2026, 12, 1), "due_on": None}, "dated"),
        ({"due_on": date(2026, 11, 1)}, "due_on"),
        ({"due_on": date(2030, 1, 1)}, "due_on"),
    ],
)
def test_what_no_bill_can_say_is_told_at_its_field(changes: dict[str, Any], field: str) -> None:
    assert [name for name, _ in impossible_bill(replace(bill(), **changes), TODAY)] == [field]


def test_a_credit_is_below_zero_and_never_due() -> None:
    credit = bill("25.00", kind=DocumentKind.VENDOR_CREDIT)
    assert list(impossible_bill(credit, TODAY)) == []
    assert [name for name, _ in impossible_bill(replace(credit, due_on=DUE), TODAY)] == ["due_on"]


@pytest.mark.parametrize(
    ("parts", "changes", "field"),
    [
        ({}, {}, "bills"),
        ({"b-1": "10.00", "k-1": "-10.01"}, {}, "bills"),
        ({"b-1": "10.00"}, {"bank_account": "b", "card": "c"}, "card"),
        ({"b-1": "10.00"}, {"dated": date(2026, 12, 1)}, "dated"),
    ],
)
def test_what_no_payment_can_say_is_told_at_its_field(
    parts: dict[str, str], changes: dict[str, Any], field: str
) -> None:
    assert [name for name, _ in impossible_payment(replace(payment(parts), **changes), TODAY)] == [field]


def test_only_what_is_scheduled_lies_ahead() -> None:
    ahead = replace(payment({"b-1": "10.00"}), dated=date(2026, 12, 1), stage=Stage.PENDING)
    assert list(impossible_payment(ahead, TODAY)) == []


# --- where it goes ---------------------------------------------------------------------------------------------------


def coded(facts: BillFacts | PaymentFacts, mapping: Any = KNOWN) -> Coding:
    coding = code(facts, mapping)
    assert isinstance(coding, Coding), coding
    return coding


def test_a_bill_goes_by_its_categories_and_is_owed_where_the_books_say() -> None:
    coding = coded(owed())
    assert [(one.account, one.minor) for one in entry(owed(), coding)] == [
        (SUPPLIES.label, 12_000),
        ("Accounts payable", -12_000),
    ]
    assert coding.paid_from.external_id == "", "the books take their own"


def test_the_account_on_which_bills_are_owed_can_be_chosen() -> None:
    assert coded(owed(), mapped(KNOWN, payables=PAYABLES)).paid_from == PAYABLES


def test_a_credit_is_the_other_way_round() -> None:
    facts = owed(kind=DocumentKind.VENDOR_CREDIT)
    assert [one.minor for one in entry(facts, coded(facts))] == [-12_000, 12_000]


def test_a_payment_debits_what_is_owed_and_credits_where_it_came_from() -> None:
    facts = paid((70, 12_000))
    assert [(one.account, one.minor) for one in entry(facts, coded(facts))] == [
        ("Accounts payable", 12_000),
        (CURRENT.label, -12_000),
    ]
    by_card = replace(facts, card=Term(4, "··4821"))
    assert coded(by_card).paid_from == FLEX_CARD


@pytest.mark.parametrize("facts", [owed(), paid((70, 12_000))])
def test_nobody_is_owed_who_is_nobody_in_the_books(facts: BillFacts | PaymentFacts) -> None:
    coding = code(facts, COMPLETE)
    assert isinstance(coding, Uncoded)
    assert [reason.code for reason in coding.reasons] == [ReasonCode.NO_VENDOR]


def test_a_payment_from_nowhere_is_held() -> None:
    coding = code(paid((70, 12_000)), mapped(KNOWN, bank=None))
    assert isinstance(coding, Uncoded)
    assert [reason.code for reason in coding.reasons] == [ReasonCode.NO_BANK_ACCOUNT]


# --- what the books shall show ---------------------------------------------------------------------------------------


def test_a_bill_keeps_the_vendors_number_and_its_mark_stands_in_the_note() -> None:
    step = plan(owed(memo="Week 46"), coded(owed()), None)
    assert isinstance(step, Send)
    document = step.write.document
    assert isinstance(document, VendorBill)
    assert (document.number, document.due_on, document.note) == ("10482", DUE, "Flex bill. Week 46 FX-BILL")
    assert [part.amount for part in document.lines] == [Decimal("120.00")]


def test_a_bill_that_says_no_due_date_is_due_at_once() -> None:
    facts = owed(due_on=None)
    step = plan(facts, coded(facts), None)
    assert isinstance(step, Send)
    assert isinstance(step.write.document, VendorBill)
    assert step.write.document.due_on == DAY


def test_a_payment_waits_for_each_bill_that_is_not_there() -> None:
    facts = paid((70, 10_000), (71, 2_000))
    there = {70: Posted("Bill", "212", "0")}
    step = plan(facts, coded(facts), None, books=Books(bills=there))
    assert isinstance(step, Blocked)
    assert [(reason.code, reason.subject) for reason in step.reasons] == [(ReasonCode.BILL_NOT_THERE, "bill 71")]


def test_a_payment_names_what_stands_there_and_credits_are_used_above_zero() -> None:
    facts = paid((70, 10_000), (71, -2_000))
    there = {70: Posted("Bill", "212", "0"), 71: Posted("VendorCredit", "9", "0")}
    step = plan(facts, coded(facts), None, books=Books(bills=there))
    assert isinstance(step, Send)
    document = step.write.document
    assert isinstance(document, VendorPayment)
    assert step.write.action is Action.CREATE
    assert document.money == Money(8_000, "USD")
    told = [(part.target.kind, part.target.external_id, part.amount) for part in document.parts]
    assert told == [("Bill", "212", Decimal("100.00")), ("VendorCredit", "9", Decimal("20.00"))]
