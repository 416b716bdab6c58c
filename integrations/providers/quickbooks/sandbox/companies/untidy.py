"""A company in the state in which real ones are found: what a check before the first sync has to notice.

Vendors that are nearly the same and names shared with customers, accounts that stand twice or were made inactive, money
on an account that has sub-accounts, no card account at all, books closed in the middle of the year, classes wanted but
used by nobody, a bank feed that has brought some charges already.
"""

from __future__ import annotations

from datetime import date, timedelta

from ..books.books import Books, Company
from ..wire.json import Json, zone
from .planting import Opening, Start, chart, company_info, preferences, put, single

REALM = "9341450000000061"
COMPANY = Company(REALM, "Tangle & Daughters LLC", "US", "USD", zone("America/New_York"))

_ACCOUNTS = (
    Opening("1000", "Checking", "Bank", "Checking", "41288.17"),
    Opening("1001", "Checking (old)", "Bank", "Checking", "12.4"),
    # The card is kept as if it were a bank account.
    Opening("1090", "AMEX 1004", "Bank", "Checking", "-3320.55"),
    Opening("1200", "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    Opening("1210", "A/R - Wholesale", "Accounts Receivable", "AccountsReceivable"),
    Opening("1300", "Undeposited Funds", "Other Current Asset", "UndepositedFunds", "870"),
    Opening("2000", "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    Opening("2300", "Loan from owner", "Long Term Liability", "ShareholderNotesPayable", "-15000"),
    Opening("3000", "Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    Opening("3900", "Retained Earnings", "Equity", "RetainedEarnings", "-22417.9"),
    Opening("4000", "Sales", "Income", "SalesOfProductIncome", "-88120"),
    Opening("6000", "Office", "Expense", "OfficeGeneralAdministrativeExpenses", "1240.88"),
    Opening("6001", "Office Supplies", "Expense", "SuppliesMaterials", "388.2", parent="6000"),
    Opening("6002", "Office supplies & software", "Expense", "SuppliesMaterials", "71", parent="6000"),
    Opening("6010", "Office Supplies ", "Expense", "SuppliesMaterials", "19.99"),
    Opening("6100", "Travel", "Expense", "Travel", "4120.3"),
    Opening("6101", "travel expenses", "Expense", "Travel", "655"),
    Opening("6102", "Travel expense", "Expense", "Travel", active=False),
    Opening("6200", "Meals & Entertainment", "Expense", "EntertainmentMeals", "910.12"),
    Opening("6300", "Software", "Expense", "OfficeGeneralAdministrativeExpenses", "2230"),
    Opening("6900", "Ask My Accountant", "Other Expense", "OtherMiscellaneousExpense", "7210.44"),
    Opening("6990", "Uncategorized Expense", "Expense", "OfficeGeneralAdministrativeExpenses", "12804.67"),
)
_VENDORS = (
    *("Amazon", "Amazon.com", "AMAZON MKTPLACE PMTS", "Amazon Web Services", "Uber", "UBER  TRIP", "Starbucks #2214"),
    *("Starbucks", "Delta Airlines", "Delta Air Lines", "Fedex", "FedEx Office", "Tangle, Ruth", "ruth tangle"),
    *("Staples Inc", "Staples, Inc.", "Google", "GOOGLE *GSUITE", "Cash", "Misc"),
)
_CUSTOMERS = ("Staples Inc.", "Hollow Tree Books", "Hollow Tree Bookshop", "Mercer County Library")


def _plant(books: Books) -> None:
    today = date.fromisoformat(books.today)
    closed = (today - timedelta(days=75)).isoformat()
    single(books, "Preferences", preferences(books.company, classes=True))
    address = {"Line1": "9 Mill Lane", "City": "Trenton", "CountrySubDivisionCode": "NJ", "PostalCode": "08608"}
    single(books, "CompanyInfo", company_info(books.company, address))
    ids = chart(books, _ACCOUNTS, equity="3000")
    for entity, names in (("Vendor", _VENDORS), ("Customer", _CUSTOMERS)):
        for name in names:
            put(books, entity, {"DisplayName": name})
    put(books, "Vendor", {"DisplayName": "United Parcel Service", "Active": False})
    for name in ("Retail", "retail stores", "Wholesale"):
        put(books, "Class", {"Name": name})
    for row in _fed(today, ids):
        put(books, "Purchase", row)
    _close(books, closed)


def _fed(today: date, ids: dict[str, str]) -> list[Json]:
    """What the bank feed has brought: paid from the account that should be a card, mostly without a category."""
    rows = (
        *((3, "6990", "42.18", "AMZN MKTP US*2K4"), (5, "6990", "18.4", "UBER TRIP")),
        *((9, "6000", "129", "STAPLES 0041"), (12, "6990", "6.25", "STARBUCKS 2214")),
        *((20, "6101", "412.6", "DELTA 0067"), (33, "6900", "300", "CHECK 1180")),
        *((96, "6990", "87.5", "GOOGLE GSUITE"), (130, "6100", "655", "DELTA 0061")),
        (131, "6990", "655", "DELTA 0061"),
    )
    return [
        {
            "PaymentType": "Check" if "CHECK" in memo else "Cash",
            "AccountRef": {"value": ids["1090"]},
            "TxnDate": (today - timedelta(days=ago)).isoformat(),
            "PrivateNote": memo,
            "Line": [_line(ids[account], amount, memo)],
        }
        for ago, account, amount, memo in rows
    ]


def _line(account: str, amount: str, memo: str) -> Json:
    return {
        "Amount": amount,
        "Description": memo,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}},
    }


def _close(books: Books, day: str) -> None:
    record = books.find("Preferences", 1)
    assert record is not None, "planted above"
    group = {**record.body["AccountingInfoPrefs"], "BookCloseDate": day}
    books.replace(record, {**record.body, "AccountingInfoPrefs": group})


START = Start(COMPANY, _plant)
