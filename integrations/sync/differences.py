"""Rows about what somebody changed there: what is to be read first, what was agreed upon, what a person must choose."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from integrations.models import Clash, Compromise, ExternalLink, SyncAttempt, SyncJob
from integrations.providers.documents import STANDS, Action, Found, Outcome, OutcomeKind, Side, SideLine
from integrations.sync.lane import Lane
from integrations.sync.marks import is_reversal
from integrations.sync.plan import Send
from integrations.sync.queue import have_overruled

# So often in a row somebody may be quicker than we are; then a person looks at it.
MOST_LOOKS = 3

Settled = tuple[SyncJob, SyncAttempt, Outcome]


def is_read_again(job: SyncJob, attempt: SyncAttempt) -> bool:
    """Whether a conflict is met by looking at what stands there: a change is merged, and what nobody changed in
    anything that we write is taken out. A payment of a bill changes the bill's version, and nothing in it."""
    looks = attempt.action in (Action.UPDATE, Action.REMOVE)
    return looks and not is_reversal(attempt.mark) and job.tries < MOST_LOOKS


def note(lane: Lane, settled: Sequence[Settled], now: datetime) -> None:
    """Of what was settled, within its transaction. What was only made costs nothing here."""
    have_overruled([job for job, _, outcome in settled if outcome.kind in STANDS])
    changes = [one for one in settled if one[1].action != Action.CREATE and not is_reversal(one[1].mark)]
    if not changes:
        return
    _read_first(lane, [job for job, _, outcome in changes if outcome.kind is OutcomeKind.CONFLICT])
    done = [(job, attempt) for job, attempt, outcome in changes if outcome.kind in STANDS]
    if done:
        _agree(lane, done, now)


def _read_first(lane: Lane, jobs: Sequence[SyncJob]) -> None:
    if jobs:
        links = ExternalLink.objects.filter(connection_id=lane.connection_id)
        links.filter(document__in=[job.document_id for job in jobs]).update(external_version="")


def _agree(lane: Lane, done: Sequence[tuple[SyncJob, SyncAttempt]], now: datetime) -> None:
    """What went over the whole of theirs leaves nothing of it; what was merged leaves some."""
    mine = Compromise.objects.filter(connection_id=lane.connection_id)
    mine.filter(document__in=[job.document_id for job, _ in done]).delete()
    Compromise.objects.bulk_create(
        Compromise(connection_id=lane.connection_id, document_id=job.document_id, agreed_at=now, **attempt.merged)
        for job, attempt in done
        if attempt.merged
    )


@transaction.atomic
def remember_clashes(lane: Lane, clashes: Sequence[Clash]) -> None:
    """Before their jobs come to rest, so that there is something to choose from."""
    lane.assert_held()
    Clash.objects.bulk_create(
        clashes,
        update_conflicts=True,
        update_fields=[
            *("fields", "base", "ours", "theirs", "names"),
            *("external_version", "revision", "fingerprint", "noticed_at"),
        ],
        unique_fields=["tenant", "job"],
    )


def clash(job: SyncJob, send: Send, sides: tuple[Side, Side, Side], found: Found, over: Sequence[str]) -> Clash:
    base, ours, theirs = sides
    return Clash(
        job=job,
        fields=list(over),
        base=asdict(base),
        ours=asdict(ours),
        theirs=asdict(theirs),
        names=found.names,
        external_version=found.posted.version,
        revision=job.wanted_revision,
        fingerprint=send.fingerprint,
        noticed_at=timezone.now(),
    )


def side_from(stored: dict[str, Any]) -> Side:
    return Side(stored["fields"], tuple(SideLine(**line) for line in stored["lines"]))
