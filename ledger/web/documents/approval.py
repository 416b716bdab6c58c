"""Who approved a document, as its sender tells it."""

from django.utils import timezone

from ledger.models import Bill, CardTransaction
from ledger.words import day_text


def approval_text(row: CardTransaction | Bill) -> str:
    if not row.approved_by:
        return ""
    return f"{row.approved_by}, {day_text(timezone.localdate(row.approved_at))}" if row.approved_at else row.approved_by
