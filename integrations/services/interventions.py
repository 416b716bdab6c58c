"""Who did what about which documents: kept for their trails."""

from collections.abc import Sequence

from integrations.models import Act, Intervention
from ledger.models import User

AT_ONCE = 1000


def remember(act: Act, jobs: Sequence[int], person: User, why: str = "") -> None:
    """One row per job; a statement per thousand of them."""
    rows = (Intervention(job_id=job, act=act, actor=str(person), why=why) for job in jobs)
    Intervention.objects.bulk_create(rows, batch_size=AT_ONCE)
