"""Intention and fact: an attempt is stored before the network is touched, and settled by what came back.

While its outcome is unknown it stays open, and as long as it is open nothing else is sent for its job.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from integrations.mapping.entry import as_json
from integrations.mapping.facts import Facts
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import Decision, ExternalLink, JobState, SyncAttempt, SyncEnvelope, SyncJob, Takeback
from integrations.providers.documents import (
    STANDS,
    Action,
    Envelope,
    Item,
    Outcome,
    OutcomeKind,
    Posted,
    Remedy,
    was_held_back,
)
from integrations.sync import differences, order, takebacks
from integrations.sync.envelopes import AT_THE_DOOR, close_settled, note, uncount
from integrations.sync.lane import Lane
from integrations.sync.marks import is_reversal
from integrations.sync.plan import Send
from integrations.sync.queue import bring_to_rest, locked, save, send_on, wake
from integrations.sync.retry import FIRST_LOOK, rest_after_throttle
from integrations.sync.runs import Run
from ledger.tenancy.sets import update_rows


@dataclass(frozen=True, slots=True)
class Opened:
    """An envelope that is stored and may now be sent, with its attempts by item key.

    `repeated`: it was sent before, and nobody knows what became of that.
    """

    row: SyncEnvelope
    envelope: Envelope
    attempts: dict[str, SyncAttempt]
    repeated: bool = False


@transaction.atomic
def refuse(lane: Lane, refused: Sequence[SyncAttempt]) -> None:
    """They wait to be planned again, which cannot help: the refusal goes to a person after all."""
    lane.assert_held()
    answers = {attempt.job_id: attempt for attempt in refused}
    jobs = [job for job in locked(answers) if job.state == JobState.WAITING]
    for job in jobs:
        attempt = answers[job.pk]
        bring_to_rest(job, (Reason(ReasonCode.REJECTED, attempt.answer),), revision=attempt.revision)
    save(jobs)


@dataclass(frozen=True, slots=True)
class Planned:
    """A claimed job and what shall be sent for it. `version` is that of the configuration that decided it."""

    job: SyncJob
    facts: Facts
    send: Send
    version: int


@transaction.atomic
def open_attempts(
    lane: Lane, run: Run, envelopes: Sequence[Envelope], planned: Mapping[str, Planned], version: int
) -> list[Opened]:
    """Store what is about to be sent, by mark. After this commit the attempts are on record, whatever dies next."""
    lane.assert_held()
    now = timezone.now()
    row = run.row(version, now)
    rows = SyncEnvelope.objects.bulk_create(
        SyncEnvelope(
            connection_id=lane.connection_id,
            run=row,
            batched=envelope.batched,
            request_id=envelope.request_id,
            fence=lane.fence,
            opened_at=now,
            trusted_since=now,
            sent_at=now,
        )
        for envelope in envelopes
    )
    opened = [
        Opened(row, envelope, {item.key: _attempt(row, item, planned[item.mark]) for item in envelope.items})
        for row, envelope in zip(rows, envelopes, strict=True)
    ]
    SyncAttempt.objects.bulk_create([attempt for one in opened for attempt in one.attempts.values()])
    items = [item for envelope in envelopes for item in envelope.items]
    _show([planned[item.mark] for item in items if item.action is Action.CREATE])
    return opened


def _attempt(row: SyncEnvelope, item: Item, planned: Planned) -> SyncAttempt:
    return SyncAttempt(
        envelope=row,
        job=planned.job,
        item=item.key,
        revision=planned.job.wanted_revision,
        action=item.action,
        kind=item.kind,
        mark=item.mark,
        body=item.body,
        fingerprint=planned.send.fingerprint,
        configuration=planned.version,
        remark=planned.send.remark,
        coding=_coding(planned) if item.action is Action.UPDATE else {},
        merged=planned.send.merged,
    )


def _coding(planned: Planned) -> dict[str, Any]:
    return as_json(planned.facts, planned.send.coding) if planned.send.coding else {}


def _show(created: Sequence[Planned]) -> None:
    """What the pages tell. Where something stands there, they tell of that until a change or a removal is taken."""
    for one in created:
        one.job.coding = _coding(one)
    update_rows([one.job for one in created], ["coding"])


@transaction.atomic
def settle(lane: Lane, run: Run, landed: Sequence[tuple[Opened, Mapping[str, Outcome]]]) -> None:
    """Write down what became of envelopes: attempts, links, jobs, the run, and what has nothing open any more."""
    lane.assert_held()
    now = timezone.now()
    pairs = [
        (attempt, outcomes[item])
        for opened, spoken in landed
        for outcomes in [_as_far_as_certain(spoken, repeated=opened.repeated)]
        for item, attempt in opened.attempts.items()
        if item in outcomes
    ]
    held_up = _held_up(lane, [attempt for attempt, outcome in pairs if outcome.posted is not None])
    jobs = {job.pk: job for job in locked([*(attempt.job_id for attempt, _ in pairs), *held_up])}
    for attempt, outcome in pairs:
        note(attempt, outcome, now)
        _advance(jobs[attempt.job_id], attempt, outcome, now)
        if outcome.posted is not None and attempt.coding:
            # A change that was taken is what stands there now.
            jobs[attempt.job_id].coding = attempt.coding
    for key in held_up:
        if order.goes_on(jobs[key]):
            send_on(jobs[key], now)
    settled = [(jobs[attempt.job_id], attempt, outcome) for attempt, outcome in pairs]
    update_rows([attempt for attempt, _ in pairs], ["outcome", "code", "answer", "settled_at"])
    _link(lane, settled, now)
    differences.note(lane, settled, now)
    save(list(jobs.values()), "coding")
    close_settled(SyncAttempt, [opened.row.pk for opened, _ in landed], now)
    uncount([opened.row.pk for opened, spoken in landed if opened.repeated and _turned_away(spoken)])
    run.count(settled, now)


def _held_up(lane: Lane, stands: Sequence[SyncAttempt]) -> list[int]:
    """Jobs that wait for what these brought into the books, or took out."""
    jobs = order.following(lane.connection_id, [attempt.job.document for attempt in stands])
    return [] if jobs is None else list(jobs.values_list("pk", flat=True))


def _turned_away(outcomes: Mapping[str, Outcome]) -> bool:
    return bool(outcomes) and all(outcome.kind in AT_THE_DOOR for outcome in outcomes.values())


def _as_far_as_certain(outcomes: Mapping[str, Outcome], *, repeated: bool) -> dict[str, Outcome]:
    """An envelope with an unknown item is sent again whole, and then what was refused may be taken: platforms need not
    remember refusals. So refusals wait for that repetition. And that a repetition was turned away at the door says
    nothing about the first sending.
    """
    in_doubt = any(outcome.kind is OutcomeKind.UNKNOWN for outcome in outcomes.values())
    return {
        item: replace(outcome, kind=OutcomeKind.UNKNOWN)
        if (in_doubt and outcome.kind not in STANDS) or (repeated and outcome.kind in AT_THE_DOOR)
        else outcome
        for item, outcome in outcomes.items()
    }


def _advance(job: SyncJob, attempt: SyncAttempt, outcome: Outcome, now: datetime) -> None:
    match outcome.kind:
        case OutcomeKind.POSTED | OutcomeKind.ALREADY_THERE if outcome.posted and outcome.posted.amiss:
            # Linked, so that it is never posted twice, and in no revision of ours: sent again it is changed to ours.
            bring_to_rest(job, (Reason(ReasonCode.OTHER_AMOUNT, outcome.posted.amiss),), revision=attempt.revision)
        case OutcomeKind.POSTED | OutcomeKind.ALREADY_THERE:
            shown = takebacks.shown_after(attempt, _shown(attempt, outcome))
            bring_to_rest(job, takebacks.reasons_after(job, attempt), revision=shown)
        case OutcomeKind.REJECTED if _is_gone(outcome):
            # Whatever changed since: it is not made anew behind the back of whoever took it out.
            bring_to_rest(job, (Reason(ReasonCode.GONE),), revision=job.wanted_revision)
        case OutcomeKind.REJECTED if outcome.remedy is Remedy.CLOSED and not _goes_out(job, attempt):
            # It is planned again as soon as the closing date was read anew (sync/company.py).
            job.state, job.due_at = JobState.WAITING, now
            job.tries += 1
        case OutcomeKind.REJECTED:
            refusal = takebacks.refusal_of(job, outcome.answer) or _refusal(outcome)
            bring_to_rest(job, (refusal,), revision=attempt.revision)
        case OutcomeKind.CONFLICT if differences.is_read_again(job, attempt):
            job.state, job.due_at = JobState.WAITING, now
            job.tries += 1
        case OutcomeKind.CONFLICT:
            changed_there = attempt.action != Action.CREATE
            code = ReasonCode.CHANGED_THERE if changed_there else ReasonCode.CONFLICT
            bring_to_rest(job, (Reason(code, outcome.answer),), revision=attempt.revision)
        case OutcomeKind.UNKNOWN:
            job.state, job.due_at = JobState.UNKNOWN, now + (outcome.retry_after or FIRST_LOOK)
        case OutcomeKind.THROTTLED | OutcomeKind.ACCESS_LOST:
            job.state, job.due_at = (JobState.WAITING, now + rest_after_throttle(job.tries, outcome.retry_after))
            job.tries += not was_held_back(outcome.kind, outcome.code)


def _shown(attempt: SyncAttempt, outcome: Outcome) -> int:
    """The revision that stands there. Of what shows another one than was sent, none is known: it is changed next."""
    return 0 if outcome.posted is not None and not outcome.posted.as_meant else attempt.revision


def _goes_out(job: SyncJob, attempt: SyncAttempt) -> bool:
    """It is taken back, or what took it back goes: no other day would help."""
    return job.decision == Decision.UNDO or is_reversal(attempt.mark)


def _is_gone(outcome: Outcome) -> bool:
    return outcome.kind is OutcomeKind.REJECTED and outcome.remedy is Remedy.GONE


def _refusal(outcome: Outcome) -> Reason:
    return Reason(ReasonCode.OUR_FAULT if outcome.remedy is Remedy.OURS else ReasonCode.REJECTED, outcome.answer)


def _link(lane: Lane, settled: Sequence[tuple[SyncJob, SyncAttempt, Outcome]], now: datetime) -> None:
    """What stands there now is linked; of what was removed, by us or by somebody there, the link goes."""
    settled = takebacks.noted(lane, settled, now)
    gone = [
        job.document_id
        for job, _, outcome in settled
        if _is_gone(outcome) or (outcome.posted is not None and outcome.posted.gone)
    ]
    if gone:
        ExternalLink.objects.filter(connection_id=lane.connection_id, document__in=gone).delete()
    links = [
        ExternalLink(
            connection_id=lane.connection_id,
            document_id=job.document_id,
            external_kind=outcome.posted.kind,
            external_id=outcome.posted.external_id,
            external_version=outcome.posted.version,
            mark=attempt.mark,
            revision=_shown(attempt, outcome),
            fingerprint=attempt.fingerprint if outcome.posted.as_meant else "",
            configuration=attempt.configuration,
            posted_at=now,
            changed_at=outcome.posted.changed_at,
        )
        for job, attempt, outcome in settled
        if outcome.posted is not None and not outcome.posted.gone
    ]
    ExternalLink.objects.bulk_create(
        links,
        update_conflicts=True,
        update_fields=[
            *("external_kind", "external_id", "external_version", "revision", "fingerprint", "configuration"),
            *("posted_at", "changed_at", "stance", "ours", "theirs", "noticed_at"),
        ],
        unique_fields=["tenant", "connection", "document"],
    )


def abandoned(lane: Lane) -> QuerySet[SyncJob]:
    """What an earlier holder claimed and brought to no end."""
    return SyncJob.objects.filter(connection_id=lane.connection_id, state=JobState.RUNNING, fence__lt=lane.fence)


@transaction.atomic
def take_over(lane: Lane) -> None:
    """What an earlier holder had claimed: unknown where an attempt is open, for it may be sent; else it waits again."""
    lane.assert_held()
    left = abandoned(lane)
    open_attempts_of = SyncAttempt.objects.filter(settled_at__isnull=True).values("job_id")
    now = timezone.now()
    left.filter(id__in=open_attempts_of).update(state=JobState.UNKNOWN, due_at=now, fence=lane.fence)
    left.update(state=JobState.WAITING, due_at=now)


def due_for_a_look(lane: Lane) -> QuerySet[SyncJob]:
    """Nobody knows what became of them, and it is time for a look."""
    jobs = SyncJob.objects.filter(connection_id=lane.connection_id, state=JobState.UNKNOWN)
    return jobs.filter(due_at__lte=timezone.now())


@transaction.atomic
def in_doubt(lane: Lane, limit: int) -> list[Opened]:
    """Envelopes whose outcome is unknown and whose time for another look has come, with their open attempts."""
    lane.assert_held()
    due = SyncAttempt.objects.filter(settled_at__isnull=True, job__in=due_for_a_look(lane))
    oldest = list(due.order_by("envelope_id").values_list("envelope_id", flat=True).distinct()[:limit])
    attempts = due.filter(envelope__in=oldest).select_related("envelope", "job__document").order_by("envelope_id", "id")
    rows: dict[int, list[SyncAttempt]] = {}
    for attempt in attempts:
        rows.setdefault(attempt.envelope_id, []).append(attempt)
    whole = _whole_envelopes(rows)
    return [
        Opened(open_ones[0].envelope, whole[key], {attempt.item: attempt for attempt in open_ones})
        for key, open_ones in rows.items()
    ]


def _whole_envelopes(keys: Iterable[int]) -> dict[int, Envelope]:
    """As they were sent, with the items whose outcome is known by now, each the same to the byte."""
    items: dict[int, list[SyncAttempt]] = {}
    for attempt in SyncAttempt.objects.filter(envelope__in=list(keys)).select_related("envelope").order_by("id"):
        items.setdefault(attempt.envelope_id, []).append(attempt)
    return {
        key: Envelope(
            request_id=sent[0].envelope.request_id,
            batched=sent[0].envelope.batched,
            items=tuple(item_of(attempt) for attempt in sent),
        )
        for key, sent in items.items()
    }


def item_of(attempt: SyncAttempt) -> Item:
    return Item(attempt.item, attempt.mark, attempt.body, Action(attempt.action), attempt.kind)


@transaction.atomic
def look_again(lane: Lane, attempts: Sequence[SyncAttempt], at: datetime) -> None:
    lane.assert_held()
    SyncJob.objects.filter(id__in=[attempt.job_id for attempt in attempts]).update(due_at=at)


@transaction.atomic
def put_off(lane: Lane, until: datetime) -> None:
    """All looks that are due."""
    lane.assert_held()
    due_for_a_look(lane).update(due_at=until)


@transaction.atomic
def park(lane: Lane, parked: Sequence[tuple[SyncAttempt, Reason]]) -> None:
    """Not found, and nothing that we could do alone helps any more: a person decides. The attempts stay open."""
    lane.assert_held()
    by_job = {attempt.job_id: (attempt, reason) for attempt, reason in parked}
    jobs = locked(by_job)
    for job in jobs:
        attempt, reason = by_job[job.pk]
        job.state = JobState.NEEDS_ATTENTION
        job.settled_revision = attempt.revision
        job.reasons = [reason.as_json()]
    save(jobs)


@transaction.atomic
def give_up(lane: Lane, row: SyncEnvelope, attempts: Sequence[SyncAttempt]) -> None:
    """A person asked, and once more it is not there: the attempts are closed as unknown, and the jobs planned anew.

    What goes out then has a new key; the mark still guards against a double.
    """
    lane.assert_held()
    now = timezone.now()
    SyncAttempt.objects.filter(id__in=[attempt.pk for attempt in attempts]).update(
        outcome=OutcomeKind.UNKNOWN, settled_at=now
    )
    SyncJob.objects.filter(id__in=[attempt.job_id for attempt in attempts]).update(
        state=JobState.WAITING, reasons=[], due_at=now
    )
    close_settled(SyncAttempt, [row.pk], now)


def given_up(jobs: Sequence[SyncJob]) -> list[SyncAttempt]:
    """What a person gave up and what does not stand there as far as we know: the last of each job. A posting, or what
    was to take one back."""
    same = {"connection": OuterRef("job__connection"), "document": OuterRef("job__document")}
    linked, taken_back = Exists(ExternalLink.objects.filter(**same)), Exists(Takeback.objects.filter(**same))
    nowhere = Q(~linked, action=Action.CREATE) | Q(linked, ~taken_back, action=Action.REVERSE)
    lost = SyncAttempt.objects.filter(nowhere, job__in=[job.pk for job in jobs], outcome=OutcomeKind.UNKNOWN)
    return list({attempt.job_id: attempt for attempt in lost.select_related("job__document").order_by("id")}.values())


@transaction.atomic
def recover(lane: Lane, found: Sequence[tuple[SyncAttempt, Posted]]) -> None:
    """They stand there after all, and are linked. What their jobs shall do about it is planned next."""
    lane.assert_held()
    now = timezone.now()
    settled = [(attempt.job, attempt, Outcome(OutcomeKind.ALREADY_THERE, posted=posted)) for attempt, posted in found]
    for _, attempt, outcome in settled:
        note(attempt, outcome, now)
    update_rows([attempt for attempt, _ in found], ["outcome", "code", "answer", "settled_at"])
    _link(lane, settled, now)
    if (held_up := order.following(lane.connection_id, [attempt.job.document for attempt, _ in found])) is not None:
        wake(held_up)
