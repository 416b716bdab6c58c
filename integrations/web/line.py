"""The line at the foot of every page: this month's equation, one per currency."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone

from integrations import conservation
from integrations.conservation import Line, Part
from integrations.models import Term
from integrations.words import TERMS
from ledger.domain.months import Month
from ledger.models import Entity
from ledger.words import counted, money_shown

# More than these would not be a line any more; home has them all.
LINES_SHOWN = 2


def conservation_line(slug: str, entity_id: int | None) -> dict[str, Any]:
    """Of one entity where one is in view, else of all."""
    entities = list(Entity.objects.order_by("id"))
    in_view = next((entity for entity in entities if entity.pk == entity_id), None)
    now = local_now(in_view or (entities[0] if entities else None))
    month = Month.of(now.date())
    cells = [cell for cell in conservation.of_month(month) if in_view is None or cell.entity_id == in_view.pk]
    lines = [line for line in conservation.by_currency(cells).values() if line.source or line.terms]
    return {
        "of": f"{in_view.name}, {month.first:%b}" if in_view and len(entities) > 1 else f"{month.first:%b}",
        "month": f"{month.first:%B}",
        "lines": [_line(line) for line in lines[:LINES_SHOWN]],
        "more": max(0, len(lines) - LINES_SHOWN),
        "height": max(1, min(len(lines), LINES_SHOWN + 1)),
        "at": clock(now),
        "home_url": reverse("organisation", args=[slug]),
        "difference_url": reverse("difference", args=[slug]),
    }


def local_now(entity: Entity | None) -> datetime:
    """In the time of an entity, in which its documents are dated."""
    return timezone.now().astimezone(ZoneInfo(entity.time_zone if entity else "UTC"))


def clock(moment: datetime) -> str:
    """14:02 EST."""
    return f"{moment:%H:%M %Z}"


def _line(line: Line) -> dict[str, Any]:
    return {
        "source": money_shown(line.money(line.source)),
        "terms": [_term(line, term) for term in TERMS if line.of(term) or _is_told_at_zero(line, term)],
        **verdict(line),
    }


def _is_told_at_zero(line: Line, term: Term) -> bool:
    """That nothing is held is news; where an entity has not begun it goes without saying, and the line is long."""
    return term is not Term.NOT_BEGUN and not line.of(Term.NOT_BEGUN)


def _term(line: Line, term: Term) -> dict[str, Any]:
    shown = TERMS[term]
    return {"key": shown.key, "word": shown.word.lower(), "money": money_shown(line.money(line.of(term)))}


def verdict(line: Line) -> dict[str, Any]:
    """Whether both sides are equal, and by how much they are not."""
    difference: Part = line.difference
    return {
        "balanced": line.balanced,
        "difference": money_shown(line.money(difference)),
        "difference_items": counted(abs(difference.count), "item") if difference.count else "",
    }
