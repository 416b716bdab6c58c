"""From what came in to the columns of a bill."""

from typing import Any

from ledger.domain.bills import IncomingBill
from ledger.services.names import Names

DOCUMENT_FIELDS = ["stage", "amount_minor", "currency", "dated"]
BILL_FIELDS = ["vendor", "number", "due_on", "terms", "memo", "custom", "approved_by", "approved_at"]


def document_values(one: IncomingBill) -> dict[str, Any]:
    return {
        "stage": one.stage,
        "amount_minor": one.money.minor,
        "currency": one.money.currency,
        "dated": one.dated,
    }


def bill_values(one: IncomingBill, names: Names) -> dict[str, Any]:
    return {
        "vendor": names.vendor(one.vendor),
        "number": one.number,
        "due_on": one.due_on,
        "terms": one.terms,
        "memo": one.memo,
        "custom": dict(one.custom),
        "approved_by": one.approved_by,
        "approved_at": one.approved_at,
    }
