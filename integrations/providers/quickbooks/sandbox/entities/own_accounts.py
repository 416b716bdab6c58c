"""Accounts that the platform itself keeps, and makes when it first needs one (§9.3)."""

from __future__ import annotations

from typing import NamedTuple

from ..books.books import Books
from ..books.record import Record
from .account_types import TYPES


class Own(NamedTuple):
    name: str
    kind: str
    sub: str


UNDEPOSITED = Own("Undeposited Funds", "Other Current Asset", "UndepositedFunds")
DISCOUNTS = Own("Discounts given", "Income", "DiscountsRefundsGiven")
SHIPPING = Own("Shipping Income", "Income", "ShippingIncome")
EQUITY = Own("Opening Balance Equity", "Equity", "OpeningBalanceEquity")
SALES_TAX = Own("Sales Tax Payable", "Other Current Liability", "SalesTaxPayable")


def get(books: Books, own: Own) -> Record:
    """The first of its sub-type, whatever it is called."""
    return books.account_of("AccountSubType", own.sub) or named(books, own)


def named(books: Books, own: Own) -> Record:
    """The one of that name, where a company has several of the sub-type."""
    found = books.holder_of_name("Account", own.name, but=None)
    return found or books.insert(books.entities["Account"], _body(books, own))


def _body(books: Books, own: Own) -> dict[str, object]:
    return {
        "Name": own.name,
        "SubAccount": False,
        "FullyQualifiedName": own.name,
        "Active": True,
        "Classification": TYPES[own.kind].classification,
        "AccountType": own.kind,
        "AccountSubType": own.sub,
        "CurrencyRef": {"value": books.company.currency},
    }
