"""The rows of the engine: absorb, claim, open, settle. Each works on a set, in one transaction, in a few statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from integrations.mapping.reasons import EXCLUDED, HELD, Reason, ReasonCode
from integrations.models import (
    ConfigurationVersion,
    Connection,
    Decision,
    JobState,
    SyncJob,
)
from integrations.models.sync import MOVING_STATES, STATES_WITH_REASON
from integrations.selectors import in_doubt, with_reason
from integrations.sync import receipt_jobs
from integrations.sync.lane import Lane
from integrations.sync.retry import rest_after_throttle
from ledger import events
from ledger.models import Entity, SourceDocument, Stage
from ledger.models.events import OF_RECEIPTS
from ledger.tenancy.sets import update_rows

FRESH = timedelta(minutes=1)
FEW = 50
# Of a claim this share goes to the fresh first; the rest is the old's, so neither starves the other.
FRESH_SHARE = 0.75
ABSORB_AT_ONCE = 1000
ROWS_AT_ONCE = 1000

AT_REST = [JobState.DONE, *STATES_WITH_REASON]


@dataclass(frozen=True, slots=True)
class Configuration:
    """The version of an entity's configuration by which a set was planned, and how far the books were closed then."""

    entity_id: int
    version: int
    closed_to: date | None = None


@dataclass(frozen=True, slots=True)
class Unsent:
    """A claimed job for which nothing is sent, the revision by which that was decided, and what it lacks, if it does.

    The document may have changed since; then the job goes on its way again.
    """

    job_id: int
    revision: int
    reasons: tuple[Reason, ...] = ()


@dataclass(frozen=True, slots=True)
class Absorbed:
    """How many documents by connection, and whether those were all events that there were."""

    numbers: dict[int, int]
    is_all: bool


@dataclass(frozen=True, slots=True)
class Due:
    """When there is something to do, and whether a little of it is fresh."""

    at: datetime
    fresh: bool

    def not_before(self, later: datetime) -> "Due":
        """The pace holds up a backlog; what is fresh goes as single writes, for which there is nearly always room."""
        return self if self.fresh else Due(max(self.at, later), self.fresh)


@transaction.atomic
def absorb_events() -> Absorbed | None:
    """Turn a set of unhandled events into wishes. None if there is no event.

    A document whose entity has no connection gets its wish when one is made (services.connect).
    """
    taken = events.take_unhandled(ABSORB_AT_ONCE)
    if not taken:
        return None
    said = {event.document_id for event in taken if event.kind not in OF_RECEIPTS}
    with_files = {event.document_id for event in taken if event.kind in OF_RECEIPTS}
    told = SourceDocument.objects.filter(id__in=said | with_files)
    # Against a connection that is being made: either it is there when we look, or it finds these documents. And of two
    # that absorb events of one document the later one reads what it says by then, so that no wish is taken back.
    lock_entities(told.values_list("entity_id", flat=True).distinct())
    by_entity: dict[int, list[SourceDocument]] = {}
    for document in told.order_by("id"):
        by_entity.setdefault(document.entity_id, []).append(document)
    connections = list(Connection.objects.filter(entity_id__in=by_entity).order_by("id"))
    for connection in connections:
        told_of = by_entity[connection.entity_id]
        # First, since the lane's row is locked before its jobs, by everybody.
        if files := [document.pk for document in told_of if document.pk in with_files]:
            receipt_jobs.wish(connection, files)
        wish(connection, [one for one in told_of if one.pk in said and one.stage != Stage.PENDING])
    events.mark_handled(taken)
    numbers = {connection.pk: len(by_entity[connection.entity_id]) for connection in connections}
    return Absorbed(numbers, is_all=len(taken) < ABSORB_AT_ONCE)


def bookable(documents: QuerySet[SourceDocument]) -> QuerySet[SourceDocument]:
    """What is still pending is no money yet; it comes again when it clears."""
    return documents.exclude(stage=Stage.PENDING)


