"""Take documents back out of the books: removed where nobody touched them, reversed where somebody did, and refused,
with the reason, where the books are closed or reconciled.

A person sees first what would become of each. Their word is written at the jobs, and the engine does it like any other
work: stored before it is sent, in sets, exactly once.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet

from integrations.mapping.reasons import ReasonCode
from integrations.models import (
    Act,
    Compromise,
    Connection,
    Decision,
    ExternalLink,
    JobState,
    SyncAttempt,
    SyncJob,
    SyncRun,
    Takeback,
)
from integrations.models.sync import MOVING_STATES
from integrations.providers.base import Provider
from integrations.providers.documents import STANDS, Action, Found, Posted, Thing
from integrations.selectors import in_doubt, with_reason
from integrations.services.interventions import remember
from integrations.sync import queue
from integrations.sync.attempts import item_of
from integrations.sync.comparing import last_written
from integrations.sync.merging import same, without_signature
from integrations.sync.order import settled_there
from integrations.visits import visit
from ledger.domain.money import Money
from ledger.models import User


class Fate(StrEnum):
    """What would become of a document."""

    REMOVED = "removed"
    REVERSED = "reversed"
    GONE = "gone"
    CLOSED = "closed"
    RECONCILED = "reconciled"
    SETTLED = "settled"
    UNDER_WAY = "under_way"
    NOT_THERE = "not_there"


UNDONE = (Fate.REMOVED, Fate.REVERSED, Fate.GONE)


@dataclass(frozen=True, slots=True)
class Judged:
    """One document, what would become of it, and to what day the books are closed where that is why not."""

    job_id: int
    document_id: int
    fate: Fate
    money: Money
    closed_to: date | None = None


@dataclass(frozen=True, slots=True)
class _Standing:
    """A job with what we know of its object."""

    job: SyncJob
    link: ExternalLink
    ours_alone: bool
    settled: bool = False

    @property
    def target(self) -> Posted:
        return Posted(self.link.external_kind, self.link.external_id, self.link.external_version)


def posted_by(run: SyncRun) -> QuerySet[SyncJob]:
    """The jobs whose documents this run brought into the books; what it changed only was there before."""
    return _of_run(run, [Action.CREATE])


def changed_by(run: SyncRun) -> QuerySet[SyncJob]:
    return _of_run(run, [Action.UPDATE]).exclude(pk__in=posted_by(run).values("pk"))


def _of_run(run: SyncRun, actions: Sequence[Action]) -> QuerySet[SyncJob]:
    attempts = SyncAttempt.objects.filter(
        envelope__run=run, action__in=[action.value for action in actions], outcome__in=STANDS
    )
    return SyncJob.objects.filter(pk__in=attempts.values("job"))


def judge(jobs: QuerySet[SyncJob]) -> list[Judged]:
    """What would become of each, without doing anything. A few calls for all of them together; outside a transaction.

    Raises Temporary, AccessLost or Refused.
    """
    with transaction.atomic():
        rows = list(jobs.select_related("document").order_by("id"))
        standing = _standing(rows)
        moving = set(jobs.filter(in_doubt()).values_list("pk", flat=True))
    moving |= {job.pk for job in rows if job.state in MOVING_STATES and job.state != JobState.WAITING}
    asked = [one for one in standing.values() if one.job.pk not in moving]
    judged: dict[int, Judged] = {}
    for connection in {one.link.connection_id: one.link.connection for one in asked}.values():
        mine = [one for one in asked if one.link.connection_id == connection.pk]
        judged |= {one.job_id: one for one in _asked(connection, mine)}
    return [judged.get(job.pk) or _unasked(job, Fate.UNDER_WAY if job.pk in moving else Fate.NOT_THERE) for job in rows]


def undo(jobs: QuerySet[SyncJob], *, why: str, person: User) -> list[Judged]:
    """Judge them once more, and take back what can be. Called outside a transaction; returns what becomes of each."""
    judged = judge(jobs)
    agreed = {one.job_id: one for one in judged if one.fate in UNDONE}
    with transaction.atomic():
        locked = SyncJob.objects.filter(pk__in=agreed).select_for_update(no_key=True).order_by("id")
        free = [job.pk for job in locked if job.state not in (JobState.RUNNING, JobState.UNKNOWN)]
        mine = SyncJob.objects.filter(~in_doubt(), pk__in=free)
        ids = list(mine.values_list("pk", flat=True))
        mine.update(decision=Decision.UNDO, decided_why=f"{person}: {why}")
        _read_first(agreed[number] for number in ids)
        remember(Act.UNDONE, ids, person, why)
        queue.wake(SyncJob.objects.filter(pk__in=ids))
    late = agreed.keys() - set(ids)
    return [_unasked_again(one) if one.job_id in late else one for one in judged]


@transaction.atomic
def bring_back(jobs: QuerySet[SyncJob], person: User) -> int:
    """What was undone goes into the books again. Called by whoever sends documents again."""
    undone = jobs.filter(~in_doubt(), decision=Decision.UNDO, state=JobState.EXCLUDED)
    ids = list(undone.select_for_update(no_key=True).order_by("id").values_list("pk", flat=True))
    mine = SyncJob.objects.filter(pk__in=ids)
    mine.update(decision=Decision.NONE, decided_why="")
    remember(Act.BROUGHT_BACK, ids, person)
    queue.wake(mine)
    return len(ids)


@transaction.atomic
def leave(jobs: QuerySet[SyncJob], person: User) -> int:
    """What the books refused to let go stays in them after all."""
    refused = jobs.filter(with_reason(ReasonCode.UNDO_REFUSED), ~in_doubt(), state=JobState.NEEDS_ATTENTION)
    ids = list(refused.select_for_update(no_key=True).order_by("id").values_list("pk", flat=True))
    mine = SyncJob.objects.filter(pk__in=ids)
    mine.update(decision=Decision.NONE, decided_why="")
    remember(Act.LEFT_THERE, ids, person)
    queue.wake(mine)
    return len(ids)


def _standing(jobs: Sequence[SyncJob]) -> dict[int, _Standing]:
    """By job, what stands there and was not taken back."""
    documents = [job.document_id for job in jobs]
    beside = Takeback.objects.filter(connection=OuterRef("connection"), document=OuterRef("document"))
    shared = Compromise.objects.filter(connection=OuterRef("connection"), document=OuterRef("document"))
    links = ExternalLink.objects.filter(~Exists(beside), document__in=documents).annotate(shared=Exists(shared))
    settled = settled_there(documents)
    by_place = {(link.connection_id, link.document_id): link for link in links.select_related("connection__company")}
    return {
        job.pk: _Standing(
            job, link, ours_alone=not link.shared, settled=(job.connection_id, job.document_id) in settled
        )
        for job in jobs
        if (link := by_place.get((job.connection_id, job.document_id)))
    }


def _asked(connection: Connection, standing: Sequence[_Standing]) -> list[Judged]:
    with visit(connection) as provider:
        there = provider.examine([one.target for one in standing], fresh=False)
        closed = provider.closed_to()
        days = [found.dated for found in there.values()]
        reconciled = provider.reconciled(min(days), max(days)) if days else set()
        ours = _as_we_wrote(provider, standing, there)
    return [_judged(one, there.get(one.target.thing), closed, reconciled, ours) for one in standing]


def _as_we_wrote(provider: Provider, standing: Sequence[_Standing], there: Mapping[Thing, Found]) -> set[int]:
    """Jobs whose objects say in all that we write what we last wrote, though they are in another version: a payment of
    a bill makes one."""
    moved = {
        one.job.pk: found.side
        for one in standing
        if (found := there.get(one.target.thing)) and found.posted.version != one.link.external_version
    }
    written = last_written([one.job for one in standing if one.job.pk in moved]) if moved else {}
    marks = {one.job.pk: one.link.mark for one in standing}
    return {
        number
        for number, attempt in written.items()
        if same(
            without_signature(provider.side_of(item_of(attempt)), marks[number]),
            without_signature(moved[number], marks[number]),
        )
    }


def _judged(
    one: _Standing, found: Found | None, closed: date | None, reconciled: set[str], as_we_wrote: set[int]
) -> Judged:
    shut = found is not None and closed is not None and found.dated <= closed
    is_ours = found is not None and (found.posted.version == one.link.external_version or one.job.pk in as_we_wrote)
    fate = _fate(one, found, shut=shut, reconciled=one.link.external_id in reconciled, is_ours=is_ours)
    return Judged(one.job.pk, one.job.document_id, fate, _money(one.job), closed if shut else None)


def _fate(one: _Standing, found: Found | None, *, shut: bool, reconciled: bool, is_ours: bool) -> Fate:
    if found is None:
        return Fate.GONE
    if one.settled:
        return Fate.SETTLED
    if shut:
        return Fate.CLOSED
    if reconciled:
        return Fate.RECONCILED
    return Fate.REMOVED if one.ours_alone and is_ours else Fate.REVERSED


def _unasked(job: SyncJob, fate: Fate) -> Judged:
    return Judged(job.pk, job.document_id, fate, _money(job))


def _unasked_again(one: Judged) -> Judged:
    return Judged(one.job_id, one.document_id, Fate.UNDER_WAY, one.money)


def _money(job: SyncJob) -> Money:
    return Money(job.document.amount_minor, job.document.currency)


def _read_first(judged: Iterable[Judged]) -> None:
    """What somebody changed there is looked at when it is taken back."""
    documents = [one.document_id for one in judged if one.fate is Fate.REVERSED]
    ExternalLink.objects.filter(document__in=documents).update(external_version="")
