"""Whose turn it is."""

from collections.abc import Sequence
from datetime import datetime

from ledger.models import Approval, Verdict


def advance(rows: Sequence[Approval], told_by: str, told_at: datetime | None, now: datetime) -> list[Approval]:
    """Ask the next one, in the order of the rows; what the sender approved already is no question. Returns what
    changed, unsaved."""
    changed = []
    for row in rows:
        if row.verdict == Verdict.APPROVED:
            continue
        if row.approver_id is None and told_by:
            row.verdict, row.decided_by, row.decided_at = Verdict.APPROVED, told_by, told_at or now
            changed.append(row)
            continue
        if row.verdict == Verdict.LATER:
            row.verdict, row.asked_at = Verdict.ASKED, now
            changed.append(row)
        break
    return changed
