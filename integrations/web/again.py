"""Sending again at a person's word: from a cause, from one transaction, or from several that were ticked."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet

from integrations import bells, services
from integrations.models import ReceiptJob, SyncJob
from integrations.tasks import drain_connection
from ledger.web.doors import PageRequest
from ledger.words import counted


def send_again(
    request: PageRequest, jobs: QuerySet[SyncJob], *, with_receipts: QuerySet[ReceiptJob] | None = None
) -> None:
    """`with_receipts`: more than the stuck ones of these documents."""
    # Asked first: what is sent again may not match the question any more.
    receipts = ReceiptJob.objects.none() if with_receipts is None else with_receipts
    ties = sorted({*ties_of(jobs), *ties_of(receipts)})
    number = services.send_again(jobs, request.user) + services.send_receipts_again(receipts, request.user)
    messages.success(request, f"{counted(number, 'item')} tried again." if number else "Nothing was left to send.")
    ring(request, ties)


def send_receipts_again(request: PageRequest, receipts: QuerySet[ReceiptJob]) -> None:
    ties = ties_of(receipts)
    number = services.send_receipts_again(receipts, request.user)
    messages.success(request, f"{counted(number, 'receipt')} tried again." if number else "Nothing was left to send.")
    ring(request, ties)


def ties_of(jobs: QuerySet[SyncJob, Any] | QuerySet[ReceiptJob, Any]) -> list[int]:
    return list(jobs.order_by().values_list("connection_id", flat=True).distinct())


def ring(request: PageRequest, ties: list[int]) -> None:
    for tie in ties:
        bells.ring_after_commit(drain_connection, request.access.organisation.pk, tie)
