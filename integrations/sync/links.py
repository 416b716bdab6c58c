"""What we know of the objects that stand in the books for our documents."""

from collections.abc import Collection, Mapping

from django.db import transaction

from integrations.models import ExternalLink
from integrations.providers.documents import Posted
from integrations.sync.lane import Lane


@transaction.atomic
def refresh(lane: Lane, there: Mapping[str, Posted], documents: Collection[int]) -> None:
    """Note the versions of now, by the object's id. What is not there any more is linked no longer."""
    lane.assert_held()
    links = list(ExternalLink.objects.filter(connection_id=lane.connection_id, document__in=documents))
    for link in links:
        if link.external_id in there:
            link.external_version = there[link.external_id].version
    standing = [link for link in links if link.external_id in there]
    ExternalLink.objects.bulk_update(standing, ["external_version"])
    ExternalLink.objects.filter(pk__in=[link.pk for link in links if link.external_id not in there]).delete()
