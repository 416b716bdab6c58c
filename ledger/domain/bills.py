"""Bills, reimbursements, vendors' credits and the payments that settle them, as they come in; and what they may say."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from types import MappingProxyType

from ledger.domain.documents import DocumentKind, Stage, impossible_amount, impossible_day
from ledger.domain.lines import NOTHING_ELSE, IncomingLine, impossible_lines
from ledger.domain.money import Money

# Bills are due in months, not in decades: what lies further off is a slip of the year.
DUE_WITHIN_DAYS = 3 * 366


@dataclass(frozen=True, slots=True)
class IncomingBill:
    """What a vendor wants to be paid, or, as a credit, owes back; a reimbursement is owed to a cardholder.

    Money is signed: a credit is below zero, and so are its lines. Pending is a draft, reversed is void.
    """

    external_id: str
    entity: str
    vendor: str
    money: Money
    dated: date
    lines: tuple[IncomingLine, ...]
    kind: DocumentKind = DocumentKind.BILL
    stage: Stage = Stage.CLEARED
    due_on: date | None = None
    number: str = ""
    terms: str = ""
    memo: str = ""
    custom: "MappingProxyType[str, str] | dict[str, str]" = field(default_factory=lambda: NOTHING_ELSE)
    approved_by: str = ""
    approved_at: datetime | None = None

    @property
    def tags(self) -> "MappingProxyType[str, str]":
        """They stand on its lines."""
        return NOTHING_ELSE


@dataclass(frozen=True, slots=True)
class IncomingSettlement:
    """So much for this bill, by its external id; below zero, so much of this credit."""

    bill: str
    money: Money


@dataclass(frozen=True, slots=True)
class IncomingPayment:
    """A payment of bills of one vendor. Pending is scheduled, reversed is void or returned. It comes to what its parts
    add up to; what comes to nothing only sets a credit against a bill."""

    external_id: str
    dated: date
    settles: tuple[IncomingSettlement, ...]
    stage: Stage = Stage.CLEARED
    bank_account: str = ""
    card: str = ""
    number: str = ""
    memo: str = ""

    @property
    def minor(self) -> int:
        """What was paid, above zero."""
        return sum(part.money.minor for part in self.settles)


Problem = tuple[str, str]


def impossible_bill(one: IncomingBill, today: date) -> Iterator[Problem]:
    """The field and the sentence for each value that no bill can have."""
    if sentence := impossible_amount(one.kind, one.money):
        yield "amount", sentence
    if sentence := impossible_day(one.dated, today):
        yield "dated", sentence
    if not one.lines:
        yield "lines", "A bill has at least one line."
    elif sentence := impossible_lines(one.money, one.lines):
        yield "lines", sentence
    if one.due_on is not None:
        yield from _impossible_due(one, one.due_on)


def _impossible_due(one: IncomingBill, due: date) -> Iterator[Problem]:
    if one.kind is DocumentKind.VENDOR_CREDIT:
        yield "due_on", "A credit is not due on any day."
    elif due < one.dated:
        yield "due_on", f"It is due on {due.isoformat()}, before its own date."
    elif (due - one.dated).days > DUE_WITHIN_DAYS:
        yield "due_on", f"{due.isoformat()} is more than three years after its date."


def impossible_payment(one: IncomingPayment, today: date) -> Iterator[Problem]:
    if one.stage is not Stage.PENDING and (sentence := impossible_day(one.dated, today)):
        yield "dated", sentence
    if not one.settles:
        yield "bills", "A payment names the bills that it settles."
    names = [part.bill for part in one.settles]
    if len(names) != len(set(names)):
        yield "bills", "Each bill stands in a payment once."
    if len({part.money.currency for part in one.settles}) > 1:
        yield "bills", "A payment is in one currency, and so are its bills."
    if one.minor < 0:
        yield "bills", "The credits come to more than the bills."
    if one.bank_account and one.card:
        yield "card", "It was paid from a bank account or by card, not both."
