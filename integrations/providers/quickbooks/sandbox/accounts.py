"""The chart of accounts (§9.3)."""

from __future__ import annotations

from .books import Books, Record
from .money import from_units
from .reading import refuse_foreign
from .refusals import Refusal, missing
from .wire import Json

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
DEEPEST = 5


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    if not draft.get("Name"):
        raise missing("Name")
    if before is not None and draft.get("AccountType") != before.body["AccountType"]:
        # The sub-type kept from before belongs to the type it had before.
        draft = {name: value for name, value in draft.items() if (name, value) != _sub_type_of(before)}
    body = {**draft, **_types(draft)}
    body["CurrencyRef"] = _currency(books, draft, before)
    _refuse_tax_code(books, draft)
    parent = _parent(books, body, before)
    body["SubAccount"] = parent is not None
    if parent is None:
        body.pop("ParentRef", None)
    body.setdefault("Active", True)
    body["FullyQualifiedName"] = f"{parent.title}:{body['Name']}" if parent else body["Name"]
    return body


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
    return {"value": currency}


def _refuse_tax_code(books: Books, draft: Json) -> None:
    if draft.get("TaxCodeRef"):
        books.resolve(draft["TaxCodeRef"], "TaxCode", field_name="TaxCodeRef")


def _parent(books: Books, body: Json, before: Record | None) -> Record | None:
    if not body.get("ParentRef"):
        return None
    parent = books.resolve(body["ParentRef"], "Account", field_name="ParentRef")
    lineage = _lineage(books, parent)
    if before is not None and before.id in lineage:
        raise Refusal("6150", "An account cannot be its own parent", element="ParentRef")
    if parent.body["AccountType"] != body["AccountType"]:
        raise Refusal("6150", "A sub-account has the type of its parent", element="ParentRef")
    if len(lineage) >= DEEPEST:
        raise Refusal("6180", f"Accounts have at most {DEEPEST} levels", element="ParentRef")
    return parent


def _lineage(books: Books, account: Record) -> list[int]:
    found = [account.id]
    while account.body.get("ParentRef"):
        parent = books.find("Account", int(account.body["ParentRef"]["value"]))
        if parent is None:
            break
        account = parent
        found.append(account.id)
    return found


def children(books: Books, account: int) -> list[Record]:
    rows = books.db.execute(
        "SELECT * FROM object WHERE realm = ? AND entity = 'Account'"
        " AND json_extract(body, '$.ParentRef.value') = ? ORDER BY id",
        (books.realm, str(account)),
    )
    return [Record.from_row(row) for row in rows]


def settle(books: Books, account: Record) -> None:
    """A new name or place of an account is a new path for everything below it."""
    for child in children(books, account.id):
        path = f"{account.title}:{child.body['Name']}"
        if path != child.title:
            books.restate(child, {**child.body, "FullyQualifiedName": path})
            settle(books, Record(**{**child.__dict__, "body": {**child.body, "FullyQualifiedName": path}}))


def derived(books: Books, account: Record) -> Json:
    """Balances read positive on the account's own side: what a card owes is a positive number."""
    sign = 1 if account.body["Classification"] in _DEBIT_SIDE else -1
    return {
        "CurrentBalance": from_units(sign * books.debit_balance(account.id)),
        "CurrentBalanceWithSubAccounts": from_units(sign * _debit_with_children(books, account.id)),
    }


def _debit_with_children(books: Books, account: int) -> int:
    below = sum(_debit_with_children(books, child.id) for child in children(books, account))
    return books.debit_balance(account) + below
