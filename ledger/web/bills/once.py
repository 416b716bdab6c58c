"""A form that is sent twice records once: it brings the name of what it makes along."""

from uuid import UUID, uuid4

from ledger.models import SourceDocument
from ledger.models.documents import PAYABLE_KINDS

ONCE = "It was recorded already; nothing was recorded twice."


def name_of(once: UUID | None) -> str:
    """What is made by a form; by one that brought nothing along, something new."""
    return f"flex-{(once or uuid4()).hex}"


def sent_before(once: UUID | None) -> SourceDocument | None:
    """What this very form has made, also if it says something else by now."""
    known = SourceDocument.objects.filter(external_id=name_of(once), kind__in=PAYABLE_KINDS)
    return known.first() if once else None
