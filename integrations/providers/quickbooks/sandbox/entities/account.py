"""The chart of accounts (§9.3)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.entity import COMMON, HEAD, LIST, Entity, texts
from ..model.fields import Field, Kind, choice, flag, ignored, label, ref, text
from ..model.money import from_units
from ..model.reading import refuse_foreign
from ..wire.json import Json
from ..wire.refusals import Refusal, missing
from . import currencies, trees

#: Type: classification, default sub-type, some other sub-types.
TYPES: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "Bank": ("Asset", "CashOnHand", ("Checking", "Savings", "MoneyMarket", "TrustAccounts", "RentsHeldInTrust")),
    "Accounts Receivable": ("Asset", "AccountsReceivable", ()),
    "Other Current Asset": (
        "Asset",
        "EmployeeCashAdvances",
        ("PrepaidExpenses", "UndepositedFunds", "Inventory", "LoansToOfficers", "OtherCurrentAssets"),
    ),
    "Fixed Asset": (
        "Asset",
        "FurnitureAndFixtures",
        ("Vehicles", "MachineryAndEquipment", "Buildings", "AccumulatedDepreciation"),
    ),
    "Other Asset": ("Asset", "Licenses", ("SecurityDeposits", "Goodwill", "OtherLongTermAssets")),
    "Accounts Payable": ("Liability", "AccountsPayable", ()),
    "Credit Card": ("Liability", "CreditCard", ()),
    "Other Current Liability": (
        "Liability",
        "OtherCurrentLiabilities",
        ("LoanPayable", "LineOfCredit", "PayrollClearing", "SalesTaxPayable", "GlobalTaxPayable"),
    ),
    "Long Term Liability": ("Liability", "NotesPayable", ("OtherLongTermLiabilities", "ShareholderNotesPayable")),
    "Equity": ("Equity", "OpeningBalanceEquity", ("RetainedEarnings", "OwnersEquity", "PartnerDistributions")),
    "Income": (
        "Revenue",
        "OtherPrimaryIncome",
        ("SalesOfProductIncome", "ServiceFeeIncome", "DiscountsRefundsGiven"),
    ),
    "Other Income": ("Revenue", "OtherInvestmentIncome", ("InterestEarned", "OtherMiscellaneousIncome")),
    "Expense": (
        "Expense",
        "Travel",
        (
            *("OfficeGeneralAdministrativeExpenses", "Utilities", "Insurance", "LegalProfessionalFees"),
            *("EntertainmentMeals", "DuesSubscriptions", "BankCharges", "SuppliesMaterials"),
            *("AdvertisingPromotional",),
        ),
    ),
    "Other Expense": (
        "Expense",
        "Depreciation",
        ("ExchangeGainOrLoss", "PenaltiesSettlements", "OtherMiscellaneousExpense"),
    ),
    "Cost of Goods Sold": (
        "Expense",
        "CostOfLaborCos",
        ("SuppliesMaterialsCogs", "ShippingFreightDeliveryCos", "OtherCostsOfServiceCos"),
    ),
}
_TYPE_OF_SUBTYPE = {sub: kind for kind, (_, default, others) in TYPES.items() for sub in (default, *others)}
_DEBIT_SIDE = ("Asset", "Expense")


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    if not draft.get("Name"):
        raise missing("Name")
    if before is not None and draft.get("AccountType") != before.body["AccountType"]:
        # The sub-type kept from before belongs to the type it had before.
        draft = {name: value for name, value in draft.items() if (name, value) != _sub_type_of(before)}
    body = {**draft, **_types(draft)}
    body["CurrencyRef"] = _currency(books, draft, before)
    _refuse_tax_code(books, draft)
    parent = trees.parent_of(books, "Account", body, before)
    if parent is not None and parent.body["AccountType"] != body["AccountType"]:
        raise Refusal("6150", "A sub-account has the type of its parent", element="ParentRef")
    body.setdefault("Active", True)
    return trees.placed(books, "Account", body, parent)


def _sub_type_of(account: Record) -> tuple[str, str]:
    return "AccountSubType", account.body["AccountSubType"]


def _types(draft: Json) -> Json:
    kind, sub = draft.get("AccountType"), draft.get("AccountSubType")
    if not kind and not sub:
        raise Refusal("6010", "Account type or sub-type must be given", element="AccountType")
    implied = _TYPE_OF_SUBTYPE.get(sub or "")
    if sub and ((not kind and not implied) or (kind and implied not in (None, kind))):
        raise Refusal("2170", f"Invalid Enumeration : {sub}", element="AccountSubType")
    kind = kind or str(implied)
    return {"AccountType": kind, "AccountSubType": sub or TYPES[kind][1], "Classification": TYPES[kind][0]}


def _currency(books: Books, draft: Json, before: Record | None) -> Json:
    home = books.company.currency
    if before is not None:
        return dict(before.body["CurrencyRef"])
    currency = draft.get("CurrencyRef", {}).get("value", home)
    if currency != home and not books.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        raise refuse_foreign(currency, home)
    currencies.require(books, currency, "CurrencyRef")
    return {"value": currency}


def _refuse_tax_code(books: Books, draft: Json) -> None:
    if draft.get("TaxCodeRef"):
        books.resolve(draft["TaxCodeRef"], "TaxCode", field_name="TaxCodeRef")


def own_side(account: Record) -> int:
    """On a page a balance is positive on the account's own side."""
    return 1 if account.body["Classification"] in _DEBIT_SIDE else -1


