"""A message of the platform is stored as it came, for whoever is connected to the company; one statement for each."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.db import connection as database
from django.db import transaction
from django.utils import timezone

from integrations.models import IncomingChange
from integrations.providers.documents import Change
from ledger.tenancy.context import acting_for

# Our own write tells itself too, often before its answer is written down; and what comes in a burst is read at once.
PATIENCE = timedelta(seconds=2)
# Longer than the platform repeats what it could not deliver.
KEPT = timedelta(days=7)


def receive(provider: str, changes: Sequence[Change]) -> list[tuple[int, int]]:
    """Store them, and return the (tenant, company) that have something to look at. Companies that nobody is connected
    to are passed over: whoever was, may have left."""
    named: list[str] = sorted({change.company for change in changes})
    companies = _companies(provider, named) if named else []
    by_tenant: dict[int, dict[str, int]] = {}
    for tenant, company, external_id in companies:
        by_tenant.setdefault(tenant, {})[external_id] = company
    for tenant, ours in by_tenant.items():
        with acting_for(tenant):
            _store((ours[change.company], change) for change in changes if change.company in ours)
    return [(tenant, company) for tenant, company, _ in companies]


def _companies(provider: str, named: list[str]) -> list[tuple[int, int, str]]:
    with database.cursor() as cursor:
        cursor.execute("SELECT tenant_id, company_id, external_id FROM lookup.companies(%s, %s)", [provider, named])
        return list(cursor.fetchall())


@transaction.atomic
def _store(told: Iterable[tuple[int, Change]]) -> None:
    """A repetition finds itself, and adds nothing."""
    now = timezone.now()
    rows = [
        IncomingChange(
            company_id=company,
            kind=change.kind,
            external_id=change.external_id,
            operation=change.operation,
            absorbed=change.absorbed,
            happened_at=change.happened_at,
            delivery=change.delivery,
            due_at=now + PATIENCE,
        )
        for company, change in told
    ]
    IncomingChange.objects.bulk_create(rows, ignore_conflicts=True)


@transaction.atomic
def forget_old_changes() -> int:
    deleted, _ = IncomingChange.objects.filter(handled_at__lt=timezone.now() - KEPT).delete()
    return deleted
