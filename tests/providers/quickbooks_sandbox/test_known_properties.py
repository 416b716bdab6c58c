"""What the public schema knows is taken from any client, whether or not anything here depends on it."""

from __future__ import annotations

import pytest
import simplejson

from .client import ROOT, Company, Json, fresh

SCHEMA = ROOT / "integrations/providers/quickbooks/sandbox/model/order.json"
#: Made by the tax service, or by nobody.
UNWRITTEN = {"TaxCode", "TaxRate", "TaxService"}
ADDRESSES = {"CreditCardPaymentTxn": "creditcardpayment"}
#: As clients send them that print every property they have, set or not.
EMPTY_DETAILS: Json = {
    "AccountBasedExpenseLineDetail": {"AccountRef": {}, "TaxAmount": 0, "TaxInclusiveAmt": 0, "ClassRef": {}},
    "ItemBasedExpenseLineDetail": {},
    "SalesItemLineDetail": {"ItemRef": {}, "ClassRef": {}},
    "DiscountLineDetail": {"PercentBased": False},
    "DescriptionLineDetail": {"TaxCodeRef": {}},
    "GroupLineDetail": {},
    "SubTotalLineDetail": {},
    "TaxLineDetail": {},
    "PaymentLineDetail": None,
    "JournalEntryLineDetail": {},
    "DepositLineDetail": {},
    "ReimburseLineDetail": {},
    "ItemAdjustmentLineDetail": {},
    "TDSLineDetail": {},
}


def _entities() -> list[tuple[str, list[str]]]:
    return [(name, names) for name, names in simplejson.loads(SCHEMA.read_text()).items() if name not in UNWRITTEN]


@pytest.mark.parametrize(("entity", "names"), _entities(), ids=[name for name, _ in _entities()])
def test_no_property_of_the_schema_is_unknown(us: Company, entity: str, names: list[str]) -> None:
    answer = us.post(ADDRESSES.get(entity, entity.lower()), dict.fromkeys(names, ""))
    assert answer.status_code in (200, 400)
    codes = {error["code"] for error in answer.json().get("Fault", {}).get("Error", ())}
    assert not codes & {"2010", "500", "10000"}, answer.text


def test_a_property_that_nobody_knows_is_refused_everywhere(us: Company) -> None:
    # Of currencies the company says first that it has but one.
    for entity in (name for name, _ in _entities() if name not in ("CompanyCurrency", "ExchangeRate")):
        fault = us.fault(us.post(ADDRESSES.get(entity, entity.lower()), {"Wish": 1}))
        assert (fault["code"], fault["element"]) == ("2010", "Wish"), entity


def test_empty_details_of_other_kinds_of_line_are_dropped(us: Company) -> None:
    lines = [{**EMPTY_DETAILS, **us.line("12.5")}]
    vendor = {"value": us.vendor("Staples")}
    purchase = us.create("Purchase", us.charge(Line=lines))
    bill = us.create("Bill", {"VendorRef": vendor, "DocNumber": fresh("B"), "Line": lines})
    for made in (purchase, bill):
        (line,) = made["Line"]
        assert {name for name in line if name.endswith("Detail")} == {"AccountBasedExpenseLineDetail"}


def test_empty_details_do_not_disturb_what_is_sold(us: Company) -> None:
    customer = us.create("Customer", {"DisplayName": fresh("Client")})
    income = {"value": us.create("Account", {"Name": fresh("Fees"), "AccountType": "Income"})["Id"]}
    item = us.create("Item", {"Name": fresh("Hour"), "Type": "Service", "IncomeAccountRef": income})
    detail = {"SalesItemLineDetail": {"ItemRef": {"value": item["Id"]}}}
    sold = {**EMPTY_DETAILS, **detail, "DetailType": "SalesItemLineDetail", "Amount": 12.5}
    made = us.create("Invoice", {"CustomerRef": {"value": customer["Id"]}, "Line": [sold]})
    assert [line["DetailType"] for line in made["Line"]] == ["SalesItemLineDetail", "SubTotalLineDetail"]
    assert set(EMPTY_DETAILS) & set(made["Line"][0]) == {"SalesItemLineDetail"}
