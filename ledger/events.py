"""The outbox: append in the transaction of the change, take in the transaction of the handling."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db import transaction
from django.dispatch import Signal
from django.utils import timezone

from ledger.models import EventKind, LedgerEvent, SourceDocument
from ledger.tenancy.context import required_tenant

# Sent after commit with `tenant`: something happened. Who listens is not the ledger's business.
ledger_changed = Signal()
LONGEST_DETAIL = 500
# One in so many of those that are taken are the newest.
NEWEST = 4


@dataclass(frozen=True, slots=True)
class Happening:
    """What happened to a document; `detail` says what changed."""

    document: SourceDocument
    kind: EventKind
    detail: str = ""


def append(happenings: Iterable[Happening], actor: str) -> None:
    tenant = required_tenant()
    rows = [
        LedgerEvent(document=one.document, kind=one.kind, actor=actor, detail=_fitting(one.detail))
        for one in happenings
    ]
    if rows:
        LedgerEvent.objects.bulk_create(rows)
        transaction.on_commit(lambda: ledger_changed.send(sender=LedgerEvent, tenant=tenant))


def _fitting(detail: str) -> str:
    return detail if len(detail) <= LONGEST_DETAIL else f"{detail[: LONGEST_DETAIL - 1]}…"


def take_unhandled(limit: int) -> list[LedgerEvent]:
    """Lock unhandled events, the newest of them first and then the oldest, so that what has just happened does not wait
    behind a whole import. Whoever else asks meanwhile gets others."""
    waiting = LedgerEvent.objects.filter(handled_at__isnull=True).select_for_update(skip_locked=True)
    newest = list(waiting.order_by("-id")[: limit // NEWEST])
    if len(newest) < limit // NEWEST:
        return newest
    oldest = waiting.exclude(id__in=[event.pk for event in newest]).order_by("id")
    return newest + list(oldest[: limit - len(newest)])


def mark_handled(events: Iterable[LedgerEvent]) -> None:
    LedgerEvent.objects.filter(id__in=[event.id for event in events]).update(handled_at=timezone.now())
