"""What a source document is, how far it has come, and which amounts and days are possible."""

from datetime import date, datetime
from enum import StrEnum
from zoneinfo import ZoneInfo

from ledger.domain.money import Money

# Before this day no card charge of a living business can have been made; such dates are spreadsheet accidents.
EARLIEST = date(2000, 1, 1)
DAYS_AHEAD = 2


class DocumentKind(StrEnum):
    """What a source document is. What is owed, on a card or to a vendor, grows by some of them and shrinks by the
    others."""

    CHARGE = "card_charge"
    REFUND = "card_refund"
    FEE = "card_fee"
    CASHBACK = "card_cashback"
    PAYMENT = "card_payment"
    BILL = "bill"
    REIMBURSEMENT = "reimbursement"
    VENDOR_CREDIT = "vendor_credit"
    BILL_PAYMENT = "bill_payment"

    @property
    def sign(self) -> int:
        return 1 if self in GROWING else -1

    @property
    def word(self) -> str:
        return WORDS[self]


GROWING = (DocumentKind.CHARGE, DocumentKind.FEE, DocumentKind.BILL, DocumentKind.REIMBURSEMENT)
ON_CARDS = (
    DocumentKind.CHARGE,
    DocumentKind.REFUND,
    DocumentKind.FEE,
    DocumentKind.CASHBACK,
    DocumentKind.PAYMENT,
)
# What somebody is owed, or owes us back. The cardholder to whom money is given back is a vendor like others.
BILLS = (DocumentKind.BILL, DocumentKind.REIMBURSEMENT, DocumentKind.VENDOR_CREDIT)
# Money that goes from one balance to another.
BETWEEN_BALANCES = (DocumentKind.PAYMENT, DocumentKind.BILL_PAYMENT)

WORDS = {
    DocumentKind.CHARGE: "charge",
    DocumentKind.REFUND: "refund",
    DocumentKind.FEE: "fee",
    DocumentKind.CASHBACK: "cashback",
    DocumentKind.PAYMENT: "statement payment",
    DocumentKind.BILL: "bill",
    DocumentKind.REIMBURSEMENT: "reimbursement",
    DocumentKind.VENDOR_CREDIT: "vendor credit",
    DocumentKind.BILL_PAYMENT: "bill payment",
}


class Stage(StrEnum):
    """How far it has come: with a card's issuer, or in Flex. Only what has cleared is money; what was reversed stays on
    record."""

    PENDING = "pending"
    CLEARED = "cleared"
    REVERSED = "reversed"


def posting_day(moment: datetime, time_zone: str) -> date:
    """The day on which it stands in the books: a date in the entity's own time zone."""
    return moment.astimezone(ZoneInfo(time_zone)).date()


def impossible_amount(kind: DocumentKind, money: Money) -> str:
    """Why nothing of this kind can be of this amount, or an empty text."""
    if money.minor * kind.sign > 0:
        return ""
    return f"A {kind.word} is {'above' if kind.sign > 0 else 'below'} zero."


def impossible_day(day: date, today: date) -> str:
    """Why nothing can be dated so, or an empty text."""
    if day < EARLIEST:
        return f"{day.isoformat()} is before {EARLIEST.isoformat()}; no card charge is that old."
    if (day - today).days > DAYS_AHEAD:
        return f"{day.isoformat()} lies in the future."
    return ""


def is_late(known: Stage, incoming: Stage) -> bool:
    """A message that was overtaken: it tells an earlier stage than the one we know, and changes nothing."""
    order = [Stage.PENDING, Stage.CLEARED, Stage.REVERSED]
    return order.index(incoming) < order.index(known)
