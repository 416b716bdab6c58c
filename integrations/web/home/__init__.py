"""Home: is everything in the books? The answer, its proof as an equation, and what to do."""

from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from integrations import conservation, selectors, stuck
from integrations.models import ConservationProof, Term
from integrations.web.home.ages import ages_shown
from integrations.web.home.answer import Situation, answer
from integrations.web.home.days import days_shown
from integrations.web.home.equation import blocks
from integrations.web.home.news import news
from integrations.web.home.periods import elsewhere, months_nav, span
from integrations.web.home.work import work
from integrations.web.line import clock, local_now
from integrations.web.there import what_broke, what_does_not_hang, what_was_touched
from ledger.access import Action
from ledger.domain.months import Month
from ledger.models import Entity
from ledger.web.doors import PageRequest, organisation_page


@organisation_page(Action.SEE_SYNC, as_of_one_moment=True)
def organisation_home(request: PageRequest) -> HttpResponse:
    slug = request.access.organisation.slug
    entities = list(Entity.objects.order_by("name"))
    now = local_now(min(entities, key=lambda entity: entity.pk, default=None))
    this_month = Month.of(now.date())
    month = Month.parse(request.GET.get("month", "")) or this_month
    return render(request, "integrations/home/page.html", {"page": _context(slug, entities, month, now)})


def _context(slug: str, entities: list[Entity], month: Month, now: datetime) -> dict[str, Any]:
    this_month = Month.of(now.date())
    ties = {tie.entity_id: tie for tie in selectors.with_last_sending(selectors.connections())}
    days = conservation.of_days(month)
    all_months = {known: conservation.by_currency(cells) for known, cells in conservation.of_all_months().items()}
    lines = conservation.by_currency(days)
    causes = stuck.causes(month)
    situation = Situation(month, this_month, bool(entities), bool(ties), bool(all_months), tuple(lines.values()))
    return {
        "eyebrow": f"{entities[0].name if len(entities) == 1 else 'All entities'} · {span(month, now.date())}",
        **answer(slug, situation),
        "months": months_nav(slug, month, this_month, all_months),
        "elsewhere": elsewhere(slug, month, all_months),
        "blocks": blocks(slug, entities, ties, days, now),
        "checked_at": clock(now),
        "proof": _proof(now),
        "work": work(slug, causes, lines),
        "broken": what_broke(slug),
        "touched": what_was_touched(slug),
        "unhung": what_does_not_hang(),
        "ages": ages_shown(conservation.of_open(month), lines),
        "charts": days_shown(month, now.date(), lines, days),
        "latest": news(now),
        "failed_url": reverse("failed", args=[slug]),
        "transactions_url": reverse("transactions", args=[slug]),
        "difference_url": reverse("difference", args=[slug]),
        "refresh_url": f"{reverse('organisation', args=[slug])}?month={month.key}" if _moving(lines.values()) else "",
    }


def _moving(lines: Any) -> bool:
    return any(line.of(Term.WAY) for line in lines)


def _proof(now: datetime) -> dict[str, Any] | None:
    """When every row was last counted anew, and whether all agreed."""
    proof = ConservationProof.objects.order_by("-proved_at").first()
    if proof is None:
        return None
    at = proof.proved_at.astimezone(now.tzinfo)
    return {"at": f"{at:%-d %b}, {clock(at)}", "documents": proof.documents, "agreed": not proof.differences}
