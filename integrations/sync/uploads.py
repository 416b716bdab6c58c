"""The rows of receipts: wish, claim, open, settle. Like queue and attempts, for files instead of documents."""

import uuid
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
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
    NEVER_LEFT,
    NOT_SENT,
    STANDS,
    Action,
    File,
    FileItem,
    Outcome,
    OutcomeKind,
    Posted,
    Remedy,
    Upload,
)
from integrations.sync.envelopes import AT_THE_DOOR, close_settled, note, uncount
from integrations.sync.hanging import Hanging, ReceiptFacts
from integrations.sync.lane import Lane
from integrations.sync.marks import name_there, sign_of
from integrations.sync.queue import Due
from integrations.sync.retry import rest_after_throttle, rest_in_doubt
from integrations.sync.runs import Run
from ledger.models import Receipt, Stage
from ledger.storage import storage
from ledger.tenancy.sets import update_rows

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
    """An upload or a removal that is stored and may now be sent, with its attempts by item key.

    `repeated`: it was sent before, and nobody knows what became of that. `counted`: so is the sending of now.
    """

    row: SyncEnvelope
    content: Upload | Removal
    attempts: dict[str, ReceiptAttempt]
    repeated: bool = False
    counted: bool = False


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
    """Those that wait and those in doubt, the earliest, with their receipts and documents; locked in one order for
    everybody."""
    moving = [ReceiptState.WAITING, ReceiptState.UNKNOWN]
    mine = ReceiptJob.objects.filter(connection_id=lane.connection_id, state__in=moving, due_at__lte=timezone.now())
    earliest = list(mine.order_by("due_at", "id").values_list("id", flat=True)[:limit])
    if not earliest:
        return []
    # The lane before its rows, as everybody does.
    lane.assert_held()
    ready = mine.filter(id__in=earliest).select_related("receipt__document").order_by("id")
    return sorted(ready.select_for_update(of=("self",), no_key=True), key=lambda job: (job.due_at, job.pk))


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
    still_wanted = _still_wanted(newer) if newer else set()
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
        note(attempt, outcome, now)
        _advance(jobs[attempt.job_id], attempt, outcome, now)
    update_rows([attempt for attempt, _ in pairs], ["outcome", "code", "answer", "settled_at"])
    _hang(lane, [(jobs[attempt.job_id], attempt, outcome) for attempt, outcome in pairs], now)
    hung = [jobs[attempt.job_id] for attempt, outcome in pairs if _is_hung(attempt, outcome)]
    _let_former_go(lane, [job.receipt_id for job in hung if job.replaces], now)
    save(jobs.values())
    close_settled(ReceiptAttempt, [one.row.pk for one, _ in landed], now)
    uncount([one.row.pk for one, outcomes in landed if one.counted and _is_turned_away(outcomes)])
    run.count_files([outcome for _, outcome in pairs], now)


def _is_turned_away(outcomes: Mapping[str, Outcome]) -> bool:
    return all(outcome.kind in AT_THE_DOOR for outcome in outcomes.values())


def locked(ids: Iterable[int]) -> dict[int, Any]:
    """In one order for everybody, with their receipts; `replaces` where another made room for it."""
    rows = ReceiptJob.objects.select_related("receipt").filter(id__in=list(ids)).order_by("id")
    former = Receipt.objects.filter(replaced_by=OuterRef("receipt"))
    return {row.pk: row for row in rows.annotate(replaces=Exists(former)).select_for_update(of=("self",), no_key=True)}


def save(jobs: Iterable[ReceiptJob]) -> None:
    update_rows(list(jobs), ["state", "reasons", "due_at", "tries", "in_vain", "moved", "fence"])


def _as_far_as_certain(outcome: Outcome, repeated: bool) -> Outcome:
    """That a repetition was turned away at the door says nothing about the first sending."""
    return replace(outcome, kind=OutcomeKind.UNKNOWN) if repeated and outcome.kind in AT_THE_DOOR else outcome


def _advance(job: ReceiptJob, attempt: ReceiptAttempt, outcome: Outcome, now: datetime) -> None:
    match outcome.kind:
        case OutcomeKind.POSTED | OutcomeKind.ALREADY_THERE:
            # After a removal, or where it hangs elsewhere too, the next step is worked out anew.
            is_over = _is_hung(attempt, outcome) and not attempt.external_id and not is_overtaken(job, attempt)
            _go(job, ReceiptState.DONE if is_over else ReceiptState.WAITING)
        case OutcomeKind.CONFLICT if attempt.action == Action.REMOVE:
            _go(job, ReceiptState.WAITING)
        case OutcomeKind.REJECTED | OutcomeKind.CONFLICT if is_overtaken(job, attempt):
            _go(job, ReceiptState.WAITING)
        case OutcomeKind.REJECTED | OutcomeKind.CONFLICT:
            job.state, job.reasons = ReceiptState.NEEDS_ATTENTION, [_refusal(outcome).as_json()]
        case OutcomeKind.UNKNOWN:
            rest = rest_in_doubt(attempt.envelope.sendings, outcome.retry_after)
            job.state, job.due_at = ReceiptState.UNKNOWN, now + rest
        case OutcomeKind.THROTTLED | OutcomeKind.ACCESS_LOST:
            job.state, job.due_at = ReceiptState.WAITING, now + rest_after_throttle(job.tries, outcome.retry_after)
            job.tries += outcome.code not in NEVER_LEFT


