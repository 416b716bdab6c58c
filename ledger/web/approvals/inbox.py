"""What waits for a person's approval, and what that person says to it."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from ledger.access import Action
from ledger.domain.documents import DocumentKind
from ledger.domain.money import Money, by_currency
from ledger.models import Approval, Bill, Verdict
from ledger.models.approvals import approver_name
from ledger.pages import page_of
from ledger.selectors.approvals import asked, asked_sums
from ledger.services.approvals import Said, decide
from ledger.web.clock import zone_of
from ledger.web.documents.approvals import asked_since
from ledger.web.doors import PageRequest, organisation_page
from ledger.web.posted import page_in
from ledger.words import counted, money_shown, sums_text

ROWS = 50
MOST = 200
LONGEST_NOTE = 300
VERDICTS = {"approve": Verdict.APPROVED, "decline": Verdict.DECLINED}


@organisation_page(Action.APPROVE)
def approval_list(request: PageRequest) -> HttpResponse:
    """`who=all` shows what waits for others too; `after` is the place from which an earlier page goes on."""
    everybody = request.GET.get("who") == "all"
    waiting = asked() if everybody else asked().filter(approver=request.user)
    after = request.GET.get("after", "")
    start = int(after) if after.isascii() and after.isdigit() and len(after) < 7 else 0
    found = list(waiting[start : start + ROWS + 1])
    with timezone.override(zone_of(None)):
        page = _context(request, found[:ROWS], everybody=everybody)
    who = "all" if everybody else "me"
    page["more_url"] = f"?who={who}&after={start + ROWS}" if len(found) > ROWS else ""
    page["first_url"] = f"?who={who}" if start else ""
    return render(request, "ledger/approvals/list.html", {"page": page})


def _context(request: PageRequest, rows: Sequence[Approval], *, everybody: bool) -> dict[str, Any]:
    numbers = dict(
        Bill.objects.filter(document__in=[row.document_id for row in rows]).values_list("document", "number")
    )
    slug, mine, all_of_them = request.access.organisation.slug, asked_sums(request.user), asked_sums(None)
    return {
        "lead": _lead(mine),
        "tabs": [
            {"word": "For you", "count": mine.number, "url": "?who=me", "current": not everybody},
            {"word": "For anybody", "count": all_of_them.number, "url": "?who=all", "current": everybody},
        ],
        "rows": [_row(request, row, numbers.get(row.document_id, "")) for row in rows],
        "everybody": everybody,
        "decide_url": reverse("decide_approvals", args=[slug]),
        "here": request.get_full_path(),
        "policies_url": reverse("approval_policies", args=[slug]),
        "may_answer": any(_may_answer(request, row) for row in rows),
    }


def _lead(mine: Any) -> str:
    """$9,204.16 in 3 items waits for you."""
    if not mine.number:
        return "Nothing waits for you."
    verb = "waits" if mine.number == 1 else "wait"
    money = sums_text(Money(minor, currency) for currency, minor in mine.sums)
    return f"{counted(mine.number, 'item')}, {money}, {verb} for you."


def _row(request: PageRequest, row: Approval, number: str) -> dict[str, Any]:
    document = row.document
    return {
        "id": row.pk,
        "minor": document.amount_minor,
        "currency": document.currency,
        "date": document.dated,
        "payee": row.payee,
        "chip": DocumentKind(document.kind).word,
        "under": f"No. {number}, {document.entity.name}" if number else document.entity.name,
        "url": page_of(request.access.organisation.slug, document),
        "whom": approver_name(row),
        "since": asked_since(row),
        "money": money_shown(Money(document.amount_minor, document.currency)),
        "may_answer": _may_answer(request, row),
    }


def _may_answer(request: PageRequest, row: Approval) -> bool:
    return row.approver_id == request.user.pk or request.access.allows(Action.APPROVE_FOR_OTHERS)


@require_POST
@organisation_page(Action.APPROVE)
def decide_approvals(request: PageRequest) -> HttpResponse:
    """POST `chosen` (ids of what is asked), `do` and, for a no, a note that says why."""
    chosen, verdict = _ids(request.POST.getlist("chosen")), VERDICTS.get(request.POST.get("do", ""))
    note = " ".join(request.POST.get("note", "").replace("\0", "").split())[:LONGEST_NOTE]
    if not chosen or verdict is None:
        messages.warning(request, "Nothing was chosen. Tick what you approve or decline first.")
    elif verdict is Verdict.DECLINED and not note:
        messages.warning(request, "Say why, in a few words: whoever sent it has to mend it. Nothing was declined.")
    else:
        in_place = request.access.allows(Action.APPROVE_FOR_OTHERS)
        _tell(request, verdict, decide(chosen, person=request.user, verdict=verdict, note=note, in_place=in_place))
    otherwise = reverse("approvals", args=[request.access.organisation.slug])
    return redirect(page_in(request, request.POST.get("page", ""), otherwise))


def _tell(request: PageRequest, verdict: Verdict, done: Said) -> None:
    number = len(done.documents)
    if number:
        money = sums_text(by_currency(Money(one.amount_minor, one.currency) for one in done.documents))
        messages.success(request, f"{counted(number, 'item')}, {money}, {verdict.label.lower()}.")
    elif not done.refused:
        messages.warning(request, "None of it waits for an approval.")
    for sentence in dict.fromkeys(done.refused):
        messages.warning(request, sentence)


def _ids(given: Sequence[str]) -> list[int]:
    return [int(text) for text in given[:MOST] if text.isascii() and text.isdigit() and len(text) < 19]
