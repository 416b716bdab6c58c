"""Why a document is not in the books, as a value: a code from a closed set, what it is about, and the sentence."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any


class ReasonCode(StrEnum):
    # Held: the customer's own set-up lacks something.
    NO_CARD_ACCOUNT = "no_card_account"
    NO_ACCOUNT_FOR_CATEGORY = "no_account_for_category"
    NO_ACCOUNT_WITHOUT_CATEGORY = "no_account_without_category"
    OTHER_CURRENCY = "other_currency"
    # Needs a person: the books said no, or nobody can know.
    ACCOUNT_INACTIVE = "account_inactive"
    REJECTED = "rejected"
    CONFLICT = "conflict"
    OUTCOME_UNKNOWN = "outcome_unknown"
    OUR_FAULT = "our_fault"
    # Never stored at a job: read from its connection, or from the lack of one.
    ACCESS_LOST = "access_lost"
    NOT_CONNECTED = "not_connected"


HELD = frozenset(
    {
        ReasonCode.NO_CARD_ACCOUNT,
        ReasonCode.NO_ACCOUNT_FOR_CATEGORY,
        ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY,
        ReasonCode.OTHER_CURRENCY,
    }
)
# Mended by a change of the mapping; saving one sends these documents on their way again.
MENDED_BY_MAPPING = HELD - {ReasonCode.OTHER_CURRENCY} | {ReasonCode.ACCOUNT_INACTIVE}

SENTENCES = {
    ReasonCode.NO_CARD_ACCOUNT: "No account of the books is chosen for {subject}.",
    ReasonCode.NO_ACCOUNT_FOR_CATEGORY: "Category {subject} has no account, and no default account is set.",
    ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY: "It has no category, and no default account is set.",
    ReasonCode.OTHER_CURRENCY: "The charge is in {subject}.",
    ReasonCode.ACCOUNT_INACTIVE: "Account {subject} is inactive in the books.",
    ReasonCode.REJECTED: "The books refused it: {subject}",
    ReasonCode.CONFLICT: "The books hold something else under this number: {subject}",
    ReasonCode.OUTCOME_UNKNOWN: "The line broke after we had sent, and it was not found in the books since.",
    ReasonCode.ACCESS_LOST: "The books of {subject} no longer let us in.",
    ReasonCode.NOT_CONNECTED: "{subject} is not connected to its books yet.",
    ReasonCode.OUR_FAULT: "FlexSync wrote it in a way that the books do not take: {subject}",
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
