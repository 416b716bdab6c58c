"""What became of uploads and removals, written down: attempts, files that hang, jobs, the run."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import AttachedFile, ReceiptAttempt, ReceiptJob, ReceiptState
from integrations.providers.documents import NOT_SENT, STANDS, Action, Outcome, OutcomeKind, Remedy, was_held_back
from integrations.sync.envelopes import AT_THE_DOOR, close_settled, note, uncount
from integrations.sync.lane import Lane
from integrations.sync.retry import rest_after_throttle, rest_in_doubt
from integrations.sync.runs import Run
from integrations.sync.uploads import Loaded, is_overtaken, locked, save
from ledger.tenancy.sets import update_rows


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
            job.tries += not was_held_back(outcome.kind, outcome.code)


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
