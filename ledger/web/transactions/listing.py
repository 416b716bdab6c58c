"""The list of card transactions with their way to the books beside them."""

from collections import Counter
from typing import Any

from django.db.models import prefetch_related_objects
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_vary_headers

from integrations import conservation
from integrations import selectors as sync
from integrations.selectors import SyncState
from integrations.words import NOT_BEGUN, PENDING_SHOWN, SHOWN, TABS
from ledger.access import Action
from ledger.domain.documents import ON_CARDS, DocumentKind, Stage
from ledger.domain.money import Money
from ledger.models import CardTransaction, Category, Department, Entity, SourceDocument
from ledger.models.documents import CARD_KINDS, PAYABLE_KINDS
from ledger.selectors.listing import COUNTED, ROWS, Order, Slice, found, slice_of
from ledger.web.documents.standing import first_reason, shown_state
from ledger.web.doors import PageRequest, organisation_page
from ledger.web.transactions.query import ON_ITS_WAY, PENDING, ListQuery
from ledger.words import currency_words, listed, money_shown, sums_text

TAB_WORDS = {key: SHOWN[states[0]].word for key, states in TABS.items()}
CHIPS = {
    DocumentKind.REFUND: "refund",
    DocumentKind.FEE: "fee",
    DocumentKind.CASHBACK: "cashback",
    DocumentKind.PAYMENT: "payment",
}


@organisation_page(Action.SEE_TRANSACTIONS)
def transaction_list(request: PageRequest) -> HttpResponse:
    query = ListQuery.read(request.GET.dict())
    # Asked first: what arrives while the rows are read makes the page look again.
    counts = _counts()
    after, before = request.GET.get("after", ""), request.GET.get("before", "")
    part = slice_of(query.rows(), query.order, after=after, before=before)
    prefetch_related_objects(part.rows, "document__lines")
    context = {"page": _context(request, query, part, counts)}
    whole = "ledger/transactions/list.html"
    response = render(
        request, "ledger/transactions/_table.html" if request.headers.get("HX-Request") else whole, context
    )
    patch_vary_headers(response, ["HX-Request"])
    return response


def _context(request: PageRequest, query: ListQuery, part: Slice, counts: "Counter[str]") -> dict[str, Any]:
    slug = request.access.organisation.slug
    path = reverse("transactions", args=[slug])
    states = sync.sync_states([row.document_id for row in part.rows])
    connected = sync.connected_entities()
    return {
        "eyebrow": _eyebrow(),
        "tabs": _tabs(path, counts, query),
        "search": query.words,
        "filters": _filters(query),
        "hidden": [(name, value) for name, value in query.parameters(q="").items() if name in ("state", "order")],
        "rows": [_row(row, states.get(row.document_id), connected, slug) for row in part.rows],
        "sorts": _sorts(path, query),
        "pager": _pager(path, query, part),
        "empty": None if part.rows else _nothing(query),
        "clear_url": path,
        "export_url": query.address(reverse("export_transactions", args=[slug])),
        "imports_url": reverse("imports", args=[slug]),
        "import_url": reverse("new_import", args=[slug]) if request.access.allows(Action.IMPORT) else "",
        "bulk_url": reverse("decide_on_several", args=[slug]) if request.access.allows(Action.DECIDE) else "",
        "bulk_back": query.address(""),
        "moving": bool(counts[ON_ITS_WAY]),
        "refresh_url": request.get_full_path(),
    }


def _counts() -> "Counter[str]":
    """By tab, from the running totals: counting rows would grow with them. What is pending is not in the totals."""
    pending = SourceDocument.objects.filter(stage=Stage.PENDING, kind__in=CARD_KINDS)
    counts = Counter({PENDING: pending.count()})
    for cell in conservation.of_all_time():
        if cell.term is not None:
            counts[cell.term] += cell.part.count
    counts.subtract(_bills_by_tab())
    return counts


def _bills_by_tab() -> dict[str, int]:
    """Bills and their payments are in the totals, and in no list of transactions."""
    bills = SourceDocument.objects.filter(kind__in=PAYABLE_KINDS).exclude(stage=Stage.PENDING)
    if not bills.exists():
        return {}
    seen = {tab: sync.jobs_seen_in(states).filter(document__in=bills).count() for tab, states in TABS.items()}
    early = sync.arriving().filter(pk__in=bills).count()
    waiting = bills.filter(entity__in=sync.unconnected_entities()).count()
    return {**seen, ON_ITS_WAY: seen[ON_ITS_WAY] + early, NOT_BEGUN.key: waiting}


def _eyebrow() -> str:
    entities = list(Entity.objects.order_by("name")[:4])
    if len(entities) == 1:
        return f"{entities[0].name} · {currency_words(entities[0].currency)}"
    return listed([entity.name for entity in entities])


