"""Values the pure tests begin with: one movement of each kind, and a mapping under which all of them can be booked."""

from dataclasses import replace
from datetime import date
from typing import Any

from integrations.mapping.coding import Account, Coding, Mapping, Vendor
from integrations.mapping.facts import LineFacts, Term, TransactionFacts
from integrations.mapping.rules import code
from integrations.mapping.slots import MappingSlot
from integrations.providers.documents import Dimension, DimensionLevel, Posted
from integrations.sync.plan import Link
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.money import Money

FLEX_CARD = Account("41", "2110 Flex Card", active=True)
VISA = Account("42", "2120 Company Visa", active=True)
CURRENT = Account("35", "1010 Current account", active=True)
SAVINGS = Account("36", "1020 Savings", active=True)
SUPPLIES = Account("66", "6110 Office supplies", active=True)
TRAVEL = Account("67", "6310 Travel", active=True)
UNCATEGORISED = Account("90", "6990 Uncategorised expense", active=True)
FEES = Account("91", "6610 Bank charges", active=True)
CASHBACK = Account("92", "4950 Card cashback", active=True)
STAPLES = Vendor("61", "Staples")

CLASS = Dimension("class", "Class", DimensionLevel.LINE)
LOCATION = Dimension("location", "Location", DimensionLevel.HEADER)
PRODUCT, SALES = Account("501", "Class Product", active=True), Account("502", "Class Sales", active=True)
BOSTON, NEW_YORK = Account("2", "Location Boston", active=True), Account("1", "Location New York", active=True)

CARD = Term(4, "··4821")
BANK = Term(8, "House bank")
OFFICE, TRIPS = Term(1, "Office"), Term(2, "Trips")
ENGINEERS, SELLERS = Term(11, "Engineers"), Term(12, "Sellers")
APOLLO, FAIR = Term(21, "Apollo"), Term(22, "Spring fair")
PAPERWORKS = Term(31, "Paperworks")


def line(minor: int = 4250, **values: Any) -> LineFacts:
    return LineFacts(Money(minor, "USD"), **values)


PAPER = TransactionFacts(
    document_id=7,
    revision=1,
    mark="FX-AAAQEAYEAUDAOCAJ",
    kind=DocumentKind.CHARGE,
    stage=Stage.CLEARED,
    dated=date(2026, 8, 14),
    money=Money(4250, "USD"),
    merchant="Staples",
    card=CARD,
    holder="Jane Roe",
    lines=(line(category=OFFICE, memo="Printer paper"),),
)
COMPLETE = Mapping(
    version=3,
    home_currency="USD",
    accounts={
        (MappingSlot.CARD_ACCOUNT, None): FLEX_CARD,
        (MappingSlot.DEFAULT, None): UNCATEGORISED,
        (MappingSlot.CATEGORY, OFFICE.id): SUPPLIES,
        (MappingSlot.FEES, None): FEES,
        (MappingSlot.CASHBACK, None): CASHBACK,
        (MappingSlot.BANK, None): CURRENT,
    },
    vendors_by_name={"staples": STAPLES},
)
STANDS = Link(revision=1, fingerprint="of what was posted", posted=Posted("Purchase", "401", "3"))


def of_kind(kind: DocumentKind, minor: int = 4250, **changes: Any) -> TransactionFacts:
    """The same amount as another kind, without category and memo; money takes the sign of its kind."""
    money = Money(kind.sign * minor, "USD")
    return replace(PAPER, **{"kind": kind, "money": money, "lines": (LineFacts(money),), **changes})


def split(*lines: LineFacts, **changes: Any) -> TransactionFacts:
    money = Money(sum(one.money.minor for one in lines), "USD")
    return replace(PAPER, money=money, lines=lines, **changes)


def mapped(mapping: Mapping = COMPLETE, **accounts: Account | None) -> Mapping:
    """The mapping with other accounts, by slot, or by slot and id of what it names (card_4); None takes one away."""
    changed = dict(mapping.accounts)
    for name, account in accounts.items():
        slot, _, number = name.rpartition("_") if name[-1].isdigit() else (name, "", "")
        key = (MappingSlot(slot), int(number) if number else None)
        if account is None:
            changed.pop(key, None)
        else:
            changed[key] = account
    return replace(mapping, accounts=changed)


def inactive(account: Account) -> Account:
    return replace(account, active=False)


def coded(facts: TransactionFacts = PAPER, mapping: Mapping = COMPLETE, **changes: Any) -> Coding:
    """The coding of what lacks nothing; changes are to the facts."""
    coding = code(replace(facts, **changes), mapping)
    assert isinstance(coding, Coding), coding
    return coding
