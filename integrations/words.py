"""States and reasons as a bookkeeper reads them: one colour, one shape, one word for each."""

from dataclasses import dataclass

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import JobState, Term
from integrations.providers.calls import CallKind
from integrations.providers.documents import OutcomeKind
from integrations.selectors import SyncState
from integrations.services import Fate


@dataclass(frozen=True, slots=True)
class StateShown:
    """`key` chooses colour and shape (templates/components/_mark.html)."""

    key: str
    word: str


SHOWN = {
    JobState.WAITING: StateShown("way", "On its way"),
    JobState.RUNNING: StateShown("way", "On its way"),
    JobState.UNKNOWN: StateShown("checking", "Checking"),
    JobState.HELD: StateShown("held", "Held"),
    JobState.NEEDS_ATTENTION: StateShown("person", "Needs a person"),
    JobState.DONE: StateShown("books", "In the books"),
    JobState.EXCLUDED: StateShown("excluded", "Excluded"),
}
NOT_BEGUN = StateShown("none", "Not begun")
# The terms of the equation, in its order.
TERMS = {
    Term.BOOKS: SHOWN[JobState.DONE],
    Term.WAY: SHOWN[JobState.WAITING],
    Term.HELD: SHOWN[JobState.HELD],
    Term.PERSON: SHOWN[JobState.NEEDS_ATTENTION],
    Term.EXCLUDED: SHOWN[JobState.EXCLUDED],
    Term.NOT_BEGUN: NOT_BEGUN,
}
# The issuer has not cleared it: nothing happens before.
PENDING_SHOWN = StateShown("none", "Pending")

# The tabs of a list, in the order of urgency, and the states of each.
TABS: dict[str, tuple[JobState, ...]] = {
    "person": (JobState.NEEDS_ATTENTION,),
    "held": (JobState.HELD,),
    "way": (JobState.WAITING, JobState.RUNNING, JobState.UNKNOWN),
    "books": (JobState.DONE,),
    "excluded": (JobState.EXCLUDED,),
}

FIX_IN_CONNECTIONS = {
    ReasonCode.ACCESS_LOST: "Connect again",
    ReasonCode.ACCESS_DENIED: "Open Connections",
    ReasonCode.SUBSCRIPTION_ENDED: "Open Connections",
    ReasonCode.COMPANY_RESET: "Connect again",
    ReasonCode.NOT_CONNECTED: "Open Connections",
}
FIX_IN_MAPPING = {
    ReasonCode.NO_CARD_ACCOUNT: "Choose the card account",
    ReasonCode.NO_ACCOUNT_FOR_CATEGORY: "Choose an account",
    ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY: "Choose a default account",
    ReasonCode.NO_ACCOUNT_FOR_FEES: "Choose an account for fees",
    ReasonCode.NO_ACCOUNT_FOR_CASHBACK: "Choose an account for cashback",
    ReasonCode.NO_BANK_ACCOUNT: "Choose the bank account",
    ReasonCode.NO_VENDOR: "Choose the vendor",
    ReasonCode.SPLIT_OVER_SEVERAL: "Open Mapping",
    ReasonCode.VALUE_INACTIVE: "Choose another value",
    ReasonCode.VENDOR_REFUSED: "Choose the vendor",
    ReasonCode.ACCOUNT_INACTIVE: "Choose another account",
    ReasonCode.ACCOUNT_CURRENCY: "Choose another account",
    ReasonCode.VENDOR_CURRENCY: "Choose another vendor",
    ReasonCode.PERIOD_CLOSED: "Choose what closed periods do",
    ReasonCode.PERIOD_ASKED: "Choose for all of them",
    ReasonCode.NOT_PAID: "Choose when bills go to the books",
}
FIX_IN_APPROVALS = {
    ReasonCode.NOT_APPROVED: "Open Approvals",
}

