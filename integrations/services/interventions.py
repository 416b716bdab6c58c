"""Who did what about which documents: kept for their trails."""

from collections.abc import Sequence

from integrations.models import Act, Intervention, ReceiptJob, SyncJob
from ledger.models import User

AT_ONCE = 1000


def remember(act: Act, jobs: Sequence[int], person: User, why: str = "") -> None:
    """One row per job; a statement per thousand of them."""
    rows = (Intervention(job_id=job, act=act, actor=str(person), why=why) for job in jobs)
    Intervention.objects.bulk_create(rows, batch_size=AT_ONCE)


def remember_receipts(act: Act, receipts: Sequence[int], person: User) -> None:
    """In the trails of their documents, by name."""
    files = ReceiptJob.objects.filter(pk__in=receipts).order_by("id")
    named = list(files.values_list("receipt__document", "receipt__file_name"))
    jobs = dict(SyncJob.objects.filter(document__in={document for document, _ in named}).values_list("document", "pk"))
    rows = (
        Intervention(job_id=jobs[document], act=act, actor=str(person), why=name)
        for document, name in named
        if document in jobs
    )
    Intervention.objects.bulk_create(rows, batch_size=AT_ONCE)
