"""What we know of the objects that stand in the books for our documents."""

from collections.abc import Collection, Sequence

from django.db import transaction

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import ExternalLink, SyncJob
from integrations.sync.lane import Lane
from integrations.sync.queue import bring_to_rest, locked, save


@transaction.atomic
def forget(lane: Lane, documents: Collection[int]) -> None:
    """What is not there any more is linked no longer."""
    if documents:
        lane.assert_held()
        ExternalLink.objects.filter(connection_id=lane.connection_id, document__in=documents).delete()


@transaction.atomic
def miss(lane: Lane, jobs: Sequence[SyncJob]) -> None:
    """Somebody took it out: it is linked no longer, and in the same moment waits for a person, whatever changed
    since."""
    lane.assert_held()
    rows = locked([job.pk for job in jobs])
    for job in rows:
        bring_to_rest(job, (Reason(ReasonCode.GONE),), revision=job.wanted_revision)
    save(rows)
    forget(lane, [job.document_id for job in rows])
