"""Runs: when something was sent, how much, what came of it, what it cost; and one run with its documents."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone

from integrations import selectors, services
from integrations.cost import of_month
from integrations.models import SyncAttempt, SyncRun
from integrations.providers.calls import CallKind
from integrations.providers.documents import STANDS, OutcomeKind
from integrations.providers.registry import platform
from integrations.words import CALLS, OUTCOMES, SENT
from ledger.access import Action
from ledger.domain.money import Money
from ledger.pages import page_of
from ledger.selectors.documents import Named, named
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import counted, listed, money_shown

RUNS_SHOWN = 6
DOCUMENTS_SHOWN = 100


@organisation_page(Action.SEE_SYNC)
def run_page(request: PageRequest, run_id: int) -> HttpResponse:
    run = get_object_or_404(SyncRun.objects.select_related("connection__entity", "connection__company"), pk=run_id)
    slug = request.access.organisation.slug
    attempts = list(selectors.attempts_in(run)[: DOCUMENTS_SHOWN + 1])
    rows = named([attempt.job.document_id for attempt in attempts[:DOCUMENTS_SHOWN]])
    undoable = request.access.allows(Action.DECIDE) and services.posted_by(run).exists()
    page = {
        **_run(slug, run),
        "entity": run.connection.entity.name,
        "time_zone": run.connection.entity.time_zone,
        "company": run.connection.company.name,
        "outcomes": [
            {"state": OUTCOMES[kind], "count": run.outcomes[kind.value]} for kind in OutcomeKind if kind in run.outcomes
        ],
        "calls": listed([_calls(kind, run.calls[kind.value]) for kind in CALLS if kind in run.calls]),
        "rows": [
            _document(slug, attempt, rows[attempt.job.document_id])
            for attempt in attempts[:DOCUMENTS_SHOWN]
            if attempt.job.document_id in rows
        ],
        "more": len(attempts) > DOCUMENTS_SHOWN,
        "shown": DOCUMENTS_SHOWN,
        "undo_url": reverse("undo_run", args=[slug, run.pk]) if undoable else "",
        "back_url": reverse("connections", args=[slug]),
    }
    return render(request, "integrations/runs/page.html", {"page": page})


def latest_runs(slug: str, connections: Iterable[int]) -> dict[int, list[dict[str, Any]]]:
    """By connection, for its page."""
    found: dict[int, list[dict[str, Any]]] = {}
    for run in selectors.latest_runs(connections, RUNS_SHOWN):
        found.setdefault(run.connection_id, []).append(_run(slug, run))
    return found


def metered_this_month(companies: Iterable[int]) -> dict[int, dict[str, Any]]:
    """By company: what its platform charges for, and all calls beside it."""
    today = timezone.now().date()
    metered = platform().metered
    return {
        company: {
            "metered": sum(row.answered for row in rows if row.kind in metered),
            "calls": sum(row.calls for row in rows),
        }
        for company, rows in of_month(companies, today.replace(day=1)).items()
    }


def _run(slug: str, run: SyncRun) -> dict[str, Any]:
    written = sum(run.outcomes.get(kind.value, 0) for kind in STANDS)
    return {
        "number": run.pk,
        "url": reverse("run", args=[slug, run.pk]),
        "begun_at": run.begun_at,
        "goes_on": run.ended_at is None,
        "took": _took(timedelta(milliseconds=run.work_ms)),
        "written": counted(written, "document"),
        "refused": sum(run.outcomes.values()) - written,
        "money": [money_shown(Money(minor, currency)) for currency, minor in sorted(run.money.items())],
        "made": sum(run.calls.values()),
        "metered": run.metered,
        "version": run.configuration,
    }


def _calls(kind: CallKind, number: int) -> str:
    one, several = CALLS[kind]
    return f"{number:,} {one if number == 1 else several}"


def _took(worked: timedelta) -> str:
    seconds = worked.total_seconds()
    return f"{seconds:.1f} s" if seconds < 60 else f"{seconds // 60:.0f} min {seconds % 60:.0f} s"


def _document(slug: str, attempt: SyncAttempt, row: Named) -> dict[str, Any]:
    document = row.document
    return {
        "merchant": row.name,
        "under": row.under,
        "url": page_of(slug, document),
        "date": document.dated,
        "sent": SENT[attempt.action],
        "state": OUTCOMES[OutcomeKind(attempt.outcome)] if attempt.outcome else OUTCOMES[OutcomeKind.UNKNOWN],
        "money": money_shown(Money(document.amount_minor, document.currency)),
    }
