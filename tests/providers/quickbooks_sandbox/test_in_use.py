"""Lists whose rows are in use: what may still be done with them, and what their balances are."""

from __future__ import annotations

from typing import Any

import pytest

from .client import UK, US, Company, Json, fresh
from .selling import applied, customer, form, item, sold, stock


def account(us: Company, kind: str = "Expense", **changes: Any) -> Json:
    return us.create("Account", {"Name": fresh("Account"), "AccountType": kind, **changes})


def below(parent: Json) -> Json:
    return {"SubAccount": True, "ParentRef": {"value": parent["Id"]}}


def update(us: Company, kind: str, made: Json, **changes: Any) -> Any:
    head = {"Id": made["Id"], "SyncToken": us.read(kind, made["Id"])["SyncToken"], "sparse": True}
    return us.post(kind.lower(), {**head, **changes})


def test_an_account_of_debts_that_is_used_keeps_its_type(us: Company) -> None:
    payable = account(us, "Accounts Payable")
    assert update(us, "Account", payable, AccountType="Other Current Liability", AccountSubType="").ok
    assert update(us, "Account", payable, AccountType="Accounts Payable", AccountSubType="").ok
    vendor = us.create("Vendor", {"DisplayName": fresh("Vendor")})
    body = {"VendorRef": {"value": vendor["Id"]}, "APAccountRef": {"value": payable["Id"]}, "Line": [us.line()]}
    bill = us.create("Bill", body)
    assert us.fault(update(us, "Account", payable, AccountType="Expense", AccountSubType=""))["code"] == "6000"
    assert us.delete("Bill", bill).ok
    assert us.read("Vendor", vendor["Id"])["Balance"] == 0


def test_an_account_with_others_below_it_keeps_its_type(us: Company) -> None:
    parent = account(us)
    account(us, **below(parent))
    assert us.fault(update(us, "Account", parent, AccountType="Income", AccountSubType=""))["code"] == "6000"


def test_a_branch_is_moved_no_deeper_than_a_list_goes(us: Company) -> None:
    chain, branch = [account(us)], [account(us)]
    for _ in range(2):
        chain.append(account(us, **below(chain[-1])))
        branch.append(account(us, **below(branch[-1])))
    assert us.fault(update(us, "Account", branch[0], **below(chain[2])))["code"] == "6180"
    assert update(us, "Account", branch[0], **below(chain[1])).ok
    deepest = us.read("Account", branch[2]["Id"])["FullyQualifiedName"]
    assert deepest == ":".join(each["Name"] for each in (*chain[:2], *branch))
    assert us.fault(update(us, "Account", chain[0], **below(branch[2])))["code"] == "6150"


def test_what_stands_below_something_inactive_can_be_changed(us: Company) -> None:
    parent = account(us)
    child = account(us, **below(parent))
    assert update(us, "Account", parent, Active=False).ok
    assert update(us, "Account", child, Description="still there").ok
    assert update(us, "Account", child, Active=False).ok
    assert (
        us.fault(us.post("account", {"Name": fresh("x"), "AccountType": "Expense", **below(parent)}))["code"] == "610"
    )


def test_a_document_that_names_something_inactive_is_changed_once_that_is_active_again(us: Company) -> None:
    """The more hostile reading; deleting it is always possible."""
    vendor = us.create("Vendor", {"DisplayName": fresh("Vendor")})
    body = {
        "VendorRef": {"value": vendor["Id"]},
        "Line": [us.line(detail={"AccountRef": {"value": account(us)["Id"]}})],
    }
    first, second = us.create("Bill", body), us.create("Bill", body)
    line = first["Line"][0]["AccountBasedExpenseLineDetail"]["AccountRef"]["value"]
    assert update(us, "Account", {"Id": line}, Active=False).ok
    note = {"VendorRef": body["VendorRef"], "PrivateNote": "x"}
    assert us.fault(update(us, "Bill", first, **note))["code"] == "610"
    assert us.delete("Bill", second).ok
    assert update(us, "Account", {"Id": line}, Active=True).ok
    assert update(us, "Bill", first, **note).ok


def test_a_name_taken_meanwhile_keeps_another_from_coming_back_under_it(us: Company) -> None:
    name = fresh("Term")
    first = us.create("Term", {"Name": name, "DueDays": 5})
    assert update(us, "Term", first, Active=False).ok
    us.create("Term", {"Name": name, "DueDays": 5})
    assert us.fault(update(us, "Term", first, Active=True, Name=name))["code"] == "6240"
    assert update(us, "Term", first, Active=True).json()["Term"]["Name"] == f"{name} (deleted)"


def test_a_number_is_one_vendors_own_also_where_others_have_it(us: Company) -> None:
    us.server.control(f"companies/{US}/preferences", {"WarnDuplicateBillNumber": "true"})
    number = fresh("B")[:21]
    for name in ("Staples", "Uber"):
        body = {"VendorRef": {"value": us.vendor(name)}, "DocNumber": number, "Line": [us.line()]}
        us.create("Bill", body)
    assert us.fault(us.post("bill", body))["code"] == "6140"
    us.server.control(f"companies/{US}/preferences", {"WarnDuplicateBillNumber": "false"})


