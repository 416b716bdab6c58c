"""What is paid and then changed, voided or deleted: the payment keeps what is left, and no link hangs in the air."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from .client import US, Company, Json, Server, fresh
from .selling import applied, customer, form, ident, item, sold


def bill(us: Company, amount: str = "100.00", **changes: Any) -> Json:
    return us.create("Bill", {"VendorRef": {"value": us.vendor("Staples")}, "Line": [us.line(amount)], **changes})


def pay_bill(us: Company, total: Any, *lines: Json, **changes: Any) -> Json:
    source = {"PayType": "Check", "CheckPayment": {"BankAccountRef": us.ref("1010")}}
    vendor = {"VendorRef": {"value": us.vendor("Staples")}}
    return us.create("BillPayment", {**vendor, **source, "TotalAmt": total, "Line": list(lines), **changes})


def pay(us: Company, owner: Json, total: Any, *lines: Json, **changes: Any) -> Json:
    return us.create("Payment", {"CustomerRef": owner, "TotalAmt": total, "Line": list(lines), **changes})


def links(shown: Json) -> list[tuple[Any, str]]:
    return [(line["Amount"], line["LinkedTxn"][0]["TxnId"]) for line in shown["Line"]]


def steps(us: Company, kind: str, before: Json) -> int:
    return int(us.read(kind, before["Id"])["SyncToken"]) - int(before["SyncToken"])


def changed(us: Company, kind: str, made: Json, **changes: Any) -> Json:
    current = us.read(kind, made["Id"])
    return us.create(kind, {**current, **changes})


def test_an_invoice_reduced_below_what_is_paid_leaves_the_rest_as_a_credit(us: Company) -> None:
    invoice = form(us, "Invoice")
    payment = pay(us, invoice["CustomerRef"], 60, applied(60, "Invoice", invoice["Id"]))
    before = us.read("Invoice", invoice["Id"])
    line = before["Line"][0]
    after = changed(us, "Invoice", invoice, Line=[{**line, "Amount": 25, "SalesItemLineDetail": {}}])
    assert (after["TotalAmt"], after["Balance"], steps(us, "Invoice", before)) == (25, 0, 1)
    kept = us.read("Payment", payment["Id"])
    assert (links(kept), kept["UnappliedAmt"], steps(us, "Payment", payment)) == ([(25, invoice["Id"])], 35, 1)
    assert us.read("Customer", invoice["CustomerRef"]["value"])["Balance"] == -35


def test_a_bill_reduced_below_two_payments_takes_from_the_later(us: Company) -> None:
    made = bill(us)
    first, second = (pay_bill(us, 40, applied(40, "Bill", made["Id"])) for _ in range(2))
    assert changed(us, "Bill", made, Line=[us.line("50.00")])["Balance"] == 0
    assert links(us.read("BillPayment", first["Id"])) == [(40, made["Id"])]
    assert links(us.read("BillPayment", second["Id"])) == [(10, made["Id"])]
    assert (steps(us, "BillPayment", first), steps(us, "BillPayment", second)) == (0, 1)


def test_a_voided_invoice_frees_its_payment(us: Company) -> None:
    invoice = form(us, "Invoice")
    payment = pay(us, invoice["CustomerRef"], 100, applied(100, "Invoice", invoice["Id"]))
    current = us.read("Invoice", invoice["Id"])
    body = {**ident(current), "sparse": True}
    voided = us.post("invoice", body, operation="void").json()["Invoice"]
    assert (voided["Balance"], voided["LinkedTxn"], steps(us, "Invoice", current)) == (0, [], 1)
    freed = us.read("Payment", payment["Id"])
    assert (freed["Line"], freed["UnappliedAmt"]) == ([], 100)
    assert us.create("Payment", freed)["UnappliedAmt"] == 100


def test_a_credit_that_goes_takes_what_it_covered_with_it(us: Company) -> None:
    """Without the memo the payment cannot cover both invoices any more: the last one is open again."""
    owner = customer(us)
    invoices = [form(us, "Invoice", CustomerRef=owner) for _ in range(2)]
    memo = form(us, "CreditMemo", sold(item(us), 30), CustomerRef=owner)
    lines = [applied(100, "Invoice", each["Id"]) for each in invoices]
    payment = pay(us, owner, 170, *lines, applied(30, "CreditMemo", memo["Id"]))
    current = us.read("CreditMemo", memo["Id"])
    us.post("creditmemo", {**ident(current), "sparse": True}, operation="update", include="void")
    kept = us.read("Payment", payment["Id"])
    assert links(kept) == [(100, invoices[0]["Id"]), (70, invoices[1]["Id"])]
    assert (kept["UnappliedAmt"], steps(us, "Payment", payment)) == (0, 1)
    assert [us.read("Invoice", each["Id"])["Balance"] for each in invoices] == [0, 30]


def test_what_is_deleted_under_the_other_reading_leaves_no_link(own: Callable[..., Server]) -> None:
    us = own(SANDBOX_PAID_DELETE="unlink").company(US)
    before = us.postings()
    made, credit = bill(us), us.create("VendorCredit", {**bill_head(us), "Line": [us.line("20.00")]})
    payment = pay_bill(us, 80, applied(100, "Bill", made["Id"]), applied(20, "VendorCredit", credit["Id"]))
    assert us.delete("VendorCredit", us.read("VendorCredit", credit["Id"])).ok
    assert links(us.read("BillPayment", payment["Id"])) == [(80, made["Id"])]
    assert us.read("Bill", made["Id"])["Balance"] == 20
    assert us.delete("Bill", us.read("Bill", made["Id"])).ok
    freed = us.read("BillPayment", payment["Id"])
    assert (freed["Line"], freed["TotalAmt"], steps(us, "BillPayment", payment)) == ([], 80, 2)
    assert us.moved(before) == {"1010": "-80.00", "2000": "80.00"}
    assert us.delete("BillPayment", freed).ok
    assert us.moved(before) == {}


def bill_head(us: Company) -> Json:
    return {"VendorRef": {"value": us.vendor("Staples")}}


def test_a_bill_does_not_leave_its_payment_for_another_vendor(us: Company, own: Callable[..., Server]) -> None:
    made = bill(us)
    pay_bill(us, 60, applied(60, "Bill", made["Id"]))
    moved = {**us.read("Bill", made["Id"]), "VendorRef": {"value": us.vendor("Uber")}}
    assert us.fault(us.post("bill", moved))["code"] == "6000"
    us = own(SANDBOX_PAID_DELETE="unlink").company(US)
    made = bill(us)
    payment = pay_bill(us, 60, applied(60, "Bill", made["Id"]))
    after = changed(us, "Bill", made, VendorRef={"value": us.vendor("Uber")})
    assert (after["Balance"], after["LinkedTxn"], us.read("BillPayment", payment["Id"])["Line"]) == (100, [], [])


def test_a_full_update_without_links_keeps_what_is_paid(us: Company) -> None:
    made = bill(us)
    payment = pay_bill(us, 60, applied(60, "Bill", made["Id"]))
    current = us.read("Bill", made["Id"])
    after = us.create("Bill", {name: value for name, value in current.items() if name != "LinkedTxn"})
    assert after["Balance"] == 40
    assert after["LinkedTxn"] == [{"TxnId": payment["Id"], "TxnType": "BillPaymentCheck"}]


@pytest.mark.parametrize("kind", ["Invoice", "Bill"])
def test_two_lines_of_one_payment_pay_no_more_than_is_open(us: Company, kind: str) -> None:
    made = form(us, "Invoice") if kind == "Invoice" else bill(us)
    lines = [applied(60, kind, made["Id"])] * 2
    if kind == "Invoice":
        answer = us.post("payment", {"CustomerRef": made["CustomerRef"], "TotalAmt": 120, "Line": lines})
    else:
        source = {"PayType": "Check", "CheckPayment": {"BankAccountRef": us.ref("1010")}}
        answer = us.post("billpayment", {**bill_head(us), **source, "TotalAmt": 120, "Line": lines})
    assert us.fault(answer)["code"] == "6000"
    assert us.read(kind, made["Id"])["Balance"] == 100


def test_what_was_paid_with_the_invoice_is_not_paid_again(us: Company) -> None:
    invoice = form(us, "Invoice", Deposit=30)
    body = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 100, "Line": [applied(100, "Invoice", invoice["Id"])]}
    assert us.fault(us.post("payment", body))["code"] == "6000"


def test_a_payment_moved_to_another_invoice_opens_the_first(us: Company) -> None:
    owner = customer(us)
    first, second = (form(us, "Invoice", CustomerRef=owner) for _ in range(2))
    payment = pay(us, owner, 100, applied(100, "Invoice", first["Id"]))
    changed(us, "Payment", payment, Line=[applied(100, "Invoice", second["Id"])])
    found = [us.read("Invoice", each["Id"]) for each in (first, second)]
    assert [(each["Balance"], each["SyncToken"]) for each in found] == [(100, "2"), (0, "1")]


def _entry(us: Company, owner: Json, side: str, number: str, kind: str) -> Json:
    other = "Credit" if side == "Debit" else "Debit"
    entity = {"Entity": {"Type": kind, "EntityRef": owner}}
    rows = [(side, number, entity), (other, "6110", {})]
    lines = [
        {
            "Amount": 50,
            "DetailType": "JournalEntryLineDetail",
            "JournalEntryLineDetail": {"PostingType": word, "AccountRef": us.ref(account), **more},
        }
        for word, account, more in rows
    ]
    return us.create("JournalEntry", {"Line": lines})


def test_an_entry_is_paid_as_far_as_it_stands_on_the_account_of_its_customer(us: Company) -> None:
    owner = customer(us)
    entry = _entry(us, owner, "Debit", "1200", "Customer")
    sent = {"CustomerRef": owner, "TotalAmt": 60, "Line": [applied(60, "JournalEntry", entry["Id"])]}
    assert us.fault(us.post("payment", sent))["code"] == "6000"
    pay(us, owner, 50, applied(50, "JournalEntry", entry["Id"]))
    again = {"CustomerRef": owner, "TotalAmt": 1, "Line": [applied(1, "JournalEntry", entry["Id"])]}
    assert us.fault(us.post("payment", again))["code"] == "620"
    assert us.fault(us.delete("JournalEntry", entry))["code"] == "6000"
    stranger = {**again, "CustomerRef": customer(us)}
    assert us.fault(us.post("payment", stranger))["code"] == "620"


def test_a_refund_of_a_vendor_on_payables_is_made_good_by_their_credit(us: Company) -> None:
    vendor = {"value": us.vendor("Staples")}
    credit = us.create("VendorCredit", {"VendorRef": vendor, "Line": [us.line("20.00")]})
    detail = {"AccountRef": us.ref("2000"), "Entity": {**vendor, "type": "Vendor"}}
    line = {"Amount": 20, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
    deposit = us.create("Deposit", {"DepositToAccountRef": us.ref("1010"), "Line": [line]})
    lines = [applied(20, "Deposit", deposit["Id"]), applied(20, "VendorCredit", credit["Id"])]
    assert pay_bill(us, 0, *lines)["TotalAmt"] == 0
    assert us.read("VendorCredit", credit["Id"])["Balance"] == 0


@pytest.mark.parametrize(
    ("account", "name"), [("2000", None), ("1200", None), ("1200", "Vendor"), ("2000", "Customer")]
)
def test_a_deposit_on_an_account_of_debts_says_whose_they_are(us: Company, account: str, name: str | None) -> None:
    ids = {"Vendor": us.vendor("Staples"), "Customer": customer(us)["value"]}
    named = {"Entity": {"value": ids[name], "type": name}} if name else {}
    detail = {"AccountRef": us.ref(account), **named}
    line = {"Amount": 20, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
    answer = us.post("deposit", {"DepositToAccountRef": us.ref("1010"), "Line": [line]})
    assert us.fault(answer)["code"] == "6000"


@pytest.mark.parametrize(
    ("source", "target", "sale"), [("Estimate", "Invoice", True), ("PurchaseOrder", "Bill", False)]
)
def test_what_came_from_something_deleted_can_still_be_changed(
    us: Company, source: str, target: str, sale: bool
) -> None:
    if sale:
        origin = form(us, "Estimate")
        link = {"LinkedTxn": [{"TxnId": origin["Id"], "TxnType": "Estimate"}]}
        made = form(us, "Invoice", CustomerRef=origin["CustomerRef"], **link)
    else:
        origin = us.create("PurchaseOrder", {**bill_head(us), "Line": [us.line("100.00")]})
        made = bill(us, LinkedTxn=[{"TxnId": origin["Id"], "TxnType": "PurchaseOrder"}])
    assert us.delete(source, us.read(source, origin["Id"])).ok
    left = us.read(target, made["Id"])
    assert (left["LinkedTxn"], steps(us, target, made)) == ([], 1)
    assert us.create(target, {**left, "PrivateNote": "still here"})["SyncToken"] == "2"


def test_one_receipt_is_not_banked_in_two_lines(us: Company) -> None:
    line = applied(100, "SalesReceipt", form(us, "SalesReceipt")["Id"])
    body = {"DepositToAccountRef": us.ref("1010"), "Line": [line, line]}
    assert us.fault(us.post("deposit", body))["code"] == "620"


@pytest.fixture
def several(us: Company) -> Company:
    us.server.control(f"companies/{US}/preferences", {"MultiCurrencyEnabled": True})
    return us


def _abroad(company: Company) -> Json:
    return {"CustomerRef": customer(company, CurrencyRef={"value": "EUR"}), "CurrencyRef": {"value": "EUR"}}


def test_a_new_rate_of_a_paid_invoice_is_a_new_difference(several: Company) -> None:
    euro, before = _abroad(several), several.postings()
    invoice = form(several, "Invoice", sold(item(several), 100), **euro, ExchangeRate=1.1)
    payment = several.create(
        "Payment", {**euro, "TotalAmt": 100, "ExchangeRate": 1.2, "Line": [applied(100, "Invoice", invoice["Id"])]}
    )
    changed(several, "Invoice", invoice, ExchangeRate=1.3)
    assert several.moved(before) == {"Undeposited Funds": "120.00", "4100": "-130.00", "7100": "10.00"}
    assert steps(several, "Payment", payment) == 0


def test_a_credit_of_another_rate_applied_without_money_is_a_difference(several: Company) -> None:
    euro, before, product = _abroad(several), several.postings(), item(several)
    invoice = form(several, "Invoice", sold(product, 100), **euro, ExchangeRate=1.1)
    memo = form(several, "CreditMemo", sold(product, 100), **euro, ExchangeRate=1.2)
    lines = [applied(100, "Invoice", invoice["Id"]), applied(100, "CreditMemo", memo["Id"])]
    several.create("Payment", {**euro, "TotalAmt": 0, "ExchangeRate": 1.2, "Line": lines})
    assert several.moved(before) == {"4100": "10.00", "7100": "-10.00"}


def test_money_abroad_is_banked_in_its_own_currency_and_leaves_nothing_waiting(several: Company) -> None:
    euro, before = _abroad(several), several.postings()
    bank = several.create("Account", {"Name": fresh("Euros"), "AccountType": "Bank", "CurrencyRef": {"value": "EUR"}})
    payment = several.create("Payment", {**euro, "TotalAmt": 100, "ExchangeRate": 1.1})
    line = {"Line": [applied(100, "Payment", payment["Id"])]}
    at_home = {"DepositToAccountRef": several.ref("1010"), **line}
    assert several.fault(several.post("deposit", at_home))["code"] == "6000"
    into = {"DepositToAccountRef": {"value": bank["Id"]}, "CurrencyRef": {"value": "EUR"}, "ExchangeRate": 1.3}
    deposit = several.create("Deposit", {**into, **line})
    assert several.moved(before) == {bank["Name"]: "130.00", "1200": "-110.00", "7100": "-20.00"}
    assert several.delete("Deposit", deposit).ok
    assert several.delete("Payment", several.read("Payment", payment["Id"])).ok
    assert several.moved(before) == {}
    assert several.read("Customer", euro["CustomerRef"]["value"])["Balance"] == 0


def test_a_deposit_of_nothing_but_payments_is_voided_by_hand(us: Company) -> None:
    owner, before = customer(us), us.postings()
    payment = pay(us, owner, 100)
    line = applied(100, "Payment", payment["Id"])
    deposit = us.create("Deposit", {"DepositToAccountRef": us.ref("1010"), "Line": [line]})
    act = {"act": "void", "entity": "Deposit", "id": deposit["Id"]}
    assert us.server.control(f"companies/{US}/human", act)["Deposit"]["TotalAmt"] == 0
    assert us.moved(before) == {"1200": "-100.00", "Undeposited Funds": "100.00"}
    assert us.create("Deposit", {"DepositToAccountRef": us.ref("1010"), "Line": [line]})["TotalAmt"] == 100
