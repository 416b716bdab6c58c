"""Documents of any kind, as lists of several kinds name them."""

from collections.abc import Sequence
from dataclasses import dataclass

from ledger.domain.documents import DocumentKind
from ledger.models import Bill, BillPayment, CardTransaction, SourceDocument
from ledger.models.documents import CARD_KINDS


@dataclass(frozen=True, slots=True)
class Named:
    """`name` is whom it was paid to; `under` says what it is, where that is no charge on a card."""

    document: SourceDocument
    name: str
    under: str = ""


def named(documents: Sequence[int]) -> dict[int, Named]:
    """In the order of the lists of transactions: newest first. A statement for each sort of document among them."""
    rows = SourceDocument.objects.select_related("entity").filter(pk__in=documents).order_by("-dated", "-id")
    found = list(rows)
    cards = [row.pk for row in found if row.kind in CARD_KINDS]
    bills = [row.pk for row in found if row.kind not in CARD_KINDS and row.kind != DocumentKind.BILL_PAYMENT]
    payments = [row.pk for row in found if row.kind == DocumentKind.BILL_PAYMENT]
    words = _merchants(cards) | _bills(bills) | _payments(payments)
    return {row.pk: Named(row, *words[row.pk]) for row in found}


def _merchants(documents: Sequence[int]) -> dict[int, tuple[str, str]]:
    if not documents:
        return {}
    rows = CardTransaction.objects.filter(document__in=documents)
    return {document: (name, "") for document, name in rows.values_list("document", "merchant_name")}


def _bills(documents: Sequence[int]) -> dict[int, tuple[str, str]]:
    if not documents:
        return {}
    rows = Bill.objects.filter(document__in=documents).values_list(
        "document", "vendor__name", "document__kind", "number"
    )
    return {document: (name, _under(kind, number)) for document, name, kind, number in rows}


def _payments(documents: Sequence[int]) -> dict[int, tuple[str, str]]:
    if not documents:
        return {}
    rows = BillPayment.objects.filter(document__in=documents).values_list("document", "vendor__name", "number")
    return {document: (name, _under(DocumentKind.BILL_PAYMENT, number)) for document, name, number in rows}


def _under(kind: str, number: str) -> str:
    word = DocumentKind(kind).word.capitalize()
    return f"{word} {number}" if number else word
