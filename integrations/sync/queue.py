"""The rows of the engine: absorb, claim, open, settle. Each works on a set, in one transaction, in a few statements."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from integrations.mapping.reasons import HELD, Reason, ReasonCode
from integrations.mapping.rules import Coding
from integrations.models import (
    ConfigurationVersion,
    Connection,
    ExternalLink,
    JobState,
    SyncAttempt,
    SyncEnvelope,
    SyncJob,
)
from integrations.providers.documents import Envelope, Item, Outcome, OutcomeKind, Remedy
from integrations.sync.lane import Lane
from integrations.sync.plan import Create
from integrations.sync.retry import FIRST_LOOK, rest_after_throttle
from ledger import events
from ledger.models import Entity, SourceDocument

FRESH = timedelta(minutes=1)
# Of a claim this share goes to the fresh first; the rest is the old's, so neither starves the other.
FRESH_SHARE = 0.75
ABSORB_AT_ONCE = 1000

MOVING = (JobState.WAITING, JobState.RUNNING, JobState.UNKNOWN)
AT_REST = (JobState.DONE, JobState.HELD, JobState.NEEDS_ATTENTION)


@dataclass(frozen=True, slots=True)
class Opened:
    """An envelope that is stored and may now be sent, with its attempts by item key."""

    row: SyncEnvelope
    envelope: Envelope
    attempts: dict[str, SyncAttempt]


@dataclass(frozen=True, slots=True)
class Configuration:
    """The version of an entity's configuration by which a set was planned."""

    entity_id: int
    version: int


@dataclass(frozen=True, slots=True)
class Due:
    at: datetime
    fresh: bool


@transaction.atomic
def absorb_events() -> set[int] | None:
    """Turn a set of unhandled events into wishes. Returns the connections with new work, or None if no event is left.

    A document whose entity has no connection gets its wish when one is made (services.connect).
    """
    taken = events.take_unhandled(ABSORB_AT_ONCE)
    if not taken:
        return None
    documents = SourceDocument.objects.filter(id__in={event.document_id for event in taken})
    by_entity: dict[int, list[SourceDocument]] = {}
    for document in documents:
        by_entity.setdefault(document.entity_id, []).append(document)
    connections = Connection.objects.filter(entity_id__in=by_entity)
    for connection in connections:
        wish(connection, by_entity[connection.entity_id])
    events.mark_handled(taken)
    return {connection.pk for connection in connections}


def wish(connection: Connection, documents: Iterable[SourceDocument]) -> None:
    """One job per document and connection. A change folds into the job; a job at rest wakes up for it."""
    now = timezone.now()
    jobs = [
        SyncJob(connection=connection, document=document, wanted_revision=document.revision, rung_at=now, due_at=now)
        for document in documents
    ]
    SyncJob.objects.bulk_create(
        jobs,
        update_conflicts=True,
        update_fields=["wanted_revision", "rung_at"],
        unique_fields=["tenant", "connection", "document"],
    )
    told = SyncJob.objects.filter(connection=connection, document__in=[job.document_id for job in jobs])
    wake(told.filter(state__in=AT_REST, settled_revision__lt=F("wanted_revision")))


def wake(jobs: QuerySet[SyncJob]) -> int:
    """Send jobs on their way again. Returns how many."""
    now = timezone.now()
    return jobs.filter(state__in=AT_REST).update(state=JobState.WAITING, reasons=[], tries=0, due_at=now, rung_at=now)


@transaction.atomic
def claim(lane: Lane, limit: int) -> list[SyncJob]:
    """Take waiting jobs whose time has come, fresh ones first with a share kept for the old."""
    lane.assert_held()
    now = timezone.now()
    due = SyncJob.objects.filter(connection_id=lane.connection_id, state=JobState.WAITING, due_at__lte=now)
    fresh = due.filter(rung_at__gte=now - FRESH).order_by("due_at", "id")
    ids = list(fresh.values_list("id", flat=True)[: int(limit * FRESH_SHARE)])
    rest = due.exclude(id__in=ids).order_by("due_at", "id")
    ids += rest.values_list("id", flat=True)[: limit - len(ids)]
    SyncJob.objects.filter(id__in=ids).update(state=JobState.RUNNING, fence=lane.fence)
    return list(SyncJob.objects.filter(id__in=ids).select_related("document").order_by("due_at", "id"))


@transaction.atomic
def settle_unsent(
    lane: Lane, configuration: Configuration, blocked: Mapping[int, tuple[Reason, ...]], standing: Sequence[int]
) -> None:
    """Jobs for which nothing is sent: those that lack something, and those that stand in the books as they should.

    What a mapping lacked may have been mended since it was read; the saving of one woke only the jobs that were at
    rest by then. So if there is a newer version, the blocked ones are left to be claimed and planned again.
    """
    Entity.objects.select_for_update().get(pk=configuration.entity_id)
    lane.assert_held()
    if current_version(configuration.entity_id) != configuration.version:
        blocked = {}
    jobs = list(SyncJob.objects.filter(id__in={*blocked, *standing}))
    for job in jobs:
        _bring_to_rest(job, blocked.get(job.pk, ()), revision=job.wanted_revision)
    _save(jobs)


