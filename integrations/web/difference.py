"""Where the equation does not hold: the months that differ, and the documents behind it."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from integrations import conservation
from integrations.conservation import Line, Stray
from integrations.web.line import clock, local_now
from ledger.access import Action
from ledger.domain.money import Money
from ledger.domain.months import Month
from ledger.models import Entity
from ledger.pages import page_of
from ledger.selectors.documents import Named, named
from ledger.web.doors import PageRequest, organisation_page
from ledger.words import money_shown

ROWS_SHOWN = 50


@organisation_page(Action.SEE_SYNC)
def difference(request: PageRequest) -> HttpResponse:
    slug = request.access.organisation.slug
    entities = {entity.pk: entity for entity in Entity.objects.order_by("id")}
    rows = _rows(slug, conservation.strays(ROWS_SHOWN + 1))
    page = {
        "months": _months(entities),
        "rows": rows[:ROWS_SHOWN],
        "more": len(rows) > ROWS_SHOWN,
        "at": clock(local_now(next(iter(entities.values()), None))),
        "home_url": reverse("organisation", args=[slug]),
    }
    return render(request, "integrations/difference/page.html", {"page": page})


def _months(entities: dict[int, Entity]) -> list[dict[str, Any]]:
    return [
        _month(month, entities[entity], line)
        for month, cells in conservation.of_all_months().items()
        for (entity, _), line in conservation.by_entity(cells).items()
        if not line.balanced
    ]


def _month(month: Month, entity: Entity, line: Line) -> dict[str, Any]:
    return {
        "name": f"{month.first:%B %Y}",
        "entity": entity.name,
        "source": money_shown(line.money(line.source)),
        "stands": money_shown(line.money(line.of(*line.terms))),
        "difference": money_shown(line.money(line.difference)),
        "items": line.difference.count,
    }


def _rows(slug: str, strays: list[Stray]) -> list[dict[str, Any]]:
    documents = named([stray.document_id for stray in strays])
    return [_row(slug, stray, documents[stray.document_id]) for stray in strays if stray.document_id in documents]


def _row(slug: str, stray: Stray, row: Named) -> dict[str, Any]:
    document = row.document
    return {
        "merchant": row.name,
        "under": row.under,
        "entity": document.entity.name,
        "url": page_of(slug, document),
        "date": document.dated,
        "money": money_shown(Money(document.amount_minor, document.currency)),
        "told_date": stray.told_dated,
        "told": money_shown(stray.told) if stray.told else None,
    }
