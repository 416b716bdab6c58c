"""The two companies a fresh sandbox holds."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from ..api import documents
from ..api.documents import Wish
from ..books.books import Books, Company, companies
from ..books.store import Store
from ..entities.account import ACCOUNT
from ..entities.dimensions import CLASS, DEPARTMENT
from ..entities.names import VENDOR
from ..model.money import to_units
from ..registry import BY_NAME
from ..settings import Switches
from ..wire.json import Json, zone

US_REALM = "9341450000000011"
UK_REALM = "9341450000000029"


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


_SHARED = (
    Opening("1200", "Accounts receivable", "Accounts Receivable", "AccountsReceivable", "48210.75"),
    Opening("1300", "Prepaid expenses", "Other Current Asset", "PrepaidExpenses", "6400"),
    Opening("1500", "Office equipment", "Fixed Asset", "FurnitureAndFixtures", "21850"),
    Opening("2000", "Accounts payable", "Accounts Payable", "AccountsPayable", "-18322.4"),
    Opening("2110", "Flex Card", "Credit Card", "CreditCard"),
    Opening("2120", "Company Visa", "Credit Card", "CreditCard", "-1284.36"),
    Opening("2300", "Payroll liabilities", "Other Current Liability", "PayrollClearing", "-9120"),
    Opening("3000", "Opening balance equity", "Equity", "OpeningBalanceEquity"),
    Opening("3900", "Retained earnings", "Equity", "RetainedEarnings", "-92000"),
    Opening("4000", "Subscription revenue", "Income", "SalesOfProductIncome", "-310400"),
    Opening("4100", "Services revenue", "Income", "ServiceFeeIncome", "-58250"),
    Opening("4900", "Interest earned", "Other Income", "InterestEarned", "-212.18"),
    Opening("5100", "Freight", "Cost of Goods Sold", "ShippingFreightDeliveryCos", "3120.6"),
    Opening("6010", "Salaries", "Expense", "OfficeGeneralAdministrativeExpenses", "198000"),
    Opening("6020", "Software", "Expense", "OfficeGeneralAdministrativeExpenses", "8140.2"),
    Opening("6025", "Software subscriptions", "Expense", "DuesSubscriptions", "11290", parent="6020"),
    Opening("6030", "Web hosting", "Expense", "OfficeGeneralAdministrativeExpenses", active=False),
    Opening("6110", "Office supplies", "Expense", "SuppliesMaterials", "1904.33"),
    Opening("6115", "Office equipment under limit", "Expense", "SuppliesMaterials", "2210"),
    Opening("6120", "Rent", "Expense", "OfficeGeneralAdministrativeExpenses", "54000"),
    Opening("6140", "Postage", "Expense", "OfficeGeneralAdministrativeExpenses", "611.9"),
    Opening("6210", "Travel, air", "Expense", "Travel", "7420.18"),
    Opening("6215", "Travel, lodging", "Expense", "Travel", "5310.44"),
    Opening("6220", "Travel, ground", "Expense", "Travel", "1288.07"),
    Opening("6230", "Meals", "Expense", "EntertainmentMeals", "2077.51"),
    Opening("6235", "Staff welfare", "Expense", "OfficeGeneralAdministrativeExpenses", "940"),
    Opening("6310", "Repairs", "Expense", "OfficeGeneralAdministrativeExpenses", "730.25"),
    Opening("6410", "Marketing", "Expense", "AdvertisingPromotional", "15600"),
    Opening("6510", "Legal and accounting", "Expense", "LegalProfessionalFees", "6900"),
    Opening("6610", "Bank charges", "Expense", "BankCharges", "318.4"),
    Opening("6990", "Uncategorised expense", "Expense", "OfficeGeneralAdministrativeExpenses"),
    Opening("7100", "Exchange gain or loss", "Other Expense", "ExchangeGainOrLoss"),
)
#: Put in after the chart above, so that no account gets another Id.
_ADDED = (Opening("4950", "Card cashback", "Other Income", "OtherMiscellaneousIncome"),)
_US_ONLY = (
    Opening("1010", "Operating checking", "Bank", "Checking", "128450.12"),
    Opening("1020", "Savings", "Bank", "Savings", "60000"),
)
_UK_ONLY = (
    Opening("1010", "Current account", "Bank", "Checking", "84310.9"),
    Opening("1020", "Deposit account", "Bank", "Savings", "25000"),
    Opening("2400", "VAT control", "Other Current Liability", "GlobalTaxPayable", "-4410.02"),
)

_US_VENDORS = (
    *("Figma Inc", "Atlassian Pty Ltd", "Amazon Business", "Delta Air Lines", "Uber", "Staples"),
    *("Adobe Creative Cloud", "FedEx", "Mailchimp", "Hilton Garden Inn", "Blue Bottle Coffee", "Costco Wholesale"),
)
_UK_VENDORS = (
    *("Figma Inc", "Atlassian Pty Ltd", "Amazon Business", "British Airways", "Uber", "Ryman Stationery"),
    *("Adobe Creative Cloud", "Royal Mail", "Mailchimp", "Travelodge", "Pret A Manger", "Trainline"),
)


@dataclass(frozen=True)
class Start:
    company: Company
    accounts: tuple[Opening, ...]
    vendors: tuple[str, ...]
    customers: tuple[str, ...]
    employees: tuple[str, ...]
    address: Json
    language_country: str
    classes: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()


STARTS = (
    Start(
        Company(US_REALM, "Larkfield Inc.", "US", "USD", zone("America/Los_Angeles")),
        (*_US_ONLY, *_SHARED),
        _US_VENDORS,
        ("Brightwell Logistics", "Northgate Studio"),
        ("Lena Fox",),
        {"Line1": "410 Alder Street", "City": "Portland", "CountrySubDivisionCode": "OR", "PostalCode": "97205"},
        "US",
        classes=("Product", "Sales", "Operations"),
        locations=("New York", "Boston"),
    ),
    Start(
        Company(UK_REALM, "Larkfield Ltd", "GB", "GBP", zone("Europe/London")),
        (*_UK_ONLY, *_SHARED),
        _UK_VENDORS,
        ("Harrow & Finch", "Tidewell Foods"),
        ("Owen Park",),
        {"Line1": "18 Cobbler's Row", "City": "Leeds", "PostalCode": "LS1 4AP"},
        "GB",
    ),
)


def plant_if_empty(store: Store, switches: Switches) -> None:
    if not companies(store.db):
        for start in STARTS:
            _plant(store, start, switches)
        # The first day is long past, also for queries that lag behind.
        store.db.execute("UPDATE object SET born = 0")


def _plant(store: Store, start: Start, switches: Switches) -> None:
    company = start.company
    values = (company.realm, company.name, company.country, company.currency, company.zone.key)
    store.db.execute("INSERT INTO company VALUES (?, ?, ?, ?, ?)", values)
    books = Books.on(store, company, switches, BY_NAME)
    books.insert(BY_NAME["Preferences"], _preferences(start))
    books.insert(BY_NAME["CompanyInfo"], _company_info(start))
    _plant_chart(books, start.accounts)
    _plant_dimensions(books, start)
    for name in start.vendors:
        documents.carry_out(books, Wish(VENDOR, "create", {"DisplayName": name}))
    for entity, names in (("Customer", start.customers), ("Employee", start.employees)):
        for name in names:
            books.insert(BY_NAME[entity], {"DisplayName": name, "FullyQualifiedName": name, "Active": True})


def _plant_chart(books: Books, chart: tuple[Opening, ...]) -> None:
    numbers: dict[str, str] = {}
    for row in (*sorted(chart, key=lambda row: row.number), *_ADDED):
        account = {"Name": row.name, "AcctNum": row.number, "AccountType": row.kind, "AccountSubType": row.sub}
        parent = {"ParentRef": {"value": numbers[row.parent]}, "SubAccount": True} if row.parent else {}
        wish = Wish(ACCOUNT, "create", {**account, **parent, "Active": row.active})
        numbers[row.number] = str(documents.carry_out(books, wish)["Id"])
        books.open(int(numbers[row.number]), to_units(Decimal(row.debit)))
    opened = sum(to_units(Decimal(row.debit)) for row in chart)
    # Whatever the chart does not balance is opening equity, so that debits equal credits.
    books.open(int(numbers["3000"]), -opened)


def _plant_dimensions(books: Books, start: Start) -> None:
    for entity, names in ((CLASS, start.classes), (DEPARTMENT, start.locations)):
        for name in names:
            documents.carry_out(books, Wish(entity, "create", {"Name": name}))


def _company_info(start: Start) -> Json:
    name = start.company.name
    address = {**start.address, "Country": start.language_country}
    facts = {
        "OfferingSku": "QuickBooks Online Plus",
        "SubscriptionStatus": "SUBSCRIBED",
        "CompanyType": "Corporation",
        "IsQbdtMigrated": "false",
    }
    return {
        "CompanyName": name,
        "LegalName": name,
        "CompanyAddr": {"Id": "1", **address},
        "CustomerCommunicationAddr": {"Id": "2", **address},
        "LegalAddr": {"Id": "3", **address},
        "PrimaryPhone": {},
        "CompanyStartDate": "2023-02-01",
        "FiscalYearStartMonth": "January",
        "Country": start.language_country,
        "Email": {"Address": "books@larkfield.example"},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "DefaultTimeZone": start.company.zone.key,
        "NameValue": [{"Name": key, "Value": value} for key, value in facts.items()],
    }


def _preferences(start: Start) -> Json:
    company = start.company
    others = {
        "SalesFormsPrefs.DefaultCustomerMessage": "",
        "VendorAndPurchasesPrefs.UseCustomTxnNumbers": "true",
        "WarnDuplicateCheckNumber": "true",
        "WarnDuplicateBillNumber": "false",
        "WarnDuplicateJournalNumber": "false",
        "DateFormat": "Month Date Year separated by a slash",
    }
    return {
        "AccountingInfoPrefs": {
            "UseAccountNumbers": True,
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": bool(start.classes),
            "TrackDepartments": bool(start.locations),
            **({"DepartmentTerminology": "Location"} if start.locations else {}),
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
        "TaxPrefs": {"UsingSalesTax": company.country != "US"},
        "SalesFormsPrefs": {"CustomTxnNumbers": False, "CustomField": []},
        "OtherPrefs": {"NameValue": [{"Name": name, "Value": value} for name, value in others.items()]},
    }