def current_version(entity_id: int) -> int:
    """Of the entity's configuration; 0 before the first was saved."""
    numbers = ConfigurationVersion.objects.filter(entity_id=entity_id).order_by("-number")
    return numbers.values_list("number", flat=True).first() or 0


@transaction.atomic
def open_attempts(lane: Lane, envelope: Envelope, planned: Mapping[str, tuple[SyncJob, Create]]) -> Opened:
    """Store what is about to be sent, by mark. After this commit the attempt is on record, whatever dies next."""
    lane.assert_held()
    now = timezone.now()
    row = SyncEnvelope.objects.create(
        connection_id=lane.connection_id,
        batched=envelope.batched,
        request_id=envelope.request_id,
        fence=lane.fence,
        opened_at=now,
        trusted_since=now,
        sent_at=now,
    )
    attempts = [
        SyncAttempt(
            envelope=row,
            job=planned[item.mark][0],
            item=item.key,
            revision=planned[item.mark][0].wanted_revision,
            mark=item.mark,
            body=item.body,
            fingerprint=planned[item.mark][1].fingerprint,
            configuration=planned[item.mark][1].coding.version,
        )
        for item in envelope.items
    ]
    SyncAttempt.objects.bulk_create(attempts)
    _remember_coding({planned[item.mark][0].pk: planned[item.mark][1].coding for item in envelope.items})
    return Opened(row, envelope, {attempt.item: attempt for attempt in attempts})


def _remember_coding(codings: Mapping[int, Coding]) -> None:
    jobs = list(SyncJob.objects.filter(id__in=codings))
    for job in jobs:
        job.coding = codings[job.pk].as_json()
    SyncJob.objects.bulk_update(jobs, ["coding"])


@transaction.atomic
def settle(lane: Lane, opened: Opened, outcomes: Mapping[str, Outcome]) -> None:
    """Write down what became of an envelope: attempts, links, jobs, and the envelope itself when nothing is open."""
    lane.assert_held()
    now = timezone.now()
    pairs = [(attempt, outcomes[item]) for item, attempt in opened.attempts.items() if item in outcomes]
    jobs = {job.pk: job for job in SyncJob.objects.filter(id__in=[attempt.job_id for attempt, _ in pairs])}
    for attempt, outcome in pairs:
        _note(attempt, outcome, now)
        _advance(jobs[attempt.job_id], attempt, outcome, now)
    SyncAttempt.objects.bulk_update((attempt for attempt, _ in pairs), ["outcome", "code", "answer", "settled_at"])
    _link(lane, [(jobs[attempt.job_id], attempt, outcome) for attempt, outcome in pairs], now)
    _save(list(jobs.values()))
    still_open = SyncAttempt.objects.filter(envelope=opened.row, settled_at__isnull=True)
    if not still_open.exists():
        SyncEnvelope.objects.filter(pk=opened.row.pk).update(closed_at=now)


def _note(attempt: SyncAttempt, outcome: Outcome, now: datetime) -> None:
    """An unknown outcome leaves the attempt open: its fate is looked up before anything else is sent for the job."""
    attempt.code = outcome.code
    attempt.answer = outcome.answer
    if outcome.kind is not OutcomeKind.UNKNOWN:
        attempt.outcome = outcome.kind
        attempt.settled_at = now


def _advance(job: SyncJob, attempt: SyncAttempt, outcome: Outcome, now: datetime) -> None:
    match outcome.kind:
        case OutcomeKind.POSTED | OutcomeKind.ALREADY_THERE:
            _bring_to_rest(job, (), revision=attempt.revision)
        case OutcomeKind.REJECTED:
            code = ReasonCode.OUR_FAULT if outcome.remedy is Remedy.OURS else ReasonCode.REJECTED
            _bring_to_rest(job, (Reason(code, outcome.answer),), revision=attempt.revision)
        case OutcomeKind.CONFLICT:
            _bring_to_rest(job, (Reason(ReasonCode.CONFLICT, outcome.answer),), revision=attempt.revision)
        case OutcomeKind.UNKNOWN:
            job.state, job.due_at = JobState.UNKNOWN, now + FIRST_LOOK
        case OutcomeKind.THROTTLED | OutcomeKind.ACCESS_LOST:
            job.state, job.due_at = (JobState.WAITING, now + rest_after_throttle(job.tries, outcome.retry_after))
            job.tries += 1


def _bring_to_rest(job: SyncJob, reasons: Sequence[Reason], *, revision: int) -> None:
    """Done, held or in need of a person; but a job that was changed meanwhile goes on its way again."""
    job.settled_revision = revision
    if job.wanted_revision > revision:
        job.state, job.reasons = JobState.WAITING, []
        return
    held = all(reason.code in HELD for reason in reasons)
    job.state = JobState.DONE if not reasons else JobState.HELD if held else JobState.NEEDS_ATTENTION
    job.reasons = [reason.as_json() for reason in reasons]
    job.tries = 0


