"""Payments of customers, deposits, and orders: what they close, freeze and open again."""

from __future__ import annotations

from typing import Any

import pytest

from .client import Company, Json
from .selling import applied, customer, form, ident, item, sold


def _pay(company: Company, invoice: Json, amount: Any, *lines: Json, **changes: Any) -> Json:
    rows = list(lines) or [applied(amount, "Invoice", invoice["Id"])]
    return company.create(
        "Payment", {"CustomerRef": invoice["CustomerRef"], "TotalAmt": amount, "Line": rows, **changes}
    )


def test_a_payment_closes_an_invoice_and_waits_to_be_deposited(us: Company) -> None:
    invoice, before = form(us, "Invoice"), us.postings()
    made = _pay(us, invoice, 60)
    assert (made["UnappliedAmt"], made["ProcessPayment"]) == (0, False)
    open_ = us.read("Invoice", invoice["Id"])
    assert (open_["Balance"], open_["LinkedTxn"]) == (40, [{"TxnId": made["Id"], "TxnType": "Payment"}])
    assert us.moved(before) == {"1200": "-60.00", "Undeposited Funds": "60.00"}
    us.delete("Payment", made)
    again = us.read("Invoice", invoice["Id"])
    assert (again["Balance"], again["LinkedTxn"], us.moved(before)) == (100, [], {})


def test_a_payment_tells_what_it_is_applied_to(us: Company) -> None:
    invoice = form(us, "Invoice")
    line = _pay(us, invoice, 30)["Line"][0]
    facts = {each["value"]["Name"]: each["value"]["Value"] for each in line["LineEx"]["any"]}
    expected = {"txnId": invoice["Id"], "txnOpenBalance": "70.00", "txnReferenceNumber": invoice["DocNumber"]}
    assert facts == expected


def test_a_payment_with_nothing_to_pay_is_a_credit(us: Company) -> None:
    invoice = form(us, "Invoice")
    made = us.create("Payment", {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 25, "PaymentRefNum": "4711"})
    assert (made["UnappliedAmt"], made["Line"]) == (25, [])
    found = us.query("select * from Payment where PaymentRefNum = '4711'")["Payment"]
    assert made["Id"] in [row["Id"] for row in found]


def test_a_credit_memo_is_applied_by_a_payment(us: Company) -> None:
    invoice = form(us, "Invoice")
    credit = form(us, "CreditMemo", sold(item(us), 20), CustomerRef=invoice["CustomerRef"])
    lines = [applied(100, "Invoice", invoice["Id"]), applied(20, "CreditMemo", credit["Id"])]
    made = _pay(us, invoice, 80, *lines)
    spent = us.read("CreditMemo", credit["Id"])
    assert (spent["RemainingCredit"], spent["Balance"], us.read("Invoice", invoice["Id"])["Balance"]) == (0, 0, 0)
    us.post("payment", {**ident(made), "sparse": True}, operation="update", include="void")
    assert us.read("CreditMemo", credit["Id"])["RemainingCredit"] == 20
    assert us.read("Invoice", invoice["Id"])["Balance"] == 100


@pytest.mark.parametrize(("amount", "applies", "code"), [(50, 60, "6000"), (200, 101, "6000"), (-1, 0, "2290")])
def test_a_payment_applies_no_more_than_there_is(us: Company, amount: int, applies: int, code: str) -> None:
    invoice = form(us, "Invoice")
    lines = [applied(applies, "Invoice", invoice["Id"])]
    answer = us.post("payment", {"CustomerRef": invoice["CustomerRef"], "TotalAmt": amount, "Line": lines})
    assert us.fault(answer)["code"] == code


def test_an_invoice_of_another_customer_is_not_paid(us: Company) -> None:
    invoice, other = form(us, "Invoice"), form(us, "Invoice")
    body = {"CustomerRef": other["CustomerRef"], "TotalAmt": 100, "Line": [applied(100, "Invoice", invoice["Id"])]}
    assert us.fault(us.post("payment", body))["code"] == "620"


def _banked(company: Company, *lines: Json, **changes: Any) -> Json:
    return company.create("Deposit", {"DepositToAccountRef": company.ref("1010"), "Line": list(lines), **changes})


