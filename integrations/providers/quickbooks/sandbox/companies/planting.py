"""Puts the first books of a company in, through the same rules that hold for clients."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from ..api import documents
from ..books.books import Books, Company
from ..books.record import Record
from ..books.store import Store
from ..entities import tax_lists
from ..model.money import to_units
from ..registry import BY_NAME
from ..settings import Switches
from ..wire.json import Json
from .messages import messages

#: On the list of each company.
CURRENCIES = ("CAD", "EUR", "GBP", "USD")


@dataclass(frozen=True)
class Start:
    company: Company
    plant: Callable[[Books], None]


def plant(store: Store, start: Start, switches: Switches) -> None:
    company = start.company
    values = (company.realm, company.name, company.country, company.currency, company.zone.key)
    store.db.execute("INSERT INTO company VALUES (?, ?, ?, ?, ?)", values)
    books = Books.on(store, company, switches, BY_NAME)
    # Shown once the company has several.
    for code in (each for each in CURRENCIES if each != company.currency):
        put(books, "CompanyCurrency", {"Code": code})
    if company.country == "US":
        tax_lists.words(books)
    start.plant(books)
    # The first day is long past, also for queries that lag behind.
    store.db.execute("UPDATE object SET born = 0 WHERE realm = ?", (company.realm,))


def put(books: Books, entity: str, payload: Json, number: int | None = None) -> Record:
    return documents.put(books, BY_NAME[entity], payload, number)


def single(books: Books, entity: str, body: Json) -> None:
    books.insert(BY_NAME[entity], body)


@dataclass(frozen=True)
class Opening:
    """One account of a chart, with what stands on it on the first day (debits positive)."""

    number: str
    name: str
    kind: str
    sub: str
    debit: str = "0"
    parent: str = ""
    active: bool = True
    currency: str = ""


def chart(books: Books, openings: tuple[Opening, ...], equity: str) -> dict[str, str]:
    """Accounts in the order given; what they do not balance is on the account `equity`. Ids by number."""
    ids: dict[str, str] = {}
    for row in openings:
        ids[row.number] = str(put(books, "Account", _account(row, ids)).id)
        books.open(int(ids[row.number]), to_units(Decimal(row.debit)))
    opened = sum(to_units(Decimal(row.debit)) for row in openings)
    books.open(int(ids[equity]), -opened)
    return ids


def _account(row: Opening, ids: dict[str, str]) -> Json:
    account: Json = {
        "Name": row.name,
        "AcctNum": row.number,
        "AccountType": row.kind,
        "AccountSubType": row.sub,
        "Active": row.active,
    }
    if row.parent:
        account |= {"ParentRef": {"value": ids[row.parent]}, "SubAccount": True}
    if row.currency:
        account["CurrencyRef"] = {"value": row.currency}
    return account


def company_info(company: Company, address: Json, **facts: str) -> Json:
    country = {"US": "US", "GB": "GB"}.get(company.country, company.country)
    address = {**address, "Country": country}
    values = {
        "OfferingSku": "QuickBooks Online Plus",
        "SubscriptionStatus": "SUBSCRIBED",
        "CompanyType": "Corporation",
        "IsQbdtMigrated": "false",
        **facts,
    }
    return {
        "CompanyName": company.name,
        "LegalName": company.name,
        "CompanyAddr": {"Id": "1", **address},
        "CustomerCommunicationAddr": {"Id": "2", **address},
        "LegalAddr": {"Id": "3", **address},
        "PrimaryPhone": {},
        "CompanyStartDate": "2023-02-01",
        "FiscalYearStartMonth": "January",
        "Country": country,
        "Email": {"Address": "books@larkfield.example"},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "DefaultTimeZone": company.zone.key,
        "NameValue": [{"Name": key, "Value": value} for key, value in values.items()],
    }


def preferences(company: Company, *, classes: bool = False, locations: bool = False, **groups: Any) -> Json:
    """The preferences of a company with account numbers on; a group given by name is laid over its own."""
    others = {
        "SalesFormsPrefs.DefaultCustomerMessage": "",
        "VendorAndPurchasesPrefs.UseCustomTxnNumbers": "true",
        "WarnDuplicateCheckNumber": "true",
        "WarnDuplicateBillNumber": "false",
        "WarnDuplicateJournalNumber": "false",
        "DateFormat": "Month Date Year separated by a slash",
    }
    body: Json = {
        "AccountingInfoPrefs": {
            "UseAccountNumbers": True,
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": classes,
            "TrackDepartments": locations,
            **({"DepartmentTerminology": "Location"} if locations else {}),
            "FirstMonthOfFiscalYear": "January",
            "TaxYearMonth": "January",
            "TaxForm": "6",
            "CustomerTerminology": "Customers",
        },
        "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": company.currency}},
        "VendorAndPurchasesPrefs": {
            "TrackingByCustomer": False,
            "BillableExpenseTracking": False,
            "POCustomField": [],
        },
        "EmailMessagesPrefs": messages(company),
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": True,
        },
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "WorkWeekStartDate": "Monday",
            "MarkTimeEntriesBillable": True,
        },
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "TaxPrefs": {"UsingSalesTax": company.country != "US"},
        "SalesFormsPrefs": {"CustomTxnNumbers": False, "CustomField": []},
        "OtherPrefs": {"NameValue": [{"Name": name, "Value": value} for name, value in others.items()]},
    }
    return {name: {**group, **groups.get(name, {})} for name, group in body.items()}
