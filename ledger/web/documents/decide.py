"""Hold, leave out, let go, send or code again: several documents at once, or one from its own page."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_POST

from integrations import services
from integrations.mapping.periods import PeriodChoice
from integrations.models import Decision, SyncJob
from integrations.services import Decided
from integrations.web.again import ring, send_again, ties_of
from ledger.access import Action
from ledger.web.doors import PageRequest, organisation_page
from ledger.web.posted import page_in, uuid_in
from ledger.words import counted

MOST = 200
DECISIONS = {"hold": Decision.HOLD, "exclude": Decision.EXCLUDE, "release": Decision.NONE}
DONE = {
    Decision.HOLD: "{number} held.",
    Decision.EXCLUDE: "{number} excluded; the books will not hear of them.",
    Decision.NONE: "{number} on the way again.",
}
CHOICES = {"first_open_day": PeriodChoice.FIRST_OPEN_DAY, "keep": PeriodChoice.KEEP}
CHOSEN = {
    PeriodChoice.FIRST_OPEN_DAY: "{number} sent to the first open day; each says on which it is dated.",
    PeriodChoice.KEEP: "{number} kept until the books are reopened.",
}
UNDECIDABLE = {
    Decision.HOLD: "reversed by the issuer",
    Decision.EXCLUDE: "reversed by the issuer",
    Decision.NONE: "nobody had kept them",
}


@require_POST
@organisation_page(Action.DECIDE)
def decide_on_several(request: PageRequest) -> HttpResponse:
    """POST `chosen` (ids), `do` and, for holding and leaving out, a reason."""
    chosen, what = _ids(request.POST.getlist("chosen")), request.POST.get("do", "")
    why = " ".join(request.POST.get("why", "").replace("\0", "").split())[:300]
    if not chosen:
        messages.warning(request, "Nothing was chosen. Tick the transactions first.")
    elif what == "again":
        send_again(request, _jobs(chosen))
    elif what == "code":
        _code_again(request, _jobs(chosen))
    elif what in CHOICES:
        _choose_period(request, _jobs(chosen), CHOICES[what])
    elif what in DECISIONS:
        _decide(request, _jobs(chosen), DECISIONS[what], why)
    else:
        messages.warning(request, "Choose what to do with them.")
    return redirect(_back(request))


def _decide(request: PageRequest, jobs: Any, decision: Decision, why: str) -> None:
    if decision is not Decision.NONE and not why:
        messages.warning(request, "Say why, in a few words: it stands beside each of them. Nothing was changed.")
        return
    decided = services.decide(jobs, decision=decision, why=why, person=request.user)
    _tell(request, decision, decided)
    ring(request, ties_of(jobs))


def _tell(request: PageRequest, decision: Decision, decided: Decided) -> None:
    parts = []
    if decided.in_the_books and decision is not Decision.NONE:
        parts.append(f"{counted(decided.in_the_books, 'transaction')} in the books already; left alone.")
    if decided.under_way:
        parts.append(f"{counted(decided.under_way, 'transaction')} under way at this moment; left alone.")
    if decided.undecidable:
        parts.append(f"{counted(decided.undecidable, 'transaction')} left alone: {UNDECIDABLE[decision]}.")
    if decided.done or not parts:
        parts.insert(0, DONE[decision].format(number=counted(decided.done, "transaction")))
    messages.success(request, " ".join(parts))


def _choose_period(request: PageRequest, jobs: Any, choice: PeriodChoice) -> None:
    number = services.choose_period(jobs, choice=choice, person=request.user)
    told = CHOSEN[choice].format(number=counted(number, "transaction"))
    messages.success(request, told if number else "Nothing to choose: none of them waits for closed books.")
    ring(request, ties_of(jobs))


def _code_again(request: PageRequest, jobs: Any) -> None:
    number = services.code_again(jobs, request.user)
    told = f"{counted(number, 'transaction')} coded again; what comes out differently is changed in the books."
    messages.success(request, told if number else "Nothing to code again: none of them stands in the books at rest.")


def _jobs(chosen: Sequence[UUID]) -> Any:
    return SyncJob.objects.filter(document__public_id__in=chosen)


def _ids(given: Sequence[str]) -> list[UUID]:
    return [named for text in given[:MOST] if (named := uuid_in(text))]


def _back(request: PageRequest) -> str:
    """To where the person was: in the list, or on a page."""
    path = reverse("transactions", args=[request.access.organisation.slug])
    wanted = path + request.POST.get("back", "") if request.POST.get("back", "").startswith("?") else ""
    return page_in(request, wanted or request.POST.get("page", ""), path)
