"""A company on the day it signed up: the accounts that the platform makes itself, and a plan without classes."""

from __future__ import annotations

from ..books.books import Books, Company
from ..wire.json import zone
from .planting import Start, company_info, preferences, put, single

REALM = "9341450000000078"
COMPANY = Company(REALM, "First Light LLC", "US", "USD", zone("America/Chicago"))

_ACCOUNTS = (
    ("Services", "Income", "ServiceFeeIncome"),
    ("Retained Earnings", "Equity", "RetainedEarnings"),
    ("Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    ("Undeposited Funds", "Other Current Asset", "UndepositedFunds"),
    ("Uncategorized Asset", "Other Current Asset", "OtherCurrentAssets"),
    ("Uncategorized Income", "Income", "ServiceFeeIncome"),
    ("Uncategorized Expense", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("Office Expenses", "Expense", "OfficeGeneralAdministrativeExpenses"),
    ("Travel", "Expense", "Travel"),
    ("Meals", "Expense", "EntertainmentMeals"),
    ("Bank Charges & Fees", "Expense", "BankCharges"),
)


def _plant(books: Books) -> None:
    single(books, "Preferences", preferences(books.company, AccountingInfoPrefs={"UseAccountNumbers": False}))
    address = {"Line1": "200 Prairie Road", "City": "Peoria", "CountrySubDivisionCode": "IL", "PostalCode": "61602"}
    plan = {"OfferingSku": "QuickBooks Online Essentials", "SubscriptionStatus": "TRIAL"}
    single(books, "CompanyInfo", company_info(books.company, address, **plan))
    for name, kind, sub in _ACCOUNTS:
        put(books, "Account", {"Name": name, "AccountType": kind, "AccountSubType": sub})


START = Start(COMPANY, _plant)