def _answered_side(account: Record) -> int:
    """As recorded: what a card owes is positive, other liabilities and equity are negative, and income and expense
    read zero."""
    kind = account.body["Classification"]
    if kind in ("Revenue", "Expense"):
        return 0
    return -1 if account.body["AccountType"] == "Credit Card" else 1


def derived(books: Books, account: Record) -> Json:
    sign = _answered_side(account)
    return {
        "CurrentBalance": from_units(sign * books.native_balance(account.id)),
        "CurrentBalanceWithSubAccounts": from_units(sign * _with_children(books, account)),
    }


def _with_children(books: Books, account: Record) -> int:
    below = sum(_with_children(books, child) for child in books.children(account))
    return books.native_balance(account.id) + below


ACCOUNT = Entity(
    name="Account",
    family="Account",
    names="Account",
    operations=LIST,
    activates=True,
    complete=complete,
    derived=derived,
    fields=(
        label("Name", 100, forbidden='":'),
        choice("AccountType", *TYPES),
        text("AccountSubType", 100),
        Field("AcctNum", Kind.TEXT, limit=7, forbidden=":"),
        text("Description", 100),
        flag("SubAccount"),
        ref("ParentRef", "Account"),
        ref("CurrencyRef", "Currency"),
        ref("TaxCodeRef", "TaxCode"),
        flag("Active"),
        *HEAD,
        *ignored("Classification", "FullyQualifiedName", "CurrentBalance", "CurrentBalanceWithSubAccounts"),
        *ignored("TxnLocationType", "AccountAlias"),
    ),
    searchable={
        **COMMON,
        **texts("Name", "AccountType", "AccountSubType", "Classification"),
        "FullyQualifiedName": ("text", "name"),
        "Active": ("flag", "active"),
        "SubAccount": ("flag", "json_extract(body, '$.SubAccount')"),
    },
    order=(
        *("Name", "SubAccount", "ParentRef", "Description", "FullyQualifiedName", "Active", "Classification"),
        *("AccountType", "AccountSubType", "AcctNum", "CurrentBalance", "CurrentBalanceWithSubAccounts"),
        *("CurrencyRef", "TaxCodeRef", "domain", "sparse", "Id", "SyncToken", "MetaData"),
    ),
)
