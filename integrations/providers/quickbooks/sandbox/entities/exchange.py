"""What a change of rates between booking and paying has won or lost (§9.6)."""

from __future__ import annotations

from ..books.books import Books
from ..books.journal import Posting
from ..books.record import Record

ACCOUNT = {
    "Name": "Exchange Gain or Loss",
    "AccountType": "Other Expense",
    "AccountSubType": "ExchangeGainOrLoss",
    "Classification": "Expense",
    "FullyQualifiedName": "Exchange Gain or Loss",
    "SubAccount": False,
    "Active": True,
}


def settled(books: Books, postings: list[Posting]) -> list[Posting]:
    """The postings, with what is left between them on the account of exchange differences."""
    left = sum(each.debit for each in postings)
    return [*postings, Posting(_account(books).id, -left, 0)] if left else postings


def _account(books: Books) -> Record:
    """Made by the platform itself when it first needs one."""
    found = next(
        (each for each in books.all("Account") if each.body["AccountSubType"] == ACCOUNT["AccountSubType"]), None
    )
    currency = {"CurrencyRef": {"value": books.company.currency}}
    return found or books.insert(books.entities["Account"], {**ACCOUNT, **currency})
