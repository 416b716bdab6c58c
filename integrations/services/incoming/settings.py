"""The company's own settings, as far as they concern us: what it tracks, up to when its books are closed."""

from datetime import datetime

from django.db import transaction

from integrations.models import Company, Connection
from integrations.services.references import describe, read_references


def heed_settings(tie: Connection, changed_at: datetime | None) -> None:
    """Read them where they were changed since they were last heeded; the same is told more than once. Called outside a
    transaction."""
    if changed_at is None or not _is_news(tie.company_id, changed_at):
        return
    if describe(tie.pk):
        # The values of what is tracked from now on have never been read.
        read_references(tie.pk)
    with transaction.atomic():
        Company.objects.filter(pk=tie.company_id).update(settings_changed_at=changed_at)


@transaction.atomic
def _is_news(company_id: int, changed_at: datetime) -> bool:
    known = Company.objects.values_list("settings_changed_at", flat=True).get(pk=company_id)
    return known is None or changed_at > known
