"""Questions about card transactions."""

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet

from ledger.models import CardTransaction, DocumentLine, LedgerEvent, SourceDocument, TagUse


def card_transactions() -> QuerySet[CardTransaction]:
    """Newest first, with everything that a list shows of them; what else they name comes with their parts."""
    rows = CardTransaction.objects.select_related("document", "document__entity", "card")
    return rows.order_by("-document__dated", "-document_id")


def with_parts(rows: QuerySet[CardTransaction]) -> QuerySet[CardTransaction]:
    """With all that they name, their lines and their tags: a statement for each kind of these that there is, whatever
    their number. A join of all was planned anew each time, which took longer than to find them."""
    lines = DocumentLine.objects.select_related("category", "department").order_by("position")
    uses = TagUse.objects.select_related("tag", "group").order_by("group__name")
    refunded = Prefetch("refund_of", CardTransaction.objects.select_related("document", "category"))
    coded = rows.select_related("category", "department")
    return coded.prefetch_related(
        "vendor", "bank_account", refunded, Prefetch("document__lines", lines), Prefetch("document__tag_uses", uses)
    )


def whole_transactions(documents: Sequence[int]) -> list[CardTransaction]:
    """All that was taken in of them, in the order of the documents; a statement for each kind of thing in them."""
    rows = card_transactions().order_by()
    refunds = Prefetch("refunds", CardTransaction.objects.select_related("document").order_by("document_id"))
    found = with_parts(rows.filter(document__in=documents)).prefetch_related(refunds)
    by_id = {row.document_id: row for row in found}
    return [by_id[document] for document in documents]


def by_document(document_ids: Sequence[int]) -> dict[int, CardTransaction]:
    rows = with_parts(card_transactions().filter(document_id__in=document_ids))
    return {row.document_id: row for row in rows}


def events_of(document: SourceDocument) -> QuerySet[LedgerEvent]:
    """Newest first."""
    return LedgerEvent.objects.filter(document=document).order_by("-id")