TITLES = {
    ReasonCode.NO_CARD_ACCOUNT: "No account in the books is chosen for {subject}",
    ReasonCode.NO_ACCOUNT_FOR_CATEGORY: "Category {subject} has no account",
    ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY: "Charges without a category have no account",
    ReasonCode.NO_ACCOUNT_FOR_FEES: "Card fees have no account",
    ReasonCode.NO_ACCOUNT_FOR_CASHBACK: "Cashback has no account",
    ReasonCode.NO_BANK_ACCOUNT: "No account in the books is chosen for {subject}",
    ReasonCode.NO_VENDOR: "The books have no vendor named {subject}",
    ReasonCode.BILL_NOT_THERE: "Payments of {subject}, not in the books yet",
    ReasonCode.PAYMENT_THERE: "Bills that shall go, and whose payments stand in the books",
    ReasonCode.NOT_APPROVED: "Waits for {subject} to approve it",
    ReasonCode.DECLINED: "Declined by {subject}",
    ReasonCode.NOT_PAID: "Bills that wait for their first payment",
    ReasonCode.SPLIT_OVER_SEVERAL: "Lines that belong to several values of {subject}",
    ReasonCode.OTHER_CURRENCY: "Charges in {subject}",
    ReasonCode.ACCOUNT_CURRENCY: "Currencies differ: {subject}",
    ReasonCode.VENDOR_CURRENCY: "Currencies differ: {subject}",
    ReasonCode.NO_RATE: "The books have no exchange rate for {subject}",
    ReasonCode.PERIOD_CLOSED: "Dated where the books are closed, to {subject}",
    ReasonCode.PERIOD_ASKED: "Dated where the books are closed, to {subject}: post them, or keep them?",
    ReasonCode.PERIOD_KEPT: "Kept until the books are reopened, which are closed to {subject}",
    ReasonCode.POSTED_IN_CLOSED: "Changed since they were posted in a period that is closed, to {subject}",
    ReasonCode.HELD_BY_PERSON: "Held by {subject}",
    ReasonCode.REVERSED: "Reversed by the issuer, or made void",
    ReasonCode.EXCLUDED_BY_PERSON: "Excluded by {subject}",
    ReasonCode.UNDONE: "Undone by {subject}",
    ReasonCode.UNDO_REFUSED: "To be undone, and the books refused: {subject}",
    ReasonCode.ACCOUNT_INACTIVE: "Account {subject} is inactive in the books",
    ReasonCode.VALUE_INACTIVE: "{subject} is inactive in the books",
    ReasonCode.VENDOR_REFUSED: "The books took no vendor of this name: {subject}",
    ReasonCode.GONE: "Removed in the books",
    ReasonCode.REJECTED: "The books refused: {subject}",
    ReasonCode.CONFLICT: "The books hold something else under the same number",
    ReasonCode.CHANGED_THERE: "Changed in the books since they were posted",
    ReasonCode.OTHER_AMOUNT: "In the books with other money than was sent",
    ReasonCode.OUTCOME_UNKNOWN: "Sent, and never found again",
    ReasonCode.LOOKUP_REFUSED: "Sent, and the books refuse to look for it: {subject}",
    ReasonCode.ACCESS_LOST: "The books of {subject} no longer let us in",
    ReasonCode.ACCESS_DENIED: "The books of {subject} turned us away",
    ReasonCode.SUBSCRIPTION_ENDED: "The subscription of {subject} has ended",
    ReasonCode.COMPANY_RESET: "The company {subject} was reset",
    ReasonCode.NOT_CONNECTED: "{subject} is not connected to its books",
    ReasonCode.OUR_FAULT: "FlexSync wrote these in a way that the books do not take",
    ReasonCode.REMOVAL_UNKNOWN: "To be taken away, and perhaps there still",
    ReasonCode.FILE_LOST: "Files that cannot be read from the storage",
}

