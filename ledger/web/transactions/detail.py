"""One transaction: what came in, where it stands, both sides, the entry, why, and the trail to the second."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from integrations import selectors as sync
from integrations.fixes import fix_of
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import JobState
from integrations.models.sync import STUCK_STATES
from integrations.providers.registry import platform
from integrations.selectors import SyncState
from integrations.sync.merging import in_words
from integrations.web.clashes import clash_shown
from integrations.words import LOOKING
from ledger.access import Action
from ledger.domain.money import Money
from ledger.domain.transactions import DocumentKind, Stage
from ledger.models import CardTransaction, SourceDocument, SplitLine, TagUse
from ledger.selectors.transactions import card_transactions, with_parts
from ledger.web.doors import PageRequest, organisation_page
from ledger.web.transactions.listing import CHIPS
from ledger.web.transactions.marked import marked
from ledger.web.transactions.receipts import receipt_problems, receipts_line
from ledger.web.transactions.standing import reasons_shown, shown_state
from ledger.web.transactions.trail import trail
from ledger.words import money_shown

Fact = tuple[str, str]


@organisation_page(Action.SEE_TRANSACTIONS)
def transaction_detail(request: PageRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(with_parts(card_transactions()), document__public_id=public_id)
    state = sync.sync_states([row.document_id]).get(row.document_id)
    # The trail is told in the entity's own time, in which its postings are dated.
    with timezone.override(ZoneInfo(row.document.entity.time_zone)):
        return render(request, "ledger/transactions/detail.html", {"page": _context(request, row, state)})


def _context(request: PageRequest, row: CardTransaction, state: SyncState | None) -> dict[str, Any]:
    slug, document, connected = request.access.organisation.slug, row.document, sync.connected_entities()
    money = Money(document.amount_minor, document.currency)
    in_the_books = bool(state and state.external_id)
    clash = clash_shown(slug, document, may_choose=request.access.allows(Action.RETRY))
    compromise, receipts = sync.compromise_of(document), receipt_problems(document)
    return {
        "id": document.public_id,
        "merchant": row.merchant_name,
        "chips": [CHIPS[DocumentKind(document.kind)]] if document.kind in CHIPS else [],
        "entity": document.entity.name,
        # Not EST: in summer the same books are kept in EDT.
        "place": document.entity.time_zone.rpartition("/")[2].replace("_", " "),
        "memo": row.memo,
        "money": money_shown(money),
        "date": document.dated,
        "state": shown_state(row, state, connected),
        "looking": LOOKING.format(label=platform().short_label) if _is_in_doubt(state) else "",
        "back_url": reverse("transactions", args=[slug]),
        "problems": [_problem(reason, slug, document.entity_id) for reason in reasons_shown(row, state, connected)],
        "choices": _choices(document, state) if request.access.allows(Action.DECIDE) else None,
        "receipt_problems": receipts,
        **(_actions(request, row, state, receipts) | ({"retry_url": None} if clash else {})),
        "facts": [{"label": label, "value": value} for label, value in _facts(row) if value],
        "ties": _ties(row, slug),
        "parts": [_part(line, document.currency, list(row.tag_uses.all())) for line in row.lines.all()],
        "clash": clash,
        "kept": in_words(compromise.kept) if compromise else "",
        "marked": None if clash else marked(state, document.currency),
        "sides": _sides(row, state),
        "entry": _entry(state, document.currency),
        "why": _why(state),
        "trail": trail(row),
        "books_url": sync.books_url(document) if in_the_books else None,
        "there_url": reverse("transaction_there", args=[slug, document.public_id]) if in_the_books else None,
    }


def _actions(
    request: PageRequest, row: CardTransaction, state: SyncState | None, receipts: Sequence[str]
) -> dict[str, Any]:
    slug, document = request.access.organisation.slug, row.document
    stuck = state is not None and state.state in STUCK_STATES and not _is_locked_out(state)
    undone = state is not None and any(reason.code is ReasonCode.UNDONE for reason in state.reasons)
    may_retry = (stuck or undone or bool(receipts)) and not _is_decided(state) and request.access.allows(Action.RETRY)
    may_act = state is not None and request.access.allows(Action.DECIDE)
    posted = state is not None and bool(state.external_id)
    refused = state is not None and any(reason.code is ReasonCode.UNDO_REFUSED for reason in state.reasons)
    may_undo = may_act and posted and not undone
    return {
        "retry_url": reverse("retry_document", args=[slug, document.public_id]) if may_retry else None,
        "retry_label": _retry_label(state, undone=undone, stuck=stuck, receipts=len(receipts)),
        "leave_url": reverse("choose_side", args=[slug, document.public_id]) if may_retry and refused else None,
        "undo_url": reverse("undo_document", args=[slug, document.public_id]) if may_undo else None,
        "choose_url": reverse("decide_on_several", args=[slug]),
        "decide_url": reverse("decide_on_several", args=[slug]) if may_act and not posted else None,
        "code_url": reverse("decide_on_several", args=[slug]) if may_act and posted and not stuck else None,
        "decided": _is_decided(state),
        "page_url": reverse("transaction", args=[slug, document.public_id]),
    }


def _retry_label(state: SyncState | None, *, undone: bool, stuck: bool, receipts: int) -> str:
    if undone:
        return "Bring it back"
    if not stuck and receipts:
        return f"Send the receipt{'s' if receipts > 1 else ''} again"
    return "Check it again" if state is not None and state.state is JobState.HELD else "Send it again"


def _is_decided(state: SyncState | None) -> bool:
    codes = (ReasonCode.HELD_BY_PERSON, ReasonCode.EXCLUDED_BY_PERSON)
    return state is not None and any(reason.code in codes for reason in state.reasons)


def _is_locked_out(state: SyncState) -> bool:
    return any(reason.code in sync.STOPPED_FOR.values() for reason in state.reasons)


def _problem(reason: Reason, slug: str, entity_id: int) -> dict[str, str]:
    fix = fix_of(reason, slug, entity_id)
    return {"text": reason.sentence, "fix_label": fix.label, "fix_url": fix.url}


def _choices(document: SourceDocument, state: SyncState | None) -> list[dict[str, str]]:
    """Of a document that is dated in a closed period, where each is asked for."""
    codes = {reason.code for reason in state.reasons} if state else set()
    asked = codes & {ReasonCode.PERIOD_ASKED, ReasonCode.PERIOD_KEPT}
    closed_to = sync.closed_to(document.entity_id) if asked else None
    if closed_to is None:
        return []
    post = {"do": "first_open_day", "label": f"Post it on {_day(closed_to + timedelta(days=1))}", "kind": "primary"}
    keep = {"do": "keep", "label": "Keep it until the books are reopened", "kind": "plain"}
    return [post, keep] if ReasonCode.PERIOD_ASKED in codes else [post]


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
    for use in row.tag_uses.all():
        if use.line_id is None:
            yield use.group.name, use.tag.name
    yield "Approved by", _approval(row)
    yield "Receipts", receipts_line(document)
    yield from sorted(row.custom.items())
    yield "Number at the sender", document.external_id


def _approval(row: CardTransaction) -> str:
    if not row.approved_by:
        return ""
    return f"{row.approved_by}, {timezone.localtime(row.approved_at):%-d %b %Y}" if row.approved_at else row.approved_by


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


def _part(line: SplitLine, currency: str, uses: list[TagUse]) -> dict[str, Any]:
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
        {"label": "Date", "ours": _day(day), "theirs": _day(their_day) if there else ""},
        {"label": "Number", "ours": row.document.external_id, "theirs": (state.mark or "") if state else ""},
        {"label": "Department", "ours": row.department.name if row.department else "", "theirs": values},
    ]


def _day(day: date) -> str:
    return f"{day:%-d %b %Y}"


def _coded_by(row: CardTransaction) -> str:
    if parts := len(row.lines.all()):
        return f"Split in {parts}"
    return f"Category {row.category.name}" if row.category else "No category"


# --- the entry, and why ----------------------------------------------------------------------------------------------


def _entry(state: SyncState | None, currency: str) -> dict[str, Any] | None:
    if state is None or not state.coding or state.state is JobState.EXCLUDED:
        return None
    lines = state.coding.get("entry", [])
    return {
        "title": _entry_title(state),
        "lines": [_entry_line(line, currency) for line in lines],
        "total": money_shown(Money(sum(max(0, line["minor"]) for line in lines), currency)),
    }


def _is_in_doubt(state: SyncState | None) -> bool:
    return state is not None and state.state is JobState.UNKNOWN


def _entry_title(state: SyncState) -> str:
    if state.external_id:
        return "It stands in the books as"
    if _is_in_doubt(state):
        return "It was sent as"
    # Sent again, it is coded anew, perhaps by another version.
    return "It was last coded as" if state.state is JobState.NEEDS_ATTENTION else "It will stand in the books as"


def _entry_line(line: dict[str, Any], currency: str) -> dict[str, Any]:
    amount = money_shown(Money(abs(line["minor"]), currency))
    is_debit = line["minor"] > 0
    return {
        "account": line["account"],
        "debit": amount if is_debit else None,
        "credit": None if is_debit else amount,
        "reason": line["why"],
        "values": line["values"],
    }


def _why(state: SyncState | None) -> list[dict[str, str]]:
    labels = {"account": "Account", "paid_from": "Paid from", "vendor": "Vendor", "dated": "Date", "rate": "Rate"}
    why = state.coding.get("why", {}) if state else {}
    return [{"label": label, "sentence": why[key]} for key, label in labels.items() if key in why]
