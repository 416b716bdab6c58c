"""The documents to which receipts may belong, read in a few statements for all of them."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from decimal import Decimal

from django.db.models import Exists, OuterRef, Q, QuerySet

from ledger.domain.clues import Clues
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.matching import Candidate
from ledger.domain.money import Money
from ledger.models import Bill, CardTransaction, Receipt, SourceDocument

BEFORE, AFTER = timedelta(days=120), timedelta(days=5)
MOST = 2000
# Of currencies that have no cents, the usual, and three digits.
EXPONENTS = (0, 2, 3)
KINDS = [DocumentKind.CHARGE, DocumentKind.BILL, DocumentKind.REIMBURSEMENT]


def candidates(clues: Sequence[Clues], arrived: Sequence[date]) -> list[Candidate]:
    """Without those at which something hangs already."""
    amounts = {amount for one in clues for amount in one.amounts}
    if not arrived or not (amounts or any(one.words.strip() for one in clues)):
        return []
    documents = _documents(min(arrived) - BEFORE, max(arrived) + AFTER)
    minors = _minors(amounts)
    return [*_charges(documents, minors), *_bills(documents, minors, clues)]


def is_near(candidate: Candidate, arrived: date) -> bool:
    return arrived - BEFORE <= candidate.dated <= arrived + AFTER


def _documents(first: date, last: date) -> QuerySet[SourceDocument]:
    hanging = Receipt.objects.filter(document=OuterRef("pk"), removed_at__isnull=True)
    rows = SourceDocument.objects.filter(dated__range=(first, last), kind__in=KINDS).exclude(stage=Stage.REVERSED)
    return rows.filter(~Exists(hanging))


def _minors(amounts: Collection[Decimal]) -> list[int]:
    scaled = (amount.scaleb(exponent) for amount in amounts for exponent in EXPONENTS)
    return sorted({int(one) for one in scaled if one == int(one)})


def _charges(documents: QuerySet[SourceDocument], minors: Sequence[int]) -> Iterator[Candidate]:
    rows = CardTransaction.objects.filter(document__in=documents)
    rows = rows.filter(Q(document__amount_minor__in=minors) | Q(original_minor__in=minors))
    for row in rows.select_related("document", "vendor").order_by("-document__dated")[:MOST]:
        original = None if row.original_minor is None else Money(row.original_minor, row.original_currency)
        names = tuple(filter(None, (row.merchant_name, row.vendor.name if row.vendor else "")))
        yield _candidate(row.document, names, original=original)


def _bills(documents: QuerySet[SourceDocument], minors: Sequence[int], clues: Sequence[Clues]) -> Iterator[Candidate]:
    """By amount, or by a number that stands in one of them."""
    words = {word for one in clues for word in one.words.upper().split() if any(sign.isdigit() for sign in word)}
    rows = Bill.objects.filter(document__in=documents)
    rows = rows.filter(Q(document__amount_minor__in=minors) | Q(number__in=sorted(words)[:MOST]))
    for row in rows.select_related("document", "vendor").order_by("-document__dated")[:MOST]:
        yield _candidate(row.document, (row.vendor.name,), number=row.number)


def _candidate(
    document: SourceDocument, names: tuple[str, ...], *, number: str = "", original: Money | None = None
) -> Candidate:
    money = Money(document.amount_minor, document.currency)
    return Candidate(document.pk, money, document.dated, names, number, original)
