"""What the tests of sales share: an item, a customer, and lines that sell."""

from __future__ import annotations

from typing import Any

from .client import US, Company, Json, fresh


def item(company: Company, **changes: Any) -> str:
    body = {"Name": fresh("Item"), "Type": "Service", "IncomeAccountRef": company.ref("4100"), **changes}
    return str(company.create("Item", body)["Id"])


def stock(company: Company, **changes: Any) -> str:
    """Ten of them, bought at 2.50 each."""
    accounts = [
        {"Name": "Stock", "AccountType": "Other Current Asset", "AccountSubType": "Inventory"},
        {"Name": "Cost of sales", "AccountType": "Cost of Goods Sold"},
    ]
    made = company.server.control(f"companies/{company.realm}/accounts", {"accounts": accounts})["accounts"]
    counted = {"TrackQtyOnHand": True, "QtyOnHand": 10, "InvStartDate": "2026-01-01", "PurchaseCost": 2.5}
    refs = {
        "AssetAccountRef": {"value": made[0]["Id"]},
        "ExpenseAccountRef": {"value": made[1]["Id"]},
        "IncomeAccountRef": company.ref("4000"),
    }
    return item(company, Type="Inventory", **{**counted, **refs, **changes})


def customer(company: Company, **changes: Any) -> Json:
    made = company.create("Customer", {"DisplayName": fresh("Customer"), **changes})
    return {"value": made["Id"]}


def sold(product: str, amount: Any, code: str = "", **detail: Any) -> Json:
    tax = {"TaxCodeRef": {"value": code}} if code else {}
    body = {"ItemRef": {"value": product}, **tax, **detail}
    return {"Amount": amount, "DetailType": "SalesItemLineDetail", "SalesItemLineDetail": body}


def off(**detail: Any) -> Json:
    line: Json = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail}
    if "amount" in detail:
        line["Amount"] = detail.pop("amount")
    return line


def form(company: Company, kind: str, *lines: Json, **changes: Any) -> Json:
    """A sales form of one line of 100, unless lines are given."""
    untaxed = {} if company.realm == US else {"GlobalTaxCalculation": "NotApplicable"}
    rows = list(lines) or [sold(item(company), 100)]
    body = {"CustomerRef": customer(company), **untaxed, "Line": rows, **changes}
    return company.create(kind, {name: value for name, value in body.items() if value is not None})


def applied(amount: Any, kind: str, number: str) -> Json:
    return {"Amount": amount, "LinkedTxn": [{"TxnId": number, "TxnType": kind}]}


def ident(made: Json) -> Json:
    return {name: made[name] for name in ("Id", "SyncToken")}
