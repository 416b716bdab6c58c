"""The two companies of the demo organisation: one in the US, one in the UK."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial

from ..books.books import Books, Company
from ..wire.json import Json, zone
from . import standard, vat
from .planting import Opening, Start, chart, company_info, preferences, put, single

US_REALM = "9341450000000011"
UK_REALM = "9341450000000029"


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
class Larkfield:
    company: Company
    accounts: tuple[Opening, ...]
    vendors: tuple[str, ...]
    customers: tuple[str, ...]
    employees: tuple[str, ...]
    address: Json
    classes: tuple[str, ...] = ()
    locations: tuple[str, ...] = ()


_INC = Larkfield(
    Company(US_REALM, "Larkfield Inc.", "US", "USD", zone("America/Los_Angeles")),
    (*_US_ONLY, *_SHARED),
    _US_VENDORS,
    ("Brightwell Logistics", "Northgate Studio"),
    ("Lena Fox",),
    {"Line1": "410 Alder Street", "City": "Portland", "CountrySubDivisionCode": "OR", "PostalCode": "97205"},
    classes=("Product", "Sales", "Operations"),
    locations=("New York", "Boston"),
)
_LTD = Larkfield(
    Company(UK_REALM, "Larkfield Ltd", "GB", "GBP", zone("Europe/London")),
    (*_UK_ONLY, *_SHARED),
    _UK_VENDORS,
    ("Harrow & Finch", "Tidewell Foods"),
    ("Owen Park",),
    {"Line1": "18 Cobbler's Row", "City": "Leeds", "PostalCode": "LS1 4AP"},
)


def _plant(of: Larkfield, books: Books) -> None:
    tracked = {"classes": bool(of.classes), "locations": bool(of.locations)}
    single(books, "Preferences", preferences(books.company, **tracked))
    single(books, "CompanyInfo", company_info(books.company, of.address))
    standard.plant(books)
    chart(books, (*sorted(of.accounts, key=lambda row: row.number), *_ADDED), equity="3000")
    for entity, names in (("Class", of.classes), ("Department", of.locations)):
        for name in names:
            put(books, entity, {"Name": name})
    for entity, names in (("Vendor", of.vendors), ("Customer", of.customers), ("Employee", of.employees)):
        for name in names:
            put(books, entity, {"DisplayName": name})
    if of.company.country == "GB":
        vat.plant(books)


STARTS = tuple(Start(each.company, partial(_plant, each)) for each in (_INC, _LTD))
