"""The receipts of one transaction on its page: how many of them hang in the books, and their part of the trail."""

from collections.abc import Iterator
from datetime import datetime

from integrations import selectors as sync
from integrations.mapping.reasons import Reason
from integrations.models import ReceiptAttempt
from integrations.providers.documents import Action, OutcomeKind
from integrations.unhung import stuck_at
from ledger.models import SourceDocument

SETTLED = {
    OutcomeKind.POSTED: ("books", "Receipt {place} in the books: {name}"),
    OutcomeKind.ALREADY_THERE: ("books", "Receipt {place} found in the books: {name}"),
    OutcomeKind.REJECTED: ("person", "Receipt {name} refused: {answer}"),
    OutcomeKind.CONFLICT: ("person", "Receipt {name} in conflict: {answer}"),
    OutcomeKind.THROTTLED: ("way", "Receipt {name}: not taken for now"),
    OutcomeKind.ACCESS_LOST: ("person", "Receipt {name}: access lost"),
    OutcomeKind.UNKNOWN: ("checking", "Receipt {name} never answered, and not found since"),
}
TAKEN = {
    OutcomeKind.POSTED: ("excluded", "Receipt {name} taken out of the books"),
    OutcomeKind.ALREADY_THERE: ("excluded", "Receipt {name} was gone from the books"),
    OutcomeKind.CONFLICT: ("books", "Receipt {name} left in the books: somebody changed it there"),
}

# Of a trail: its key, its words, and when.
Told = tuple[str, str, datetime]


def receipt_problems(document: SourceDocument) -> list[str]:
    """What a person must see to, a sentence for each."""
    return [
        f"Receipt {job.receipt.file_name}{', taken away here' if job.receipt.removed_at else ''}: {reason.sentence}"
        for job in stuck_at(document)
        for reason in map(Reason.from_json, job.reasons)
    ]


def told_of_receipts(document: SourceDocument) -> Iterator[Told]:
    """Each receipt is counted in the order in which it reached the books."""
    attempts = list(filter(sync.has_left, sync.receipt_attempts_of(document)))
    number = len({attempt.job_id for attempt in attempts if attempt.job.receipt.removed_at is None})
    hung = 0
    for attempt in sorted(attempts, key=lambda one: (one.settled_at is None, one.settled_at or one.envelope.opened_at)):
        yield _sent(attempt)
        if attempt.settled_at is not None:
            hung += attempt.action == Action.CREATE and attempt.outcome in ("posted", "already_there")
            yield (*_settled(attempt, f"{hung}/{max(hung, number)}"), attempt.settled_at)


def _sent(attempt: ReceiptAttempt) -> Told:
    verb = "sent" if attempt.action == Action.CREATE else "to be taken away"
    return "way", f"Receipt {attempt.job.receipt.file_name} {verb}", attempt.envelope.opened_at


def _settled(attempt: ReceiptAttempt, place: str) -> tuple[str, str]:
    words = SETTLED if attempt.action == Action.CREATE else {**SETTLED, **TAKEN}
    key, text = words[OutcomeKind(attempt.outcome)]
    return key, text.format(place=place, name=attempt.job.receipt.file_name, answer=attempt.answer)
