"""What goes after what: a bill before its payment, and out of the books a payment before its bill.

Who came too early is held, and goes on by itself in the transaction that makes it possible.
"""

from collections.abc import Iterable, Sequence

from django.db.models import Q, QuerySet

from integrations.mapping.reasons import ReasonCode
from integrations.models import ExternalLink, JobState, SyncJob
from integrations.selectors import with_reason
from ledger.models import DocumentKind, SourceDocument
from ledger.models.documents import BILL_KINDS
from ledger.selectors.bills import bills_of, paid_by, payments_of

TOO_EARLY = (ReasonCode.BILL_NOT_THERE, ReasonCode.PAYMENT_THERE)


def following(connection_id: int, settled: Iterable[SourceDocument]) -> QuerySet[SyncJob] | None:
    """What was held up by these, which stand in the books now or are out of them. None, without a statement, where
    nothing can have been."""
    documents = list(settled)
    bills = [one.pk for one in documents if one.kind in BILL_KINDS]
    payments = [one.pk for one in documents if one.kind == DocumentKind.BILL_PAYMENT]
    if not bills and not payments:
        return None
    held = SyncJob.objects.filter(connection_id=connection_id, state=JobState.HELD)
    return held.filter(_paying(bills) | _paid_by(payments))


def settled_there(bills: Sequence[int]) -> set[tuple[int, int]]:
    """Connection and document of those of these bills of which a payment stands in the books."""
    payments = paid_by(bills)
    links = ExternalLink.objects.filter(document__in=payments).values_list("connection_id", "document_id")
    return {(connection, bill) for connection, payment in links for bill in payments[payment]}


def goes_on(job: SyncJob) -> bool:
    """Looked at again once it is locked: it may have been sent on already."""
    return job.state == JobState.HELD and any(reason["code"] in TOO_EARLY for reason in job.reasons)


def _paying(bills: Sequence[int]) -> Q:
    return Q(with_reason(ReasonCode.BILL_NOT_THERE), document__in=payments_of(bills).values("document"))


def _paid_by(payments: Sequence[int]) -> Q:
    return Q(with_reason(ReasonCode.PAYMENT_THERE), document__in=bills_of(payments).values("document"))
