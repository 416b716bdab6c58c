"""What we know of the objects that stand in the books for our documents."""

from collections.abc import Collection

from django.db import transaction

from integrations.models import ExternalLink
from integrations.sync.lane import Lane


@transaction.atomic
def forget(lane: Lane, documents: Collection[int]) -> None:
    """What is not there any more is linked no longer."""
    if documents:
        lane.assert_held()
        ExternalLink.objects.filter(connection_id=lane.connection_id, document__in=documents).delete()
