"""The company's own settings, as far as they concern us: what it tracks, up to when its books are closed."""

import logging
from datetime import datetime
from typing import Any

from django.db import transaction

from integrations.models import Company, Connection
from integrations.providers.errors import Refused
from integrations.services.references import describe, read_references

logger = logging.getLogger(__name__)


def heed_settings(tie: Connection, changed_at: datetime | None) -> None:
    """Read them where they were changed since they were last heeded; the same is told more than once. Called outside a
    transaction.

    A company that refuses to show them keeps nothing else waiting; it is asked again before something is sent.
    """
    if changed_at is None or not _is_news(tie.company_id, changed_at):
        return
    try:
        if describe(tie.pk):
            # The values of what is tracked from now on have never been read.
            read_references(tie.pk)
    except Refused as refusal:
        logger.warning("The settings of company %s cannot be read: %s", tie.company_id, refusal)
        _keep(tie, doubted=True)
    else:
        _keep(tie, settings_changed_at=changed_at)


@transaction.atomic
def _keep(tie: Connection, **said: Any) -> None:
    Company.objects.filter(pk=tie.company_id).update(**said)


@transaction.atomic
def _is_news(company_id: int, changed_at: datetime) -> bool:
    known = Company.objects.values_list("settings_changed_at", flat=True).get(pk=company_id)
    return known is None or changed_at > known
