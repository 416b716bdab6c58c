"""What happened in the books without us, in a bookkeeper's words: for home, for connections."""

from typing import Any
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse

from integrations.broken import Broken, broken, touched
from integrations.providers.registry import platform
from integrations.unhung import stuck_receipts
from ledger.pages import page_of
from ledger.selectors.documents import named
from ledger.words import counted

BROKEN_SHOWN = 5
TOUCHED_SHOWN = 5


def what_broke(slug: str) -> list[dict[str, Any]]:
    return [
        {
            "company": one.connection.company_id,
            "sentence": sentence(one),
            "url": f"{reverse('mapping', args=[slug, one.connection.entity_id])}?{urlencode({'show': 'broken'})}",
        }
        for one in broken(BROKEN_SHOWN)
    ]


def sentence(one: Broken) -> str:
    """6020 Travel was made inactive in QuickBooks on 12 Nov: 14 charges wait, 2 mappings use it."""
    label = platform(one.connection.company.provider).short_label
    done = f"was merged into {one.into}" if one.into else "was made inactive"
    since = one.reference.inactive_since
    day = since.astimezone(ZoneInfo(one.connection.entity.time_zone)) if since else None
    told = f"{done} in {label} on {day:%-d %b}" if day else f"is not active any more in {label}"
    verb = "waits" if one.waiting == 1 else "wait"
    hangs = [f"{counted(one.waiting, 'charge')} {verb}"] if one.waiting else []
    uses = [counted(number, what) for number, what in ((one.mappings, "mapping"), (one.cards, "card")) if number]
    hangs.append(f"{' and '.join(uses)} {'uses' if one.mappings + one.cards == 1 else 'use'} it")
    return f"{one.reference} {told}: {', '.join(hangs)}."


def what_was_touched(slug: str) -> dict[str, Any] | None:
    """How many documents are not as we wrote them, and the latest of them."""
    marked = touched()
    number = marked.count()
    if not number:
        return None
    rows = named(list(marked.values_list("document_id", flat=True)[:TOUCHED_SHOWN]))
    return {
        "sentence": f"{counted(number, 'document')} {'was' if number == 1 else 'were'} changed in the books "
        "since we wrote them. Nothing was written over:",
        "items": [{"merchant": row.name, "url": page_of(slug, row.document)} for row in rows.values()],
        "more": number - len(rows),
    }


def what_does_not_hang() -> str:
    """3 receipts do not hang in the books as they should; no money waits for them."""
    number = stuck_receipts().count()
    if not number:
        return ""
    if number == 1:
        return "1 receipt does not hang in the books as it should. No money waits for it."
    return f"{number:,} receipts do not hang in the books as they should. No money waits for them."
