"""What a fresh sandbox holds."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
import requests

from .client import UK, US, Company, Json, Server

CRAIGS, OUTFITTER, TRADER = "9341450000000037", "9341450000000045", "9341450000000053"
UNTIDY, BARE = "9341450000000061", "9341450000000078"
ALL = (US, UK, CRAIGS, OUTFITTER, TRADER, UNTIDY, BARE)


@pytest.fixture
def craigs(sandbox: Server) -> Company:
    return sandbox.company(CRAIGS)


def _balances(sandbox: Server, realm: str) -> dict[str, Decimal]:
    rows = sandbox.control(f"companies/{realm}/balances", method="GET")["accounts"]
    return {row["Name"]: Decimal(row["balance"]) for row in rows if Decimal(row["balance"])}


@pytest.mark.parametrize("realm", ALL)
def test_debits_equal_credits_from_the_first_day(sandbox: Server, realm: str) -> None:
    rows = sandbox.control(f"companies/{realm}/balances", method="GET")["accounts"]
    assert sum(Decimal(row["balance"]) for row in rows) == 0


#: A trial balance that somebody published of a company that nobody had used yet.
RECORDED = {
    "Checking": "1201.00",
    "Savings": "800.00",
    "Accounts Receivable (A/R)": "5281.52",
    "Inventory Asset": "596.25",
    "Undeposited Funds": "2062.52",
    "Original Cost": "13495.00",
    "Accounts Payable (A/P)": "-1602.67",
    "Mastercard": "-157.72",
    "Board of Equalization Payable": "-370.94",
    "Loan Payable": "-4000.00",
    "Notes Payable": "-25000.00",
    "Opening Balance Equity": "9337.50",
    "Sales of Product Income": "-912.75",
    "Cost of Goods Sold": "405.00",
    "Discounts given": "89.50",
    "Miscellaneous": "2916.00",
}


def test_the_company_of_every_us_developer_stands_as_recorded(sandbox: Server) -> None:
    found = _balances(sandbox, CRAIGS)
    assert {name: f"{found[name]:.2f}" for name in RECORDED} == RECORDED


@pytest.mark.parametrize(
    ("entity", "number", "name"),
    [
        *(("Customer", "1", "Amy's Bird Sanctuary"), ("Customer", "5", "Dukes Basketball Camp")),
        *(("Vendor", "30", "Books by Bessie"), ("Vendor", "56", "Bob's Burger Joint")),
        *(("Item", "1", "Services"), ("Item", "5", "Rock Fountain"), ("Item", "10", "Pest Control")),
        *(("Account", "33", "Accounts Payable (A/P)"), ("Account", "35", "Checking"), ("Account", "42", "Visa")),
        *(("Employee", "55", "Emily Platt"), ("Term", "3", "Net 30"), ("TaxCode", "2", "California")),
        *(("PaymentMethod", "1", "Cash"), ("CompanyCurrency", "1", "Canadian Dollar")),
    ],
)
def test_its_ids_are_those_that_public_tests_presume(craigs: Company, entity: str, number: str, name: str) -> None:
    found: Json = craigs.read(entity, number)
    assert (found.get("DisplayName") or found["Name"]) == name


@pytest.mark.parametrize(("item", "on_hand"), [("Rock Fountain", 2), ("Pump", 25), ("Sprinkler Pipes", 31)])
def test_its_stock_is_what_was_bought_less_what_was_sold(craigs: Company, item: str, on_hand: int) -> None:
    (found,) = craigs.query(f"select * from Item where Name = '{item}'")["Item"]
    assert found["QtyOnHand"] == on_hand


def test_an_invoice_of_it_is_read_as_public_samples_show_it(craigs: Company) -> None:
    invoice = craigs.read("Invoice", "130")
    assert (invoice["DocNumber"], invoice["TotalAmt"], invoice["Balance"]) == ("1037", 362.07, 362.07)
    assert invoice["TxnTaxDetail"]["TotalTax"] == 26.82
    assert [line["DetailType"] for line in invoice["Line"]][-1] == "SubTotalLineDetail"


def test_the_next_of_each_list_comes_after_those_that_public_tests_know(craigs: Company) -> None:
    assert int(craigs.create("Vendor", {"DisplayName": "Later Vendor"})["Id"]) >= 58


def test_the_outfitter_counts_its_stock_and_waits_for_an_order(sandbox: Server) -> None:
    outfitter = sandbox.company(OUTFITTER)
    (stove,) = outfitter.query("select * from Item where Name = 'Trail stove'")["Item"]
    (order,) = outfitter.query("select * from PurchaseOrder")["PurchaseOrder"]
    assert (stove["QtyOnHand"], order["POStatus"]) == (160, "Open")


def test_the_trader_reckons_vat_and_currencies(sandbox: Server) -> None:
    trader = sandbox.company(TRADER)
    bills = {bill["DocNumber"]: bill for bill in trader.query("select * from Bill")["Bill"]}
    assert (bills["TP-4471"]["TotalAmt"], bills["TP-4471"]["TxnTaxDetail"]["TotalTax"]) == (768, 128)
    assert (bills["HS-2291"]["CurrencyRef"]["value"], bills["HS-2291"]["ExchangeRate"]) == ("EUR", 0.8542)
    assert _balances(sandbox, TRADER)["Creditors - EUR"] == Decimal("-546.69")


def test_the_untidy_company_has_closed_books_and_no_card(sandbox: Server) -> None:
    untidy = sandbox.company(UNTIDY)
    preferences = untidy.call("GET", "preferences").json()["Preferences"]
    assert (
        preferences["AccountingInfoPrefs"]["BookCloseDate"]
        < untidy.create("Vendor", {"DisplayName": "Z"})["MetaData"]["CreateTime"]
    )
    assert "Account" not in untidy.query("select * from Account where AccountType = 'Credit Card'")


def test_more_companies_are_founded_as_another_began(own: Callable[..., Server]) -> None:
    server = own()
    realms = [f"93414500000001{number:02}" for number in range(20)]
    server.company(US).create("Vendor", {"DisplayName": "Met later"})
    server.control("companies", {"realms": realms, "like": US})
    founded = {row["realm"]: row for row in server.control("companies", method="GET")["companies"]}
    assert founded[realms[0]]["name"] == f"Larkfield Inc. {realms[0]}"
    first, last = server.stored("Account", realms[0]), server.stored("Account", realms[-1])
    assert [row["Name"] for row in first] == [row["Name"] for row in last]
    assert "Met later" not in [row["DisplayName"] for row in server.stored("Vendor", realms[0])]
    books = server.company(realms[-1])
    assert books.call("GET", f"companyinfo/{realms[-1]}").json()["CompanyInfo"]["CompanyName"].endswith(realms[-1])
    books.create("Vendor", {"DisplayName": "Met here"})
    assert "Met here" not in [row["DisplayName"] for row in server.stored("Vendor", realms[0])]


@pytest.mark.parametrize(
    "wanted",
    [
        {"realms": [US], "like": US},
        {"realms": ["12345678"], "like": US},
        {"realms": ["93414500000002x"], "like": US},
        {"realms": [9341450000000299], "like": US},
        {"realms": ["9341450000000299", "9341450000000299"], "like": US},
        {"realms": "9341450000000299", "like": US},
        {"realms": ["9341450000000299"], "like": "none"},
        {"realms": ["9341450000000299", US], "like": US},
    ],
)
def test_what_cannot_be_founded_founds_nothing(sandbox: Server, wanted: dict[str, Any]) -> None:
    before = sandbox.control("companies", method="GET")
    answer = requests.post(f"{sandbox.url}/sandbox/companies", json=wanted, timeout=5)
    assert (answer.status_code, "error" in answer.json()) == (400, True)
    assert sandbox.control("companies", method="GET") == before
