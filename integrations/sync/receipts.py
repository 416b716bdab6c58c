"""Receipts go behind their documents, in the same shift: what is in doubt first, then claim, plan, upload, settle.

Uploads share the flights with the documents, and leave them more than half of the room: a file never holds up money.
"""

from collections.abc import Container, Mapping, Sequence
from dataclasses import replace
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import ReceiptJob, ReceiptState
from integrations.providers.documents import File, Outcome, OutcomeKind, Posted, Upload
from integrations.sync import queue, upload_answers, upload_doubts, uploads
from integrations.sync.envelopes import HANDED_OVER_WITHIN, hand_over, mark_resent
from integrations.sync.hanging import Hang, Rest, Step, Take, next_step
from integrations.sync.retry import MOST_SENDINGS, rest_before_next_look, settled_at
from integrations.sync.shift import Shift, looked_up, settle
from integrations.sync.uploads import Behind, Loaded, Removal

FILES_AT_ONCE = 200
DOUBTS_AT_ONCE = 20
ONE_TO_TRY = 1
# Of the flights at once, uploads take so many at most.
SHARE = 0.4
LOOK_SECONDS = 0.5


def carry(shift: Shift) -> None:
    """Send what is due, as far as there is room; never waits for an upload to come back."""
    while shift.goes_on and not shift.silence_of_files.lasts:
        _start(shift)
        if shift.hold.waiting or (_is_tried(shift) and shift.flights.out):
            return
        claimed = _claim(shift)
        if shift.hold.in_doubt:
            _resolve_doubts(shift)
        elif not claimed:
            return


def _is_tried(shift: Shift) -> bool:
    """With one file."""
    return shift.only_tries or shift.silence_of_files.is_suspected


def _start(shift: Shift) -> None:
    """Leaves some behind only while others fly: whoever waits for these comes back."""
    most = 1 if _is_tried(shift) else max(1, int(shift.flights.most * SHARE))
    while shift.hold.waiting and shift.goes_on and not shift.silence_of_files.lasts:
        settle(shift, shift.flights.landed(0))
        if _flying(shift) >= most:
            return
        if not shift.flights.has_room:
            settle(shift, shift.flights.landed(LOOK_SECONDS))
            continue
        one = shift.hold.waiting.pop(0)
        if one.repeated:
            # Not before: it may find no room in this shift.
            mark_resent(shift.lane, one.row)
            one = replace(one, counted=True)
        hand_over(shift.lane, one.row)
        shift.flights.start(one)


def _flying(shift: Shift) -> int:
    return sum(isinstance(cargo, Loaded) for cargo in shift.flights.out)


@transaction.atomic
def _claim(shift: Shift) -> bool:
    """Take what is due, work out what is to be done, and store it before it is sent. Returns whether there was any."""
    lane = shift.lane
    due = uploads.due(lane, ONE_TO_TRY if _is_tried(shift) else FILES_AT_ONCE)
    shift.hold.in_doubt = any(job.state == ReceiptState.UNKNOWN for job in due)
    jobs = [job for job in due if job.state == ReceiptState.WAITING]
    if not jobs:
        return False
    facts = uploads.facts_of(lane, jobs)
    steps = [(job, next_step(facts[job.pk])) for job in jobs]
    for job, step in steps:
        job.fence, job.moved = lane.fence, False
        job.state = ReceiptState(step.value) if isinstance(step, Rest) else ReceiptState.RUNNING
    contents, behind = _contents(shift, steps)
    if contents:
        version = 0 if shift.run.is_open else queue.current_version(shift.connection.entity_id)
        shift.hold.waiting += uploads.open_attempts(lane, shift.run, contents, behind, version)
    uploads.save(jobs)
    return True


def _contents(
    shift: Shift, steps: Sequence[tuple[ReceiptJob, Step]]
) -> tuple[list[Upload | Removal], list[list[Behind]]]:
    """What is sent, and what stands behind each of its items. What is new goes first."""
    hung = [(job, step) for job, step in steps if isinstance(step, Hang)]
    loads = shift.provider.load([uploads.file_of(job.receipt, step.target) for job, step in hung])
    items = iter((job, step.elsewhere) for job, step in hung)
    taken = [(job, step.hanging.there) for job, step in steps if isinstance(step, Take)]
    removals = [Removal(uploads.new_key(), there) for _, there in taken]
    behind = [[next(items) for _ in upload.items] for upload in loads]
    return [*loads, *removals], [*behind, *([(job, "")] for job, _ in taken)]


# --- what is in doubt ------------------------------------------------------------------------------------------------


