"""Several payments of one document, or of one entry that several are owed: each takes off its own share."""

from __future__ import annotations

from typing import Any

import pytest

from .client import US, Company, Json
from .report import report
from .selling import applied, customer, form, item, sold
from .test_paid_and_changed import changed, pay_bill


@pytest.fixture
def abroad(us: Company) -> Json:
    us.server.control(f"companies/{US}/preferences", {"MultiCurrencyEnabled": True})
    euro = {"value": "EUR"}
    return {"CustomerRef": customer(us, CurrencyRef=euro), "CurrencyRef": euro, "ExchangeRate": 1.01}


def _halves(us: Company, abroad: Json, product: str) -> tuple[Json, list[Json]]:
    """An invoice of 1.00, worth 1.01 at home, and two payments of 0.50, worth 0.505 each."""
    invoice = form(us, "Invoice", sold(product, 1), **abroad)
    line = applied(0.5, "Invoice", invoice["Id"])
    return invoice, [us.create("Payment", {**abroad, "TotalAmt": 0.5, "Line": [line]}) for _ in range(2)]


@pytest.mark.parametrize("which", [0, 1])
def test_a_payment_that_is_changed_leaves_nothing_of_a_paid_invoice(us: Company, abroad: Json, which: int) -> None:
    product, before = item(us), us.postings()
    _, payments = _halves(us, abroad, product)
    booked = {"Undeposited Funds": "1.02", "4100": "-1.01", "7100": "-0.01"}
    assert us.moved(before) == booked
    changed(us, "Payment", payments[which], PrivateNote="seen")
    assert us.moved(before) == booked


def test_nothing_is_left_to_age_of_what_was_paid_in_halves(us: Company, abroad: Json) -> None:
    _halves(us, abroad, item(us))
    found = report(us, "AgedReceivableDetail", customer=abroad["CustomerRef"]["value"], report_date="2099-12-31")
    assert found.data() == []


def test_a_payment_that_goes_leaves_open_what_the_others_have_not_taken(us: Company, abroad: Json) -> None:
    product, before = item(us), us.postings()
    _, payments = _halves(us, abroad, product)
    assert us.delete("Payment", payments[0]).ok
    assert us.moved(before) == {"1200": "0.50", "Undeposited Funds": "0.51", "4100": "-1.01"}


def test_an_invoice_whose_lines_round_otherwise_is_still_paid(us: Company, abroad: Json) -> None:
    product, before = item(us), us.postings()
    invoice, _ = _halves(us, abroad, product)
    changed(us, "Invoice", invoice, Line=[sold(product, 0.5), sold(product, 0.51)])
    # 1.01 in all, worth 1.02: a cent of it is open, and worth one.
    assert us.moved(before) == {"1200": "0.01", "Undeposited Funds": "1.02", "4100": "-1.02", "7100": "-0.01"}


def _owed(us: Company, *vendors: str) -> Json:
    """An entry that owes 50 to each."""

    def line(side: str, account: str, amount: int, **more: Any) -> Json:
        detail = {"PostingType": side, "AccountRef": us.ref(account), **more}
        return {"Amount": amount, "DetailType": "JournalEntryLineDetail", "JournalEntryLineDetail": detail}

    owed = [
        line("Credit", "2000", 50, Entity={"Type": "Vendor", "EntityRef": {"value": us.vendor(name)}})
        for name in vendors
    ]
    return us.create("JournalEntry", {"Line": [*owed, line("Debit", "6110", 50 * len(vendors))]})


def test_an_entry_that_is_owed_to_two_is_paid_to_each(us: Company) -> None:
    entry = _owed(us, "Staples", "Uber")
    line = applied(50, "JournalEntry", entry["Id"])
    pay_bill(us, 50, line)
    pay_bill(us, 50, line, VendorRef={"value": us.vendor("Uber")})
    body = {
        "VendorRef": {"value": us.vendor("Uber")},
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": us.ref("1010")},
        "TotalAmt": 1,
        "Line": [applied(1, "JournalEntry", entry["Id"])],
    }
    assert us.fault(us.post("billpayment", body))["code"] == "620"
