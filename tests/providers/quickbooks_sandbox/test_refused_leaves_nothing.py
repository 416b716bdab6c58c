"""A write that is refused after it has begun to change something: afterwards everything is as it was."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from .client import US, Company, Json, Server, fresh
from .selling import applied, customer, form, item, sold


def state(us: Company) -> dict[str, list[Json]]:
    """Every object of the kinds that payments touch, and what stands on the accounts."""
    kinds = ("Account", "Invoice", "Bill", "Payment", "BillPayment")
    return {kind: us.server.stored(kind, us.realm) for kind in kinds} | {"balances": us.balances()}


def audit(us: Company) -> str:
    return requests.get(f"{us.server.url}/companies/{us.realm}/audit", timeout=10).text


@pytest.fixture
def strict(own: Callable[..., Server]) -> Company:
    return own(SANDBOX_RECONCILED="refuse").company(US)


def _paid(us: Company) -> tuple[Json, Json]:
    vendor = {"VendorRef": {"value": us.vendor("Staples")}}
    bill = us.create("Bill", {**vendor, "Line": [us.line("100.00")]})
    source = {"PayType": "Check", "CheckPayment": {"BankAccountRef": us.ref("1010")}, "TotalAmt": 100}
    line = applied(100, "Bill", bill["Id"])
    return bill, us.create("BillPayment", {**vendor, **source, "Line": [line]})


def test_a_payment_that_was_reconciled_is_neither_changed_nor_are_its_bills(strict: Company) -> None:
    """Refused at the last moment: postings, links and balances had all been rewritten by then."""
    us = strict
    bill, payment = _paid(us)
    row = {"entity": "BillPayment", "id": payment["Id"]}
    marked = {"account": us.account("1010"), "state": "Reconciled", "transactions": [row]}
    us.server.control(f"companies/{US}/reconcile", marked)
    before, written = state(us), audit(us)
    less = {**payment, "TotalAmt": 60, "Line": [applied(60, "Bill", bill["Id"])]}
    assert us.fault(us.post("billpayment", less))["code"] == "6480"
    assert us.fault(us.delete("BillPayment", payment))["code"] == "6480"
    assert (state(us), audit(us)) == (before, written)
    # What was decoded on the way is forgotten too: the object itself, and what it pays.
    assert us.read("BillPayment", payment["Id"]) == payment
    assert us.read("Bill", bill["Id"])["Balance"] == 0


def test_an_account_that_a_refused_write_needed_is_not_there(own: Callable[..., Server]) -> None:
    us = own().company(US)
    before = state(us)
    body: dict[str, Any] = {"CustomerRef": customer(us), "TotalAmt": 5}
    refused = us.post("payment", {**body, "Line": [applied(5, "Invoice", "424242")]})
    assert us.fault(refused)["code"] == "610"
    assert state(us) == before
    made = us.create("Payment", body)
    assert us.read("Account", made["DepositToAccountRef"]["value"])["Name"] == "Undeposited Funds"


def test_within_a_batch_only_what_was_refused_is_taken_back(us: Company) -> None:
    made = us.create("Vendor", {"DisplayName": fresh("Vendor")})
    other = us.create("Vendor", {"DisplayName": fresh("Vendor")})

    def renamed(token: int, **changes: Any) -> Json:
        return {"Id": made["Id"], "SyncToken": str(token), "sparse": True, **changes}

    bodies = [
        renamed(0, Notes="first"),
        renamed(1, DisplayName=other["DisplayName"]),
        renamed(0, Notes="stale"),
        renamed(1, Notes="second"),
    ]
    items = [{"bId": str(at), "operation": "update", "Vendor": body} for at, body in enumerate(bodies)]
    rows = us.batch(items).json()["BatchItemResponse"]
    assert [row["Fault"]["Error"][0]["code"] if "Fault" in row else row["Vendor"]["SyncToken"] for row in rows] == [
        *("1", "6240", "5010", "2")
    ]
    after = us.read("Vendor", made["Id"])
    assert (after["Notes"], after["DisplayName"], after["SyncToken"]) == ("second", made["DisplayName"], "2")


def test_an_answer_is_repeated_also_when_what_it_made_is_gone(us: Company) -> None:
    key = fresh("req")
    first = us.post("purchase", us.charge(), requestid=key)
    made = first.json()["Purchase"]
    assert us.delete("Purchase", made).ok
    before = us.postings()
    assert us.post("purchase", us.charge(), requestid=key).content == first.content
    assert us.moved(before) == {}
    assert us.fault(us.call("GET", f"purchase/{made['Id']}"))["code"] == "610"


@pytest.mark.parametrize("deposit", [-1, 100.01])
def test_with_an_invoice_no_more_is_paid_than_it_comes_to(us: Company, deposit: float) -> None:
    body = {"CustomerRef": customer(us), "Line": [sold(item(us), 100)], "Deposit": deposit}
    assert us.fault(us.post("invoice", body))["code"] in ("2290", "6000")
    assert form(us, "Invoice", Deposit=100)["Balance"] == 0


@pytest.mark.parametrize("name", ["Bill", "Estimate"])
def test_what_no_column_could_hold_is_refused(us: Company, name: str) -> None:
    if name == "Bill":
        body = {"VendorRef": {"value": us.vendor("Staples")}, "Line": [us.line("9999999999.99")] * 20}
    else:
        body = {"CustomerRef": customer(us), "Line": [sold(item(us), 9999999999)] * 20}
    assert us.fault(us.post(name.lower(), body))["code"] == "2140"
