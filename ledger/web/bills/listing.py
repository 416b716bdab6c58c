"""The list of bills: what is owed, what is late, and where each stands on its way to the books."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from integrations import selectors as sync
from integrations.selectors import SyncState
from ledger.access import Action
from ledger.domain.documents import DocumentKind, Stage
from ledger.domain.money import Money
from ledger.models import Bill
from ledger.pages import page_of
from ledger.selectors.payables import Owed, Tab, counts, in_tab, listed, owed
from ledger.selectors.walks import Position
from ledger.web.documents.standing import first_reason, shown_state
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import counted, money_shown, money_text
from ledger.words import listed as said

ROWS = 50
TAB_WORDS = {
    Tab.ALL: "All",
    Tab.DRAFTS: "Drafts",
    Tab.OPEN: "Open",
    Tab.OVERDUE: "Overdue",
    Tab.SETTLED: "Settled",
    Tab.VOID: "Void",
}
CHIPS = {DocumentKind.VENDOR_CREDIT: "credit", DocumentKind.REIMBURSEMENT: "reimbursement"}


@organisation_page(Action.SEE_TRANSACTIONS)
def bill_list(request: PageRequest) -> HttpResponse:
    today = timezone.localdate()
    tab, words = _tab(request.GET.get("tab", "")), " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
    rows = listed().filter(in_tab(tab, today))
    if words:
        rows = rows.filter(vendor__name_key__contains=words.casefold()) | rows.filter(number__istartswith=words)
    after = _position(request.GET.get("after", ""))
    if after is not None:
        rows = rows.filter(document__dated__lte=after[0]).exclude(document__dated=after[0], document_id__gte=after[1])
    found = list(rows[: ROWS + 1])
    page = _context(request, found[:ROWS], tab, words, today)
    page["older_url"] = _address(tab, words, found[ROWS - 1]) if len(found) > ROWS else ""
    return render(request, "ledger/bills/list.html", {"page": page})


def _context(request: PageRequest, rows: list[Bill], tab: Tab, words: str, today: date) -> dict[str, Any]:
    slug = request.access.organisation.slug
    states, connected = sync.sync_states([row.document_id for row in rows]), sync.connected_entities()
    numbers = counts(today)
    path = reverse("bills", args=[slug])
    return {
        "lead": _lead(owed(today)),
        "tabs": [
            {"key": one, "word": TAB_WORDS[one], "count": numbers[one], "url": f"?tab={one}", "current": one is tab}
            for one in Tab
            if numbers[one] or one in (Tab.ALL, tab)
        ],
        "rows": [_row(slug, row, states.get(row.document_id), connected, today) for row in rows],
        "search": words,
        "tab": tab,
        "path": path,
        "nothing_at_all": not numbers[Tab.ALL],
        "newest_url": _address(tab, words) if request.GET.get("after") else "",
        "new_url": reverse("new_bill", args=[slug]) if request.access.allows(Action.RECORD_BILLS) else "",
    }


def _lead(sums: list[Owed]) -> str:
    """$9,204.16 is open in 12 bills, of it $1,000.00 overdue."""
    if not sums:
        return "Nothing is open."
    money = [money_text(Money(one.minor, one.currency)) for one in sums]
    number = sum(one.number for one in sums)
    late = [money_text(Money(one.overdue, one.currency)) for one in sums if one.overdue]
    told = f"{said(money)} {'is' if number == 1 else 'are'} open in {counted(number, 'bill')}"
    return f"{told}, of it {said(late)} overdue." if late else f"{told}; nothing is overdue."


def _row(slug: str, row: Bill, state: SyncState | None, connected: set[int], today: date) -> dict[str, Any]:
    document = row.document
    rest: int = row.rest  # type: ignore[attr-defined]  # annotated by listed()
    is_open = document.stage == Stage.CLEARED and rest != 0
    return {
        "date": document.dated,
        "vendor": row.vendor.name,
        "number": row.number,
        "url": page_of(slug, document),
        "chip": CHIPS.get(DocumentKind(document.kind), ""),
        "due": row.due_on,
        "due_note": due_note(row.due_on, today) if is_open else "",
        "late": is_open and row.due_on is not None and row.due_on < today,
        "state": shown_state(document, state, connected),
        "note": first_reason(document, state, connected),
        "settled": document.stage == Stage.CLEARED and not rest,
        "open": money_shown(Money(rest, document.currency)) if is_open else None,
        "money": money_shown(Money(document.amount_minor, document.currency)),
    }


def due_note(due: date | None, today: date) -> str:
    if due is None:
        return ""
    days = (due - today).days
    if days == 0:
        return "today"
    return f"in {counted(days, 'day')}" if days > 0 else f"{counted(-days, 'day')} late"


def _tab(text: str) -> Tab:
    return Tab(text) if text in list(Tab) else Tab.ALL


def _address(tab: Tab, words: str, last: Bill | None = None) -> str:
    after = {"after": f"{last.document.dated.isoformat()}.{last.document_id}"} if last else {}
    return "?" + urlencode({"tab": tab.value, "q": words, **after})


def _position(text: str) -> Position | None:
    day, _, number = text.partition(".")
    try:
        return (date.fromisoformat(day), int(number)) if number.isascii() and len(number) < 19 else None
    except ValueError:
        return None
