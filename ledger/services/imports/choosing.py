"""What a person decides about a file that is there: its columns, that it begins, that it ends."""

from django.db import transaction
from django.utils import timezone

from ledger.imports.fields import Field
from ledger.imports.matching import Matching, gaps_for_transactions, gaps_for_vendors
from ledger.imports.suggestions import Suggestion
from ledger.models import Import, ImportChunk, ImportKind, ImportSeen, ImportState
from ledger.models.imports import UNDER_WAY


def gaps(kind: str, matching: Matching) -> dict[Field, str]:
    """What must still be chosen, with the sentence that asks for it."""
    return gaps_for_vendors(matching) if kind == ImportKind.VENDORS else gaps_for_transactions(matching)


def keep_choice(job: Import, matching: Matching, *, make_missing: bool, suggestion: Suggestion | None = None) -> bool:
    """Remember what was chosen, complete or not, and what need not be asked any more. False once it was started."""
    job.matching, job.make_missing = matching.as_json(), make_missing
    job.suggestion = suggestion.as_json() if suggestion else job.suggestion
    waiting = Import.objects.filter(pk=job.pk, state=ImportState.UPLOADED)
    return waiting.update(matching=job.matching, make_missing=make_missing, suggestion=job.suggestion) == 1


@transaction.atomic
def start(job: Import) -> bool:
    """From now on it is read by whoever comes first. False where somebody was faster."""
    now = timezone.now()
    waiting = Import.objects.filter(pk=job.pk, state=ImportState.UPLOADED, matching__isnull=False)
    return waiting.update(state=ImportState.READY, started_at=now, touched_at=now) == 1


@transaction.atomic
def stop(job: Import, *, by: str) -> bool:
    """After the slice that is being read. What was recorded stays."""
    locked = Import.objects.select_for_update(no_key=True).get(pk=job.pk)
    if not locked.is_under_way:
        return False
    finish(locked, ImportState.STOPPED, f"{by} stopped it.")
    return True


@transaction.atomic
def forget_unused(job_id: int) -> bool:
    """A file that nobody chose to import leaves no trace. False where somebody did."""
    unused = Import.objects.select_for_update().filter(pk=job_id, state=ImportState.UPLOADED)
    if not unused.exists():
        return False
    ImportChunk.objects.filter(of=job_id).delete()
    return unused.delete()[0] > 0


def stop_interrupted(job: Import) -> None:
    """A command that was killed left its import behind, which nobody else can read on. Running it again replaces it."""
    left = Import.objects.filter(sha256=job.sha256, is_stored=False, state__in=UNDER_WAY).exclude(pk=job.pk)
    for one in left.select_for_update(no_key=True, skip_locked=True):
        finish(one, ImportState.STOPPED, "It was interrupted, and the command was run again.")


def finish(job: Import, state: ImportState, problem: str = "") -> None:
    """Called with its row locked. The bytes have served; the refused rows stay."""
    job.state, job.problem = state, problem[:500]
    job.finished_at = job.touched_at = timezone.now()
    job.save()
    ImportChunk.objects.filter(of=job.pk).delete()
    ImportSeen.objects.filter(of=job.pk).delete()
