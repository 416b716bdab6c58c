"""Undoing, in the rows: documents beside those that they take back, and what becomes of their jobs."""

from collections.abc import Sequence
from datetime import datetime

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import Decision, SyncAttempt, SyncJob, Takeback
from integrations.providers.documents import Action, Outcome, Posted
from integrations.sync.lane import Lane
from integrations.sync.marks import is_reversal

Settled = tuple[SyncJob, SyncAttempt, Outcome]


def reasons_after(job: SyncJob, attempt: SyncAttempt) -> tuple[Reason, ...]:
    """Why it is not in the books any more, once this attempt is done."""
    if attempt.action not in (Action.REMOVE, Action.REVERSE) or _brings_back(attempt):
        return ()
    return (undone(job),) if job.decision == Decision.UNDO else (Reason(ReasonCode.REVERSED),)


def undone(job: SyncJob) -> Reason:
    return Reason(ReasonCode.UNDONE, job.decided_why)


def refusal_of(job: SyncJob, words: str) -> Reason | None:
    """It stands there still, and a person wanted it undone."""
    return Reason(ReasonCode.UNDO_REFUSED, words) if job.decision == Decision.UNDO else None


def shown_after(attempt: SyncAttempt, revision: int) -> int:
    """Of what is brought back it is planned anew what it shall show."""
    return 0 if _brings_back(attempt) else revision


def noted(lane: Lane, settled: Sequence[Settled], now: datetime) -> list[Settled]:
    """Write down those that stand beside, or went from there. Returns the others."""
    beside = [one for one in settled if is_reversal(one[1].mark)]
    if not beside:
        return list(settled)
    gone = [job.document_id for job, attempt, outcome in beside if outcome.posted and attempt.action == Action.REMOVE]
    Takeback.objects.filter(connection_id=lane.connection_id, document__in=gone).delete()
    rows = [
        _row(lane, job, attempt, outcome.posted, now)
        for job, attempt, outcome in beside
        if outcome.posted and attempt.action == Action.REVERSE
    ]
    Takeback.objects.bulk_create(
        rows,
        update_conflicts=True,
        update_fields=["external_kind", "external_id", "external_version", "mark", "posted_at", "amiss"],
        unique_fields=["tenant", "connection", "document"],
    )
    return [one for one in settled if not is_reversal(one[1].mark)]


def _row(lane: Lane, job: SyncJob, attempt: SyncAttempt, posted: Posted, now: datetime) -> Takeback:
    return Takeback(
        connection_id=lane.connection_id,
        document_id=job.document_id,
        external_kind=posted.kind,
        external_id=posted.external_id,
        external_version=posted.version,
        mark=attempt.mark,
        posted_at=now,
        amiss=posted.amiss[:300],
    )


def _brings_back(attempt: SyncAttempt) -> bool:
    return attempt.action == Action.REMOVE and is_reversal(attempt.mark)
