"""Questions about card transactions."""

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet

from ledger.models import CardTransaction, LedgerEvent, SourceDocument, SplitLine, TagUse


def card_transactions() -> QuerySet[CardTransaction]:
    """Newest first, with everything that a list shows of them."""
    return CardTransaction.objects.select_related(
        *("document", "document__entity", "card", "category", "department", "vendor", "bank_account"),
        *("refund_of__document", "refund_of__category"),
    ).order_by("-document__dated", "-document_id")


def with_parts(rows: QuerySet[CardTransaction]) -> QuerySet[CardTransaction]:
    """With their lines and tags: two more statements, whatever their number."""
    lines = SplitLine.objects.select_related("category", "department").order_by("position")
    uses = TagUse.objects.select_related("tag", "group").order_by("group__name")
    return rows.prefetch_related(Prefetch("lines", lines), Prefetch("tag_uses", uses))


def by_document(document_ids: Sequence[int]) -> dict[int, CardTransaction]:
    rows = with_parts(card_transactions().filter(document_id__in=document_ids))
    return {row.document_id: row for row in rows}


def events_of(document: SourceDocument) -> QuerySet[LedgerEvent]:
    """Newest first."""
    return LedgerEvent.objects.filter(document=document).order_by("-id")
