"""Take what was stored for one company, look once at what we do not know yet, and settle it."""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from integrations.models import Connection, ConnectionState, IncomingChange
from integrations.providers.base import Provider
from integrations.providers.documents import Kind, Operation, Sighting, Thing
from integrations.providers.errors import ProviderError, Temporary
from integrations.services.incoming import links, references
from integrations.services.incoming.looks import look
from integrations.services.incoming.settings import heed_settings
from integrations.services.incoming.sorting import Known, Sorted, Told, sort_out
from integrations.visits import visit

logger = logging.getLogger(__name__)

AT_ONCE = 1000
# Whoever took them and died leaves them to the next one after this; longer than all the looks can take.
TAKEN = timedelta(minutes=10)
SOON = timedelta(seconds=5)
REST = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Taken:
    connection: Connection
    rows: tuple[IncomingChange, ...]
    until: datetime
    """Our hold on them: whoever takes them later has another one."""


def take_changes(company_id: int) -> datetime | None:
    """Work on a set of what waits. Returns when to come again, or None where nothing waits. Called outside a
    transaction."""
    taken = _take(company_id)
    if taken is not None:
        with visit(taken.connection) as provider:
            _handle(taken, provider)
    return _next_due(company_id)


@transaction.atomic
def _take(company_id: int) -> Taken | None:
    tie = Connection.objects.select_related("company").filter(company=company_id, state=ConnectionState.LIVE).first()
    if tie is None:
        return None
    now = timezone.now()
    waiting = IncomingChange.objects.filter(company=company_id, handled_at__isnull=True, due_at__lte=now)
    rows = list(waiting.select_for_update(skip_locked=True).order_by("due_at", "id")[:AT_ONCE])
    if not rows:
        return None
    IncomingChange.objects.filter(pk__in=[row.pk for row in rows]).update(due_at=now + TAKEN)
    return Taken(tie, tuple(rows), now + TAKEN)


@transaction.atomic
def _next_due(company_id: int) -> datetime | None:
    live = Connection.objects.filter(company=company_id, state=ConnectionState.LIVE)
    waiting = IncomingChange.objects.filter(company=company_id, handled_at__isnull=True)
    return waiting.order_by("due_at").values_list("due_at", flat=True).first() if live.exists() else None


def _handle(taken: Taken, provider: Provider) -> None:
    kinds = {kind.name: kind for kind in provider.capabilities.kinds}
    found = _sorted(taken, kinds)
    try:
        seen = look(provider, sorted(found.look, key=lambda thing: (thing.kind, thing.external_id)))
        heed_settings(taken.connection, found.settings_at)
    except ProviderError as trouble:
        logger.info("Changes in %s wait: %s", taken.connection.company.name, trouble)
        _put_off(taken, [row.pk for row in taken.rows], _rest_after(trouble))
        return
    _settle(taken, provider, kinds, found, replace(seen, gone=(*seen.gone, *found.gone)))


@transaction.atomic
def _sorted(taken: Taken, kinds: Mapping[str, Kind]) -> Sorted:
    told = [_told(row) for row in taken.rows]
    things = {one.thing for one in told}
    company = taken.connection.company
    linked = links.links_of(company, things)
    as_of = references.known_references(company, kinds, things)
    as_of |= {thing: links.known_as_of(link) for thing, link in linked.items()}
    return sort_out(told, kinds, Known(as_of, linked, links.under_way(linked)))


def _told(row: IncomingChange) -> Told:
    thing = Thing(row.kind, row.external_id)
    return Told(row.pk, thing, Operation(row.operation), row.happened_at, row.absorbed)


def _rest_after(trouble: ProviderError) -> timedelta:
    given = trouble.retry_after if isinstance(trouble, Temporary) else None
    return given or REST


@transaction.atomic
def _settle(taken: Taken, provider: Provider, kinds: Mapping[str, Kind], found: Sorted, seen: Sighting) -> None:
    company = taken.connection.company
    references.settle_references(company, kinds, seen.references, seen.gone, found.merged)
    links.settle_links(company, provider, seen.documents, seen.gone)
    done = [row.pk for row in taken.rows if row.pk not in found.later]
    _ours(taken, done).update(handled_at=timezone.now())
    _ours(taken, list(found.later)).update(due_at=timezone.now() + SOON)


@transaction.atomic
def _put_off(taken: Taken, rows: Sequence[int], rest: timedelta) -> None:
    _ours(taken, rows).update(due_at=timezone.now() + rest)


def _ours(taken: Taken, rows: Sequence[int]):  # type: ignore[no-untyped-def]
    return IncomingChange.objects.filter(pk__in=rows, due_at=taken.until, handled_at__isnull=True)
