"""The parts of the mapping: each is a tab, a form of its own, and one save."""

from dataclasses import dataclass
from enum import StrEnum

from integrations.mapping.slots import MappingSlot


class Part(StrEnum):
    ACCOUNTS = "accounts"
    CATEGORIES = "categories"
    DEPARTMENTS = "departments"
    TAGS = "tags"
    VENDORS = "vendors"
    CARDS = "cards"
    BANKS = "banks"

    @property
    def label(self) -> str:
        return "Bank accounts" if self is Part.BANKS else self.value.capitalize()

    @property
    def slots(self) -> tuple[MappingSlot, ...]:
        return tuple(PLAIN) if self is Part.ACCOUNTS else (TABLES[self].slot,)


@dataclass(frozen=True, slots=True)
class PlainField:
    label: str
    help: str
    blank: str


PLAIN = {
    MappingSlot.CARD_ACCOUNT: PlainField(
        "Card account", "Every charge is credited to it, but on cards with an account of their own.", "None chosen"
    ),
    MappingSlot.DEFAULT: PlainField(
        "Default account", "Takes what no category sends elsewhere.", "None: such charges wait"
    ),
    MappingSlot.FEES: PlainField("Card fees", "What the issuer charges for the cards themselves.", "None: fees wait"),
    MappingSlot.CASHBACK: PlainField("Cashback", "An income account is usual.", "None: cashback waits"),
    MappingSlot.BANK: PlainField(
        "Payments are made from",
        "Of card statements, and of bills that name no bank account of their own.",
        "None: payments wait",
    ),
    MappingSlot.PAYABLES: PlainField(
        "Bills are owed on", "An account of type accounts payable.", "None: the books take their own"
    ),
}


@dataclass(frozen=True, slots=True)
class TablePart:
    """`blank` says what happens to a row without a target. Where one is the exception, `own` counts them instead of
    the money, and `rest` says what the others do."""

    slot: MappingSlot
    noun: str
    nouns: str
    blank: str
    none: str
    unnamed: str = ""
    own: bool = False
    rest: str = ""
    movement: str = "charge"


TABLES = {
    Part.CATEGORIES: TablePart(
        MappingSlot.CATEGORY,
        "category",
        "categories",
        "The default account",
        "No category has come in yet. Each stands here as soon as it does, with what it cost.",
        "has no category; only a default account can take it.",
    ),
    Part.DEPARTMENTS: TablePart(
        MappingSlot.DEPARTMENT,
        "department",
        "departments",
        "None",
        "No department has come in yet. Each stands here as soon as it does, with what it cost.",
        "names no department.",
    ),
    Part.TAGS: TablePart(
        MappingSlot.TAG,
        "tag",
        "tags",
        "None",
        "No tag has come in yet. Each stands here under its group, with what it cost.",
    ),
    Part.VENDORS: TablePart(
        MappingSlot.VENDOR,
        "vendor",
        "vendors",
        "Whoever has its name",
        "No vendor has come in yet. Until then a charge posts to the vendor that has the merchant's name.",
        "names no vendor; the merchant's name decides.",
    ),
    Part.CARDS: TablePart(
        MappingSlot.CARD,
        "card",
        "cards",
        "The card account",
        "This entity has no card yet. Each stands here as soon as it has one.",
        own=True,
        rest="The others post to the card account.",
    ),
    Part.BANKS: TablePart(
        MappingSlot.BANK_ACCOUNT,
        "bank account",
        "bank accounts",
        "The account for all",
        "No bank account of this entity has come in yet. Its statements are paid from the one under Accounts.",
        own=True,
        rest="Payments from the others are booked to the one under Accounts.",
        movement="payment",
    ),
}