def _link(lane: Lane, settled: Sequence[tuple[SyncJob, SyncAttempt, Outcome]], now: datetime) -> None:
    links = [
        ExternalLink(
            connection_id=lane.connection_id,
            document_id=job.document_id,
            external_kind=outcome.posted.kind,
            external_id=outcome.posted.external_id,
            external_version=outcome.posted.version,
            mark=attempt.mark,
            revision=attempt.revision,
            fingerprint=attempt.fingerprint,
            configuration=attempt.configuration,
            posted_at=now,
        )
        for job, attempt, outcome in settled
        if outcome.posted is not None
    ]
    ExternalLink.objects.bulk_create(
        links,
        update_conflicts=True,
        update_fields=["external_kind", "external_id", "external_version", "revision", "fingerprint", "configuration"],
        unique_fields=["tenant", "connection", "document"],
    )


def _save(jobs: list[SyncJob]) -> None:
    SyncJob.objects.bulk_update(jobs, ["state", "reasons", "settled_revision", "due_at", "tries"])


@transaction.atomic
def take_over(lane: Lane) -> None:
    """What an earlier holder had claimed: unknown where an attempt is open, for it may be sent; else it waits again."""
    lane.assert_held()
    abandoned = SyncJob.objects.filter(connection_id=lane.connection_id, state=JobState.RUNNING, fence__lt=lane.fence)
    open_attempts_of = SyncAttempt.objects.filter(settled_at__isnull=True).values("job_id")
    now = timezone.now()
    abandoned.filter(id__in=open_attempts_of).update(state=JobState.UNKNOWN, due_at=now, fence=lane.fence)
    abandoned.update(state=JobState.WAITING, due_at=now)


@transaction.atomic
def give_back(lane: Lane) -> None:
    """Claimed, but nothing was sent for them: they wait again."""
    lane.assert_held()
    mine = SyncJob.objects.filter(connection_id=lane.connection_id, state=JobState.RUNNING, fence=lane.fence)
    mine.update(state=JobState.WAITING)


@transaction.atomic
def in_doubt(lane: Lane) -> list[Opened]:
    """Envelopes whose outcome is unknown and whose time for another look has come, with their open attempts."""
    lane.assert_held()
    attempts = (
        SyncAttempt.objects.filter(
            settled_at__isnull=True,
            job__connection_id=lane.connection_id,
            job__state=JobState.UNKNOWN,
            job__due_at__lte=timezone.now(),
        )
        .select_related("envelope", "job")
        .order_by("envelope_id", "id")
    )
    rows: dict[int, list[SyncAttempt]] = {}
    for attempt in attempts:
        rows.setdefault(attempt.envelope_id, []).append(attempt)
    whole = _whole_envelopes(rows)
    return [
        Opened(open_ones[0].envelope, whole[key], {attempt.item: attempt for attempt in open_ones})
        for key, open_ones in rows.items()
    ]


def _whole_envelopes(keys: Iterable[int]) -> dict[int, Envelope]:
    """As they were sent, with the items whose outcome is known by now: a repeat must be the same to the byte."""
    items: dict[int, list[SyncAttempt]] = {}
    for attempt in SyncAttempt.objects.filter(envelope__in=list(keys)).select_related("envelope").order_by("id"):
        items.setdefault(attempt.envelope_id, []).append(attempt)
    return {
        key: Envelope(
            request_id=sent[0].envelope.request_id,
            batched=sent[0].envelope.batched,
            items=tuple(Item(attempt.item, attempt.mark, attempt.body) for attempt in sent),
        )
        for key, sent in items.items()
    }


@transaction.atomic
def look_again(lane: Lane, attempts: Sequence[SyncAttempt], at: datetime) -> None:
    lane.assert_held()
    SyncJob.objects.filter(id__in=[attempt.job_id for attempt in attempts]).update(due_at=at)


@transaction.atomic
def park(lane: Lane, attempts: Sequence[SyncAttempt]) -> None:
    """Not found, and the platform's memory of our key cannot be trusted any more: a person decides."""
    lane.assert_held()
    jobs = list(SyncJob.objects.filter(id__in=[attempt.job_id for attempt in attempts]))
    for job in jobs:
        job.state = JobState.NEEDS_ATTENTION
        job.reasons = [Reason(ReasonCode.OUTCOME_UNKNOWN).as_json()]
    _save(jobs)


@transaction.atomic
def mark_resent(lane: Lane, opened: Opened) -> None:
    lane.assert_held()
    SyncEnvelope.objects.filter(pk=opened.row.pk).update(sent_at=timezone.now(), sendings=F("sendings") + 1)


@transaction.atomic
def next_due(connection_id: int) -> Due | None:
    """When this connection has something to do, and whether some of it is fresh; None when all is at rest."""
    moving = SyncJob.objects.filter(connection_id=connection_id, state__in=MOVING)
    at = moving.order_by("due_at").values_list("due_at", flat=True).first()
    if at is None:
        return None
    resting_until = Connection.objects.values_list("resting_until", flat=True).get(pk=connection_id)
    fresh = moving.filter(rung_at__gte=timezone.now() - FRESH).exists()
    return Due(max(at, resting_until or at), fresh)
