"""A movement on a card as it comes in: its kinds and stages, which values are possible, what may follow what."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from types import MappingProxyType
from zoneinfo import ZoneInfo

from ledger.domain.money import Money

# Before this day no card charge of a living business can have been made; such dates are spreadsheet accidents.
EARLIEST = date(2000, 1, 1)
DAYS_AHEAD = 2

NOTHING_ELSE: "MappingProxyType[str, str]" = MappingProxyType({})


class DocumentKind(StrEnum):
    """What a source document is. What the card owes grows by a charge or a fee, and shrinks by the others."""

    CHARGE = "card_charge"
    REFUND = "card_refund"
    FEE = "card_fee"
    CASHBACK = "card_cashback"
    PAYMENT = "card_payment"

    @property
    def sign(self) -> int:
        return 1 if self in (DocumentKind.CHARGE, DocumentKind.FEE) else -1

    @property
    def word(self) -> str:
        return WORDS[self]


WORDS = {
    DocumentKind.CHARGE: "charge",
    DocumentKind.REFUND: "refund",
    DocumentKind.FEE: "fee",
    DocumentKind.CASHBACK: "cashback",
    DocumentKind.PAYMENT: "statement payment",
}


class Stage(StrEnum):
    """How far the issuer is with it. Only what has cleared is money; what was reversed stays on record."""

    PENDING = "pending"
    CLEARED = "cleared"
    REVERSED = "reversed"


@dataclass(frozen=True, slots=True)
class IncomingLine:
    """One part of a split transaction; its money has the sign of the whole."""

    money: Money
    category: str = ""
    department: str = ""
    memo: str = ""
    tags: "MappingProxyType[str, str] | dict[str, str]" = field(default_factory=lambda: NOTHING_ELSE)


@dataclass(frozen=True, slots=True)
class IncomingTransaction:
    """One movement on a card as the issuer or the customer's own system tells it.

    Money is signed: a charge is positive, a refund negative. `original` is what was paid in another currency, `money`
    what was billed for it. Tags are by group.
    """

    external_id: str
    card: str
    money: Money
    merchant_name: str
    cleared_at: datetime | None = None
    kind: DocumentKind = DocumentKind.CHARGE
    stage: Stage = Stage.CLEARED
    authorised_at: datetime | None = None
    original: Money | None = None
    refund_of: str = ""
    bank_account: str = ""
    vendor: str = ""
    merchant_category_code: str = ""
    merchant_city: str = ""
    merchant_country: str = ""
    category: str = ""
    department: str = ""
    memo: str = ""
    tags: "MappingProxyType[str, str] | dict[str, str]" = field(default_factory=lambda: NOTHING_ELSE)
    custom: "MappingProxyType[str, str] | dict[str, str]" = field(default_factory=lambda: NOTHING_ELSE)
    lines: tuple[IncomingLine, ...] = ()
    approved_by: str = ""
    approved_at: datetime | None = None
    # By the names above: of what is on record already, these stay as they are.
    untold: frozenset[str] = frozenset()
    # Nobody told the time; the moment is some time of the day that was told.
    is_day_only: bool = False

    @property
    def moment(self) -> datetime:
        """When it cleared, or, as long as it has not, when it was authorised."""
        moment = self.cleared_at or self.authorised_at
        assert moment is not None, "one of both is asked for by missing_moment()"
        return moment


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


def missing_moment(incoming: IncomingTransaction) -> dict[str, str]:
    """The time that its stage needs, by the field's name; the moment of a reversal may be any of the two."""
    if incoming.stage is Stage.CLEARED and incoming.cleared_at is None:
        return {"cleared_at": "A cleared transaction says when it cleared."}
    if incoming.cleared_at is None and incoming.authorised_at is None:
        return {"authorised_at": "Say when it was authorised."}
    return {}


def impossible_lines(money: Money, lines: Sequence[IncomingLine]) -> str:
    """Why these cannot be the parts of that amount, or an empty text. No lines at all are no split."""
    if not lines:
        return ""
    if any(line.money.currency != money.currency for line in lines):
        return f"Every line is in {money.currency}, like the whole."
    if any(line.money.minor * money.minor <= 0 for line in lines):
        return "Every line is above zero."
    rest = money.minor - sum(line.money.minor for line in lines)
    if rest:
        return f"The lines leave {Money(abs(rest), money.currency)} {'over' if rest * money.minor > 0 else 'too much'}."
    return ""


def is_late(known: Stage, incoming: Stage) -> bool:
    """A message that was overtaken: it tells an earlier stage than the one we know, and changes nothing."""
    order = [Stage.PENDING, Stage.CLEARED, Stage.REVERSED]
    return order.index(incoming) < order.index(known)