def _tabs(path: str, counts: "Counter[str]", query: ListQuery) -> list[dict[str, Any]]:
    words = TAB_WORDS | {PENDING: PENDING_SHOWN.word, NOT_BEGUN.key: NOT_BEGUN.word}
    shown = [("", "all", "All", sum(counts.values()))] + [
        (key, NOT_BEGUN.key if key == PENDING else key, words[key], counts[key])
        for key in words
        if counts[key] or key == query.tab
    ]
    return [
        {
            "key": key or "all",
            "mark": mark,
            "word": word,
            # Of all, not of what was found: beside a search it would be taken for that.
            "count": None if query.narrows else count,
            "url": query.address(path, state=key),
            "current": key == query.tab,
        }
        for key, mark, word, count in shown
    ]


def _filters(query: ListQuery) -> dict[str, Any]:
    """The choices of each select, with what is chosen."""
    chosen = query.filters
    kinds = [(kind.value, f"{kind.word.capitalize()}s") for kind in ON_CARDS]
    return {
        "entities": _options(Entity.objects.order_by("name").values_list("pk", "name"), chosen.entity),
        "categories": _options(Category.objects.order_by("name").values_list("pk", "name"), chosen.category),
        "departments": _options(Department.objects.order_by("name").values_list("pk", "name"), chosen.department),
        "kinds": _options(kinds, chosen.kind),
        "since": chosen.since,
        "until": chosen.until,
        "open": bool(chosen),
    }


def _options(choices: Any, chosen: object) -> list[dict[str, Any]]:
    return [{"value": value, "label": label, "chosen": value == chosen} for value, label in choices]


def _sorts(path: str, query: ListQuery) -> dict[str, dict[str, str]]:
    """For the heads of the two columns: where a click leads, and how the column stands now."""
    pairs = {"date": (Order.NEWEST, Order.OLDEST), "amount": (Order.LARGEST, Order.SMALLEST)}
    sorts = {}
    for name, (falling, rising) in pairs.items():
        following = rising if query.order is falling else falling
        standing = "descending" if query.order is falling else "ascending" if query.order is rising else "none"
        said = "" if following is Order.NEWEST else following
        sorts[name] = {"url": query.address(path, order=said), "aria": standing}
    return sorts


def _nothing(query: ListQuery) -> dict[str, str]:
    if query.is_contradictory:
        return {"title": "No day is left.", "sentence": "“From” lies after “To”."}
    if query.words:
        state = f" in the state “{TAB_WORDS[query.tab]}”" if query.tab in TAB_WORDS else ""
        return {"title": "Nothing found.", "sentence": f"No transaction{state} matches “{query.words}”."}
    if query.filters:
        return {"title": "Nothing found.", "sentence": "No transaction matches these filters."}
    return {"title": "Nothing in this state.", "sentence": "No transaction is here at the moment."} if query.tab else {}


def _pager(path: str, query: ListQuery, part: Slice) -> dict[str, Any]:
    all_of_them = found(query.rows()) if query.narrows else None
    return {
        "shown": len(part.rows),
        "found": _found(all_of_them.number) if all_of_them else "",
        "sums": sums_text(all_of_them.sums) if all_of_them else "",
        "only_page": all_of_them is not None and all_of_them.number <= ROWS,
        "newer_url": query.address(path, before=part.newer) if part.newer else "",
        "older_url": query.address(path, after=part.older) if part.older else "",
        "falling": query.order.falling,
        "by_date": query.order.field == "dated",
    }


def _found(number: int) -> str:
    return f"{number:,}" if number <= COUNTED else f"more than {COUNTED:,}"


def _row(row: CardTransaction, state: SyncState | None, connected: set[int], slug: str) -> dict[str, Any]:
    document = row.document
    return {
        "id": document.public_id,
        "date": document.dated,
        "merchant": row.merchant_name,
        "url": reverse("transaction", args=[slug, document.public_id]),
        "chips": _chips(row),
        "person": row.card.holder or str(row.card),
        "account": state.coding.get("account", "") if state else "",
        "account_note": first_reason(row.document, state, connected),
        "state": shown_state(row.document, state, connected),
        "money": money_shown(Money(document.amount_minor, document.currency)),
        "minor": document.amount_minor,
        "currency": document.currency,
    }


def _chips(row: CardTransaction) -> list[str]:
    chips = [CHIPS[DocumentKind(row.document.kind)]] if row.document.kind in CHIPS else []
    if parts := len(row.document.lines.all()):
        chips.append(f"split in {parts}")
    if row.original_minor is not None:
        chips.append(str(Money(abs(row.original_minor), row.original_currency)))
    return chips
