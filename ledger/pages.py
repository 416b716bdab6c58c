"""Where a person sees a document, and the list in which it stands."""

from django.urls import reverse

from ledger.domain.documents import BILLS, DocumentKind
from ledger.models import SourceDocument


def page_of(slug: str, document: SourceDocument) -> str:
    return reverse(_name(DocumentKind(document.kind)), args=[slug, document.public_id])


def list_of(slug: str, document: SourceDocument) -> str:
    return reverse("transactions" if _name(DocumentKind(document.kind)) == "transaction" else "bills", args=[slug])


def _name(kind: DocumentKind) -> str:
    if kind is DocumentKind.BILL_PAYMENT:
        return "bill_payment"
    return "bill" if kind in BILLS else "transaction"
