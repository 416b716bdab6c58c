"""What stands on an account on its first day."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .client import US, Company, Server, fresh

pytestmark = pytest.mark.apart

DAY = {"OpeningBalanceDate": "2026-02-01"}


@pytest.mark.parametrize(
    ("kind", "posted"),
    [("Bank", "100.00"), ("Fixed Asset", "100.00"), ("Credit Card", "-100.00"), ("Long Term Liability", "-100.00")],
)
def test_an_opening_balance_is_posted_against_opening_equity(us: Company, kind: str, posted: str) -> None:
    before, name = us.postings(), fresh("A")
    made = us.create("Account", {"Name": name, "AccountType": kind, "OpeningBalance": "100", **DAY})
    equity = f"{-float(posted):.2f}"
    assert us.moved(before) == {name: posted, "3000": equity}
    assert abs(made["CurrentBalance"]) == 100
    assert "OpeningBalance" not in made
    (entry,) = us.query("select * from JournalEntry where TxnDate = '2026-02-01' orderby Id desc maxresults 1")[
        "JournalEntry"
    ]
    assert (entry["PrivateNote"], entry["Line"][0]["Amount"]) == ("Opening Balance", 100)


def test_an_opening_balance_needs_a_day_and_an_account_that_has_one(us: Company) -> None:
    opened = {"Name": fresh("A"), "OpeningBalance": 5}
    assert us.fault(us.post("account", {**opened, "AccountType": "Bank"}))["code"] == "6060"
    refused = us.fault(us.post("account", {**opened, **DAY, "AccountType": "Income"}))
    assert (refused["code"], "doesn't support opening balances" in refused["Detail"]) == ("6000", True)


def test_an_opening_balance_stays_out_of_closed_books(us: Company) -> None:
    us.server.control(f"companies/{US}/preferences", {"BookCloseDate": "2026-06-30"})
    name = fresh("A")
    told = {"Name": name, "AccountType": "Bank", "OpeningBalance": 5, **DAY}
    assert us.fault(us.post("account", told))["code"] == "6210"
    assert us.query(f"select * from Account where Name = '{name}'") == {}


def test_an_update_opens_nothing(us: Company) -> None:
    made = us.create("Account", {"Name": fresh("A"), "AccountType": "Bank"})
    before = us.postings()
    us.create("Account", {**made, "OpeningBalance": 100, **DAY})
    assert us.moved(before) == {}


def test_an_account_in_euros_opens_at_the_rate_of_the_day(us: Company) -> None:
    us.server.control(f"companies/{US}/preferences", {"MultiCurrencyEnabled": True})
    us.create("ExchangeRate", {"SourceCurrencyCode": "EUR", "AsOfDate": "2026-02-01", "Rate": 1.25})
    before, name = us.postings(), fresh("Euros")
    told = {"Name": name, "AccountType": "Bank", "CurrencyRef": {"value": "EUR"}, "OpeningBalance": 100, **DAY}
    assert us.create("Account", told)["CurrentBalance"] == 100
    assert us.moved(before) == {name: "125.00", "3000": "-125.00"}


def test_two_accounts_have_one_number_only_where_that_is_allowed(us: Company, own: Callable[..., Server]) -> None:
    told = {"Name": fresh("A"), "AccountType": "Expense", "AcctNum": "6110"}
    assert us.fault(us.post("account", told))["code"] == "6000"
    lenient = own(SANDBOX_ACCOUNT_NUMBERS="free").company()
    assert lenient.create("Account", told)["AcctNum"] == "6110"
