"""When a document may go to the books at all: at once, when it is approved, or when it is paid. Pure.

A shut gate holds a document, and says whom or what it waits for; setting another one lets go what waited.
"""

from dataclasses import dataclass
from enum import StrEnum

from ledger.domain.documents import DocumentKind


class Gate(StrEnum):
    AT_ONCE = "at_once"
    APPROVED = "approved"
    PAID = "paid"


CHARGE_GATES = {
    Gate.AT_ONCE: "As soon as they clear",
    Gate.APPROVED: "When whoever must approve them has",
}
BILL_GATES = {
    Gate.AT_ONCE: "As soon as they are submitted",
    Gate.APPROVED: "When whoever must approve them has",
    Gate.PAID: "When their first payment is made",
}


@dataclass(frozen=True, slots=True)
class Gates:
    """Of one entity. Refunds, fees and payments follow what went before them, and meet none."""

    charges: Gate = Gate.APPROVED
    bills: Gate = Gate.APPROVED

    def of(self, kind: DocumentKind) -> Gate:
        if kind is DocumentKind.CHARGE:
            return self.charges
        return self.bills if kind in (DocumentKind.BILL, DocumentKind.REIMBURSEMENT) else Gate.AT_ONCE


GATES = Gates()
