"""The wish that receipts hang in the books: one row per receipt and connection, for good."""

from collections.abc import Collection

from django.db.models import Case, Exists, OuterRef, Q, QuerySet, Value, When
from django.utils import timezone

from integrations.models import AttachedFile, Connection, ExternalLink, ReceiptAttempt, ReceiptJob, ReceiptState
from ledger.models import Receipt, SourceDocument

ROWS_AT_ONCE = 1000
AT_REST = [ReceiptState.EARLY, ReceiptState.DONE]


def wish(connection: Connection, documents: Collection[int] | QuerySet[SourceDocument]) -> int:
    """A job for each receipt of these documents; those at rest are looked at again. Returns how many may go now.

    The lane's row is locked: whoever links a document at this moment either finds these jobs or is found by them.
    """
    list(Connection.objects.select_for_update(no_key=True).filter(pk=connection.pk).values_list("pk"))
    now = timezone.now()
    receipts = Receipt.objects.filter(document__in=documents).values_list("id", flat=True)
    jobs = [ReceiptJob(connection=connection, receipt_id=receipt, rung_at=now, due_at=now) for receipt in receipts]
    ReceiptJob.objects.bulk_create(jobs, batch_size=ROWS_AT_ONCE, ignore_conflicts=True)
    linked = ExternalLink.objects.filter(connection=connection, document=OuterRef("receipt__document"))
    hangs = AttachedFile.objects.filter(connection=connection, receipt=OuterRef("receipt"), left_at__isnull=True)
    told = ReceiptJob.objects.filter(connection=connection, receipt__document__in=documents)
    taken_away = Q(receipt__removed_at__isnull=False, state=ReceiptState.NEEDS_ATTENTION)
    return wake(told.filter(Q(Exists(linked) | Exists(hangs), state__in=AT_REST) | taken_away))


def wake(jobs: QuerySet[ReceiptJob]) -> int:
    """Set these at rest on their way again; those in doubt are looked up first. Returns how many. A trigger on links
    does the same (migrations/0019)."""
    now = timezone.now()
    state = Case(When(in_doubt(), then=Value(ReceiptState.UNKNOWN)), default=Value(ReceiptState.WAITING))
    return jobs.update(state=state, reasons=[], tries=0, in_vain=0, rung_at=now, due_at=now)


def in_doubt() -> Exists:
    return Exists(ReceiptAttempt.objects.filter(job=OuterRef("pk"), settled_at__isnull=True))
