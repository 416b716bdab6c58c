"""Look at what stands in the books right now. A read is metered, so a person asks for it; nothing is changed by it."""

from django.db import transaction

from integrations.models import ExternalLink
from integrations.providers.documents import Posted, Standing
from integrations.sync.engine import provider_of
from ledger.models import SourceDocument


class NotPosted(Exception):
    """Nothing of ours stands there for this document."""


def look_there(document: SourceDocument) -> Standing | None:
    """None where it was removed there. Called outside a transaction. Raises NotPosted, Temporary or AccessLost."""
    with transaction.atomic():
        link = ExternalLink.objects.select_related("connection__company").filter(document=document).first()
    if link is None:
        raise NotPosted
    target = Posted(link.external_kind, link.external_id, link.external_version)
    return provider_of(link.connection).read(target)
