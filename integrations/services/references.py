"""Keep the company's accounts and vendors at hand, so that no charge waits for a list of them."""

from dataclasses import asdict
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from integrations.models import Company, Connection, Reference
from integrations.providers.documents import CompanyDescription, ReferenceRecord
from integrations.visits import visit

ROWS_AT_ONCE = 1000


def read_references(connection_id: int) -> int:
    """Read the company's accounts and vendors into the cache. What the company no longer has becomes inactive."""
    with transaction.atomic():
        tie = Connection.objects.select_related("company").get(pk=connection_id)
    begun = timezone.now()
    with visit(tie) as provider:
        description = provider.describe_company()
        records = list(provider.list_references(description.dimensions))
    with transaction.atomic():
        _store_references(tie, records, begun)
        # Lists may not show yet what we made there ourselves.
        _forget_unlisted(tie, begun, made_before=begun - provider.capabilities.settling)
        _store_dimensions(tie, description)
    return len(records)


def _store_dimensions(tie: Connection, description: CompanyDescription) -> None:
    dimensions = [asdict(dimension) for dimension in description.dimensions]
    Company.objects.filter(pk=tie.company_id).update(dimensions=dimensions)


def _store_references(tie: Connection, records: list[ReferenceRecord], begun: datetime) -> None:
    Reference.objects.bulk_create(
        (
            Reference(
                company_id=tie.company_id,
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
                read_at=begun,
            )
            for record in records
        ),
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        update_fields=["number", "name", "name_key", "path", "role", "type_name", "currency", "active", "read_at"],
        unique_fields=["tenant", "company", "kind", "dimension", "external_id"],
    )
    Connection.objects.filter(pk=tie.pk).update(references_read_at=timezone.now())


def _forget_unlisted(tie: Connection, begun: datetime, *, made_before: datetime) -> None:
    unlisted = Reference.objects.filter(company_id=tie.company_id, read_at__lt=begun)
    unlisted.exclude(made_at__gte=made_before).update(active=False)