def test_the_receivable_account_stays_where_an_answer_is_sent_back(us: Company) -> None:
    """It is never shown, so nobody can send it again; and a payment takes off what it pays."""
    second = account(us, "Accounts Receivable")
    before = us.postings()
    invoice = form(us, "Invoice", ARAccountRef={"value": second["Id"]})
    us.create("Invoice", invoice)
    line = applied(100, "Invoice", invoice["Id"])
    payment = us.create("Payment", {"CustomerRef": invoice["CustomerRef"], "TotalAmt": 100, "Line": [line]})
    us.create("Payment", payment)
    assert us.moved(before) == {"4100": "-100.00", "Undeposited Funds": "100.00"}


@pytest.fixture
def several(us: Company) -> Company:
    us.server.control(f"companies/{US}/preferences", {"MultiCurrencyEnabled": True})
    return us


EURO: Json = {"CurrencyRef": {"value": "EUR"}}


def test_an_account_at_home_shows_what_foreign_money_is_worth(several: Company) -> None:
    vendor = several.create("Vendor", {"DisplayName": fresh("Vendor"), **EURO})
    cost, bank = account(several), account(several, "Bank")
    owner = {"VendorRef": {"value": vendor["Id"]}, **EURO}
    bill = several.create(
        "Bill", {**owner, "ExchangeRate": 2, "Line": [several.line(detail={"AccountRef": {"value": cost["Id"]}})]}
    )
    source = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": bank["Id"]}}, "ExchangeRate": 2}
    paid = several.create(
        "BillPayment", {**owner, **source, "TotalAmt": 42.5, "Line": [applied(42.5, "Bill", bill["Id"])]}
    )
    assert several.read("Account", bank["Id"])["CurrentBalance"] == -85
    assert several.delete("BillPayment", paid).ok
    assert several.delete("Bill", several.read("Bill", bill["Id"])).ok
    assert several.read("Account", bank["Id"])["CurrentBalance"] == 0
    assert several.read("Vendor", vendor["Id"])["Balance"] == 0


def test_a_foreign_account_is_not_moved_by_lines_in_another_currency(several: Company) -> None:
    euros = account(several, "Bank", **EURO)
    lines = [several.line(detail={"AccountRef": {"value": euros["Id"]}})]
    assert several.fault(several.post("purchase", several.charge(Line=lines)))["code"] == "6000"


def test_payments_in_parts_take_off_what_was_booked_to_the_cent(several: Company) -> None:
    """Three lines of a cent at 1.5 are booked at six, and their sum would be five."""
    euro = {"CustomerRef": customer(several, **EURO), **EURO}
    before, product = several.postings(), item(several)
    invoice = form(several, "Invoice", *(sold(product, 0.01) for _ in range(3)), **euro, ExchangeRate=1.5)
    for amount in (0.01, 0.02):
        line = applied(amount, "Invoice", invoice["Id"])
        several.create("Payment", {**euro, "TotalAmt": amount, "ExchangeRate": 1.5, "Line": [line]})
    assert "1200" not in several.moved(before)


def test_a_customer_keeps_its_currency_below_another(several: Company) -> None:
    abroad = several.create("Customer", {"DisplayName": fresh("Customer"), **EURO})
    at_home = several.create("Customer", {"DisplayName": fresh("Customer")})
    moved = {"Job": True, "ParentRef": {"value": abroad["Id"]}}
    assert several.fault(update(several, "Customer", at_home, **moved))["code"] == "6000"


@pytest.mark.parametrize("realm", [US, UK])
def test_a_document_that_a_person_voids_leaves_nothing_behind(us: Company, uk: Company, realm: str) -> None:
    company = us if realm == US else uk
    goods = stock(company)
    tax = {} if realm == US else {"GlobalTaxCalculation": "TaxExcluded"}
    codes = company.query("select * from TaxCode")["TaxCode"]
    code = next(row["Id"] for row in codes if row["Name"] == "20.0% S") if realm == UK else "NON"
    detail = {"ItemRef": {"value": goods}, "Qty": 4, "UnitPrice": 2, "TaxCodeRef": {"value": code}}
    line = {"Amount": 8, "DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": detail}
    before = company.postings()
    vendor = {"value": company.vendor("Staples" if realm == US else "Ryman Stationery")}
    bill = company.create("Bill", {"VendorRef": vendor, "Line": [line], **tax})
    assert company.read("Item", goods)["QtyOnHand"] == 14
    _voided(company, "Bill", bill)
    assert (company.moved(before), company.read("Item", goods)["QtyOnHand"]) == ({}, 10)


def _voided(company: Company, entity: str, made: Json) -> None:
    body = {"act": "void", "entity": entity, "id": made["Id"]}
    company.server.control(f"companies/{company.realm}/human", body)


def test_a_deposit_that_a_person_voids_lets_its_payments_wait_again(us: Company) -> None:
    receipt, before = form(us, "SalesReceipt"), us.postings()
    other = {"DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": us.ref("4950")}, "Amount": 20}
    lines = [applied(100, "SalesReceipt", receipt["Id"]), other]
    back = {"CashBack": {"AccountRef": us.ref("1020"), "Amount": 5}}
    deposit = us.create("Deposit", {"DepositToAccountRef": us.ref("1010"), "Line": lines, **back})
    _voided(us, "Deposit", deposit)
    assert us.moved(before) == {}
    assert us.delete("SalesReceipt", us.read("SalesReceipt", receipt["Id"])).ok
