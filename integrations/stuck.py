"""What will not reach the books until someone acts: by cause, with its money. A few statements, whatever waits.

Each document stands under one cause, its first reason, so that the causes add up to the whole.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Count, Exists, F, Min, OuterRef, Q, QuerySet, Sum, Window
from django.db.models.fields.json import KT
from django.db.models.functions import RowNumber

from integrations.mapping.reasons import WAITING, Reason, ReasonCode
from integrations.models import SyncJob
from integrations.models.sync import STUCK_STATES
from integrations.selectors import LOCKED_OUT, STOPPED_FOR, connections, not_begun, reasons_of, why_stopped
from ledger.domain.money import Money
from ledger.domain.months import Month
from ledger.models import LedgerEvent

MONEY = Sum("document__amount_minor")


@dataclass(frozen=True, slots=True)
class Tally:
    """So many documents, and their money in one currency."""

    count: int
    money: Money


@dataclass(frozen=True, slots=True)
class Cause:
    reason: Reason
    entity_id: int
    tallies: tuple[Tally, ...]
    since: datetime | None = None

    @property
    def count(self) -> int:
        return sum(tally.count for tally in self.tallies)


def causes(month: Month | None = None) -> list[Cause]:
    """What keeps whole connections from moving first, for nothing else that one mends takes effect before; then by
    money, then what waits for somebody, and last what nobody can mend here.

    Of one month they add up to its equation (conservation/reading.py): what nobody has absorbed yet is on its way.
    """
    return [*_unconnected(month), *_locked_out(month), *sorted(_at_rest(month), key=_rank)]


def sums_of(which: Q) -> list[Tally]:
    """By currency, of the jobs that match."""
    rows = SyncJob.objects.filter(which).values("document__currency").annotate(n=Count("id"), minor=MONEY)
    return [_tally(row) for row in rows.order_by("document__currency")]


def added(tallies: Iterable[Tally]) -> list[Tally]:
    """By currency: pounds are never added to dollars."""
    sums: dict[str, tuple[int, int]] = {}
    for tally in tallies:
        count, minor = sums.get(tally.money.currency, (0, 0))
        sums[tally.money.currency] = (count + tally.count, minor + tally.money.minor)
    return [Tally(count, Money(minor, currency)) for currency, (count, minor) in sorted(sums.items())]


def largest_of_each(number: int, limit: int) -> dict[Reason, list[int]]:
    """The documents with the most money of each cause at rest, in one statement for all causes."""
    rank = Window(RowNumber(), partition_by=[F("code"), F("subject")], order_by=F("document__amount_minor").desc())
    jobs = _by_first_reason().annotate(rank=rank).filter(rank__lte=number).order_by("rank")[:limit]
    found: dict[Reason, list[int]] = {}
    for job in jobs:
        found.setdefault(reasons_of(job)[0], []).append(job.document_id)
    return found


def _by_first_reason() -> QuerySet[Any]:
    at_rest = SyncJob.objects.filter(state__in=STUCK_STATES)
    return at_rest.annotate(code=KT("reasons__0__code"), subject=KT("reasons__0__subject"))


def _of(jobs: QuerySet[Any], month: Month | None) -> QuerySet[Any]:
    if month is None:
        return jobs
    unheard = LedgerEvent.objects.filter(document=OuterRef("document"), handled_at__isnull=True)
    dated = jobs.filter(told_minor__isnull=False, document__dated__range=(month.first, month.last))
    return dated.filter(~Exists(unheard))


def _at_rest(month: Month | None) -> Iterator[Cause]:
    since, entity = Min("document__recorded_at"), Min("document__entity_id")
    rows = _of(_by_first_reason(), month).values("code", "subject", "document__currency")
    grouped: dict[Reason, list[dict[str, Any]]] = {}
    summed = rows.annotate(n=Count("id"), minor=MONEY, since=since, entity=entity)
    for row in summed.order_by("-minor", "code", "subject"):
        grouped.setdefault(Reason(ReasonCode(row["code"]), row["subject"]), []).append(row)
    for reason, parts in grouped.items():
        tallies = tuple(_tally(part) for part in parts)
        yield Cause(reason, parts[0]["entity"], tallies, min(part["since"] for part in parts))


def _unconnected(month: Month | None) -> list[Cause]:
    documents = not_begun()
    if month is not None:
        documents = documents.filter(dated__range=(month.first, month.last))
    rows = documents.values("entity_id", "entity__name", "currency").annotate(n=Count("id"), minor=Sum("amount_minor"))
    tallies: dict[tuple[str, int], list[Tally]] = {}
    for row in rows.order_by("entity__name", "currency"):
        entity = (row["entity__name"], row["entity_id"])
        tallies.setdefault(entity, []).append(Tally(row["n"], Money(row["minor"], row["currency"])))
    return [
        Cause(Reason(ReasonCode.NOT_CONNECTED, name), entity_id, tuple(sums))
        for (name, entity_id), sums in tallies.items()
    ]


def _locked_out(month: Month | None) -> list[Cause]:
    jobs = _of(SyncJob.objects.filter(LOCKED_OUT), month).values("connection_id", "document__currency")
    tallies: dict[int, list[Tally]] = {}
    for row in jobs.annotate(n=Count("id"), minor=MONEY).order_by("document__currency"):
        tallies.setdefault(row["connection_id"], []).append(_tally(row))
    lost = connections().filter(state__in=list(STOPPED_FOR)).order_by("entity__name")
    return [Cause(why_stopped(tie), tie.entity_id, tuple(tallies.get(tie.pk, ()))) for tie in lost]


def _tally(row: dict[str, Any]) -> Tally:
    return Tally(row["n"], Money(row["minor"], row["document__currency"]))


def _rank(cause: Cause) -> int:
    """What one can mend, then what only waits, then what nobody can mend here."""
    return 2 if cause.reason.code is ReasonCode.OTHER_CURRENCY else int(cause.reason.code in WAITING)
