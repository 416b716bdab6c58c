"""What a change of rates between booking and paying has won or lost (§9.6)."""

from __future__ import annotations

from ..books.books import Books
from ..books.journal import Posting
from . import own_accounts
from .own_accounts import Own

GAIN_OR_LOSS = Own("Exchange Gain or Loss", "Other Expense", "ExchangeGainOrLoss")


def settled(books: Books, postings: list[Posting]) -> list[Posting]:
    """The postings, with what is left between them on the account of exchange differences."""
    left = sum(each.debit for each in postings)
    return [*postings, Posting(own_accounts.get(books, GAIN_OR_LOSS).id, -left, 0)] if left else postings
