"""An approver says yes or no: to one document, or to several at once."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from ledger import events
from ledger.events import Happening
from ledger.models import Approval, EventKind, SourceDocument, User, Verdict
from ledger.models.approvals import TOLD_BY_SENDER, approver_name, current_approvals
from ledger.services.approvals.turn import advance, write
from ledger.services.telling import next_revision

HAPPENED = {Verdict.APPROVED: EventKind.APPROVED, Verdict.DECLINED: EventKind.DECLINED}


@dataclass(frozen=True, slots=True)
class Said:
    """What became of it: the documents on which it counts, and a sentence for each on which it does not."""

    documents: list[SourceDocument] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


@transaction.atomic
def decide(asked: Collection[int], *, person: User, verdict: Verdict, note: str = "", in_place: bool = False) -> Said:
    """Say it on these approvals, by their ids. `in_place` is somebody who may speak for others.

    Each document is locked first, in one order for everybody: of two who answer at once the second is told what the
    first one said. What was said tells the document anew, since who approved it travels along.
    """
    wanted = list(Approval.objects.filter(pk__in=asked).values_list("document", flat=True))
    list(SourceDocument.objects.filter(pk__in=wanted).select_for_update(no_key=True).order_by("id"))
    said, mine, now = Said(), [], timezone.now()
    rows = Approval.objects.filter(pk__in=asked).select_related("approver", "document")
    for row in rows.order_by("document_id"):
        if sentence := _refusal(row, person, in_place=in_place):
            said.refused.append(sentence)
        else:
            mine.append(row)
    _say(mine, person, verdict, note, now)
    said.documents.extend(_tell(mine, person, verdict, note))
    return said


def _refusal(row: Approval, person: User, *, in_place: bool) -> str:
    if not row.current:
        return "It was changed since you looked, so it is asked for anew. Look at it again."
    if row.verdict == Verdict.LATER:
        return f"It is not the turn of {approver_name(row)} yet."
    if row.verdict != Verdict.ASKED:
        return f"{row.decided_by} {Verdict(row.verdict).label.lower()} it already."
    if row.approver_id != person.pk and not in_place:
        return f"It waits for {approver_name(row)}."
    return ""


def _say(mine: Sequence[Approval], person: User, verdict: Verdict, note: str, now: datetime) -> None:
    """To the money that it comes to at this moment, which is no more than was asked for."""
    for row in mine:
        row.verdict, row.decided_by, row.decided_at, row.note = verdict, str(person), now, note
        row.amount_minor = row.document.amount_minor
    write(mine)
    if mine and verdict == Verdict.APPROVED:
        standing = current_approvals([row.document_id for row in mine])
        write([moved for rows in standing.values() for moved in advance(rows, now)])


def _tell(mine: Sequence[Approval], person: User, verdict: Verdict, note: str) -> list[SourceDocument]:
    documents = next_revision(SourceDocument.objects.filter(pk__in=[row.document_id for row in mine])) if mine else []
    details = {row.document_id: _detail(row, person, note) for row in mine}
    events.append([Happening(one, HAPPENED[verdict], details[one.pk]) for one in documents], str(person))
    return documents


def _detail(row: Approval, person: User, note: str) -> str:
    if row.approver_id == person.pk:
        return note
    whose = str(row.approver) if row.approver else TOLD_BY_SENDER
    return f"in place of {whose}{': ' if note else ''}{note}"
