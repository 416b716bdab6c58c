"""Receipts go behind their documents, in the same shift: what is in doubt first, then claim, plan, upload, settle.

Uploads share the flights with the documents, and leave them more than half of the room: a file never holds up money.
"""

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import ReceiptAttempt, ReceiptJob, ReceiptState
from integrations.providers.documents import File, Outcome, OutcomeKind, Posted, Upload
from integrations.sync import queue, uploads
from integrations.sync.asking import ask
from integrations.sync.doubts import SENT_WITHIN
from integrations.sync.hanging import Hang, Rest, Step, Take, next_step
from integrations.sync.retry import MOST_SENDINGS, settled_at
from integrations.sync.shift import Shift, resting_on_trouble, settle
from integrations.sync.uploads import Behind, Loaded, Removal

FILES_AT_ONCE = 500
DOUBTS_AT_ONCE = 20
# Of the flights at once, uploads take so many at most.
SHARE = 0.4
LOOK_SECONDS = 0.5


def carry(shift: Shift) -> None:
    """Send what is due, as far as there is room; never waits for an upload to come back."""
    while shift.goes_on:
        _start(shift)
        if shift.hold.waiting:
            return
        claimed = _claim(shift)
        if shift.hold.in_doubt:
            _resolve_doubts(shift)
        elif not claimed:
            return


def _start(shift: Shift) -> None:
    """Leaves some behind only while others fly: whoever waits for these comes back."""
    most = max(1, int(shift.flights.most * SHARE))
    while shift.hold.waiting and shift.goes_on:
        settle(shift, shift.flights.landed(0))
        if _flying(shift) >= most:
            return
        if shift.flights.has_room:
            shift.flights.start(shift.hold.waiting.pop(0))
        else:
            settle(shift, shift.flights.landed(LOOK_SECONDS))


def _flying(shift: Shift) -> int:
    return sum(isinstance(cargo, Loaded) for cargo in shift.flights.out)


@transaction.atomic
def _claim(shift: Shift) -> bool:
    """Take what is due, work out what is to be done, and store it before it is sent. Returns whether there was any."""
    lane = shift.lane
    due = uploads.due(lane, FILES_AT_ONCE)
    shift.hold.in_doubt = any(job.state == ReceiptState.UNKNOWN for job in due)
    jobs = [job for job in due if job.state == ReceiptState.WAITING]
    if not jobs:
        return False
    facts = uploads.facts_of(lane, jobs)
    steps = [(job, next_step(facts[job.pk])) for job in jobs]
    for job, step in steps:
        job.fence = lane.fence
        job.state = ReceiptState(step.value) if isinstance(step, Rest) else ReceiptState.RUNNING
    contents, behind = _contents(shift, steps)
    # Late, since others wait for it.
    lane.assert_held()
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
        doubtful = uploads.doubtful(shift.lane, DOUBTS_AT_ONCE)
    if not doubtful:
        return
    hung = [one for one in doubtful if isinstance(one.content, Upload)]
    files = {attempt.pk: uploads.file_of_attempt(attempt) for one in hung for attempt in one.attempts.values()}
    with resting_on_trouble(shift):
        found, refused = ask(shift.provider.find_attached, list(files.values()))
    for one in hung:
        _resolve(shift, one, {key: files[attempt.pk] for key, attempt in one.attempts.items()}, found, refused)
    for one in doubtful:
        if isinstance(one.content, Removal):
            # To take away what is gone is safe at any time.
            uploads.mark_resent(shift.lane, one.row)
            shift.hold.waiting.append(one)


def _resolve(
    shift: Shift, one: Loaded, files: dict[str, File], found: dict[str, Posted], refused: dict[File, str]
) -> None:
    there = {key: found[file.key] for key, file in files.items() if file.key in found}
    if there:
        outcomes = {key: Outcome(OutcomeKind.ALREADY_THERE, posted=posted) for key, posted in there.items()}
        uploads.settle(shift.lane, shift.run, [(one, outcomes)])
    unanswerable = {key: refused[file] for key, file in files.items() if file in refused}
    if unanswerable:
        reasons = {
            one.attempts[key].job_id: Reason(ReasonCode.LOOKUP_REFUSED, words) for key, words in unanswerable.items()
        }
        uploads.park(shift.lane, reasons)
    missing = [attempt for key, attempt in one.attempts.items() if key not in there and key not in unanswerable]
    if missing:
        _resolve_missing(shift, one, missing)


def _resolve_missing(shift: Shift, one: Loaded, missing: Sequence[ReceiptAttempt]) -> None:
    able, row, now = shift.provider.capabilities, one.row, timezone.now()
    settled = settled_at(row.sent_at + SENT_WITHIN, able.files.deadline, able.settling)
    assert isinstance(one.content, Upload)
    if now < settled:
        uploads.look_again_at(shift.lane, missing, settled)
    elif row.given_up_at is not None:
        uploads.give_up(shift.lane, missing, asked=True)
    elif len(missing) == len(one.content.items) and row.sendings < MOST_SENDINGS:
        # All of it: then it may go as it went, should its key be heeded after all.
        uploads.mark_resent(shift.lane, row)
        shift.hold.waiting.append(one)
    elif row.sendings < MOST_SENDINGS and max(attempt.job.tries for attempt in missing) < MOST_SENDINGS:
        uploads.give_up(shift.lane, missing, asked=False)
    else:
        uploads.park(shift.lane, {attempt.job_id: Reason(ReasonCode.OUTCOME_UNKNOWN) for attempt in missing})