def wish(connection: Connection, documents: Iterable[SourceDocument]) -> None:
    """One job per document and connection. A change folds into the job; a job at rest wakes up for it."""
    now = timezone.now()
    jobs = [
        SyncJob(connection=connection, document=document, wanted_revision=document.revision, rung_at=now, due_at=now)
        for document in documents
    ]
    SyncJob.objects.bulk_create(
        jobs,
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        update_fields=["wanted_revision", "rung_at"],
        unique_fields=["tenant", "connection", "document"],
    )
    told = SyncJob.objects.filter(connection=connection, document__in=[job.document_id for job in jobs])
    # What somebody took out of the books comes back by a person's word only, not by a change of the source.
    stays_out = with_reason(ReasonCode.GONE) & ~Q(document__stage=Stage.REVERSED)
    wake(told.filter(~stays_out, state__in=AT_REST, settled_revision__lt=F("wanted_revision")))


def wake(jobs: QuerySet[SyncJob]) -> int:
    """Send jobs on their way again, but for those with an open attempt, which must be looked up. Returns how many."""
    now = timezone.now()
    return jobs.filter(~in_doubt(), state__in=AT_REST).update(
        state=JobState.WAITING, reasons=[], tries=0, due_at=now, rung_at=now
    )


@transaction.atomic
def claim(lane: Lane, limit: int, *, fresh_only: bool = False) -> list[SyncJob]:
    """Take waiting jobs whose time has come, fresh ones first with a share kept for the old."""
    lane.assert_held()
    now = timezone.now()
    due = SyncJob.objects.filter(connection_id=lane.connection_id, state=JobState.WAITING, due_at__lte=now)
    # Also by when they are due, since that is what the index knows.
    fresh = due.filter(rung_at__gte=now - FRESH, due_at__gte=now - FRESH).order_by("due_at", "id")
    ids = list(fresh.values_list("id", flat=True)[: limit if fresh_only else max(1, int(limit * FRESH_SHARE))])
    if not fresh_only:
        ids += due.exclude(id__in=ids).order_by("due_at", "id").values_list("id", flat=True)[: limit - len(ids)]
    if not ids:
        return []
    # Asked once more in the statement that takes them: a person may hold one at this very moment.
    due.filter(id__in=ids).update(state=JobState.RUNNING, fence=lane.fence)
    claimed = SyncJob.objects.filter(id__in=ids, state=JobState.RUNNING, fence=lane.fence)
    return list(claimed.select_related("document").order_by("due_at", "id"))


@transaction.atomic
def settle_unsent(lane: Lane, configuration: Configuration, unsent: Sequence[Unsent]) -> None:
    """Jobs for which nothing is sent: those that lack something, and those that stand in the books as they should.

    What a mapping lacked may have been mended since it was read; the saving of one woke only the jobs that were at
    rest by then. So if there is a newer version, the blocked ones wait again, to be planned by it; and so if the books
    were closed or opened meanwhile.
    """
    lock_entities([configuration.entity_id])
    lane.assert_held()
    mended = current_version(configuration.entity_id) != configuration.version
    mended = mended or _closed_to(lane) != configuration.closed_to
    by_job = {one.job_id: one for one in unsent}
    jobs = locked(by_job)
    for job in jobs:
        one = by_job[job.pk]
        if mended and one.reasons:
            job.state = JobState.WAITING
        else:
            bring_to_rest(job, one.reasons, revision=one.revision)
    save(jobs)
    have_overruled([job for job in jobs if job.state == JobState.DONE])


def have_overruled(jobs: Iterable[SyncJob]) -> None:
    """That ours goes over theirs was a person's word for this once."""
    over = [job.pk for job in jobs if job.decision == Decision.OURS]
    if over:
        SyncJob.objects.filter(pk__in=over).update(decision=Decision.NONE, decided_why="")


def lock_entities(ids: Iterable[int]) -> None:
    """Until the end of the transaction. Rows that refer to them can be written meanwhile: charges keep coming in."""
    list(Entity.objects.select_for_update(no_key=True).filter(id__in=list(ids)).order_by("id"))