def is_overtaken(job: ReceiptJob, attempt: ReceiptAttempt) -> bool:
    """It may not be meant to hang there any more: its document moved since, or it was taken away."""
    return job.moved or (attempt.action == Action.CREATE and job.receipt.removed_at is not None)


def _is_hung(attempt: ReceiptAttempt, outcome: Outcome) -> bool:
    return attempt.action == Action.CREATE and outcome.kind in STANDS


def _refusal(outcome: Outcome) -> Reason:
    if outcome.code == NOT_SENT:
        return Reason(ReasonCode.FILE_LOST)
    return Reason(ReasonCode.OUR_FAULT if outcome.remedy is Remedy.OURS else ReasonCode.REJECTED, outcome.answer)


def _go(job: ReceiptJob, state: ReceiptState) -> None:
    job.state, job.reasons, job.tries, job.in_vain = state, [], 0, 0


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


# --- what is in doubt ------------------------------------------------------------------------------------------------


@transaction.atomic
def take_over(lane: Lane) -> None:
    """What an earlier holder was about to send may be sent: an open attempt stands behind each."""
    lane.assert_held()
    abandoned(lane).update(state=ReceiptState.UNKNOWN, due_at=timezone.now(), fence=lane.fence)


def abandoned(lane: Lane) -> QuerySet[ReceiptJob]:
    """What an earlier holder claimed and brought to no end."""
    running = ReceiptJob.objects.filter(connection_id=lane.connection_id, state=ReceiptState.RUNNING)
    return running.filter(fence__lt=lane.fence)


def doubtful(lane: Lane, limit: int) -> list[Loaded]:
    """Whose outcome is unknown and whose time for a look has come, as they were sent, with their open attempts."""
    mine = ReceiptJob.objects.filter(connection_id=lane.connection_id, state=ReceiptState.UNKNOWN)
    due = mine.filter(due_at__lte=timezone.now())
    open_ones = ReceiptAttempt.objects.filter(settled_at__isnull=True, job__in=due)
    envelopes = list(open_ones.order_by("envelope").values_list("envelope", flat=True).distinct()[:limit])
    if not envelopes:
        return []
    every = ReceiptAttempt.objects.filter(envelope__in=envelopes).select_related("envelope", "job__receipt")
    by_envelope: dict[int, list[ReceiptAttempt]] = {}
    for attempt in every.order_by("envelope", "id"):
        by_envelope.setdefault(attempt.envelope_id, []).append(attempt)
    return [_as_sent(attempts) for attempts in by_envelope.values()]


def _as_sent(attempts: Sequence[ReceiptAttempt]) -> Loaded:
    """What of it waits for a person is left to wait."""
    row, first = attempts[0].envelope, attempts[0]
    for attempt in attempts:
        # One and the same, since it is counted how often it goes.
        attempt.envelope = row
    in_doubt = [one for one in attempts if one.settled_at is None and one.job.state == ReceiptState.UNKNOWN]
    still_open = {attempt.item: attempt for attempt in in_doubt}
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
def claim_again(lane: Lane, doubtful: Iterable[Loaded]) -> None:
    """They are about to be sent again: until they have come back they are neither looked up nor sent."""
    lane.assert_held()
    ids = [attempt.job_id for one in doubtful for attempt in one.attempts.values()]
    ReceiptJob.objects.filter(id__in=ids).update(state=ReceiptState.RUNNING, fence=lane.fence)


@transaction.atomic
def give_up(lane: Lane, attempts: Sequence[ReceiptAttempt], *, anew: bool) -> None:
    """Looked for, and not there: what is to be done is worked out again, and goes in another envelope. `anew`: a person
    asked, or it has become another matter, so that its sendings are counted from the beginning."""
    lane.assert_held()
    now = timezone.now()
    by_job = {attempt.job_id: attempt for attempt in attempts}
    ids = [attempt.pk for attempt in attempts]
    ReceiptAttempt.objects.filter(id__in=ids).update(outcome=OutcomeKind.UNKNOWN, settled_at=now)
    jobs = locked(by_job)
    for job in jobs.values():
        job.state, job.reasons, job.due_at = ReceiptState.WAITING, [], now
        job.in_vain = 0 if anew else job.in_vain + by_job[job.pk].envelope.sendings
    save(jobs.values())
    close_settled(ReceiptAttempt, {attempt.envelope_id for attempt in attempts}, now)


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
