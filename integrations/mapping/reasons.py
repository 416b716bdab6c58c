"""Why a document is not in the books, as a value: a code from a closed set, what it is about, and the sentence."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class ReasonCode(StrEnum):
    # Held: the customer's own set-up lacks something.
    NO_CARD_ACCOUNT = "no_card_account"
    NO_ACCOUNT_FOR_CATEGORY = "no_account_for_category"
    NO_ACCOUNT_WITHOUT_CATEGORY = "no_account_without_category"
    NO_ACCOUNT_FOR_FEES = "no_account_for_fees"
    NO_ACCOUNT_FOR_CASHBACK = "no_account_for_cashback"
    NO_BANK_ACCOUNT = "no_bank_account"
    NO_VENDOR = "no_vendor"
    BILL_NOT_THERE = "bill_not_there"
    PAYMENT_THERE = "payment_there"
    SPLIT_OVER_SEVERAL = "split_over_several"
    OTHER_CURRENCY = "other_currency"
    ACCOUNT_CURRENCY = "account_currency"
    VENDOR_CURRENCY = "vendor_currency"
    NO_RATE = "no_rate"
    PERIOD_CLOSED = "period_closed"
    PERIOD_KEPT = "period_kept"
    POSTED_IN_CLOSED = "posted_in_closed"
    NOT_APPROVED = "not_approved"
    DECLINED = "declined"
    NOT_PAID = "not_paid"
    HELD_BY_PERSON = "held_by_person"
    # Excluded: it shall not stand in the books.
    REVERSED = "reversed"
    EXCLUDED_BY_PERSON = "excluded_by_person"
    UNDONE = "undone"
    # Needs a person: the books said no, or nobody can know.
    PERIOD_ASKED = "period_asked"
    ACCOUNT_INACTIVE = "account_inactive"
    VALUE_INACTIVE = "value_inactive"
    VENDOR_REFUSED = "vendor_refused"
    GONE = "gone"
    REJECTED = "rejected"
    CONFLICT = "conflict"
    CHANGED_THERE = "changed_there"
    OTHER_AMOUNT = "other_amount"
    UNDO_REFUSED = "undo_refused"
    OUTCOME_UNKNOWN = "outcome_unknown"
    LOOKUP_REFUSED = "lookup_refused"
    OUR_FAULT = "our_fault"
    # Of receipts alone.
    REMOVAL_UNKNOWN = "removal_unknown"
    FILE_LOST = "file_lost"
    # Never stored at a job: read from its connection, or from the lack of one.
    ACCESS_LOST = "access_lost"
    ACCESS_DENIED = "access_denied"
    SUBSCRIPTION_ENDED = "subscription_ended"
    COMPANY_RESET = "company_reset"
    NOT_CONNECTED = "not_connected"


HELD = frozenset(
    {
        ReasonCode.NO_CARD_ACCOUNT,
        ReasonCode.NO_ACCOUNT_FOR_CATEGORY,
        ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY,
        ReasonCode.NO_ACCOUNT_FOR_FEES,
        ReasonCode.NO_ACCOUNT_FOR_CASHBACK,
        ReasonCode.NO_BANK_ACCOUNT,
        ReasonCode.NO_VENDOR,
        ReasonCode.BILL_NOT_THERE,
        ReasonCode.PAYMENT_THERE,
        ReasonCode.SPLIT_OVER_SEVERAL,
        ReasonCode.OTHER_CURRENCY,
        ReasonCode.ACCOUNT_CURRENCY,
        ReasonCode.VENDOR_CURRENCY,
        ReasonCode.NO_RATE,
        ReasonCode.PERIOD_CLOSED,
        ReasonCode.PERIOD_KEPT,
        ReasonCode.POSTED_IN_CLOSED,
        ReasonCode.NOT_APPROVED,
        ReasonCode.DECLINED,
        ReasonCode.NOT_PAID,
        ReasonCode.HELD_BY_PERSON,
    }
)
EXCLUDED = frozenset({ReasonCode.REVERSED, ReasonCode.EXCLUDED_BY_PERSON, ReasonCode.UNDONE})
# Somebody's decision: it stays as it is until somebody decides otherwise about that very document.
DECIDED = frozenset({ReasonCode.HELD_BY_PERSON, ReasonCode.EXCLUDED_BY_PERSON, ReasonCode.UNDONE})
# Mended by a change of the mapping; saving one sends these documents on their way again.
MENDED_BY_MAPPING = HELD - {
    ReasonCode.OTHER_CURRENCY,
    ReasonCode.NO_RATE,
    ReasonCode.BILL_NOT_THERE,
    ReasonCode.PAYMENT_THERE,
    ReasonCode.POSTED_IN_CLOSED,
    ReasonCode.HELD_BY_PERSON,
} | {
    ReasonCode.PERIOD_ASKED,
    ReasonCode.ACCOUNT_INACTIVE,
    ReasonCode.VALUE_INACTIVE,
    ReasonCode.VENDOR_REFUSED,
}

# Nothing is amiss: somebody has to say yes or to pay first, or another document has to arrive.
WAITING = frozenset({ReasonCode.NOT_APPROVED, ReasonCode.NOT_PAID, ReasonCode.BILL_NOT_THERE, ReasonCode.PAYMENT_THERE})
# About the closing date of the books; reopening them, or closing them elsewhere, says something else of these.
ABOUT_CLOSING = frozenset(
    {
        ReasonCode.PERIOD_CLOSED,
        ReasonCode.PERIOD_KEPT,
        ReasonCode.PERIOD_ASKED,
        ReasonCode.POSTED_IN_CLOSED,
    }
)

SENTENCES = {
    ReasonCode.NO_CARD_ACCOUNT: "No account of the books is chosen for {subject}.",
    ReasonCode.NO_ACCOUNT_FOR_CATEGORY: "Category {subject} has no account, and no default account is set.",
    ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY: "It has no category, and no default account is set.",
    ReasonCode.NO_ACCOUNT_FOR_FEES: "No account of the books is chosen for card fees.",
    ReasonCode.NO_ACCOUNT_FOR_CASHBACK: "No account of the books is chosen for cashback.",
    ReasonCode.NO_BANK_ACCOUNT: "No account of the books is chosen from which {subject} are made.",
    ReasonCode.NO_VENDOR: "The books have no vendor named {subject}, and a bill must name one.",
    ReasonCode.BILL_NOT_THERE: "It settles {subject}, not in the books yet; it follows by itself.",
    ReasonCode.PAYMENT_THERE: "Its payment stands in the books still; it goes out after that.",
    ReasonCode.SPLIT_OVER_SEVERAL: "Its lines belong to several values of {subject}; the books take one per document.",
    ReasonCode.OTHER_CURRENCY: "The charge is in {subject}.",
    ReasonCode.ACCOUNT_CURRENCY: "Currencies differ: {subject}.",
    ReasonCode.VENDOR_CURRENCY: "Currencies differ: {subject}.",
    ReasonCode.NO_RATE: "The books have no exchange rate for {subject}",
    ReasonCode.PERIOD_CLOSED: "It is dated in a closed period: the books are closed to {subject}.",
    ReasonCode.PERIOD_KEPT: "It is kept until the books are reopened; they are closed to {subject}.",
    ReasonCode.PERIOD_ASKED: "The books are closed to {subject}: post it on the first open day, or keep it held?",
    ReasonCode.POSTED_IN_CLOSED: "It stands in a closed period, to {subject}, so it is neither changed nor taken out.",
    ReasonCode.NOT_APPROVED: "It waits for {subject}, who must approve it.",
    ReasonCode.DECLINED: "It was declined by {subject}",
    ReasonCode.NOT_PAID: "It waits for its first payment: so bills go to the books here.",
    ReasonCode.HELD_BY_PERSON: "Held by {subject}",
    ReasonCode.REVERSED: "It was reversed, or made void.",
    ReasonCode.EXCLUDED_BY_PERSON: "Excluded by {subject}",
    ReasonCode.UNDONE: "Undone by {subject}",
    ReasonCode.UNDO_REFUSED: "It was to be undone, and the books refused: {subject}",
    ReasonCode.VALUE_INACTIVE: "{subject} is inactive in the books.",
    ReasonCode.VENDOR_REFUSED: "The books took no vendor of this name: {subject}",
    ReasonCode.GONE: "What stood in the books for it was removed there. Sending it again makes it anew.",
    ReasonCode.ACCOUNT_INACTIVE: "Account {subject} is inactive in the books.",
    ReasonCode.REJECTED: "The books refused it: {subject}",
    ReasonCode.CONFLICT: "The books hold something else under this number: {subject}",
    ReasonCode.CHANGED_THERE: "Somebody changed it in the books, and both sides changed: {subject}",
    ReasonCode.OTHER_AMOUNT: "It stands in the books with other money: {subject}.",
    ReasonCode.OUTCOME_UNKNOWN: "The line broke after we had sent, and it was not found in the books since.",
    ReasonCode.LOOKUP_REFUSED: "The line broke after we had sent, and the books refuse to look for it: {subject}",
    ReasonCode.ACCESS_LOST: "The books of {subject} no longer let us in.",
    ReasonCode.ACCESS_DENIED: "The books of {subject} turned us away; it is tried again.",
    ReasonCode.SUBSCRIPTION_ENDED: "The subscription of {subject} has ended, so its books take nothing.",
    ReasonCode.COMPANY_RESET: "The company {subject} was reset: nothing in its books is what it was.",
    ReasonCode.NOT_CONNECTED: "{subject} is not connected to its books yet.",
    ReasonCode.OUR_FAULT: "FlexSync wrote it in a way that the books do not take: {subject}",
    ReasonCode.REMOVAL_UNKNOWN: "It was to be taken away, and the line broke each time: it may hang there still.",
    ReasonCode.FILE_LOST: "Its file cannot be read from the storage. Add the same file once more, then send it again.",
}


@dataclass(frozen=True, slots=True)
class Reason:
    code: ReasonCode
    subject: str = ""

    @property
    def sentence(self) -> str:
        return SENTENCES[self.code].format(subject=self.subject)

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Reason":
        return cls(ReasonCode(stored["code"]), stored["subject"])