def locked(job_ids: Iterable[int]) -> list[SyncJob]:
    """The jobs, in one order for everybody, so that a wish made meanwhile waits and is not overwritten."""
    return list(SyncJob.objects.select_for_update(no_key=True).filter(id__in=list(job_ids)).order_by("id"))


def current_version(entity_id: int) -> int:
    """Of the entity's configuration; 0 before the first was saved."""
    numbers = ConfigurationVersion.objects.filter(entity_id=entity_id).order_by("-number")
    return numbers.values_list("number", flat=True).first() or 0


def _closed_to(lane: Lane) -> date | None:
    return Connection.objects.values_list("company__closed_to", flat=True).get(pk=lane.connection_id)


def bring_to_rest(job: SyncJob, reasons: Sequence[Reason], *, revision: int) -> None:
    """Done, held or in need of a person; but a job that was changed meanwhile goes on its way again."""
    job.settled_revision = revision
    if job.wanted_revision > revision:
        job.state, job.reasons = JobState.WAITING, []
        return
    job.state = resting_state(reasons)
    job.reasons = [reason.as_json() for reason in reasons]
    job.tries = 0


def send_on(job: SyncJob, now: datetime) -> None:
    """It waits again, with nothing against it."""
    job.state, job.reasons, job.tries, job.due_at = JobState.WAITING, [], 0, now


def resting_state(reasons: Sequence[Reason]) -> JobState:
    codes = {reason.code for reason in reasons}
    if not codes:
        return JobState.DONE
    if codes <= EXCLUDED:
        return JobState.EXCLUDED
    return JobState.HELD if codes <= HELD else JobState.NEEDS_ATTENTION


def save(jobs: list[SyncJob], *more: str) -> None:
    update_rows(jobs, ["state", "reasons", "settled_revision", "due_at", "tries", *more])


@transaction.atomic
def give_back(lane: Lane, jobs: Iterable[SyncJob]) -> None:
    """Claimed, but nothing was sent for them: they wait again."""
    lane.assert_held()
    mine = SyncJob.objects.filter(id__in=[job.pk for job in jobs], state=JobState.RUNNING, fence=lane.fence)
    mine.filter(~in_doubt()).update(state=JobState.WAITING)


@transaction.atomic
def postpone(lane: Lane, early: Mapping[SyncJob, bool]) -> None:
    """What they need first is not there yet. Where that was tried in vain they rest, longer each time; the others come
    after all that waits already."""
    lane.assert_held()
    now = timezone.now()
    in_vain = {job.pk: tried for job, tried in early.items()}
    jobs = locked(in_vain)
    for job in jobs:
        job.state = JobState.WAITING
        job.due_at = now + (rest_after_throttle(job.tries, None) if in_vain[job.pk] else timedelta(0))
        job.tries += in_vain[job.pk]
    save(jobs)


@transaction.atomic(savepoint=False)
def next_due(connection_id: int) -> Due | None:
    """When this connection has something to do, and whether a little of it is fresh; None when all is at rest."""
    moving = SyncJob.objects.filter(connection_id=connection_id, state__in=MOVING_STATES)
    at = moving.order_by("due_at").values_list("due_at", flat=True).first()
    if at is None:
        return None
    now = timezone.now()
    resting_until = Connection.objects.values_list("resting_until", flat=True).get(pk=connection_id)
    # By when they are due too, as `claim` does: what it would not take is not fresh.
    latest = moving.filter(due_at__lte=now, due_at__gte=now - FRESH).order_by("-due_at")
    rung = list(latest.values_list("rung_at", flat=True)[: FEW + 1])
    return Due(max(at, resting_until or at), is_fresh(rung, now))


def is_fresh(latest: Sequence[datetime], now: datetime) -> bool:
    """A little that has just come goes first. More than a few at once are a backlog, however young: nobody else's fresh
    charge waits for them. lookup.connections_with_work says the same, of what is due for longer too."""
    return len(latest) > 0 and latest[0] >= now - FRESH and not (len(latest) > FEW and latest[FEW] >= now - FRESH)
