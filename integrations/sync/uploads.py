"""The rows of receipts: wish, claim, open, settle. Like queue and attempts, for files instead of documents."""

import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet
from django.utils import timezone

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import (
    AttachedFile,
    Connection,
    ExternalLink,
    ReceiptAttempt,
    ReceiptJob,
    ReceiptState,
    Stance,
    SyncEnvelope,
)
from integrations.models.receipts import MOVING_RECEIPTS
from integrations.providers.documents import (
    NOT_SENT,
    Action,
    File,
    FileItem,
    Outcome,
    OutcomeKind,
    Posted,
    Remedy,
    Upload,
)
from integrations.sync.hanging import Hanging, ReceiptFacts
from integrations.sync.lane import Lane
from integrations.sync.marks import name_there, sign_of
from integrations.sync.queue import Due
from integrations.sync.retry import FIRST_LOOK, rest_after_throttle
from integrations.sync.runs import Run
from ledger.models import Receipt, Stage
from ledger.storage import storage
from ledger.tenancy.sets import update_rows

STANDS = (OutcomeKind.POSTED, OutcomeKind.ALREADY_THERE)


# The job of an item; and where it hangs already, if it shall hang elsewhere from now on.
Behind = tuple[ReceiptJob, str]


def new_key() -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Removal:
    """One file that is taken away, under a key of its own."""

    request_id: str
    there: Posted
    key: str = "1"


@dataclass(frozen=True, slots=True)
class Loaded:
    """An upload or a removal that is stored and may now be sent, with its attempts by item key."""

    row: SyncEnvelope
    content: Upload | Removal
    attempts: dict[str, ReceiptAttempt]
    repeated: bool = False


@dataclass(slots=True)
class Hold:
    """What one holder of the lane has on its hands: opened and not yet sent, and answered and not yet written down."""

    waiting: list[Loaded] = field(default_factory=list)
    answered: list[tuple[Loaded, dict[str, Outcome]]] = field(default_factory=list)
    answered_since: float = 0.0
    in_doubt: bool = False
    """Of some that are due nobody knows what became of them."""


# --- the claim -------------------------------------------------------------------------------------------------------


def due(lane: Lane, limit: int) -> list[ReceiptJob]:
    """Those that wait and those in doubt, locked, in one order for everybody, with their receipts and documents."""
    moving = [ReceiptState.WAITING, ReceiptState.UNKNOWN]
    mine = ReceiptJob.objects.filter(connection_id=lane.connection_id, state__in=moving, due_at__lte=timezone.now())
    ready = mine.select_related("receipt__document").order_by("due_at", "id")
    return list(ready.select_for_update(of=("self",), no_key=True)[:limit])


def facts_of(lane: Lane, jobs: Sequence[ReceiptJob]) -> dict[int, ReceiptFacts]:
    """By job: three statements whatever their number."""
    documents = {job.receipt.document_id for job in jobs}
    links = ExternalLink.objects.filter(connection_id=lane.connection_id, document__in=documents - {None})
    links = links.exclude(stance=Stance.GONE)
    targets = {link.document_id: Posted(link.external_kind, link.external_id, "") for link in links}
    newer = {job.receipt.replaced_by_id for job in jobs} - {None}
    receipts = {job.receipt_id for job in jobs} | newer
    hanging: dict[int, list[Hanging]] = {}
    for row in AttachedFile.objects.filter(
        connection_id=lane.connection_id, receipt__in=receipts, left_at__isnull=True
    ).order_by("id"):
        there = Posted(row.external_kind, row.external_id, row.external_version)
        hanging.setdefault(row.receipt_id, []).append(Hanging(Posted(row.target_kind, row.target_id, ""), there))
    still_wanted = (
        set(Receipt.objects.filter(pk__in=newer, removed_at__isnull=True).values_list("pk", flat=True))
        if newer
        else set()
    )
    return {
        job.pk: ReceiptFacts(
            wanted=job.receipt.removed_at is None,
            target=targets.get(job.receipt.document_id or 0),
            hanging=hanging.get(job.receipt_id, ()),
            over=job.receipt.document is not None and job.receipt.document.stage == Stage.REVERSED,
            superseded=job.receipt.replaced_by_id in still_wanted and job.receipt.replaced_by_id not in hanging,
        )
        for job in jobs
    }


def _still_wanted(receipts: set[int | None]) -> set[int]:
    return set(Receipt.objects.filter(pk__in=receipts, removed_at__isnull=True).values_list("pk", flat=True))


