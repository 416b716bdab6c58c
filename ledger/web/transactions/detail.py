"""One transaction: what came in, where it stands, both sides, the entry, why, and the trail to the second."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from integrations import selectors as sync
from integrations.selectors import SyncState
from ledger.access import Action
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.money import Money
from ledger.models import CardTransaction, DocumentLine, TagUse
from ledger.selectors.transactions import card_transactions, with_parts
from ledger.web.documents.approval import approval_text
from ledger.web.documents.trail import Step, trail
from ledger.web.documents.way import way_of
from ledger.web.doors import PageRequest, organisation_page
from ledger.web.transactions.listing import CHIPS
from ledger.words import day_text, money_shown

Fact = tuple[str, str]


@organisation_page(Action.SEE_TRANSACTIONS)
def transaction_detail(request: PageRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(with_parts(card_transactions()), document__public_id=public_id)
    state = sync.sync_states([row.document_id]).get(row.document_id)
    # The trail is told in the entity's own time, in which its postings are dated.
    with timezone.override(ZoneInfo(row.document.entity.time_zone)):
        return render(request, "ledger/transactions/detail.html", {"page": _context(request, row, state)})


def _context(request: PageRequest, row: CardTransaction, state: SyncState | None) -> dict[str, Any]:
    slug, document = request.access.organisation.slug, row.document
    return {
        **way_of(request, document, state),
        "merchant": row.merchant_name,
        "chips": [CHIPS[DocumentKind(document.kind)]] if document.kind in CHIPS else [],
        "memo": row.memo,
        "money": money_shown(Money(document.amount_minor, document.currency)),
        "date": document.dated,
        "facts": [{"label": label, "value": value} for label, value in _facts(row) if value],
        "ties": _ties(row, slug),
        "parts": [_part(line, document.currency, list(document.tag_uses.all())) for line in document.lines.all()],
        "sides": _sides(row, state),
        "trail": [*trail(document), *_at_the_issuer(row)],
    }


# --- what came in ----------------------------------------------------------------------------------------------------


def _facts(row: CardTransaction) -> Iterator[Fact]:
    document = row.document
    if document.stage != Stage.CLEARED:
        yield "Stage", f"{document.stage.capitalize()} at the issuer"
    yield "Card", f"{row.card}, {row.card.holder}" if row.card.holder else str(row.card)
    yield "Where", ", ".join(part for part in (row.merchant_city, row.merchant_country) if part)
    yield "Merchant category", row.merchant_category_code
    if row.original_minor is not None:
        yield "Paid as", str(Money(abs(row.original_minor), row.original_currency))
    yield "Paid from", row.bank_account.name if row.bank_account else ""
    yield "Category", row.category.name if row.category else ""
    yield "Department", row.department.name if row.department else ""
    yield "Vendor", row.vendor.name if row.vendor else ""
    for use in row.document.tag_uses.all():
        if use.line_id is None:
            yield use.group.name, use.tag.name
    yield "Approved by", approval_text(row)
    yield from sorted(row.custom.items())
    yield "Number at the sender", document.external_id


def _ties(row: CardTransaction, slug: str) -> list[dict[str, Any]]:
    """The charge that a refund is of, or the refunds of a charge."""
    others = [("Refund of", row.refund_of)] if row.refund_of else []
    others += [("Refunded by", refund) for refund in row.refunds.select_related("document").order_by("document__dated")]
    return [
        {
            "label": label,
            "merchant": other.merchant_name,
            "date": other.document.dated,
            "money": money_shown(Money(other.document.amount_minor, other.document.currency)),
            "url": reverse("transaction", args=[slug, other.document.public_id]),
        }
        for label, other in others
    ]


def _part(line: DocumentLine, currency: str, uses: list[TagUse]) -> dict[str, Any]:
    words = [line.department.name] if line.department else []
    words += [f"{use.group.name}: {use.tag.name}" for use in uses if use.line_id == line.pk]
    return {
        "category": line.category.name if line.category else "",
        "under": ", ".join([*words, line.memo] if line.memo else words),
        "money": money_shown(Money(line.amount_minor, currency)),
    }


# --- both sides ------------------------------------------------------------------------------------------------------


def _sides(row: CardTransaction, state: SyncState | None) -> list[dict[str, str]]:
    """Ours beside what we wrote there; nothing stands on their side before it is posted."""
    there = state.coding if state and state.external_id else {}
    day = row.document.dated
    # What was posted before days were kept stands there under ours.
    their_day = date.fromisoformat(there["dated"]) if "dated" in there else day
    values = ", ".join(dict.fromkeys(value for line in there.get("entry", []) for value in line["values"]))
    return [
        {"label": "Account", "ours": _coded_by(row), "theirs": there.get("account", "")},
        {"label": "Paid from", "ours": f"Card {row.card}", "theirs": there.get("paid_from", "")},
        {"label": "Vendor", "ours": row.merchant_name, "theirs": there.get("vendor", "")},
        {"label": "Date", "ours": day_text(day), "theirs": day_text(their_day) if there else ""},
        {"label": "Number", "ours": row.document.external_id, "theirs": (state.mark or "") if state else ""},
        {"label": "Department", "ours": row.department.name if row.department else "", "theirs": values},
    ]


def _coded_by(row: CardTransaction) -> str:
    if parts := len(row.document.lines.all()):
        return f"Split in {parts}"
    return f"Category {row.category.name}" if row.category else "No category"


def _at_the_issuer(row: CardTransaction) -> list[Step]:
    """Told in the issuer's own time, which may lie after ours by a clock's error: they are the beginning."""
    moments = [("Cleared", row.cleared_at), ("Authorised", row.authorised_at)]
    return [Step("none", f"{word} on card {row.card}", at) for word, at in moments if at]
