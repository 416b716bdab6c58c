"""What of ours a line of the mapping speaks about."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class MappingSlot(StrEnum):
    # Which account a card owes on: all cards, or one of them.
    CARD_ACCOUNT = "card_account"
    CARD = "card"
    # Where a charge goes.
    DEFAULT = "default"
    CATEGORY = "category"
    FEES = "fees"
    CASHBACK = "cashback"
    # From which account statements and bills are paid: all of them, or from one bank account.
    BANK = "bank"
    BANK_ACCOUNT = "bank_account"
    # On which account bills are owed.
    PAYABLES = "payables"
    # Who is who, and by what it is analysed.
    VENDOR = "vendor"
    DEPARTMENT = "department"
    TAG = "tag"

    @property
    def label(self) -> str:
        return LABELS[self]


LABELS = {
    MappingSlot.CARD_ACCOUNT: "Card account",
    MappingSlot.CARD: "Card",
    MappingSlot.DEFAULT: "Everything else",
    MappingSlot.CATEGORY: "Category",
    MappingSlot.FEES: "Card fees",
    MappingSlot.CASHBACK: "Cashback",
    MappingSlot.BANK: "Payments are made from",
    MappingSlot.BANK_ACCOUNT: "Bank account",
    MappingSlot.PAYABLES: "Bills are owed on",
    MappingSlot.VENDOR: "Vendor",
    MappingSlot.DEPARTMENT: "Department",
    MappingSlot.TAG: "Tag",
}
# What of the ledger a line of these slots names; the others stand for the whole entity.
NAMES_A_SOURCE = (
    MappingSlot.CARD,
    MappingSlot.CATEGORY,
    MappingSlot.BANK_ACCOUNT,
    MappingSlot.VENDOR,
    MappingSlot.DEPARTMENT,
    MappingSlot.TAG,
)


@dataclass(frozen=True, slots=True)
class MappingKey:
    """What a line of the mapping speaks about: a slot, the id of what it names, the dimension it gives a value to."""

    slot: MappingSlot
    source: int | None = None
    dimension: str = ""

    def columns(self) -> dict[str, Any]:
        named = {f"{self.slot.value}_id": self.source} if self.slot in NAMES_A_SOURCE else {}
        return {"slot": self.slot.value, "dimension": self.dimension, **named}
