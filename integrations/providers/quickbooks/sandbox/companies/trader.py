"""A UK business that reckons with VAT and with several currencies: accounts, vendors and customers in pounds, euros and
dollars, and documents between them."""

from __future__ import annotations

from datetime import date, timedelta

from ..books.books import Books, Company
from ..wire.json import Json, zone
from . import standard, vat
from .planting import Opening, Start, chart, company_info, preferences, put, single

REALM = "9341450000000053"
COMPANY = Company(REALM, "Marlow & Quay Ltd", "GB", "GBP", zone("Europe/London"))

_ACCOUNTS = (
    Opening("1200", "Current account", "Bank", "Checking", "64210.44"),
    Opening("1210", "Euro account", "Bank", "Checking", currency="EUR"),
    Opening("1220", "Dollar account", "Bank", "Checking", currency="USD"),
    Opening("1100", "Debtors", "Accounts Receivable", "AccountsReceivable"),
    Opening("1110", "Debtors - EUR", "Accounts Receivable", "AccountsReceivable", currency="EUR"),
    Opening("1290", "Undeposited funds", "Other Current Asset", "UndepositedFunds"),
    Opening("0030", "Office equipment", "Fixed Asset", "FurnitureAndFixtures", "7400"),
    Opening("2100", "Creditors", "Accounts Payable", "AccountsPayable"),
    Opening("2110", "Creditors - EUR", "Accounts Payable", "AccountsPayable", currency="EUR"),
    Opening("2120", "Creditors - USD", "Accounts Payable", "AccountsPayable", currency="USD"),
    Opening("2150", "Company card", "Credit Card", "CreditCard", "-912.2"),
    Opening("2155", "Euro card", "Credit Card", "CreditCard", currency="EUR"),
    Opening("2300", "PAYE and NI", "Other Current Liability", "PayrollClearing", "-3380"),
    Opening("3000", "Opening balance equity", "Equity", "OpeningBalanceEquity"),
    Opening("3200", "Profit and loss account", "Equity", "RetainedEarnings", "-28110"),
    Opening("4000", "Sales", "Income", "SalesOfProductIncome", "-141200"),
    Opening("4010", "Sales abroad", "Income", "SalesOfProductIncome", "-52840"),
    Opening("5000", "Purchases", "Cost of Goods Sold", "SuppliesMaterialsCogs", "88320"),
    Opening("7000", "Wages", "Expense", "OfficeGeneralAdministrativeExpenses", "41200"),
    Opening("7100", "Rent and rates", "Expense", "OfficeGeneralAdministrativeExpenses", "15600"),
    Opening("7400", "Travel", "Expense", "Travel", "3210.35"),
    Opening("7410", "Subsistence", "Expense", "EntertainmentMeals", "884.1"),
    Opening("7500", "Postage and stationery", "Expense", "SuppliesMaterials", "655.2"),
    Opening("7600", "Professional fees", "Expense", "LegalProfessionalFees", "4200"),
    Opening("7700", "Software", "Expense", "OfficeGeneralAdministrativeExpenses", "1960"),
    Opening("7900", "Bank charges", "Expense", "BankCharges", "240.6"),
)
_VENDORS = (("Thames Paper Co", ""), ("Royal Mail", ""), ("Hafen Spedition GmbH", "EUR"), ("Cloudline Inc", "USD"))
_CUSTOMERS = (("Bexley Stationers", ""), ("Papeterie du Port", "EUR"))


def _plant(books: Books) -> None:
    today = date.fromisoformat(books.today)
    several = {"MultiCurrencyEnabled": True}
    single(books, "Preferences", preferences(books.company, CurrencyPrefs=several))
    address = {"Line1": "4 Wharf Road", "City": "Bristol", "PostalCode": "BS1 6GT"}
    single(books, "CompanyInfo", company_info(books.company, address))
    ids = chart(books, _ACCOUNTS, equity="3000")
    standard.plant(books)
    vat.plant(books)
    names = {
        name: str(_put_in(books, entity, name, currency))
        for entity, group in (("Vendor", _VENDORS), ("Customer", _CUSTOMERS))
        for name, currency in group
    }
    standard_rate, zero = _code(books, "20.0% S"), _code(books, "No VAT")
    put(books, "Bill", _bill(names["Thames Paper Co"], ids["5000"], _ago(today, 16), "TP-4471", standard_rate))
    foreign = _bill(names["Hafen Spedition GmbH"], ids["5000"], _ago(today, 9), "HS-2291", zero)
    euros = {"CurrencyRef": {"value": "EUR"}, "ExchangeRate": "0.8542", "APAccountRef": {"value": ids["2110"]}}
    put(books, "Bill", {**foreign, **euros})
    put(books, "Purchase", _charge(ids, _ago(today, 3), standard_rate))


def _put_in(books: Books, entity: str, name: str, currency: str) -> int:
    """The platform drops the currency of a new vendor in silence (§9.5); a person at the screen may choose it."""
    record = put(books, entity, {"DisplayName": name})
    if currency:
        record = books.replace(record, {**record.body, "CurrencyRef": {"value": currency}})
    return record.id


def _code(books: Books, name: str) -> str:
    return str(next(each.id for each in books.all("TaxCode") if each.title == name))


def _ago(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()


def _line(account: str, amount: str, code: str) -> Json:
    return {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}, "TaxCodeRef": {"value": code}},
    }


def _bill(vendor: str, account: str, day: str, number: str, code: str) -> Json:
    line = _line(account, "640", code)
    return {"VendorRef": {"value": vendor}, "TxnDate": day, "DocNumber": number, "Line": [line]}


def _charge(ids: dict[str, str], day: str, code: str) -> Json:
    line = _line(ids["7400"], "118", code)
    return {"PaymentType": "CreditCard", "AccountRef": {"value": ids["2150"]}, "TxnDate": day, "Line": [line]}


START = Start(COMPANY, _plant)
