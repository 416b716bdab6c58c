"""Currencies of a company, and what a unit of each is worth."""

from __future__ import annotations

import pytest

from .client import US, Company, Json, Server, fresh

pytestmark = pytest.mark.apart


@pytest.fixture
def many(sandbox: Server) -> Company:
    """The US company with several currencies."""
    sandbox.control(f"companies/{US}/preferences", {"MultiCurrencyEnabled": True})
    return sandbox.company()


def _rate(company: Company, code: str, day: str = "") -> Json:
    params = {"sourcecurrencycode": code, **({"asofdate": day} if day else {})}
    answer = company.call("GET", "exchangerate", params=params)
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["ExchangeRate"])


def test_a_company_with_one_currency_lists_none_and_sets_no_rates(us: Company) -> None:
    assert us.query("select * from CompanyCurrency") == {}
    assert us.query("select * from exchangeRate") == {}
    assert us.fault(us.post("companycurrency", {"Code": "SEK"}))["code"] == "5020"
    assert us.fault(us.call("GET", "exchangerate", params={"sourcecurrencycode": "EUR"}))["code"] == "5020"


def test_a_currency_is_listed_once_by_its_code(many: Company) -> None:
    listed = {row["Code"] for row in many.query("select * from CompanyCurrency")["CompanyCurrency"]}
    assert {"CAD", "EUR", "GBP"} <= listed
    made = many.create("CompanyCurrency", {"Code": "NOK"})
    assert (made["Name"], made["Active"]) == ("Norwegian Krone", True)
    assert many.read("CompanyCurrency", made["Id"]) == made
    assert many.fault(many.post("companycurrency", {"Code": "NOK"}))["code"] == "6240"
    assert many.fault(many.post("companycurrency", {"Code": "XYZ"}))["code"] == "2220"
    assert many.fault(many.post("companycurrency", {}))["code"] == "2020"
    given_up = many.create("CompanyCurrency", {**made, "Active": False})
    assert given_up["Name"] == "Norwegian Krone"
    account = {"Name": fresh("Kroner"), "AccountType": "Bank", "CurrencyRef": {"value": "NOK"}}
    assert many.fault(many.post("account", account))["code"] == "2500"


def test_a_rate_holds_from_its_day_on(many: Company) -> None:
    usual = _rate(many, "GBP", "2026-03-01")
    assert (usual["TargetCurrencyCode"], usual["AsOfDate"], list(usual["MetaData"])) == (
        *("USD", "2026-03-01"),
        ["LastUpdatedTime"],
    )
    told = {"SourceCurrencyCode": "GBP", "AsOfDate": "2026-04-01", "Rate": "1.31415"}
    many.create("ExchangeRate", told)
    assert [_rate(many, "GBP", f"2026-0{month}-01")["Rate"] for month in (3, 4, 5)] == [usual["Rate"], 1.31415, 1.31415]
    again = {**_rate(many, "GBP", "2026-04-01"), "Rate": 1.5, "sparse": True}
    assert many.create("ExchangeRate", again)["Rate"] == 1.5
    assert _rate(many, "GBP", "2026-04-01")["Rate"] == 1.5
    assert _rate(many, "USD")["Rate"] == 1


def test_rates_are_asked_for_by_currency_and_day(many: Company) -> None:
    where = "where SourceCurrencyCode in ('USD', 'cad', 'INR') and AsOfDate = '2026-07-07'"
    rows = many.query(f"select * from ExchangeRate {where}")["ExchangeRate"]
    assert {(row["SourceCurrencyCode"], row["AsOfDate"]) for row in rows} == {
        *(("USD", "2026-07-07"), ("CAD", "2026-07-07")),
    }
    assert many.query(f"select count(*) from ExchangeRate {where}") == {"totalCount": 2}


@pytest.mark.parametrize(
    ("label", "body", "code"),
    [
        ("no currency", {"Rate": 2}, "2020"),
        ("no rate", {"SourceCurrencyCode": "EUR"}, "2020"),
        ("a currency that is not listed", {"SourceCurrencyCode": "SEK", "Rate": 2}, "2500"),
        ("a rate below zero", {"SourceCurrencyCode": "EUR", "Rate": -1}, "2080"),
        ("another rate for the home currency", {"SourceCurrencyCode": "USD", "Rate": 2}, "2080"),
        ("a day that is none", {"SourceCurrencyCode": "EUR", "Rate": 2, "AsOfDate": "soon"}, "2060"),
    ],
)
def test_a_wrong_rate_is_refused(many: Company, label: str, body: Json, code: str) -> None:
    assert many.fault(many.post("exchangerate", body))["code"] == code


def test_a_rate_is_asked_for_by_a_currency_that_is_listed(many: Company) -> None:
    assert many.fault(many.call("GET", "exchangerate"))["code"] == "2020"
    assert many.fault(many.call("GET", "exchangerate", params={"sourcecurrencycode": "SEK"}))["code"] == "2500"
