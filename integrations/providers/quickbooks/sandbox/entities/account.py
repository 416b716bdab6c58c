"""The chart of accounts (§9.3)."""

from __future__ import annotations

from ..books.books import CONTROL_TYPES, Books
from ..books.record import Record
from ..model.entity import COMMON, HEAD, LIST, Entity, texts
from ..model.fields import Field, Kind, amount, bare, choice, day, flag, ignored, kept, label, ref, text
from ..model.money import from_units
from ..model.reading import refuse_foreign, too_long
from ..wire.json import Json
from ..wire.refusals import Refusal, business, missing
from . import currencies, opening, trees
from .account_types import OPENED, TYPE_OF_SUB_TYPE, TYPES

#: Said when an account is made, and never shown.
_OPENING = ("OpeningBalance", "OpeningBalanceDate")
_DEBIT_SIDE = ("Asset", "Expense")


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    if not draft.get("Name"):
        raise missing("Name")
    if before is not None and draft.get("AccountType") != before.body["AccountType"]:
        # The sub-type kept from before belongs to the type it had before.
        draft = {name: value for name, value in draft.items() if (name, value) != _sub_type_of(before)}
    _check_number_length(books, draft)
    body = {**draft, **_types(draft)}
    body["CurrencyRef"] = _currency(books, draft, before)
    _refuse_tax_code(books, draft)
    if before is not None:
        _check_type(books, body["AccountType"], before)
    parent = trees.parent_of(books, "Account", body, before)
    if parent is not None and parent.body["AccountType"] != body["AccountType"]:
        raise Refusal("6150", "A sub-account has the type of its parent", element="ParentRef")
    body.setdefault("Active", True)
    if before is None:
        _check_opening(body)
    kept = {name: value for name, value in body.items() if name not in _OPENING}
    return trees.placed(books, "Account", kept, parent)


def _check_opening(body: Json) -> None:
    if not body.get("OpeningBalance"):
        return
    if "OpeningBalanceDate" not in body:
        raise Refusal("6060", "An OpeningBalanceDate is required with an OpeningBalance", element="OpeningBalanceDate")
    if body["AccountType"] not in OPENED:
        raise business("This account type doesn't support opening balances.")


def followed(books: Books, account: Record, draft: Json, before: Record | None) -> None:
    if before is None and draft.get("OpeningBalance"):
        opening.balance(books, account, draft["OpeningBalance"], draft["OpeningBalanceDate"])


def check_number(books: Books, body: Json, before: Record | None) -> None:
    """Two accounts with one number can be told apart by nobody."""
    number = body.get("AcctNum")
    if not number or books.switches.account_numbers == "free":
        return
    holder = books.holder_of_number("Account", number, but=before)
    if holder is not None:
        raise business(f"Another account is already using this number. Please use a different number. : Id={holder.id}")


def _check_number_length(books: Books, draft: Json) -> None:
    older = books.switches.account_number_length == "older"
    longest = 7 if older and books.company.country in ("US", "GB", "IN") else 20
    if len(draft.get("AcctNum", "")) > longest:
        raise too_long("AcctNum", longest, len(draft["AcctNum"]))


def _sub_type_of(account: Record) -> tuple[str, str]:
    return "AccountSubType", account.body["AccountSubType"]


def _check_type(books: Books, wanted: str, before: Record) -> None:
    """What is owed stands under names: an account of debts that is used stays one, and no other becomes one."""
    if wanted == before.body["AccountType"]:
        return
    if {wanted, before.body["AccountType"]} & {*CONTROL_TYPES} and books.is_used(before.id):
        raise business(
            "You can't change the type of an account that has transactions to or from payable or receivable."
        )
    if any(child.body["AccountType"] != wanted for child in books.children(before)):
        raise business("You can't change the type of an account that has sub-accounts.")


def _types(draft: Json) -> Json:
    kind, sub = draft.get("AccountType"), draft.get("AccountSubType")
    if not kind and not sub:
        raise Refusal("6010", "Account type or sub-type must be given", element="AccountType")
    implied = TYPE_OF_SUB_TYPE.get(sub or "")
    if sub and ((not kind and not implied) or (kind and implied not in (None, kind))):
        raise Refusal("2170", f"Invalid Enumeration : {sub}", element="AccountSubType")
    kind = kind or str(implied)
    default = TYPES[kind]
    return {
        "AccountType": kind,
        "AccountSubType": sub or default.sub_type,
        "Classification": default.classification,
    }


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
        "CurrentBalance": from_units(sign * _standing(books, account)),
        "CurrentBalanceWithSubAccounts": from_units(sign * _with_children(books, account)),
    }


def _with_children(books: Books, account: Record) -> int:
    return _standing(books, account) + sum(_with_children(books, child) for child in books.children(account))


def _standing(books: Books, account: Record) -> int:
    """In its own currency: what is foreign falls on an account at home with what it is worth there (§9.6)."""
    at_home = account.body["CurrencyRef"]["value"] == books.company.currency
    return books.debit_balance(account.id) if at_home else books.native_balance(account.id)


ACCOUNT = Entity(
    name="Account",
    family="Account",
    names="Account",
    operations=LIST,
    activates=True,
    complete=complete,
    derived=derived,
    followed=followed,
    check_number=check_number,
    fields=(
        label("Name", 100, forbidden='":'),
        choice("AccountType", *TYPES),
        text("AccountSubType", 100),
        Field("AcctNum", Kind.TEXT, limit=20, forbidden=":"),
        text("Description", 100),
        flag("SubAccount"),
        bare("ParentRef", "Account"),
        ref("CurrencyRef", "Currency"),
        ref("TaxCodeRef", "TaxCode"),
        flag("Active"),
        amount("OpeningBalance"),
        day("OpeningBalanceDate"),
        *HEAD,
        *ignored("Classification", "FullyQualifiedName", "CurrentBalance", "CurrentBalanceWithSubAccounts"),
        *kept("TxnLocationType", "AccountAlias"),
        *ignored("AccountPurposes", "AcctNumExtn", "BankNum", "TaxAccount", "OnlineBankingEnabled", "FIName"),
        *ignored("JournalCodeRef", "AccountEx", "CustomField", "AttachableRef"),
    ),
    searchable={
        **COMMON,
        **texts("Name", "AccountType", "AccountSubType", "Classification"),
        "FullyQualifiedName": ("text", "name"),
        "Active": ("flag", "active"),
        "AcctNum": ("text", "doc_number"),
        "Description": ("text", "fold(json_extract(body, '$.Description'))"),
        "ParentRef": ("text", "json_extract(body, '$.ParentRef.value')"),
        "SubAccount": ("flag", "json_extract(body, '$.SubAccount')"),
    },
)
