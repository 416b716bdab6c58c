"""A US business that buys and sells goods: stock, categories, classes, locations, customers with jobs, open orders."""

from __future__ import annotations

from datetime import date, timedelta

from ..books.books import Books, Company
from ..wire.json import Json, zone
from . import standard
from .planting import Opening, Start, chart, company_info, preferences, put, single

REALM = "9341450000000045"
COMPANY = Company(REALM, "Tern Outfitters Inc.", "US", "USD", zone("America/Denver"))

_ACCOUNTS = (
    Opening("1010", "Operating checking", "Bank", "Checking", "86420.15"),
    Opening("1015", "Payroll checking", "Bank", "Checking", "12000"),
    Opening("1200", "Accounts receivable", "Accounts Receivable", "AccountsReceivable"),
    Opening("1310", "Inventory asset", "Other Current Asset", "Inventory"),
    Opening("1390", "Undeposited funds", "Other Current Asset", "UndepositedFunds"),
    Opening("1510", "Store fixtures", "Fixed Asset", "FurnitureAndFixtures", "18400"),
    Opening("1515", "Depreciation of fixtures", "Fixed Asset", "AccumulatedDepreciation", "-5520", parent="1510"),
    Opening("2000", "Accounts payable", "Accounts Payable", "AccountsPayable"),
    Opening("2100", "Corporate card", "Credit Card", "CreditCard", "-2260.4"),
    Opening("2101", "Corporate card 7714", "Credit Card", "CreditCard", parent="2100"),
    Opening("2200", "Card clearing", "Other Current Liability", "OtherCurrentLiabilities"),
    Opening("2600", "Bank loan", "Long Term Liability", "NotesPayable", "-40000"),
    Opening("3000", "Opening balance equity", "Equity", "OpeningBalanceEquity"),
    Opening("3900", "Retained earnings", "Equity", "RetainedEarnings", "-31200"),
    Opening("4000", "Sales of product income", "Income", "SalesOfProductIncome", "-214300"),
    Opening("4100", "Repairs", "Income", "ServiceFeeIncome", "-16850"),
    Opening("4900", "Discounts given", "Income", "DiscountsRefundsGiven", "1190"),
    Opening("5000", "Cost of goods sold", "Cost of Goods Sold", "SuppliesMaterialsCogs", "121450"),
    Opening("5100", "Freight in", "Cost of Goods Sold", "ShippingFreightDeliveryCos", "4380"),
    Opening("6100", "Rent", "Expense", "OfficeGeneralAdministrativeExpenses", "36000"),
    Opening("6200", "Wages", "Expense", "OfficeGeneralAdministrativeExpenses", "58400"),
    Opening("6300", "Marketing", "Expense", "AdvertisingPromotional", "7120"),
    Opening("6310", "Trade shows", "Expense", "AdvertisingPromotional", "2400", parent="6300"),
    Opening("6400", "Travel", "Expense", "Travel", "1980"),
    Opening("6500", "Software", "Expense", "OfficeGeneralAdministrativeExpenses", "2690"),
    Opening("6600", "Card fees", "Expense", "BankCharges", "1320"),
    Opening("6990", "Uncategorized expense", "Expense", "OfficeGeneralAdministrativeExpenses"),
)
_VENDORS = ("Alder Ridge Mills", "Cascade Zippers", "North Range Freight", "Meta Ads", "Shopfront Realty", "UPS")
_CUSTOMERS = ("Juniper Lodge", "Basecamp Rentals", "Walk-in", "City Parks Department")
_EMPLOYEES = ("Ines Holt", "Sam Ortiz")
#: Name, stock number, sold at, bought at, on hand.
_GOODS = (
    ("Ridge tent 2P", "TN-201", "289", "151.4", "38"),
    ("Ridge tent 4P", "TN-401", "419", "228", "17"),
    ("Down bag 20F", "SB-020", "239", "117.25", "44"),
    ("Trail stove", "CK-110", "84.5", "39.9", "120"),
    ("Headlamp 400", "LT-400", "49", "21.15", "203"),
)


