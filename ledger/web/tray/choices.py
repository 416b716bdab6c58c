"""The documents that are offered for a receipt, by their names."""

from collections.abc import Collection
from dataclasses import dataclass

from ledger.domain.documents import Stage
from ledger.domain.money import NotMoney, parse_amount
from ledger.models import Bill, CardTransaction, SourceDocument
from ledger.selectors.bills import bill_name
from ledger.services.tray.candidates import KINDS

MOST = 8


@dataclass(frozen=True, slots=True)
class Named:
    document: SourceDocument
    name: str


def named(documents: Collection[int]) -> dict[int, Named]:
    charges = CardTransaction.objects.filter(document__in=documents).select_related("document")
    bills = Bill.objects.filter(document__in=documents).select_related("document", "vendor")
    told = {row.document_id: Named(row.document, row.merchant_name) for row in charges}
    return told | {row.document_id: Named(row.document, bill_name(row)) for row in bills}


def found_by(words: str) -> list[int]:
    """The latest whose merchant or vendor begins with these words, or that come to this amount."""
    rows = SourceDocument.objects.filter(kind__in=KINDS).exclude(stage=Stage.REVERSED)
    try:
        minor = parse_amount(words.replace(",", ""), "USD").minor
        found = rows.filter(amount_minor=minor)
    except NotMoney:
        charges = CardTransaction.objects.filter(merchant_name__istartswith=words).values("document")
        bills = Bill.objects.filter(vendor__name_key__startswith=words.casefold()).values("document")
        found = rows.filter(pk__in=charges.union(bills))
    return list(found.order_by("-dated", "-id").values_list("pk", flat=True)[:MOST])
