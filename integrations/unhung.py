"""Receipts that will not hang in the books as they should until someone acts: by cause. Few statements, whatever waits.

No money waits for them: their documents go their own way.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, F, Min, QuerySet, Window
from django.db.models.fields.json import KT
from django.db.models.functions import RowNumber

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import ReceiptJob, ReceiptState
from ledger.models import SourceDocument


@dataclass(frozen=True, slots=True)
class ReceiptCause:
    reason: Reason
    count: int
    since: datetime


def stuck_receipts() -> QuerySet[ReceiptJob]:
    return ReceiptJob.objects.filter(state=ReceiptState.NEEDS_ATTENTION)


def stuck_at(document: SourceDocument) -> list[ReceiptJob]:
    """Those that were taken away here too: they may hang in the books still."""
    return list(stuck_receipts().filter(receipt__document=document).select_related("receipt").order_by("id"))


def with_cause(reason: Reason) -> QuerySet[ReceiptJob]:
    return stuck_receipts().filter(reasons__0=reason.as_json())


def causes() -> list[ReceiptCause]:
    """The largest first."""
    rows = _by_reason().values("code", "subject").annotate(n=Count("id"), since=Min("rung_at"))
    return [
        ReceiptCause(Reason(ReasonCode(row["code"]), row["subject"]), row["n"], row["since"])
        for row in rows.order_by("-n", "code", "subject")
    ]


def some_of_each(number: int, limit: int) -> dict[Reason, list[ReceiptJob]]:
    """Of each cause those that have waited longest, with their receipts."""
    rank = Window(RowNumber(), partition_by=[F("code"), F("subject")], order_by=[F("rung_at"), F("id")])
    jobs = _by_reason().annotate(rank=rank).filter(rank__lte=number).select_related("receipt").order_by("rank")[:limit]
    found: dict[Reason, list[ReceiptJob]] = {}
    for job in jobs:
        found.setdefault(Reason.from_json(job.reasons[0]), []).append(job)
    return found


def _by_reason() -> QuerySet[Any]:
    return stuck_receipts().annotate(code=KT("reasons__0__code"), subject=KT("reasons__0__subject"))
