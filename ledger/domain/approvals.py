"""Who must say yes to a document before it counts as approved, in which order, and from which sum on. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from ledger.domain.documents import DocumentKind
from ledger.domain.money import Money

# What somebody spends or owes by their own choice; a fee, a refund or a payment follows from something approved.
APPROVED_KINDS = (DocumentKind.CHARGE, DocumentKind.BILL, DocumentKind.REIMBURSEMENT)
MOST_STEPS = 8


class Standing(StrEnum):
    """Of a document: nobody is asked, somebody is, somebody said no, or all said yes."""

    NOT_ASKED = "not_asked"
    WAITING = "waiting"
    DECLINED = "declined"
    APPROVED = "approved"


@dataclass(frozen=True, slots=True)
class Step:
    """One of a policy: a person's id, or None for whomever the sender names; asked where it comes to more than this, in
    the smallest unit of the entity's currency."""

    approver: int | None
    above_minor: int = 0


@dataclass(frozen=True, slots=True)
class Covered:
    """What a yes was said to: this payee, and no more money than this."""

    money: Money
    payee: str

    def covers(self, money: Money, payee: str) -> bool:
        same = money.currency == self.money.currency and payee.casefold() == self.payee.casefold()
        return same and abs(money.minor) <= abs(self.money.minor)


def steps_for(policy: Sequence[Step], money: Money, home: str) -> list[Step]:
    """Those that are asked. Of another currency nobody knows what it comes to, so each of them is."""
    return [step for step in policy if money.currency != home or abs(money.minor) > step.above_minor]


def impossible_policy(steps: Sequence[Step]) -> str:
    """Why nobody can follow it, or an empty text."""
    if len(steps) > MOST_STEPS:
        return f"A policy has {MOST_STEPS} steps at most."
    if any(step.above_minor < 0 for step in steps):
        return "A step begins at zero or above."
    if len({step.approver for step in steps}) < len(steps):
        return "Somebody stands in it twice; once is enough."
    return ""