def file_of(receipt: Receipt, target: Posted) -> File:
    sign = sign_of(receipt.sha256)
    return File(
        name=name_there(receipt.file_name, sign),
        content_type=receipt.content_type,
        size=receipt.size,
        sign=sign,
        target=target,
        content=partial(_opened, receipt.storage_key),
    )


def _opened(key: str) -> Any:
    return storage().open(key)


# --- the intention ---------------------------------------------------------------------------------------------------


def open_attempts(
    lane: Lane, run: Run, contents: Sequence[Upload | Removal], behind: Sequence[Sequence[Behind]], version: int
) -> list[Loaded]:
    """Store what is about to be sent, with what stands behind each of its items, in their order.

    Called in the transaction of the claim; after its commit the attempts are on record, whatever dies next.
    """
    now = timezone.now()
    run_row = run.row(version, now)
    rows = SyncEnvelope.objects.bulk_create(
        SyncEnvelope(
            connection_id=lane.connection_id,
            run=run_row,
            batched=isinstance(content, Upload),
            request_id=content.request_id,
            fence=lane.fence,
            opened_at=now,
            trusted_since=now,
            sent_at=now,
        )
        for content in contents
    )
    loaded = [
        Loaded(row, content, _attempts(row, content, some))
        for row, content, some in zip(rows, contents, behind, strict=True)
    ]
    ReceiptAttempt.objects.bulk_create([attempt for one in loaded for attempt in one.attempts.values()])
    return loaded


def _attempts(row: SyncEnvelope, content: Upload | Removal, behind: Sequence[Behind]) -> dict[str, ReceiptAttempt]:
    if isinstance(content, Removal):
        return {
            content.key: ReceiptAttempt(
                envelope=row,
                job=behind[0][0],
                item=content.key,
                action=Action.REMOVE,
                name=behind[0][0].receipt.file_name,
                external_id=content.there.external_id,
                external_version=content.there.version,
                target_kind=content.there.kind,
            )
        }
    return {item.key: _attempt(row, item, one) for item, one in zip(content.items, behind, strict=True)}


def _attempt(row: SyncEnvelope, item: FileItem, behind: Behind) -> ReceiptAttempt:
    job, elsewhere = behind
    return ReceiptAttempt(
        envelope=row,
        job=job,
        item=item.key,
        action=Action.CREATE,
        target_kind=item.file.target.kind,
        target_id=item.file.target.external_id,
        name=item.file.name,
        body=item.body,
        external_id=elsewhere,
    )


# --- the fact --------------------------------------------------------------------------------------------------------


@transaction.atomic
def settle(lane: Lane, run: Run, landed: Sequence[tuple[Loaded, Mapping[str, Outcome]]]) -> None:
    """Write down what became of them: attempts, files, jobs, the run, and what has nothing open any more."""
    lane.assert_held()
    now = timezone.now()
    pairs = [
        (attempt, _as_far_as_certain(outcomes[key], one.repeated))
        for one, outcomes in landed
        for key, attempt in one.attempts.items()
        if key in outcomes
    ]
    jobs = locked([attempt.job_id for attempt, _ in pairs])
    for attempt, outcome in pairs:
        _note(attempt, outcome, now)
        _advance(jobs[attempt.job_id], attempt, outcome, now)
    update_rows([attempt for attempt, _ in pairs], ["outcome", "code", "answer", "settled_at"])
    _hang(lane, [(jobs[attempt.job_id], attempt, outcome) for attempt, outcome in pairs], now)
    _let_former_go(
        lane, [job.receipt_id for job in jobs.values() if job.replaces and job.state == ReceiptState.DONE], now
    )
    save(jobs.values())
    _close_settled([one.row.pk for one, _ in landed], now)
    run.count_files([outcome for _, outcome in pairs], now)


def locked(ids: Iterable[int]) -> dict[int, Any]:
    """In one order for everybody, with their receipts; `replaces` where another made room for it."""
    rows = ReceiptJob.objects.select_related("receipt").filter(id__in=list(ids)).order_by("id")
    former = Receipt.objects.filter(replaced_by=OuterRef("receipt"))
    return {row.pk: row for row in rows.annotate(replaces=Exists(former)).select_for_update(of=("self",), no_key=True)}


def save(jobs: Iterable[ReceiptJob]) -> None:
    update_rows(list(jobs), ["state", "reasons", "due_at", "tries", "fence"])


