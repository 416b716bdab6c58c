"""The list of card transactions with their way to the books beside them, and one transaction with both sides."""

from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.paginator import Page, Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from integrations import selectors as sync
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import JobState
from integrations.models.sync import STUCK_STATES
from integrations.providers.documents import OutcomeKind
from integrations.selectors import SyncState
from integrations.sync.marks import PREFIX as MARK_PREFIX
from integrations.words import FIX_IN_CONNECTIONS, FIX_IN_MAPPING, NOT_BEGUN, SHOWN, TABS, state_shown
from ledger.access import Action
from ledger.domain.money import Money
from ledger.models import CardTransaction, Entity, SourceDocument
from ledger.selectors.transactions import card_transactions, events_of, matching
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import currency_words, listed, money_shown

ROWS = 50
TAB_WORDS = {key: SHOWN[states[0]].word for key, states in TABS.items()}


@organisation_page(Action.SEE_TRANSACTIONS)
def transaction_list(request: PageRequest) -> HttpResponse:
    tab, words, number = (request.GET.get(name, "").replace("\0", "").strip() for name in ("state", "q", "page"))
    chosen = _found(_in_tab(card_transactions(), tab), " ".join(words.split()))
    page = Paginator(chosen, ROWS).get_page(number)
    context = {"page": _list_context(request, page, tab, words)}
    template = (
        "ledger/transactions/_table.html" if request.headers.get("HX-Request") else "ledger/transactions/list.html"
    )
    response = render(request, template, context)
    patch_vary_headers(response, ["HX-Request"])
    return response


def _found(rows: QuerySet[CardTransaction], words: str) -> QuerySet[CardTransaction]:
    """By what the page shows of a charge, and by its number in the books."""
    if words.upper().startswith(MARK_PREFIX):
        return rows.filter(document__in=sync.documents_marked(words.upper()))
    return matching(rows, words)


def _in_tab(rows: QuerySet[CardTransaction], tab: str) -> QuerySet[CardTransaction]:
    jobs = sync.jobs_as_seen().filter(document=OuterRef("document_id"))
    if tab in TABS:
        return rows.filter(Exists(jobs.filter(seen__in=TABS[tab])))
    return rows.filter(~Exists(jobs)) if tab == NOT_BEGUN.key else rows


def _list_context(request: PageRequest, page: "Page[CardTransaction]", tab: str, words: str) -> dict[str, Any]:
    slug = request.access.organisation.slug
    address = reverse("transactions", args=[slug])
    # First what moves: a row read before it arrived would otherwise be shown so for good, by a list that looks no more.
    counts = sync.count_by_state()
    rows = list(page.object_list)
    states = sync.sync_states([row.document_id for row in rows])
    currencies = {row.document.currency for row in rows}

    def at(number: int | None) -> str:
        return _address(address, state=tab, q=words, page=number) if number else ""

    return {
        "eyebrow": _eyebrow(),
        "tabs": _tabs(address, counts, tab, words),
        "search": words,
        "filters": [("state", tab)] if tab else [],
        "rows": [_row(row, states.get(row.document_id), slug) for row in rows],
        "currency": currencies.pop() if len(currencies) == 1 else None,
        "first": page.start_index(),
        "last": page.end_index(),
        "total": page.paginator.count,
        "previous_url": at(page.previous_page_number() if page.has_previous() else None),
        "next_url": at(page.next_page_number() if page.has_next() else None),
        "empty": None if rows else "none_found" if tab or words else "none_yet",
        "clear_url": address,
        "moving": any(counts.get(state) for state in TABS["way"]),
        "refresh_url": _address(address, state=tab, q=words, page=page.number),
    }


def _eyebrow() -> str:
    entities = list(Entity.objects.order_by("name")[:4])
    if len(entities) == 1:
        return f"{entities[0].name} · {currency_words(entities[0].currency)}"
    return listed([entity.name for entity in entities])


def _tabs(address: str, counts: dict[str, int], current: str, words: str) -> list[dict[str, Any]]:
    total = SourceDocument.objects.count()
    numbers = {key: sum(counts.get(state, 0) for state in states) for key, states in TABS.items()}
    numbers[NOT_BEGUN.key] = total - sum(counts.values())
    shown = {"": ("all", "All", total)} | {
        key: (key, TAB_WORDS.get(key, NOT_BEGUN.word), number)
        for key, number in numbers.items()
        if number or key == current
    }
    return [
        {
            "key": key,
            "word": word,
            "count": count,
            "url": _address(address, state=tab, q=words),
            "current": tab == current,
        }
        for tab, (key, word, count) in shown.items()
    ]


def _address(address: str, **query: str | int | None) -> str:
    given = {name: value for name, value in query.items() if value}
    return f"{address}?{urlencode(given)}" if given else address


def _row(row: CardTransaction, state: SyncState | None, slug: str) -> dict[str, Any]:
    document = row.document
    return {
        "id": document.public_id,
        "date": document.dated,
        "merchant": row.merchant_name,
        "url": reverse("transaction", args=[slug, document.public_id]),
        "person": row.card.holder,
        "account": state.coding.get("account", "") if state else "",
        "account_note": _first_reason(row, state),
        "state": state_shown(state),
        "money": money_shown(Money(document.amount_minor, document.currency)),
    }


def _first_reason(row: CardTransaction, state: SyncState | None) -> str:
    reasons = _reasons(row, state)
    return reasons[0].sentence if reasons else ""


