"""Values the pure tests begin with: one charge of a day, and a mapping under which it can be booked."""

from dataclasses import replace
from datetime import date
from typing import Any

from integrations.mapping.rules import Account, ChargeFacts, Coding, Mapping, Vendor, code_charge
from ledger.domain.money import Money

FLEX_CARD = Account("41", "2110 Flex Card", active=True)
SUPPLIES = Account("66", "6110 Office supplies", active=True)
UNCATEGORISED = Account("90", "6990 Uncategorised expense", active=True)
STAPLES = Vendor("61", "Staples")

PAPER = ChargeFacts(
    document_id=7,
    revision=1,
    mark="FX-AAAQEAYEAUDAOCAJ",
    dated=date(2026, 8, 14),
    money=Money(4250, "USD"),
    merchant="Staples",
    category="Office",
    holder="Jane Roe",
    last_four="4821",
    memo="Printer paper",
)
COMPLETE = Mapping(
    version=3,
    home_currency="USD",
    card_account=FLEX_CARD,
    default=UNCATEGORISED,
    categories={"Office": SUPPLIES},
    vendors={"staples": STAPLES},
)


def inactive(account: Account) -> Account:
    return replace(account, active=False)


def coded(facts: ChargeFacts = PAPER, mapping: Mapping = COMPLETE, **changes: Any) -> Coding:
    """The coding of a charge that lacks nothing; changes are to the facts."""
    coding = code_charge(replace(facts, **changes), mapping)
    assert isinstance(coding, Coding)
    return coding