def _resolve_doubts(shift: Shift) -> None:
    """Looked up by document, size and hash before anything is sent again: one question for many documents."""
    shift.hold.in_doubt = False
    with transaction.atomic():
        doubtful = upload_doubts.doubtful(shift.lane, ONE_TO_TRY if _is_tried(shift) else DOUBTS_AT_ONCE)
    if not doubtful:
        return
    hung = [one for one in doubtful if isinstance(one.content, Upload)]
    files = {attempt.pk: upload_doubts.file_of_attempt(attempt) for one in hung for attempt in one.attempts.values()}
    asked_at = timezone.now()
    answer = _looked_up(shift, list(files.values()))
    if answer is None:
        age = asked_at - max(one.row.sent_at for one in hung)
        upload_doubts.put_off(shift.lane, timezone.now() + rest_before_next_look(age))
        missing = []
    else:
        found, refused = answer
        there = [_settle_found(shift, one, files, found) for one in hung]
        missing = [_park_refused(shift, one, files, refused) for one in there]
    removals = [one for one in doubtful if isinstance(one.content, Removal)]
    again = [one for one in [*missing, *removals] if one.attempts and _is_to_go_again(shift, one, asked_at)]
    if again:
        upload_doubts.claim_again(shift.lane, again)
        shift.hold.waiting += again


def _looked_up(shift: Shift, files: Sequence[File]) -> tuple[dict[str, Posted], dict[File, str]] | None:
    return looked_up(shift, shift.silence_of_files, shift.provider.find_attached, files) if files else ({}, {})


def _settle_found(shift: Shift, one: Loaded, files: Mapping[int, File], found: Mapping[str, Posted]) -> Loaded:
    """Returns what of it was not found."""
    there = {key: found[file.key] for key, attempt in one.attempts.items() if (file := files[attempt.pk]).key in found}
    if there:
        outcomes = {key: Outcome(OutcomeKind.ALREADY_THERE, posted=posted) for key, posted in there.items()}
        upload_answers.settle(shift.lane, shift.run, [(one, outcomes)])
    return _without(one, there)


def _park_refused(shift: Shift, one: Loaded, files: Mapping[int, File], refused: Mapping[File, str]) -> Loaded:
    """For what the platform refuses to look waits for a person. Returns the rest."""
    told = {key: refused[file] for key, attempt in one.attempts.items() if (file := files[attempt.pk]) in refused}
    if told:
        reasons = {one.attempts[key].job_id: Reason(ReasonCode.LOOKUP_REFUSED, words) for key, words in told.items()}
        upload_doubts.park(shift.lane, reasons)
    return _without(one, told)


def _without(one: Loaded, known: Container[str]) -> Loaded:
    return replace(one, attempts={key: attempt for key, attempt in one.attempts.items() if key not in known})


def _is_to_go_again(shift: Shift, one: Loaded, asked_at: datetime) -> bool:
    """As it went, under its key. What is not meant any more, or is not all of it, goes in another envelope if at all;
    and what was sent often enough not before a person says so."""
    lane, row, missing = shift.lane, one.row, list(one.attempts.values())
    counts_from = _not_found_counts_from(shift, one)
    if asked_at < counts_from:
        upload_doubts.look_again_at(lane, missing, counts_from)
        return False
    over = [attempt for attempt in missing if row.given_up_at or uploads.is_overtaken(attempt.job, attempt)]
    rest = [attempt for attempt in missing if attempt not in over]
    if over:
        upload_doubts.give_up(lane, over, anew=True)
    if not rest:
        return False
    if max(attempt.job.in_vain for attempt in rest) + row.sendings >= MOST_SENDINGS:
        upload_doubts.park(lane, {attempt.job_id: Reason(_why_parked(one)) for attempt in rest})
        return False
    if len(rest) < _size(one.content):
        upload_doubts.give_up(lane, rest, anew=False)
        return False
    return True


def _not_found_counts_from(shift: Shift, one: Loaded) -> datetime:
    """To take away what is gone is safe at any time."""
    able = shift.provider.capabilities
    if isinstance(one.content, Removal):
        return one.row.sent_at
    return settled_at(one.row.sent_at + HANDED_OVER_WITHIN + able.leaves_within, able.files.deadline, able.settling)


def _size(content: Upload | Removal) -> int:
    return len(content.items) if isinstance(content, Upload) else 1


def _why_parked(one: Loaded) -> ReasonCode:
    return ReasonCode.REMOVAL_UNKNOWN if isinstance(one.content, Removal) else ReasonCode.OUTCOME_UNKNOWN
