"""Questions about receipts."""

from collections.abc import Collection

from django.db.models import QuerySet

from ledger.models import Arrival, Receipt, SourceDocument
from ledger.models.documents import CARD_KINDS


def receipts_at(documents: Collection[int]) -> QuerySet[Receipt]:
    """Those that hang there now, in the order in which they came."""
    return Receipt.objects.filter(document__in=documents, removed_at__isnull=True).order_by("id")


def card_document(external_id: str) -> SourceDocument | None:
    """Of a card transaction, by the sender's name for it."""
    # All kinds there are, named: so says the unique index of external ids too.
    return SourceDocument.objects.filter(external_id=external_id, kind__in=CARD_KINDS).first()


def with_receipts() -> QuerySet[Receipt, int | None]:
    """The documents at which something hangs."""
    return Receipt.objects.filter(removed_at__isnull=True).values_list("document", flat=True)


def in_tray() -> QuerySet[Arrival]:
    """What waits until somebody says to which document it belongs, the latest first."""
    rows = Arrival.objects.filter(receipt__document__isnull=True, receipt__removed_at__isnull=True)
    return rows.select_related("receipt").order_by("-id")
