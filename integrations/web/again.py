"""Sending again at a person's word: from a cause, from one transaction, or from several that were ticked."""

from typing import Any

from django.contrib import messages
from django.db.models import QuerySet

from integrations import bells, services
from integrations.models import SyncJob
from integrations.tasks import drain_connection
from ledger.web.doors import PageRequest
from ledger.words import counted


def send_again(request: PageRequest, jobs: QuerySet[SyncJob]) -> None:
    # Asked first: what is sent again may not match the question any more.
    ties = ties_of(jobs)
    number = services.send_again(jobs, request.user)
    messages.success(request, f"{counted(number, 'item')} tried again." if number else "Nothing was left to send.")
    ring(request, ties)


def ties_of(jobs: QuerySet[SyncJob, Any]) -> list[int]:
    return list(jobs.order_by().values_list("connection_id", flat=True).distinct())


def ring(request: PageRequest, ties: list[int]) -> None:
    for tie in ties:
        bells.ring_after_commit(drain_connection, request.access.organisation.pk, tie)
