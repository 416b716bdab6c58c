"""Questions about card transactions."""

from collections.abc import Sequence

from django.db.models import Q, QuerySet

from ledger.models import CardTransaction, LedgerEvent, SourceDocument


def card_transactions() -> QuerySet[CardTransaction]:
    """Newest first, with everything that a list shows of them."""
    return CardTransaction.objects.select_related(
        "document", "document__entity", "card", "category", "department"
    ).order_by("-document__dated", "-document_id")


def matching(rows: QuerySet[CardTransaction], words: str) -> QuerySet[CardTransaction]:
    """Rows whose merchant, cardholder or memo contains the words."""
    if not words:
        return rows
    return rows.filter(Q(merchant_name__icontains=words) | Q(card__holder__icontains=words) | Q(memo__icontains=words))


def by_document(document_ids: Sequence[int]) -> dict[int, CardTransaction]:
    rows = card_transactions().filter(document_id__in=document_ids)
    return {row.document_id: row for row in rows}


def events_of(document: SourceDocument) -> QuerySet[LedgerEvent]:
    """Newest first."""
    return LedgerEvent.objects.filter(document=document).order_by("-id")
