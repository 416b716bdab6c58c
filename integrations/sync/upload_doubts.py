"""Uploads and removals of which nobody knows what became: found again, sent again, given up, or left to a person."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from integrations.mapping.reasons import Reason
from integrations.models import ReceiptAttempt, ReceiptJob, ReceiptState
from integrations.providers.documents import Action, File, FileItem, OutcomeKind, Posted, Upload
from integrations.sync.envelopes import close_settled
from integrations.sync.lane import Lane
from integrations.sync.uploads import Loaded, Removal, file_of, locked, save


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
    open_ones = ReceiptAttempt.objects.filter(settled_at__isnull=True, job__in=_due(lane))
    envelopes = list(open_ones.order_by("envelope").values_list("envelope", flat=True).distinct()[:limit])
    if not envelopes:
        return []
    every = ReceiptAttempt.objects.filter(envelope__in=envelopes).select_related("envelope", "job__receipt")
    by_envelope: dict[int, list[ReceiptAttempt]] = {}
    for attempt in every.order_by("envelope", "id"):
        by_envelope.setdefault(attempt.envelope_id, []).append(attempt)
    return [_as_sent(attempts) for attempts in by_envelope.values()]


def _due(lane: Lane) -> QuerySet[ReceiptJob]:
    mine = ReceiptJob.objects.filter(connection_id=lane.connection_id, state=ReceiptState.UNKNOWN)
    return mine.filter(due_at__lte=timezone.now())


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
def put_off(lane: Lane, until: datetime) -> None:
    """All looks that are due."""
    lane.assert_held()
    _due(lane).update(due_at=until)


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
