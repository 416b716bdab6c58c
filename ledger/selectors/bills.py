"""Questions about bills and their payments."""

from collections.abc import Sequence

from django.db.models import Prefetch, QuerySet

from ledger.domain.documents import DocumentKind, Stage
from ledger.models import Bill, BillPayment, DocumentLine, Settlement, TagUse


def bill_name(bill: Bill) -> str:
    """How a person speaks of it: bill 10482 of Brightwell Logistics."""
    number = f" {bill.number}" if bill.number else ""
    return f"{DocumentKind(bill.document.kind).word}{number} of {bill.vendor.name}"


def bills_with_parts() -> QuerySet[Bill]:
    """With all that they name, their lines and their tags."""
    lines = DocumentLine.objects.select_related("category", "department").order_by("position")
    uses = TagUse.objects.select_related("tag", "group").order_by("group__name")
    rows = Bill.objects.select_related("document", "document__entity", "vendor")
    return rows.prefetch_related(Prefetch("document__lines", lines), Prefetch("document__tag_uses", uses))


def payments_with_parts() -> QuerySet[BillPayment]:
    """With what they settle."""
    settled = Settlement.objects.select_related("bill", "bill__document", "bill__vendor").order_by("id")
    rows = BillPayment.objects.select_related("document", "document__entity", "vendor", "bank_account", "card")
    return rows.prefetch_related(Prefetch("settlements", settled))


def paid_by(bills: Sequence[int]) -> dict[int, list[int]]:
    """By document of a payment, the documents of those of these bills that it settles."""
    parts = Settlement.objects.filter(bill__document__in=bills).values_list("payment__document", "bill__document")
    settled: dict[int, list[int]] = {}
    for payment, bill in parts:
        settled.setdefault(payment, []).append(bill)
    return settled


def paid_bills(documents: Sequence[int]) -> set[int]:
    """Those of which a payment was made, in part at least; also if it became void since."""
    made = Settlement.objects.filter(bill__document__in=documents).exclude(payment__document__stage=Stage.PENDING)
    return set(made.values_list("bill__document", flat=True))


def payments_of(bills: Sequence[int]) -> QuerySet[BillPayment]:
    """Those that settle any of these documents."""
    return BillPayment.objects.filter(settlements__bill__document__in=bills)


def bills_of(payments: Sequence[int]) -> QuerySet[Bill]:
    """Those that any of these documents settles."""
    return Bill.objects.filter(settlements__payment__document__in=payments)
