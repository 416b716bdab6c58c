"""What happened to one document, newest first: what people did, what was sent and answered, what was recorded."""

from datetime import datetime
from operator import attrgetter
from typing import NamedTuple

from integrations import selectors as sync
from integrations.models import Act, Intervention, SyncAttempt
from integrations.providers.documents import Action, OutcomeKind
from integrations.sync.merging import in_words
from ledger.models import EventKind, LedgerEvent, SourceDocument
from ledger.selectors.transactions import events_of
from ledger.web.documents.receipts import told_of_receipts

SENT = {
    Action.CREATE: "Sent",
    Action.UPDATE: "Change sent",
    Action.REMOVE: "Removal sent",
    Action.REVERSE: "Reversal sent",
}
SETTLED = {
    OutcomeKind.POSTED: ("books", "Posted, under mark {mark}"),
    OutcomeKind.ALREADY_THERE: ("books", "Found in the books, under mark {mark}"),
    OutcomeKind.REJECTED: ("person", "Refused: {answer}"),
    OutcomeKind.THROTTLED: ("way", "Not taken for now"),
    OutcomeKind.CONFLICT: ("person", "In conflict: {answer}"),
    OutcomeKind.ACCESS_LOST: ("person", "Access lost"),
    OutcomeKind.UNKNOWN: ("checking", "Never answered, and not found since"),
}
HAPPENED = {EventKind.RECORDED: "Recorded", EventKind.CHANGED: "Changed", EventKind.REVERSED: "Reversed"}
HAPPENED |= {EventKind.APPROVED: "Approved", EventKind.DECLINED: "Declined"}
HAPPENED |= {EventKind.RECEIPT_ADDED: "Receipt added", EventKind.RECEIPT_REMOVED: "Receipt removed"}
DONE = {
    Act.HELD: ("held", "Held"),
    Act.EXCLUDED: ("excluded", "Excluded"),
    Act.RELEASED: ("way", "Released"),
    Act.SENT_AGAIN: ("way", "Sent again"),
    Act.RECEIPT_SENT_AGAIN: ("way", "Receipt sent again"),
    Act.MOVED: ("way", "Sent to the first open day"),
    Act.KEPT: ("held", "Kept until the books are reopened"),
    Act.UNDONE: ("excluded", "Undone"),
    Act.BROUGHT_BACK: ("way", "Brought back"),
    Act.LEFT_THERE: ("books", "Left in the books"),
    Act.KEPT_THEIRS: ("books", "Theirs kept"),
    Act.OVERRULED: ("way", "Ours chosen"),
    Act.FOUND_REMOVED: ("person", "Found removed in the books, in a look"),
}


class Step(NamedTuple):
    key: str
    text: str
    at: datetime


def trail(document: SourceDocument) -> list[Step]:
    steps: list[Step] = []
    for attempt in filter(sync.has_left, sync.attempts_of(document)):
        steps += [_settled(attempt)] if attempt.settled_at else []
        steps.append(_sent(attempt))
    steps += (Step(*told) for told in told_of_receipts(document))
    steps += map(_done, sync.interventions_in(document))
    steps += map(_happened, events_of(document))
    return sorted(steps, key=attrgetter("at"), reverse=True)


def _sent(attempt: SyncAttempt) -> Step:
    times = f"{attempt.envelope.sendings} times, as one and the same" if attempt.envelope.sendings > 1 else "once"
    text = f"{SENT[Action(attempt.action)]} {times}, coded by version {attempt.configuration}"
    text = f"{text}. {attempt.remark}" if attempt.remark else text
    return Step("way", text, attempt.envelope.opened_at)


def _settled(attempt: SyncAttempt) -> Step:
    key, text = SETTLED[OutcomeKind(attempt.outcome)]
    if attempt.action == Action.REMOVE and key == "books":
        key, text = "excluded", "Taken out of the books, mark {mark}"
    if attempt.merged and attempt.merged["kept"] and key == "books":
        text += f", and of theirs kept: {in_words(attempt.merged['kept'])}"
    if attempt.action == Action.REVERSE and key == "books":
        text = "Taken back by a document beside it, mark {mark}"
    assert attempt.settled_at is not None
    return Step(key, text.format(mark=attempt.mark, answer=attempt.answer), attempt.settled_at)


def _done(intervention: Intervention) -> Step:
    key, word = DONE[Act(intervention.act)]
    text = f"{word} by {intervention.actor}"
    return Step(key, f"{text}: {intervention.why}" if intervention.why else text, intervention.happened_at)


def _happened(event: LedgerEvent) -> Step:
    words = f"{HAPPENED[EventKind(event.kind)]} by {event.actor}"
    return Step("none", f"{words}: {event.detail}" if event.detail else words, event.happened_at)