def _plant(books: Books) -> None:
    today = date.fromisoformat(books.today)
    single(books, "Preferences", preferences(books.company, classes=True, locations=True))
    address = {"Line1": "77 Canyon Street", "City": "Boulder", "CountrySubDivisionCode": "CO", "PostalCode": "80302"}
    single(books, "CompanyInfo", company_info(books.company, address))
    ids = chart(books, _ACCOUNTS, equity="3000")
    standard.plant(books)
    for entity, people in (("Vendor", _VENDORS), ("Customer", _CUSTOMERS), ("Employee", _EMPLOYEES)):
        for name in people:
            put(books, entity, {"DisplayName": name})
    parks = _named(books, "Customer", "City Parks Department")
    put(books, "Customer", {"DisplayName": "Lake shelter refit", "Job": True, "ParentRef": {"value": parks}})
    for entity, names in (("Class", ("Retail", "Online", "Rental")), ("Department", ("Boulder", "Golden"))):
        for name in names:
            put(books, entity, {"Name": name})
    _plant_goods(books, ids, today)
    _plant_open_documents(books, today)


def _named(books: Books, entity: str, name: str) -> str:
    return str(next(each.id for each in books.all(entity) if each.title == name))


def _plant_goods(books: Books, ids: dict[str, str], today: date) -> None:
    counted = (today - timedelta(days=60)).isoformat()
    category = put(books, "Item", {"Name": "Camp", "Type": "Category"})
    for name, sku, price, cost, quantity in _GOODS:
        put(
            books,
            "Item",
            {
                "Name": name,
                "Sku": sku,
                "Type": "Inventory",
                "SubItem": True,
                "ParentRef": {"value": str(category.id)},
                "UnitPrice": price,
                "PurchaseCost": cost,
                "QtyOnHand": quantity,
                "InvStartDate": counted,
                "TrackQtyOnHand": True,
                "IncomeAccountRef": {"value": ids["4000"]},
                "ExpenseAccountRef": {"value": ids["5000"]},
                "AssetAccountRef": {"value": ids["1310"]},
            },
        )
    put(books, "Item", {"Name": "Repair hour", "Type": "Service", "IncomeAccountRef": {"value": ids["4100"]}})


def _plant_open_documents(books: Books, today: date) -> None:
    """An invoice and a bill that nobody has paid, and an order that has not come."""
    tent, stove = (_named(books, "Item", f"Camp:{name}") for name in ("Ridge tent 2P", "Trail stove"))
    mills, lodge = _named(books, "Vendor", "Alder Ridge Mills"), _named(books, "Customer", "Juniper Lodge")
    sold = {"Amount": 1156, "DetailType": "SalesItemLineDetail"}
    detail = {"ItemRef": {"value": tent}, "Qty": 4, "UnitPrice": 289}
    line = {**sold, "SalesItemLineDetail": detail}
    put(books, "Invoice", {"CustomerRef": {"value": lodge}, "TxnDate": _ago(today, 21), "Line": [line]})
    bought = {"VendorRef": {"value": mills}, "Line": [_bought(stove, 40, "39.9", "1596")]}
    put(books, "Bill", {**bought, "TxnDate": _ago(today, 12), "DocNumber": "AR-20418"})
    ordered = {"VendorRef": {"value": mills}, "Line": [_bought(tent, 20, "151.4", "3028")]}
    put(books, "PurchaseOrder", {**ordered, "TxnDate": _ago(today, 5)})


def _ago(today: date, days: int) -> str:
    return (today - timedelta(days=days)).isoformat()


def _bought(item: str, quantity: int, price: str, amount: str) -> Json:
    return {
        "Amount": amount,
        "DetailType": "ItemBasedExpenseLineDetail",
        "ItemBasedExpenseLineDetail": {"ItemRef": {"value": item}, "Qty": quantity, "UnitPrice": price},
    }


START = Start(COMPANY, _plant)
