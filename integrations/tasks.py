"""What runs in Celery: enter the tenant, call one function. Ids are the only arguments."""

import time
from collections.abc import Mapping
from datetime import timedelta

from celery import Task, shared_task
from celery.signals import worker_shutting_down
from django.db import transaction
from django.utils import timezone

from integrations import bells, conservation, services
from integrations.bells import Queue
from integrations.models import StateTotal
from integrations.selectors import (
    companies_to_ask,
    companies_with_changes,
    companies_worth_a_look,
    connections_with_work,
    tenants_with_events,
    tenants_with_totals,
)
from integrations.sync import engine, lane, queue, shift
from ledger.models import Organisation, SourceTotal
from ledger.services.totals import fold
from ledger.tenancy.context import acting_for

# From so many rows on a running total is folded; until then adding them up costs less.
ROWS_WORTH_FOLDING = 100
# In each sweep: a thousand companies that are all due are asked over some minutes, not at once.
ASKED_AT_ONCE = 20
SOON = timedelta(minutes=1)


# A backlog that is met on the way to something fresh is left to the other queue soon.
FRESH_SECONDS = 2.0
# Of one organisation in a row; what is left comes after what others have.
ABSORB_SECONDS = 2.0


def _queue(fresh: bool) -> Queue:
    return Queue.FRESH if fresh else Queue.BACKLOG


def _is_fresh(task: "Task[..., None]") -> bool:
    """By the queue that it came by."""
    return (task.request.delivery_info or {}).get("routing_key") == Queue.FRESH


@shared_task(bind=True)
def absorb_events(self: "Task[..., None]", tenant: int) -> None:
    bells.answered(absorb_events, tenant)
    with acting_for(tenant):
        ends = time.monotonic() + ABSORB_SECONDS
        while (found := queue.absorb_events()) is not None:
            if found.is_all:
                # What comes from now on rings by itself.
                _see_to(tenant, found.numbers, ourselves=_is_fresh(self))
                return
            _see_to(tenant, found.numbers, ourselves=False)
            if time.monotonic() > ends:
                bells.ring(absorb_events, tenant, queue=Queue.BACKLOG)
                return


def _see_to(tenant: int, numbers: Mapping[int, int], *, ourselves: bool) -> None:
    """Ring where there is work, by its number at each connection. A few at one of them we drain ourselves: a message
    less to wait for."""
    few = [connection for connection, number in numbers.items() if number <= queue.FEW]
    mine = few[-1:] if ourselves else []
    for connection in numbers:
        if connection not in mine:
            bells.ring(drain_connection, tenant, connection, queue=_queue(connection in few))
    for connection in mine:
        _go_to(tenant, connection, FRESH_SECONDS)


@shared_task(bind=True)
def drain_connection(self: "Task[..., None]", tenant: int, connection: int) -> None:
    with acting_for(tenant):
        _go_to(tenant, connection, FRESH_SECONDS if _is_fresh(self) else engine.SLICE_SECONDS)


def _go_to(tenant: int, connection: int, seconds: float) -> None:
    bells.answered(drain_connection, tenant, connection)
    if not _drained(tenant, connection, seconds):
        # Whoever holds the lane comes back for us; if it lets go in this moment, we go ourselves. If it died, the sweep
        # comes.
        bells.leave_word(drain_connection, tenant, connection)
        _drained(tenant, connection, seconds)


def _drained(tenant: int, connection: int, seconds: float) -> bool:
    """False where somebody else holds the lane, or where it is closed or rests."""
    with lane.held(connection) as held:
        if held is None:
            return False
        due = engine.drain(held, seconds)
    word = bells.find_word(drain_connection, tenant, connection)
    if word:
        bells.ring(drain_connection, tenant, connection)
    if due is not None and not (word and due.at <= timezone.now()):
        bells.ring(drain_connection, tenant, connection, queue=_queue(due.fresh), at=due.at)
    return True


@worker_shutting_down.connect
def stop_soon(**kwargs: object) -> None:
    """A drain ends with its set then, and the next worker goes on."""
    shift.stopping.set()


@shared_task
def sweep() -> None:
    """Find whatever no bell announced: events nobody absorbed, jobs whose worker died, times that have come."""
    for tenant in tenants_with_events():
        bells.ring(absorb_events, tenant)
    for tenant, connection, fresh in connections_with_work():
        bells.ring_as_sweeper(drain_connection, tenant, connection, queue=_queue(fresh))
    for tenant in tenants_with_totals(ROWS_WORTH_FOLDING):
        bells.ring(fold_totals, tenant, queue=Queue.BACKLOG)
    for tenant, company in companies_with_changes():
        bells.ring(take_changes, tenant, company, queue=Queue.BACKLOG)
    for tenant, company in companies_to_ask(ASKED_AT_ONCE):
        bells.ring(ask_for_changes, tenant, company, queue=Queue.BACKLOG)


@shared_task
def take_changes(tenant: int, company: int) -> None:
    """What the platform told of itself."""
    bells.answered(take_changes, tenant, company)
    with acting_for(tenant):
        due = services.take_changes(company)
    # What is further away the sweep finds.
    if due is not None and due < timezone.now() + SOON:
        bells.ring(take_changes, tenant, company, queue=Queue.BACKLOG, at=due)


@shared_task
def ask_for_changes(tenant: int, company: int) -> None:
    """What it did not tell."""
    bells.answered(ask_for_changes, tenant, company)
    with acting_for(tenant):
        if services.ask_for_changes(company):
            services.forget_old_changes()


@shared_task
def fold_totals(tenant: int) -> None:
    bells.answered(fold_totals, tenant)
    with acting_for(tenant):
        fold(SourceTotal)
        fold(StateTotal)


@shared_task
def look_at_everybody() -> None:
    for tenant in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        bells.ring(look_at_companies, tenant, queue=Queue.BACKLOG)


@shared_task
def look_at_companies(tenant: int) -> None:
    """Where something waits for what only the company can say, it is asked: closed periods, rates."""
    bells.answered(look_at_companies, tenant)
    with acting_for(tenant):
        with transaction.atomic():
            ties = companies_worth_a_look()
        for tie in ties:
            if services.look_again(tie):
                bells.ring(drain_connection, tenant, tie.pk)


@shared_task
def prove_everybody() -> None:
    for tenant in Organisation.objects.order_by("pk").values_list("pk", flat=True):
        bells.ring(prove_conservation, tenant, queue=Queue.BACKLOG)


@shared_task
def prove_conservation(tenant: int) -> None:
    bells.answered(prove_conservation, tenant)
    with acting_for(tenant):
        conservation.prove_and_remember()
