"""Terms and payment methods."""

from __future__ import annotations

import pytest

from .client import Company, Json, fresh

pytestmark = pytest.mark.apart


def test_a_company_begins_with_the_usual_terms_and_payment_methods(us: Company) -> None:
    terms = {row["Name"]: row["DueDays"] for row in us.query("select * from Term where Type = 'STANDARD'")["Term"]}
    assert {"Due on receipt": 0, "Net 15": 15, "Net 30": 30, "Net 60": 60}.items() <= terms.items()
    methods = us.query("select * from PaymentMethod")["PaymentMethod"]
    cards = {row["Name"] for row in methods if row["Type"] == "CREDIT_CARD"}
    assert {"Visa", "MasterCard", "American Express"} <= cards
    assert {"Cash", "Check"} <= {row["Name"] for row in methods} - cards


def test_a_term_counts_days_or_names_a_day(us: Company) -> None:
    days = us.create("Term", {"Name": fresh("T"), "DueDays": "10", "DiscountPercent": 2, "DiscountDays": 5, "Type": ""})
    assert (days["Type"], days["DueDays"], days["DiscountPercent"]) == ("STANDARD", 10, 2)
    dated = us.create("Term", {"Name": fresh("T"), "DayOfMonthDue": 15, "DueNextMonthDays": 3})
    assert (dated["Type"], dated["DiscountPercent"], "DueDays" in dated) == ("DATE_DRIVEN", 0, False)
    assert us.read("Term", dated["Id"]) == dated
    changed = us.create("Term", {**{key: dated[key] for key in ("Id", "SyncToken")}, "sparse": True, "DueDays": 7})
    assert (changed["Type"], changed["DueDays"]) == ("STANDARD", 7)


@pytest.mark.parametrize(
    ("label", "body", "code"),
    [
        ("no name", {"DueDays": 3}, "2020"),
        ("neither days nor day", {"Name": "T"}, "2020"),
        ("both", {"Name": "T", "DueDays": 3, "DayOfMonthDue": 4}, "2600"),
        ("a name that is taken", {"Name": "net 30", "DueDays": 3}, "6240"),
        ("a day no month has", {"Name": "T", "DayOfMonthDue": 32}, "2180"),
        ("half a day", {"Name": "T", "DueDays": 1.5}, "2080"),
        ("a long name", {"Name": "x" * 32, "DueDays": 1}, "2050"),
    ],
)
def test_a_wrong_term_is_refused(us: Company, label: str, body: Json, code: str) -> None:
    assert us.fault(us.post("term", body))["code"] == code


def test_a_payment_method_is_no_card_unless_it_says_so(us: Company) -> None:
    made = us.create("PaymentMethod", {"Name": fresh("Barter"), "Type": ""})
    assert list(made)[:3] == ["Name", "Active", "Type"]
    assert (made["Type"], made["Active"]) == ("NON_CREDIT_CARD", True)
    gone = us.create("PaymentMethod", {**made, "Active": False})
    assert gone["Name"] == f"{made['Name']} (deleted)"
    assert us.fault(us.post("paymentmethod", {"Name": "visa"}))["code"] == "6240"