def _as_far_as_certain(outcome: Outcome, repeated: bool) -> Outcome:
    """That a repetition was turned away at the door says nothing about the first sending."""
    turned_away = outcome.kind in (OutcomeKind.THROTTLED, OutcomeKind.ACCESS_LOST)
    return replace(outcome, kind=OutcomeKind.UNKNOWN) if repeated and turned_away else outcome


def _note(attempt: ReceiptAttempt, outcome: Outcome, now: datetime) -> None:
    attempt.code, attempt.answer = outcome.code, outcome.answer
    if outcome.kind is not OutcomeKind.UNKNOWN:
        attempt.outcome = outcome.kind
        attempt.settled_at = now


def _advance(job: ReceiptJob, attempt: ReceiptAttempt, outcome: Outcome, now: datetime) -> None:
    match outcome.kind:
        case OutcomeKind.POSTED | OutcomeKind.ALREADY_THERE:
            # What was taken away meanwhile, or hangs elsewhere too, is looked at once more.
            unfinished = attempt.action == Action.CREATE and (job.receipt.removed_at or attempt.external_id)
            _go(job, ReceiptState.WAITING if unfinished else ReceiptState.DONE)
        case OutcomeKind.CONFLICT if attempt.action == Action.REMOVE:
            _go(job, ReceiptState.DONE)
        case OutcomeKind.REJECTED | OutcomeKind.CONFLICT:
            ours = outcome.remedy is Remedy.OURS
            reason = Reason(ReasonCode.OUR_FAULT if ours else ReasonCode.REJECTED, outcome.answer)
            job.state, job.reasons = ReceiptState.NEEDS_ATTENTION, [reason.as_json()]
        case OutcomeKind.UNKNOWN:
            job.state, job.due_at = ReceiptState.UNKNOWN, now + (outcome.retry_after or FIRST_LOOK)
        case OutcomeKind.THROTTLED | OutcomeKind.ACCESS_LOST:
            job.state, job.due_at = ReceiptState.WAITING, now + rest_after_throttle(job.tries, outcome.retry_after)
            job.tries += outcome.code != NOT_SENT


def _go(job: ReceiptJob, state: ReceiptState) -> None:
    job.state, job.reasons, job.tries = state, [], 0


def _hang(lane: Lane, settled: Sequence[tuple[ReceiptJob, ReceiptAttempt, Outcome]], now: datetime) -> None:
    hung = [
        AttachedFile(
            connection_id=lane.connection_id,
            receipt_id=job.receipt_id,
            target_kind=attempt.target_kind,
            target_id=attempt.target_id,
            external_kind=outcome.posted.kind,
            external_id=outcome.posted.external_id,
            external_version=outcome.posted.version,
            attached_at=now,
        )
        for job, attempt, outcome in settled
        if outcome.posted is not None and attempt.action == Action.CREATE
    ]
    AttachedFile.objects.bulk_create(hung, ignore_conflicts=True)
    taken = [(attempt, outcome) for _, attempt, outcome in settled if attempt.action == Action.REMOVE]
    _let_go(lane, [attempt for attempt, outcome in taken if outcome.kind in STANDS], now, gone=True)
    _let_go(lane, [attempt for attempt, outcome in taken if outcome.kind is OutcomeKind.CONFLICT], now, gone=False)


def _let_go(lane: Lane, attempts: Sequence[ReceiptAttempt], now: datetime, *, gone: bool) -> None:
    """Gone; or changed there by somebody since, whose it is from now on."""
    if not attempts:
        return
    files = AttachedFile.objects.filter(
        connection_id=lane.connection_id, external_id__in=[attempt.external_id for attempt in attempts]
    )
    if gone:
        files.delete()
    else:
        files.update(left_at=now)


def _let_former_go(lane: Lane, receipts: Sequence[int], now: datetime) -> None:
    """Those that waited there until they were replaced."""
    if receipts:
        former = ReceiptJob.objects.filter(connection_id=lane.connection_id, receipt__replaced_by__in=receipts)
        former.filter(state=ReceiptState.EARLY).update(state=ReceiptState.WAITING, due_at=now)


def _close_settled(envelopes: Collection[int], now: datetime) -> None:
    still_open = ReceiptAttempt.objects.filter(envelope=OuterRef("pk"), settled_at__isnull=True)
    SyncEnvelope.objects.filter(~Exists(still_open), pk__in=envelopes).update(closed_at=now)


# --- what is in doubt ------------------------------------------------------------------------------------------------


@transaction.atomic
def take_over(lane: Lane) -> None:
    """What an earlier holder was about to send may be sent: an open attempt stands behind each."""
    lane.assert_held()
    _abandoned(lane).update(state=ReceiptState.UNKNOWN, due_at=timezone.now(), fence=lane.fence)


