"""Keep the company's accounts and vendors at hand, so that no charge waits for a list of them."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from integrations.models import Company, Connection, Reference
from integrations.models.connections import TRIED_AGAIN
from integrations.providers.documents import Listing, ReferenceRecord
from integrations.sync import company, resting
from integrations.visits import visit

ROWS_AT_ONCE = 1000


def read_references(connection_id: int) -> int:
    """Read the company's accounts and vendors into the cache. What the company no longer has becomes inactive."""
    with transaction.atomic():
        tie = Connection.objects.select_related("company").get(pk=connection_id)
    begun = timezone.now()
    with visit(tie) as provider:
        description = provider.describe_company()
        listings = list(provider.list_references(description.dimensions))
    records = [record for listing in listings for record in listing.records]
    with transaction.atomic():
        store_references(tie.company_id, records, begun)
        # Lists may not show yet what we made there ourselves.
        _forget_unlisted(tie, begun, listings, made_before=begun - provider.capabilities.settling)
        company.remember(tie.company_id, description, with_lists=True)
        Connection.objects.filter(pk=tie.pk).update(references_read_at=timezone.now())
        _begin_to_listen(tie, begun)
        _try_again(tie)
    return len(records)


def describe(connection_id: int) -> bool:
    """Ask the company what it says of itself. Returns whether it tracks other dimensions than those whose lists we
    have."""
    with transaction.atomic():
        tie = Connection.objects.select_related("company").get(pk=connection_id)
    with visit(tie) as provider:
        description = provider.describe_company()
    company.remember(tie.company_id, description)
    return bool([asdict(dimension) for dimension in description.dimensions] != tie.company.dimensions)


def _try_again(tie: Connection) -> None:
    """Whoever has renewed a subscription, or mended a right, need not wait until we look by ourselves."""
    Connection.objects.filter(pk=tie.pk, state__in=TRIED_AGAIN).update(resting_until=None)
    resting.found_let_in(tie.pk)


def store_references(company_id: int, records: Sequence[ReferenceRecord], read_at: datetime) -> None:
    """Inside a transaction. When something was made inactive the platform does not say; then it was last changed."""
    Reference.objects.bulk_create(
        (
            Reference(
                company_id=company_id,
                kind=record.kind,
                dimension=record.dimension,
                external_id=record.external_id,
                number=record.number[:40],
                name=record.name[:500],
                name_key=record.name[:500].casefold(),
                path=record.path[:1000],
                role=record.role,
                type_name=record.type_name[:60],
                currency=record.currency,
                active=record.active,
                inactive_since=None if record.active else record.changed_at,
                changed_at=record.changed_at,
                read_at=read_at,
            )
            for record in records
        ),
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        update_fields=[
            *("number", "name", "name_key", "path", "role", "type_name", "currency"),
            *("active", "inactive_since", "changed_at", "read_at"),
        ],
        unique_fields=["tenant", "company", "kind", "dimension", "external_id"],
    )


def _forget_unlisted(tie: Connection, begun: datetime, listings: Sequence[Listing], *, made_before: datetime) -> None:
    unlisted = Reference.objects.filter(company_id=tie.company_id, read_at__lt=begun)
    for listing in listings:
        if not listing.whole:
            unlisted = unlisted.exclude(kind=listing.kind, dimension=listing.dimension)
    unlisted.filter(active=True).exclude(made_at__gte=made_before).update(active=False, inactive_since=begun)


def _begin_to_listen(tie: Connection, begun: datetime) -> None:
    """Read whole for the first time: what is changed from now on is asked for."""
    first = Company.objects.filter(pk=tie.company_id, changes_read_to__isnull=True)
    first.update(changes_read_to=begun, changes_due_at=begun + timedelta(seconds=settings.CHANGES_SECONDS))
