"""Taking back: first what would become of each, and what stays and why; then, at a second press, the deed."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST

from integrations import services
from integrations.models import SyncJob, SyncRun
from integrations.providers.errors import ProviderError
from integrations.providers.registry import platform
from integrations.services import UNDONE, Fate, Judged
from integrations.web.again import ring, ties_of
from integrations.words import FATES
from ledger.access import Action
from ledger.domain.money import Money
from ledger.models import DocumentKind, SourceDocument
from ledger.models.documents import CARD_KINDS
from ledger.pages import page_of
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import counted, money_shown

WHY_LENGTH = 300


@dataclass(frozen=True, slots=True)
class _Whole:
    """What is to be undone, in words, and where it is shown."""

    title: str
    jobs: QuerySet[SyncJob]
    address: str
    back: str
    remark: str = ""


@require_POST
@organisation_page(Action.DECIDE, one_transaction=False)
def undo_document(request: PageRequest, public_id: UUID) -> HttpResponse:
    slug = request.access.organisation.slug
    with transaction.atomic():
        document = get_object_or_404(SourceDocument, public_id=public_id)
    word = "transaction" if document.kind in CARD_KINDS else DocumentKind(document.kind).word
    jobs, address = SyncJob.objects.filter(document=document), reverse("undo_document", args=[slug, public_id])
    return _answer(request, _Whole(f"Undo this {word}", jobs, address, page_of(slug, document)))


@require_POST
@organisation_page(Action.DECIDE, one_transaction=False)
def undo_run(request: PageRequest, run_id: int) -> HttpResponse:
    slug = request.access.organisation.slug
    with transaction.atomic():
        run = get_object_or_404(SyncRun, pk=run_id)
        changed = services.changed_by(run).count()
    remark = f"{counted(changed, 'transaction')} only changed by this run: undo them one by one." if changed else ""
    jobs, back = services.posted_by(run), reverse("run", args=[slug, run_id])
    return _answer(request, _Whole("Undo this run", jobs, reverse("undo_run", args=[slug, run_id]), back, remark))


def _answer(request: PageRequest, whole: _Whole) -> HttpResponse:
    why = " ".join(request.POST.get("why", "").replace("\0", "").split())[:WHY_LENGTH]
    try:
        if request.POST.get("sure") and why:
            return _undone(request, whole, why)
        page = _page(services.judge(whole.jobs), unexplained=bool(request.POST.get("sure")))
    except ProviderError as trouble:
        page = {"trouble": str(trouble), "rows": [], "number": 0}
    page |= {"title": whole.title, "url": whole.address, "back_url": whole.back, "remark": whole.remark}
    with transaction.atomic():
        return render(request, "integrations/undo/page.html", {"page": page})


def _undone(request: PageRequest, whole: _Whole, why: str) -> HttpResponse:
    judged = services.undo(whole.jobs, why=why, person=request.user)
    done = [one for one in judged if one.fate in UNDONE]
    left = f" {counted(len(judged) - len(done), 'transaction')} left as they were." if len(judged) > len(done) else ""
    messages.success(request, f"{counted(len(done), 'transaction')} on the way out of the books.{left}")
    with transaction.atomic():
        ring(request, ties_of(whole.jobs))
    return redirect(whole.back)


def _page(judged: Sequence[Judged], *, unexplained: bool) -> dict[str, Any]:
    return {
        "rows": [_row(fate, some) for fate in Fate if (some := [one for one in judged if one.fate is fate])],
        "number": sum(one.fate in UNDONE for one in judged),
        "unexplained": unexplained,
    }


def _row(fate: Fate, judged: Sequence[Judged]) -> dict[str, Any]:
    shown = FATES[fate]
    closed_to = next((f"{one.closed_to:%-d %b %Y}" for one in judged if one.closed_to), "")
    return {
        "state": shown.state,
        "sentence": shown.sentence.format(label=platform().short_label, closed_to=closed_to),
        "count": len(judged),
        "sums": [money_shown(money) for money in _sums(judged)],
    }


def _sums(judged: Sequence[Judged]) -> list[Money]:
    totals: dict[str, int] = {}
    for one in judged:
        totals[one.money.currency] = totals.get(one.money.currency, 0) + one.money.minor
    return [Money(minor, currency) for currency, minor in sorted(totals.items())]
