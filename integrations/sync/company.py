"""What the company says of itself, kept; and what that sends on its way again."""

import logging
from collections.abc import Sequence
from dataclasses import asdict
from datetime import date
from typing import Any

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations.mapping.entry import standing_day
from integrations.mapping.periods import day_text
from integrations.mapping.reasons import ABOUT_CLOSING, Reason, ReasonCode
from integrations.models import Company, Connection, SyncAttempt, SyncJob
from integrations.providers.base import Provider
from integrations.providers.documents import CompanyDescription, Outcome, OutcomeKind, Remedy
from integrations.providers.errors import Refused
from integrations.selectors import with_any_reason, with_reason
from integrations.sync import attempts, queue
from integrations.sync.attempts import Opened
from integrations.sync.lane import Lane

logger = logging.getLogger(__name__)


def described(description: CompanyDescription) -> dict[str, Any]:
    """The columns of a company."""
    return {
        "name": description.name[:500],
        "country": description.country[:60],
        "currency": description.currency,
        "dimensions": [asdict(dimension) for dimension in description.dimensions],
        "closed_to": description.closed_to,
        "several_currencies": description.several_currencies,
        "described_at": timezone.now(),
        "doubted": False,
    }


@transaction.atomic
def remember(company_id: int, description: CompanyDescription, *, with_lists: bool = False) -> int:
    """Returns how many documents are on their way again for what it says now. What it tracks is kept by whoever reads
    the lists of that too, so that none is known without its values."""
    ties = Connection.objects.filter(company=company_id)
    # Against a drain that is settling what it planned by what the company said before.
    queue.lock_entities(ties.values_list("entity_id", flat=True))
    columns = described(description)
    if not with_lists:
        del columns["dimensions"]
    Company.objects.filter(pk=company_id).update(**columns)
    return wake_for(Company.objects.get(pk=company_id))


def wake_for(company: Company) -> int:
    """What is held for something that the company says otherwise by now."""
    moved = with_any_reason(ABOUT_CLOSING)
    if company.closed_to is not None:
        moved &= ~_held_for(company.closed_to)
    if company.several_currencies:
        moved |= with_reason(ReasonCode.OTHER_CURRENCY)
    return queue.wake(SyncJob.objects.filter(moved, connection__company=company))


def _held_for(closed_to: date) -> Q:
    """Whose reason names this very day."""
    held = Q()
    for code in ABOUT_CLOSING:
        held |= Q(reasons__contains=[Reason(code, day_text(closed_to)).as_json()])
    return held


def look_where_doubted(connection: Connection, provider: Provider) -> None:
    """Somebody had something tried again that only another answer of the company can let through. One that refuses to
    answer is taken as it was known."""
    if not connection.company.doubted:
        return
    description = _told(connection, provider)
    if description is None:
        _believe(connection.company_id)
    else:
        remember(connection.company_id, description)


def _told(connection: Connection, provider: Provider) -> CompanyDescription | None:
    """None where it refuses, as it would again. Raises what else describing raises."""
    try:
        return provider.describe_company()
    except Refused as refusal:
        logger.warning("Company %s does not describe itself: %s", connection.company_id, refusal)
        return None


@transaction.atomic
def _believe(company_id: int) -> None:
    Company.objects.filter(pk=company_id).update(doubted=False)


def heed_closing(
    lane: Lane, connection: Connection, provider: Provider, landed: Sequence[tuple[Opened, dict[str, Outcome]]]
) -> None:
    """After a refusal for closed books: read up to when they are closed, so that the next plan knows.

    What that date does not explain, or is not told, would be refused again, so a person is told. Raises what describing
    raises, but for a refusal.
    """
    refused = [
        attempt
        for opened, outcomes in landed
        for item, attempt in opened.attempts.items()
        if _is_closed_out(attempt, outcomes.get(item))
    ]
    if not refused:
        return
    description = _told(connection, provider)
    if description is not None:
        remember(connection.company_id, description)
    unexplained = [one for one in refused if description is None or not _covers(description.closed_to, one)]
    if unexplained:
        attempts.refuse(lane, unexplained)


def _is_closed_out(attempt: SyncAttempt, outcome: Outcome | None) -> bool:
    """Where the refusal is certain."""
    closed = outcome is not None and outcome.kind is OutcomeKind.REJECTED and outcome.remedy is Remedy.CLOSED
    return closed and attempt.outcome == OutcomeKind.REJECTED


def _covers(closed_to: date | None, attempt: SyncAttempt) -> bool:
    """The day on which it stands, or that on which it was to stand."""
    days = [standing_day(attempt.job.coding), standing_day(attempt.coding)]
    return closed_to is not None and any(day.on <= closed_to for day in days if day)