def _reasons(row: CardTransaction, state: SyncState | None) -> tuple[Reason, ...]:
    if state is None:
        return (Reason(ReasonCode.NOT_CONNECTED, row.document.entity.name),)
    return state.reasons


@organisation_page(Action.SEE_TRANSACTIONS)
def transaction_detail(request: PageRequest, public_id: UUID) -> HttpResponse:
    row = get_object_or_404(card_transactions(), document__public_id=public_id)
    state = sync.sync_states([row.document_id]).get(row.document_id)
    # The trail is told in the entity's own time, in which its postings are dated.
    with timezone.override(ZoneInfo(row.document.entity.time_zone)):
        return render(request, "ledger/transactions/detail.html", {"page": _detail_context(request, row, state)})


def _detail_context(request: PageRequest, row: CardTransaction, state: SyncState | None) -> dict[str, Any]:
    slug = request.access.organisation.slug
    document = row.document
    money = Money(document.amount_minor, document.currency)
    at_rest = state is not None and state.state in STUCK_STATES and not _is_locked_out(state)
    may_retry = at_rest and request.access.allows(Action.RETRY)
    return {
        "merchant": row.merchant_name,
        "entity": document.entity.name,
        "memo": row.memo,
        "money": money_shown(money),
        "date": document.dated,
        "state": state_shown(state),
        "back_url": reverse("transactions", args=[slug]),
        "problems": [_problem(reason, slug, document.entity_id) for reason in _reasons(row, state)],
        "retry_url": reverse("retry_document", args=[slug, document.public_id]) if may_retry else None,
        "retry_label": "Check it again" if state and state.state is JobState.HELD else "Send it again",
        "sides": _sides(row, state),
        "entry": _entry(state, money),
        "why": _why(state),
        "trail": _trail(row),
        "books_url": sync.books_url(document) if state and state.external_id else None,
    }


def _is_locked_out(state: SyncState) -> bool:
    return any(reason.code is ReasonCode.ACCESS_LOST for reason in state.reasons)


def _problem(reason: Reason, slug: str, entity_id: int) -> dict[str, str]:
    if reason.code in FIX_IN_CONNECTIONS:
        label, address = FIX_IN_CONNECTIONS[reason.code], reverse("connections", args=[slug])
    elif reason.code in FIX_IN_MAPPING:
        label, address = FIX_IN_MAPPING[reason.code], reverse("mapping", args=[slug, entity_id])
    else:
        label, address = "", ""
    return {"text": reason.sentence, "fix_label": label, "fix_url": address}


def _sides(row: CardTransaction, state: SyncState | None) -> list[dict[str, str]]:
    """Ours beside what we wrote there; nothing stands on their side before it is posted."""
    there = state.coding if state and state.external_id else {}
    category = row.category.name if row.category else ""
    day = f"{row.document.dated:%-d %b %Y}"
    return [
        {
            "label": "Account",
            "ours": f"Category {category}" if category else "No category",
            "theirs": there.get("account", ""),
        },
        {"label": "Paid from", "ours": f"Card {row.card}, {row.card.holder}", "theirs": there.get("paid_from", "")},
        {"label": "Vendor", "ours": row.merchant_name, "theirs": there.get("vendor", "")},
        {"label": "Date", "ours": day, "theirs": day if there else ""},
        {"label": "Number", "ours": row.document.external_id, "theirs": (state.mark or "") if state else ""},
        {"label": "Department", "ours": row.department.name if row.department else "", "theirs": ""},
    ]


def _entry(state: SyncState | None, money: Money) -> dict[str, Any] | None:
    if state is None or not state.coding:
        return None
    return {
        "title": "It stands in the books as" if state.external_id else "It will stand in the books as",
        "lines": [_entry_line(line, money.currency) for line in state.coding.get("entry", [])],
        "total": money_shown(Money(abs(money.minor), money.currency)),
    }


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
    labels = {"account": "Account", "paid_from": "Paid from", "vendor": "Vendor"}
    why = state.coding.get("why", {}) if state else {}
    return [{"label": label, "sentence": why[key]} for key, label in labels.items() if key in why]


TRAIL = {
    OutcomeKind.POSTED: ("books", "Posted, under mark {mark}"),
    OutcomeKind.ALREADY_THERE: ("books", "Found in the books, under mark {mark}"),
    OutcomeKind.REJECTED: ("person", "Refused: {answer}"),
    OutcomeKind.THROTTLED: ("way", "Asked to slow down"),
    OutcomeKind.CONFLICT: ("person", "In conflict: {answer}"),
    OutcomeKind.ACCESS_LOST: ("person", "Access lost"),
}


def _trail(row: CardTransaction) -> list[dict[str, Any]]:
    """Newest first: what was tried, when it was recorded, when it cleared."""
    steps: list[dict[str, Any]] = []
    for attempt in sync.attempts_of(row.document):
        if attempt.settled_at:
            key, text = TRAIL[OutcomeKind(attempt.outcome)]
            words = text.format(mark=attempt.mark, answer=attempt.answer)
            steps.append({"key": key, "text": words, "at": attempt.settled_at})
        times = f"{attempt.envelope.sendings} times, as one and the same" if attempt.envelope.sendings > 1 else "once"
        sent = f"Sent {times}, coded by version {attempt.configuration}"
        steps.append({"key": "way", "text": sent, "at": attempt.envelope.opened_at})
    for event in events_of(row.document):
        steps.append({"key": "none", "text": f"Recorded by {event.actor}", "at": event.happened_at})
    return [*steps, {"key": "none", "text": f"Cleared on card {row.card}", "at": row.cleared_at}]
