"""The next revision of documents that say the same as before: whoever listens works them out anew."""

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from ledger import events
from ledger.events import Happening
from ledger.models import EventKind, SourceDocument


@transaction.atomic
def tell_again(documents: QuerySet[SourceDocument], *, actor: str, why: str) -> list[SourceDocument]:
    """As if the issuer had told them once more, with something new in them."""
    told = next_revision(documents)
    events.append([Happening(document, EventKind.CHANGED, why) for document in told], actor)
    return told


def next_revision(documents: QuerySet[SourceDocument]) -> list[SourceDocument]:
    """Locked in one order for everybody. The event is the caller's to write."""
    revised, now = list(documents.order_by("id").select_for_update(no_key=True)), timezone.now()
    for document in revised:
        document.revision += 1
        document.updated_at = now
    SourceDocument.objects.bulk_update(revised, ["revision", "updated_at"], batch_size=1000)
    return revised
