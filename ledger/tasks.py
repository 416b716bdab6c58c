"""What of the ledger runs in Celery: reading files on, and letters to approvers. A message says “look now”, no more."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from celery import shared_task
from django.db import Error, transaction
from kombu.exceptions import OperationalError
from redis import RedisError

from ledger.models import Organisation
from ledger.services.approvals import remind, tenants_with_approvals
from ledger.services.imports import forget_unused, imports_with_work, run_for, unused_uploads
from ledger.services.tray import match_waiting, tenants_with_arrivals
from ledger.tenancy.context import acting_for

logger = logging.getLogger(__name__)

# Long enough that a message is worth it, short enough that neighbours get their turn.
SECONDS = 5.0
QUEUE = "backlog"


@shared_task
def run_import(tenant: int, job: int) -> None:
    with acting_for(tenant):
        has_more = run_for(job, SECONDS)
    if has_more:
        ring(tenant, job)


@shared_task
def sweep_imports() -> None:
    """Find imports whose worker died or whose message was lost, and uploads that nobody wanted."""
    for tenant, job in imports_with_work():
        ring(tenant, job)
    for tenant, job in unused_uploads():
        with acting_for(tenant):
            forget_unused(job)


@shared_task
def remind_approvers() -> None:
    """Letters to whoever has something to approve, one for each person and organisation."""
    for organisation in Organisation.objects.filter(pk__in=tenants_with_approvals()):
        with acting_for(organisation.pk), _going_on("letters to approvers", organisation.pk):
            remind(organisation)


@shared_task
def match_receipts() -> None:
    """What came before its charge or bill did."""
    for tenant in tenants_with_arrivals():
        with acting_for(tenant), _going_on("receipts", tenant):
            match_waiting()


@contextmanager
def _going_on(what: str, tenant: int) -> Iterator[None]:
    """One organisation's trouble is not everybody's."""
    try:
        yield
    except (Error, ValueError):
        logger.exception("Organisation %s: %s were not seen to; they are next time.", tenant, what)


def ring(tenant: int, job: int) -> None:
    """Never raises: a silent broker must not refuse a file. The sweep will see to it."""
    try:
        run_import.apply_async(args=(tenant, job), queue=QUEUE, retry=False)
    except (OperationalError, RedisError) as trouble:
        logger.warning("Nobody could be told of import %s, the sweep will see to it: %s", job, trouble)


def ring_after_commit(tenant: int, job: int) -> None:
    transaction.on_commit(lambda: ring(tenant, job))
