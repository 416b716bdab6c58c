"""Ask a company again for what only it can say."""

import logging

from django.db import transaction

from integrations.mapping.reasons import ReasonCode
from integrations.models import Connection, SyncJob
from integrations.models.sync import STUCK_STATES
from integrations.providers.errors import ProviderError
from integrations.selectors import with_reason
from integrations.sync import company, queue
from integrations.visits import visit

logger = logging.getLogger(__name__)


def look_again(tie: Connection) -> int:
    """How far its books are closed by now; and its rates, as soon as what lacks one is planned again. Returns how many
    documents are on their way again. Called outside a transaction."""
    try:
        with visit(tie) as provider:
            description = provider.describe_company()
    except ProviderError as trouble:
        # The engine meets the same trouble, and says so where people look.
        logger.warning("Company %s could not be asked: %s", tie.company_id, trouble)
        return 0
    with transaction.atomic():
        unrated = SyncJob.objects.filter(with_reason(ReasonCode.NO_RATE), connection=tie, state__in=STUCK_STATES)
        return company.remember(tie.company_id, description) + queue.wake(unrated)
