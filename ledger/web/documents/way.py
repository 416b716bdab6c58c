"""What a document's page says of its way to the books: its state, problems, what can be done, the entry, and why."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.urls import reverse

from integrations import selectors as sync
from integrations.fixes import fix_of
from integrations.mapping.reasons import WAITING, Reason, ReasonCode
from integrations.models import JobState
from integrations.models.sync import STUCK_STATES
from integrations.providers.registry import platform
from integrations.selectors import SyncState
from integrations.sync.merging import in_words
from integrations.web.clashes import clash_shown
from integrations.words import LOOKING
from ledger.access import Action
from ledger.domain.documents import BILLS
from ledger.domain.money import Money
from ledger.models import SourceDocument
from ledger.pages import list_of, page_of
from ledger.web.documents.approvals import approvals_shown, comments_shown
from ledger.web.documents.files import receipts_shown
from ledger.web.documents.marked import marked
from ledger.web.documents.receipts import receipt_problems
from ledger.web.documents.standing import reasons_shown, shown_state
from ledger.web.doors import PageRequest
from ledger.words import day_text, money_shown


def way_of(request: PageRequest, document: SourceDocument, state: SyncState | None) -> dict[str, Any]:
    """For templates/ledger/documents. Its entity was read with it."""
    slug, connected = request.access.organisation.slug, sync.connected_entities()
    in_the_books = bool(state and state.external_id)
    clash = clash_shown(slug, document, may_choose=request.access.allows(Action.RETRY))
    compromise, receipts = sync.compromise_of(document), receipt_problems(document)
    return {
        "id": document.public_id,
        "entity": document.entity.name,
        # Not EST: in summer the same books are kept in EDT.
        "place": document.entity.time_zone.rpartition("/")[2].replace("_", " "),
        "state": shown_state(document, state, connected),
        "looking": LOOKING.format(label=platform().short_label) if _is_in_doubt(state) else "",
        "in_the_books": in_the_books,
        "back_url": list_of(slug, document),
        "problems": [
            _problem(reason, slug, document.entity_id) for reason in reasons_shown(document, state, connected)
        ],
        "choices": _choices(document, state) if request.access.allows(Action.DECIDE) else None,
        "receipt_problems": receipts,
        "approvals": approvals_shown(request, document),
        "comments": comments_shown(request, document),
        "receipts": receipts_shown(slug, document, may_change=request.access.allows(Action.ADD_RECEIPTS)),
        **(_actions(request, document, state, receipts) | ({"retry_url": None} if clash else {})),
        "clash": clash,
        "kept": in_words(compromise.kept) if compromise else "",
        "marked": None if clash else marked(state, document.currency),
        "entry": _entry(state, document.currency),
        "why": _why(document, state),
        "books_url": sync.books_url(document) if in_the_books else None,
        "there_url": reverse("transaction_there", args=[slug, document.public_id]) if in_the_books else None,
    }


def _actions(
    request: PageRequest, document: SourceDocument, state: SyncState | None, receipts: Sequence[str]
) -> dict[str, Any]:
    slug = request.access.organisation.slug
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
        "page_url": page_of(slug, document),
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
    waits = reason.code in WAITING
    return {
        "text": reason.sentence,
        "level": "warning" if waits else "error",
        "key": "held" if waits else "person",
        # Its approvals stand on the same page.
        "fix_label": "" if reason.code is ReasonCode.NOT_APPROVED else fix.label,
        "fix_url": "" if reason.code is ReasonCode.NOT_APPROVED else fix.url,
    }


def _choices(document: SourceDocument, state: SyncState | None) -> list[dict[str, str]]:
    """Of a document that is dated in a closed period, where each is asked for."""
    codes = {reason.code for reason in state.reasons} if state else set()
    asked = codes & {ReasonCode.PERIOD_ASKED, ReasonCode.PERIOD_KEPT}
    closed_to = sync.closed_to(document.entity_id) if asked else None
    if closed_to is None:
        return []
    post = {"do": "first_open_day", "label": f"Post it on {day_text(closed_to + timedelta(days=1))}", "kind": "primary"}
    keep = {"do": "keep", "label": "Keep it until the books are reopened", "kind": "plain"}
    return [post, keep] if ReasonCode.PERIOD_ASKED in codes else [post]


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


def _why(document: SourceDocument, state: SyncState | None) -> list[dict[str, str]]:
    labels = {"account": "Account", "paid_from": "Paid from", "vendor": "Vendor", "dated": "Date", "rate": "Rate"}
    if document.kind in BILLS:
        labels["paid_from"] = "Owed on"
    why = state.coding.get("why", {}) if state else {}
    return [{"label": label, "sentence": why[key]} for key, label in labels.items() if key in why]
