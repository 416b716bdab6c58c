"""Look at what stands in the books right now. A read is metered, so a person asks for it; nothing there is changed."""

from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import Act, ExternalLink, JobState, SyncJob
from integrations.providers.documents import Posted, Standing
from integrations.selectors import in_doubt
from integrations.services.interventions import remember
from integrations.sync.queue import bring_to_rest, save
from integrations.visits import visit
from ledger.models import SourceDocument, User

# A platform may show a little later what it has taken; so soon after, not to be found means nothing.
SETTLED = timedelta(minutes=1)


class NotPosted(Exception):
    """Nothing of ours stands there for this document."""


class RemovedThere(Exception):
    """Somebody removed it there; the document needs a person from now on."""


def look_there(document: SourceDocument, person: User) -> Standing | None:
    """None where it cannot be found yet, so soon after it was sent. Called outside a transaction.

    Raises NotPosted, RemovedThere, Temporary or AccessLost.
    """
    with transaction.atomic():
        link = ExternalLink.objects.select_related("connection__company").filter(document=document).first()
    if link is None:
        raise NotPosted
    with visit(link.connection) as provider:
        found = provider.read(Posted(link.external_kind, link.external_id, link.external_version))
    if found is None and _is_noted_as_gone(link, person):
        raise RemovedThere
    return found


@transaction.atomic
def _is_noted_as_gone(link: ExternalLink, person: User) -> bool:
    """As the engine notes it when it meets this itself; not while something is being sent for the document."""
    resting = SyncJob.objects.filter(connection=link.connection_id, document=link.document_id, state=JobState.DONE)
    job = resting.filter(~in_doubt()).select_for_update(no_key=True).first()
    same = ExternalLink.objects.filter(pk=link.pk, external_version=link.external_version)
    if job is None or not same.filter(posted_at__lt=timezone.now() - SETTLED).delete()[0]:
        return False
    bring_to_rest(job, (Reason(ReasonCode.GONE),), revision=job.wanted_revision)
    save([job])
    remember(Act.FOUND_REMOVED, [job.pk], person)
    return True
