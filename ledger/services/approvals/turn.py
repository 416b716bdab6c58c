"""Whose turn it is."""

from collections.abc import Sequence
from datetime import datetime

from ledger.models import Approval, Verdict

CHANGED = ["verdict", "asked_at", "decided_by", "decided_at", "note", "amount_minor"]


def advance(rows: Sequence[Approval], now: datetime) -> list[Approval]:
    """Ask the next one, in the order of the rows. Returns what changed, unsaved."""
    for row in rows:
        if row.verdict == Verdict.LATER:
            row.verdict, row.asked_at = Verdict.ASKED, now
            return [row]
        if row.verdict != Verdict.APPROVED:
            return []
    return []


def write(rows: Sequence[Approval]) -> None:
    """What was said first, then who is asked next: of a document one is asked at a time."""
    for asked in (False, True):
        some = [row for row in rows if (row.verdict == Verdict.ASKED) is asked]
        if some:
            Approval.objects.bulk_update(some, CHANGED)