def left_running(lane: Lane) -> bool:
    """Whether an earlier holder claimed what it brought to no end."""
    return _abandoned(lane).exists()


def _abandoned(lane: Lane) -> QuerySet[ReceiptJob]:
    running = ReceiptJob.objects.filter(connection_id=lane.connection_id, state=ReceiptState.RUNNING)
    return running.filter(fence__lt=lane.fence)


def doubtful(lane: Lane, limit: int) -> list[Loaded]:
    """Whose outcome is unknown and whose time for a look has come, as they were sent, with their open attempts."""
    doubtful = ReceiptJob.objects.filter(
        connection_id=lane.connection_id, state=ReceiptState.UNKNOWN, due_at__lte=timezone.now()
    )
    open_ones = ReceiptAttempt.objects.filter(settled_at__isnull=True, job__in=doubtful)
    envelopes = list(open_ones.order_by("envelope").values_list("envelope", flat=True).distinct()[:limit])
    if not envelopes:
        return []
    every = ReceiptAttempt.objects.filter(envelope__in=envelopes).select_related("envelope", "job__receipt")
    by_envelope: dict[int, list[ReceiptAttempt]] = {}
    for attempt in every.order_by("envelope", "id"):
        by_envelope.setdefault(attempt.envelope_id, []).append(attempt)
    return [_as_sent(attempts) for attempts in by_envelope.values()]


def _as_sent(attempts: Sequence[ReceiptAttempt]) -> Loaded:
    row, first = attempts[0].envelope, attempts[0]
    still_open = {attempt.item: attempt for attempt in attempts if attempt.settled_at is None}
    if first.action == Action.REMOVE:
        there = Posted(first.target_kind, first.external_id, first.external_version)
        return Loaded(row, Removal(row.request_id, there, first.item), still_open, repeated=True)
    items = tuple(FileItem(attempt.item, attempt.body, file_of_attempt(attempt)) for attempt in attempts)
    return Loaded(row, Upload(row.request_id, items), still_open, repeated=True)


def file_of_attempt(attempt: ReceiptAttempt) -> File:
    return replace(file_of(attempt.job.receipt, Posted(attempt.target_kind, attempt.target_id, "")), name=attempt.name)


@transaction.atomic
def look_again_at(lane: Lane, attempts: Iterable[ReceiptAttempt], at: datetime) -> None:
    lane.assert_held()
    ReceiptJob.objects.filter(id__in=[attempt.job_id for attempt in attempts]).update(due_at=at)


@transaction.atomic
def mark_resent(lane: Lane, row: SyncEnvelope) -> None:
    lane.assert_held()
    SyncEnvelope.objects.filter(pk=row.pk).update(sent_at=timezone.now(), sendings=F("sendings") + 1)


@transaction.atomic
def give_up(lane: Lane, attempts: Sequence[ReceiptAttempt], *, asked: bool) -> None:
    """Looked for, and not there: these files go again in another envelope. `asked`: by a person, so counted anew."""
    lane.assert_held()
    now = timezone.now()
    ids = [attempt.pk for attempt in attempts]
    ReceiptAttempt.objects.filter(id__in=ids).update(outcome=OutcomeKind.UNKNOWN, settled_at=now)
    jobs = locked([attempt.job_id for attempt in attempts])
    for job in jobs.values():
        job.state, job.due_at, job.tries = ReceiptState.WAITING, now, 0 if asked else job.tries + 1
    save(jobs.values())
    _close_settled({attempt.envelope_id for attempt in attempts}, now)


@transaction.atomic
def park(lane: Lane, parked: Mapping[int, Reason]) -> None:
    """By job: nobody can know, and a person decides. The attempts stay open."""
    lane.assert_held()
    jobs = locked(parked)
    for job in jobs.values():
        job.state, job.reasons = ReceiptState.NEEDS_ATTENTION, [parked[job.pk].as_json()]
    save(jobs.values())


def sooner(due: Due | None, connection_id: int) -> Due | None:
    """The documents' next time, or that of the receipts if that comes first."""
    moving = ReceiptJob.objects.filter(connection_id=connection_id, state__in=MOVING_RECEIPTS)
    at = moving.order_by("due_at").values_list("due_at", flat=True).first()
    if at is None:
        return due
    resting_until = Connection.objects.values_list("resting_until", flat=True).get(pk=connection_id)
    own = max(at, resting_until or at)
    return Due(own, fresh=False) if due is None else Due(min(due.at, own), due.fresh)
