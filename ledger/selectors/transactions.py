"""Questions about card transactions."""

from collections.abc import Sequence
from decimal import Decimal, InvalidOperation
from functools import reduce
from operator import or_

from django.db.models import Prefetch, Q, QuerySet

from ledger.domain.money import currencies_with, in_range
from ledger.models import CardTransaction, LedgerEvent, SourceDocument, SplitLine, TagUse

# What a page prints before an amount, and a person copies along.
SIGNS = "$€£¥ "


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


def matching(rows: QuerySet[CardTransaction], words: str) -> QuerySet[CardTransaction]:
    """Rows whose merchant, cardholder or memo contains the words, or whose amount or own number they are."""
    if not words:
        return rows
    texts = Q(merchant_name__icontains=words) | Q(card__holder__icontains=words) | Q(memo__icontains=words)
    return rows.filter(texts | Q(document__external_id=words) | _amount(words))


def _amount(words: str) -> Q:
    """1,190.00 in any currency; the smallest units differ, so each exponent is tried."""
    try:
        amount = Decimal(words.replace(",", "").lstrip(SIGNS))
    except InvalidOperation:
        return Q(pk__in=[])
    if not in_range(amount):
        return Q(pk__in=[])
    exact = {digits: amount.scaleb(digits) for digits in (0, 2, 3, 4)}
    return reduce(
        or_,
        (
            Q(document__amount_minor=int(minor), document__currency__in=currencies_with(digits))
            for digits, minor in exact.items()
            if minor == int(minor)
        ),
        Q(pk__in=[]),
    )


def by_document(document_ids: Sequence[int]) -> dict[int, CardTransaction]:
    rows = with_parts(card_transactions().filter(document_id__in=document_ids))
    return {row.document_id: row for row in rows}


def events_of(document: SourceDocument) -> QuerySet[LedgerEvent]:
    """Newest first."""
    return LedgerEvent.objects.filter(document=document).order_by("-id")
