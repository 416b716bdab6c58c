"""Invoices, receipts, credit memos and refunds: their lines, totals, numbers and journals."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from .client import Company, Json, fresh
from .selling import applied, customer, form, ident, item, off, sold, stock


def test_an_invoice_is_answered_with_all_that_quickbooks_fills_in(us: Company) -> None:
    product = item(us)
    address = {"Line1": "1 Elm Street", "City": "Salem"}
    made = form(us, "Invoice", sold(product, 100), CustomerRef=customer(us, BillAddr=address))
    assert [line.get("DetailType") for line in made["Line"]] == ["SalesItemLineDetail", "SubTotalLineDetail"]
    line = made["Line"][0]
    assert (line["Id"], line["LineNum"], line["SalesItemLineDetail"]["TaxCodeRef"]) == ("1", 1, {"value": "NON"})
    assert "Id" not in made["Line"][1]
    shown = {name: made[name] for name in ("TotalAmt", "Balance", "LinkedTxn", "TxnTaxDetail", "PrintStatus")}
    assert shown == {
        "TotalAmt": 100,
        "Balance": 100,
        "LinkedTxn": [],
        "TxnTaxDetail": {"TotalTax": 0},
        "PrintStatus": "NeedToPrint",
    }
    assert (made["BillAddr"]["City"], made["ShipAddr"]["City"], made["EmailStatus"]) == ("Salem", "Salem", "NotSet")
    assert made["AllowOnlinePayment"] is False
    assert "ARAccountRef" not in made


@pytest.mark.parametrize(
    ("sent", "shown"),
    [
        ({"Qty": 4}, {"UnitPrice": 25, "Qty": 4}),
        ({"Qty": 3}, {"UnitPrice": Decimal("33.3333333"), "Qty": 3}),
        ({"Qty": 0, "UnitPrice": 0, "TaxInclusiveAmt": 0}, {}),
        ({"Qty": 2, "UnitPrice": 50}, {"UnitPrice": 50, "Qty": 2}),
    ],
)
def test_a_price_follows_from_amount_and_quantity(us: Company, sent: Json, shown: Json) -> None:
    made = form(us, "Invoice", sold(item(us), 100, **sent))
    detail = us.read("Invoice", made["Id"])["Line"][0]["SalesItemLineDetail"]
    found = {name: detail[name] for name in ("UnitPrice", "Qty") if name in detail}
    assert found == {name: pytest.approx(float(value)) for name, value in shown.items()}


@pytest.mark.parametrize(
    ("lines", "code"),
    [
        ([sold("", 100, Qty=3, UnitPrice=30)], "6070"),
        ([{"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": {}}], "2020"),
        ([sold("", 10), off(PercentBased=True)], "6090"),
        ([sold("", 10), off(PercentBased=False)], "6090"),
        ([sold("", 10), off(amount=11, PercentBased=False)], "6000"),
        ([sold("", 10, "7")], "6100"),
        ([], "2020"),
        ([sold("", 10, Qty=10**11)], "2080"),
        ([{k: v for k, v in sold("", 1, Qty=10**9, UnitPrice=10**9).items() if k != "Amount"}], "2140"),
        ([{"Amount": 1}], "2020"),
        ([sold("999999", 10)], "2500"),
    ],
)
def test_lines_that_cannot_be_sold_are_refused(us: Company, lines: list[Json], code: str) -> None:
    product = item(us)
    for line in lines:
        reference = line.get("SalesItemLineDetail", {}).get("ItemRef")
        if reference and not reference["value"]:
            reference["value"] = product
    answer = us.post("invoice", {"CustomerRef": customer(us), "Line": lines})
    assert us.fault(answer)["code"] == code


def test_income_discount_and_receivable_are_in_the_journal(us: Company) -> None:
    product, before = item(us), us.postings()
    made = form(us, "Invoice", sold(product, 80), sold(product, 20), off(PercentBased=True, DiscountPercent=10))
    assert made["TotalAmt"] == 90
    assert [line["Amount"] for line in made["Line"]] == [80, 20, 100, 10]
    assert us.moved(before) == {"1200": "90.00", "4100": "-100.00", "Discounts given": "10.00"}
    us.delete("Invoice", made)
    assert us.moved(before) == {}


@pytest.mark.parametrize(
    ("kind", "more", "moved"),
    [
        ("SalesReceipt", {}, {"Undeposited Funds": "100.00", "4100": "-100.00"}),
        ("SalesReceipt", {"DepositToAccountRef": "1010"}, {"1010": "100.00", "4100": "-100.00"}),
        ("CreditMemo", {}, {"1200": "-100.00", "4100": "100.00"}),
        ("RefundReceipt", {"DepositToAccountRef": "1010"}, {"1010": "-100.00", "4100": "100.00"}),
        ("Estimate", {}, {}),
        ("Invoice", {"Deposit": 30}, {"1200": "70.00", "Undeposited Funds": "30.00", "4100": "-100.00"}),
    ],
)
def test_each_kind_books_what_it_is(us: Company, kind: str, more: Json, moved: Json) -> None:
    sent: dict[str, Any] = {name: us.ref(value) if name.endswith("Ref") else value for name, value in more.items()}
    product, before = item(us), us.postings()
    made = form(us, kind, sold(product, 100), **sent)
    assert us.moved(before) == moved
    if kind == "Invoice":
        assert made["Balance"] == 70


@pytest.mark.parametrize(
    ("kind", "params"),
    [
        ("Invoice", {"operation": "void"}),
        ("SalesReceipt", {"operation": "update", "include": "void"}),
        ("CreditMemo", {"operation": "update", "include": "void"}),
    ],
)
def test_a_void_leaves_zeros_and_a_note(us: Company, kind: str, params: dict[str, str]) -> None:
    product, before = item(us), us.postings()
    made = form(us, kind, sold(product, 100))
    answer = us.post(kind.lower(), {**ident(made), "sparse": True}, **params).json()[kind]
    assert (answer["TotalAmt"], answer["Balance"], answer["PrivateNote"]) == (0, 0, "Voided")
    assert [line["Amount"] for line in answer["Line"]] == [0, 0]
    assert us.moved(before) == {}


def test_numbers_of_sales_forms_go_on_from_the_highest(us: Company) -> None:
    first = int(form(us, "Invoice")["DocNumber"])
    assert int(form(us, "SalesReceipt")["DocNumber"]) == first + 1
    form(us, "Invoice", DocNumber=str(first + 40))
    assert int(form(us, "Estimate")["DocNumber"]) == first + 41
    fault = us.fault(us.post("invoice", {**_body(us), "DocNumber": str(first)}))
    assert fault["code"] == "6140"
    assert "TxnType=Invoice" in fault["Detail"]
    assert us.post("invoice", {**_body(us), "DocNumber": str(first)}, include="allowduplicatedocnum").ok


def _body(company: Company) -> Json:
    return {"CustomerRef": customer(company), "Line": [sold(item(company), 1)]}


def test_lines_keep_their_ids_and_new_ones_go_on(us: Company) -> None:
    made = form(us, "Invoice", sold(item(us), 10), sold(item(us), 20))
    made["Line"][1:1] = [sold(item(us), 5)]
    changed = us.create("Invoice", made)
    assert [(line.get("Id"), line.get("LineNum")) for line in changed["Line"]] == [
        ("1", 1),
        ("3", 2),
        ("2", 3),
        (None, None),
    ]
    assert changed["TotalAmt"] == 35


@pytest.mark.parametrize("kind", ["Invoice", "SalesReceipt", "CreditMemo", "Estimate"])
def test_an_answer_can_be_sent_back_as_it_is(us: Company, kind: str) -> None:
    product = item(us)
    made = form(
        us, kind, sold(product, 70), {"DetailType": "DescriptionOnly", "Description": "With thanks"}, off(amount=5)
    )
    again = us.create(kind, made)
    assert {**again, "SyncToken": 0, "MetaData": 0} == {**made, "SyncToken": 0, "MetaData": 0}


def test_a_bundle_brings_the_lines_of_its_items(us: Company) -> None:
    rows = [
        {"ItemRef": {"value": item(us, UnitPrice=5)}, "Qty": 2},
        {"ItemRef": {"value": item(us, UnitPrice=3)}, "Qty": 1},
    ]
    bundle = us.create("Item", {"Name": fresh("Kit"), "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": rows}})
    detail = {"GroupItemRef": {"value": bundle["Id"]}, "Quantity": 3}
    made = form(us, "Invoice", {"DetailType": "GroupLineDetail", "GroupLineDetail": detail})
    group = made["Line"][0]["GroupLineDetail"]
    assert [(line["Id"], line["Amount"], line["SalesItemLineDetail"]["Qty"]) for line in group["Line"]] == [
        ("2", 30, 6),
        ("3", 9, 3),
    ]
    assert made["TotalAmt"] == 39


def test_freight_stands_after_the_subtotal(us: Company) -> None:
    made = form(us, "Invoice", sold("SHIPPING_ITEM_ID", 12), sold(item(us), 50))
    assert [line["Amount"] for line in made["Line"]] == [50, 50, 12]
    assert made["TotalAmt"] == 62


def test_stock_leaves_at_its_average_cost_and_comes_back(us: Company) -> None:
    product = stock(us)
    bill = {"VendorRef": {"value": us.vendor("Staples")}}
    detail = {"ItemRef": {"value": product}, "Qty": 10, "UnitPrice": 3.5}
    line = {"Amount": 35, "DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": detail}
    us.create("Bill", {**bill, "Line": [line]})
    assert us.read("Item", product)["QtyOnHand"] == 20
    before = us.postings()
    made = form(us, "Invoice", sold(product, 30, Qty=2, UnitPrice=15))
    assert us.moved(before) == {"1200": "30.00", "4000": "-30.00", "Cost of sales": "6.00", "Stock": "-6.00"}
    assert us.read("Item", product)["QtyOnHand"] == 18
    us.delete("Invoice", made)
    assert (us.moved(before), us.read("Item", product)["QtyOnHand"]) == ({}, 20)


def test_an_echo_of_an_item_does_not_move_its_stock(us: Company) -> None:
    product = stock(us)
    form(us, "SalesReceipt", sold(product, 15, Qty=4))
    shown = us.read("Item", product)
    assert us.create("Item", {**shown, "Description": "Counted"})["QtyOnHand"] == 6


def test_an_estimate_is_closed_by_its_invoice_and_accepted_without(us: Company) -> None:
    made = form(us, "Estimate")
    assert (made["TxnStatus"], "LinkedTxn" in made) == ("Pending", False)
    invoice = form(us, "Invoice", LinkedTxn=[{"TxnId": made["Id"], "TxnType": "Estimate"}])
    assert invoice["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Estimate"}]
    closed = us.read("Estimate", made["Id"])
    assert (closed["TxnStatus"], closed["LinkedTxn"]) == ("Closed", [{"TxnId": invoice["Id"], "TxnType": "Invoice"}])
    us.delete("Invoice", invoice)
    assert us.read("Estimate", made["Id"])["TxnStatus"] == "Accepted"


@pytest.mark.parametrize(
    ("kind", "condition"),
    [
        ("Invoice", "CustomerRef = '{who}' and Balance > '0'"),
        ("Invoice", "CustomerRef = '{who}' and DueDate >= '2026-01-01' and EmailStatus = 'NotSet'"),
        ("SalesReceipt", "CustomerRef = '{who}' and TotalAmt = '100'"),
        ("CreditMemo", "CustomerRef = '{who}' and Balance = '100.00'"),
        ("Estimate", "CustomerRef = '{who}' and TxnStatus = 'Pending'"),
    ],
)
def test_sales_are_found(us: Company, kind: str, condition: str) -> None:
    who = customer(us)
    made = form(us, kind, CustomerRef=who)
    found = us.query(f"select * from {kind} where {condition.format(who=who['value'])}")[kind]
    assert [row["Id"] for row in found] == [made["Id"]]


def test_a_paid_invoice_cannot_go(us: Company) -> None:
    made = form(us, "Invoice")
    who = made["CustomerRef"]
    us.create("Payment", {"CustomerRef": who, "TotalAmt": 100, "Line": [applied(100, "Invoice", made["Id"])]})
    assert us.fault(us.delete("Invoice", us.read("Invoice", made["Id"])))["code"] == "6000"