DETAILS = {
    ReasonCode.NO_CARD_ACCOUNT: "Every card charge is credited to one account of type credit card.",
    ReasonCode.NO_ACCOUNT_FOR_CATEGORY: "They wait, since no default account is set, and leave once one is saved.",
    ReasonCode.NO_ACCOUNT_WITHOUT_CATEGORY: "They wait, since no default account is set, and leave once one is saved.",
    ReasonCode.NO_ACCOUNT_FOR_FEES: "They wait, and leave once an account is saved.",
    ReasonCode.NO_ACCOUNT_FOR_CASHBACK: "It waits, and leaves once an account is saved; an income account is usual.",
    ReasonCode.NO_BANK_ACCOUNT: "They wait, and leave once an account is saved.",
    ReasonCode.NO_VENDOR: "A bill must name one. Map it to a vendor of the books, or let FlexSync make those that "
    "are missing (Mapping, Accounts); they leave once that is saved.",
    ReasonCode.NOT_APPROVED: "It goes to the books by itself once everybody who is asked has said yes.",
    ReasonCode.DECLINED: "Change it, and it is asked for anew; or make it void, or exclude it.",
    ReasonCode.NOT_PAID: "So the mapping says. With a payment, in part or in full, it goes by itself.",
    ReasonCode.BILL_NOT_THERE: "Mend what keeps the bill, and they follow by themselves.",
    ReasonCode.PAYMENT_THERE: "They go by themselves as soon as their payments are out of the books.",
    ReasonCode.SPLIT_OVER_SEVERAL: "The books take one per document. Map the lines' departments or tags to the same.",
    ReasonCode.OTHER_CURRENCY: "These books hold one currency, and nothing is converted in silence: bill the card in "
    "that one, let the books hold several, or exclude them.",
    ReasonCode.ACCOUNT_CURRENCY: "Each account has one currency. Map the card to an account in that of its charges.",
    ReasonCode.VENDOR_CURRENCY: "Each vendor has one currency. Map it to one in that of the charge, or to none.",
    ReasonCode.NO_RATE: "It is asked for again each hour. Set one in the books, and they leave by themselves.",
    ReasonCode.PERIOD_CLOSED: "They leave once the books are reopened, or on the first open day if you choose so.",
    ReasonCode.PERIOD_ASKED: "Open each and choose, or choose in the mapping for all of them.",
    ReasonCode.PERIOD_KEPT: "They leave once the books are reopened.",
    ReasonCode.POSTED_IN_CLOSED: "The books keep what they had. Reopen them, and the changes go by themselves; or book "
    "the difference there by hand on an open day.",
    ReasonCode.HELD_BY_PERSON: "They leave once somebody releases them.",
    ReasonCode.REVERSED: "They do not stand in the books.",
    ReasonCode.EXCLUDED_BY_PERSON: "They do not stand in the books.",
    ReasonCode.UNDONE: "They were taken out of the books, and come back when somebody sends them again.",
    ReasonCode.UNDO_REFUSED: "They stand in the books as they were. Sending again tries once more to undo them.",
    ReasonCode.ACCOUNT_INACTIVE: "Choose another in the mapping, or make it active there and send these again.",
    ReasonCode.VALUE_INACTIVE: "Choose another in the mapping, or make it active there and send these again.",
    ReasonCode.VENDOR_REFUSED: "Map the vendor to one of the books, or rename it there, then send again.",
    ReasonCode.GONE: "Sending again makes them anew, under the same number.",
    ReasonCode.REJECTED: "Mend it in the books or in the mapping, then send again.",
    ReasonCode.CONFLICT: "Compare both sides before you send again.",
    ReasonCode.CHANGED_THERE: "Sending again writes ours over what was changed there. Look at both sides first.",
    ReasonCode.OTHER_AMOUNT: "They stand there, and are not posted twice. Sending again writes ours over them; or mend "
    "them there, then send again.",
    ReasonCode.OUTCOME_UNKNOWN: "Sending again looks in the books first; nothing is sent twice.",
    ReasonCode.LOOKUP_REFUSED: "Sending again looks in the books first; nothing is sent twice.",
    ReasonCode.ACCESS_LOST: "Its charges wait unharmed, and leave once it is connected again.",
    ReasonCode.ACCESS_DENIED: "Its charges wait unharmed, and leave by themselves once they let us in again. If it "
    "lasts, somebody who administers these books connects them again.",
    ReasonCode.SUBSCRIPTION_ENDED: "Its charges wait unharmed, and leave by themselves once it is renewed.",
    ReasonCode.COMPANY_RESET: "Its charges wait unharmed. Connect again, then look through the mapping.",
    ReasonCode.NOT_CONNECTED: "Its charges wait here, and follow once it is connected.",
    ReasonCode.OUR_FAULT: "This is our fault, not yours. The books are as they were.",
    ReasonCode.REMOVAL_UNKNOWN: "Sending again takes them away, if they are there.",
    ReasonCode.FILE_LOST: "Add each of these files once more to its transaction, then send again.",
}