def test_what_is_deposited_is_frozen_until_the_deposit_goes(us: Company) -> None:
    invoice = form(us, "Invoice")
    payment, receipt, before = _pay(us, invoice, 100), form(us, "SalesReceipt"), us.postings()
    made = _banked(us, applied(100, "Payment", payment["Id"]), applied(100, "SalesReceipt", receipt["Id"]))
    assert made["TotalAmt"] == 200
    assert us.moved(before) == {"1010": "200.00", "Undeposited Funds": "-200.00"}
    for kind, each in (("Payment", payment), ("SalesReceipt", receipt)):
        frozen = us.read(kind, each["Id"])
        assert frozen["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Deposit"}]
        assert us.fault(us.delete(kind, frozen))["code"] == "6540"
        assert us.fault(us.post(kind.lower(), {**frozen, "PrivateNote": "x"}))["code"] == "6540"
    us.delete("Deposit", made)
    assert us.delete("Payment", us.read("Payment", payment["Id"])).ok


def test_nothing_is_deposited_twice(us: Company) -> None:
    receipt = form(us, "SalesReceipt")
    line = applied(100, "SalesReceipt", receipt["Id"])
    _banked(us, line)
    body = {"DepositToAccountRef": us.ref("1010"), "Line": [line]}
    assert us.fault(us.post("deposit", body))["code"] == "620"


def test_a_deposit_of_other_money_with_cash_back(us: Company) -> None:
    before = us.postings()
    detail = {"AccountRef": us.ref("4950"), "CheckNum": "", "TxnType": None}
    line = {"Amount": 70, "DetailType": "DepositLineDetail", "DepositLineDetail": detail, "LinkedTxn": []}
    made = _banked(us, line, CashBack={"AccountRef": us.ref("1020"), "Amount": 20, "Memo": "till"})
    assert made["TotalAmt"] == 50
    assert us.moved(before) == {"1010": "50.00", "1020": "20.00", "4950": "-70.00"}


def test_an_order_is_closed_by_the_bills_that_bring_it(us: Company) -> None:
    vendor = {"VendorRef": {"value": us.vendor("Staples")}}
    order = us.create("PurchaseOrder", {**vendor, "Line": [us.line("100.00")]})
    link = {"LinkedTxn": [{"TxnId": order["Id"], "TxnType": "PurchaseOrder"}]}
    first = us.create("Bill", {**vendor, **link, "Line": [us.line("60.00")]})
    assert first["LinkedTxn"] == link["LinkedTxn"]
    assert us.read("PurchaseOrder", order["Id"])["POStatus"] == "Open"
    second = us.create("Bill", {**vendor, **link, "Line": [us.line("40.00")]})
    closed = us.read("PurchaseOrder", order["Id"])
    assert (closed["POStatus"], [each["TxnType"] for each in closed["LinkedTxn"]]) == ("Closed", ["Bill", "Bill"])
    us.delete("Bill", second)
    assert us.read("PurchaseOrder", order["Id"])["POStatus"] == "Open"


@pytest.mark.parametrize("kind", ["Payment", "Deposit", "PurchaseOrder"])
def test_an_answer_can_be_sent_back_as_it_is(us: Company, kind: str) -> None:
    made = {
        "Payment": lambda: _pay(us, form(us, "Invoice"), 100),
        "Deposit": lambda: _banked(us, applied(100, "SalesReceipt", form(us, "SalesReceipt")["Id"])),
        "PurchaseOrder": lambda: us.create(
            "PurchaseOrder", {"VendorRef": {"value": us.vendor("Staples")}, "Line": [us.line()]}
        ),
    }[kind]()
    again = us.create(kind, made)
    assert {**again, "SyncToken": 0, "MetaData": 0} == {**made, "SyncToken": 0, "MetaData": 0}


@pytest.fixture
def several(us: Company) -> Company:
    us.server.control(f"companies/{us.realm}/preferences", {"MultiCurrencyEnabled": True})
    return us


def test_a_payment_at_another_rate_books_the_difference(several: Company) -> None:
    abroad = customer(several, CurrencyRef={"value": "EUR"})
    euro = {"CustomerRef": abroad, "CurrencyRef": {"value": "EUR"}}
    product, before = item(several), several.postings()
    invoice = form(several, "Invoice", sold(product, 100), **euro, ExchangeRate=1.1)
    shown = {name: invoice[name] for name in ("TotalAmt", "HomeTotalAmt", "Balance", "HomeBalance")}
    assert shown == {"TotalAmt": 100, "HomeTotalAmt": 110, "Balance": 100, "HomeBalance": 110}
    assert several.moved(before) == {"1200": "110.00", "4100": "-110.00"}
    lines = [applied(100, "Invoice", invoice["Id"])]
    several.create("Payment", {**euro, "TotalAmt": 100, "ExchangeRate": 1.2, "Line": lines})
    assert several.moved(before) == {"Undeposited Funds": "120.00", "4100": "-110.00", "7100": "-10.00"}
    assert several.read("Customer", abroad["value"])["Balance"] == 0
