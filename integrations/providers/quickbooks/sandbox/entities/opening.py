"""What stands on an account, or lies in stock, before the first transaction of one's own (§9.3, §9.6)."""

from __future__ import annotations

from decimal import Decimal

from ..books import journal
from ..books.books import Books
from ..books.record import Record
from ..model.money import cents, from_units
from ..wire.json import Json
from . import currencies, own_accounts, stock
from .journal_entry import DETAIL


def balance(books: Books, account: Record, amount: Decimal | int, day: str) -> None:
    """An entry against opening balance equity; a debt that is owed is a positive amount."""
    code = account.body["CurrencyRef"]["value"]
    owed = account.body["Classification"] in ("Liability", "Equity")
    body = {"TxnDate": day, "PrivateNote": "Opening Balance", **_in_currency(books, code, day)}
    equity = own_accounts.get(books, own_accounts.EQUITY)
    if equity.id != account.id:
        lines = _lines(account.id, equity.id, -amount if owed else amount, "Opening Balance")
        _enter(books, "JournalEntry", {**body, "Line": lines})


def quantity(books: Books, item: Record, wanted: Decimal | int, day: str) -> None:
    """Brings what is counted of an item to so many."""
    held, _ = books.in_stock(item.id)
    moved = Decimal(wanted) - Decimal(from_units(held))
    equity = own_accounts.get(books, own_accounts.EQUITY).id
    memo = f"Opening inventory for {item.body['Name']}"
    lines = _lines(int(item.body["AssetAccountRef"]["value"]), equity, _worth(books, item, moved), memo)
    lines[0] |= {"ItemRef": {"value": str(item.id)}, "Qty": moved}
    _enter(books, "InventoryQtyAdjust", {"TxnDate": day, "DocNumber": "START", "Line": lines})


def _worth(books: Books, item: Record, moved: Decimal) -> Decimal | int:
    """What comes is worth what it is bought at, what goes what it stands in the books at."""
    if moved < 0:
        return -from_units(stock.cost(books, item, -moved))
    return from_units(cents(moved * Decimal(item.body.get("PurchaseCost", 0))))


def _in_currency(books: Books, code: str, day: str) -> Json:
    if code == books.company.currency:
        return {}
    return {"CurrencyRef": {"value": code}, "ExchangeRate": currencies.rate_on(books, code, day)["Rate"]}


def _lines(account: int, equity: int, debit: Decimal | int, memo: str) -> list[Json]:
    sides = ("Debit", "Credit") if debit >= 0 else ("Credit", "Debit")
    return [
        {
            "Amount": abs(debit),
            "Description": memo,
            "DetailType": DETAIL,
            DETAIL: {"PostingType": side, "AccountRef": {"value": str(number)}},
        }
        for side, number in zip(sides, (account, equity), strict=True)
    ]


def _enter(books: Books, name: str, draft: Json) -> None:
    entity = books.entities[name]
    record = books.insert(entity, entity.complete(books, draft, None))
    assert entity.journal is not None, "what stands in the books is posted"
    journal.enter(books, record, entity.journal(books, record))