# Of receipts, where that must be told otherwise than of documents.
RECEIPT_DETAILS = {
    ReasonCode.REJECTED: "The transactions stand in the books without them. Mend it there, or replace the file.",
    ReasonCode.LOOKUP_REFUSED: "Sending again looks in the books first; no file hangs there twice.",
    ReasonCode.OUTCOME_UNKNOWN: "Sending again looks in the books first; no file hangs there twice.",
    ReasonCode.OUR_FAULT: "This is our fault, not yours. The transactions stand in the books without them.",
}

# Where the subject is the platform's own answer, not a name.
TITLE_LENGTH = 90

ANSWERED = frozenset(
    {
        ReasonCode.REJECTED,
        ReasonCode.CONFLICT,
        ReasonCode.OUR_FAULT,
        ReasonCode.UNDO_REFUSED,
        ReasonCode.VENDOR_REFUSED,
        ReasonCode.LOOKUP_REFUSED,
        ReasonCode.OTHER_AMOUNT,
    }
)


# Of what is in doubt.
LOOKING = "The line broke after we had sent. We look in {label} first; nothing is sent twice."
SENT = {"create": "Made", "update": "Changed", "remove": "Removed", "reverse": "Reversed"}
OUTCOMES = {
    OutcomeKind.POSTED: StateShown("books", "Done"),
    OutcomeKind.ALREADY_THERE: StateShown("books", "Found done"),
    OutcomeKind.REJECTED: StateShown("person", "Refused"),
    OutcomeKind.CONFLICT: StateShown("person", "In conflict"),
    OutcomeKind.THROTTLED: StateShown("way", "Had to wait"),
    OutcomeKind.ACCESS_LOST: StateShown("person", "Access lost"),
    OutcomeKind.UNKNOWN: StateShown("checking", "Unknown"),
}
CALLS = {
    CallKind.WRITE: ("single write", "single writes"),
    CallKind.UPLOAD: ("upload", "uploads"),
    CallKind.BATCH: ("batch", "batches"),
    CallKind.READ: ("read", "reads"),
}


@dataclass(frozen=True, slots=True)
class FateShown:
    """What would become of documents that are to be undone."""

    state: StateShown
    sentence: str


FATES = {
    Fate.REMOVED: FateShown(StateShown("way", "Removed"), "Untouched in {label} since then: it goes from there."),
    Fate.REVERSED: FateShown(
        StateShown("way", "Reversed"),
        "Somebody changed it in {label}: a document beside it takes it back.",
    ),
    Fate.GONE: FateShown(StateShown("none", "Gone already"), "Somebody removed it in {label}."),
    Fate.CLOSED: FateShown(StateShown("held", "Period closed"), "The books are closed to {closed_to}: it stays."),
    Fate.RECONCILED: FateShown(StateShown("held", "Reconciled"), "It was agreed with a bank statement: it stays."),
    Fate.SETTLED: FateShown(
        SHOWN[JobState.HELD],
        "Its payment stands in {label}. Undo the payment first, then the bill.",
    ),
    Fate.UNDER_WAY: FateShown(StateShown("checking", "Under way"), "It is being sent at this moment: try again soon."),
    Fate.NOT_THERE: FateShown(StateShown("none", "Not in the books"), "There is nothing to undo."),
}


def state_shown(state: SyncState | None) -> StateShown:
    return SHOWN[state.state] if state else NOT_BEGUN


def cause_title(reason: Reason) -> str:
    """Of the platform's own answer the first sentence; the rest stands below."""
    subject = reason.subject.partition(". ")[0] if reason.code in ANSWERED else reason.subject
    if len(subject) > TITLE_LENGTH:
        subject = subject[:TITLE_LENGTH].rstrip() + " …"
    return TITLES[reason.code].format(subject=subject)
