"""A receipt leaves the tray for a document."""

from django.db import transaction
from django.db.models import QuerySet

from ledger import events
from ledger.domain.documents import Stage
from ledger.domain.receipts import Unfit
from ledger.events import Happening
from ledger.models import Arrival, EventKind, Receipt, SourceDocument


@transaction.atomic
def hang(*, receipt: Receipt, document: SourceDocument, actor: str, why: str) -> None:
    """Raises Unfit where it hangs elsewhere by now, was thrown away, or the document takes none."""
    locked = SourceDocument.objects.select_for_update(no_key=True).get(pk=document.pk)
    if locked.stage == Stage.REVERSED:
        raise Unfit("What it would hang at was reversed, or is void.")
    if Receipt.objects.filter(document=locked, sha256=receipt.sha256, removed_at__isnull=True).exists():
        raise Unfit("This very file hangs there already.")
    if not waiting().filter(pk=receipt.pk).update(document=locked):
        raise Unfit("It is not in the tray any more.")
    Arrival.objects.filter(receipt=receipt).update(why=why)
    events.append([Happening(locked, EventKind.RECEIPT_ADDED, f"{receipt.file_name}. {why}")], actor)


def waiting() -> QuerySet[Receipt]:
    """What is in the tray."""
    return Receipt.objects.filter(document__isnull=True, removed_at__isnull=True)
