"""The choice of a month, and what other months still lack."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.urls import reverse

from integrations.conservation import FAILED, STUCK, Line
from integrations.models import Term
from integrations.words import TERMS
from ledger.domain.months import Month
from ledger.words import counted, sums_text

Lines = Mapping[str, Line]

# As tabs; older ones are in a list.
TABS_SHOWN = 4
ELSEWHERE_SHOWN = 3
# Marks of months that somebody has to do with.
LACKING = ("person", TERMS[Term.NOT_BEGUN].key)


def span(month: Month, today: date) -> str:
    """1 to 19 November 2026: as far as it has come."""
    last = today if Month.of(today) == month else month.last
    return f"{last:%-d %B %Y}" if last.day == 1 else f"1 to {last:%-d %B %Y}"


def months_nav(slug: str, month: Month, this_month: Month, known: Mapping[Month, Lines]) -> dict[str, Any]:
    """This month, the last one, and whatever other months have documents."""
    months = sorted({this_month, this_month.previous, month, *known}, reverse=True)
    shown = [_month(slug, one, one == month, this_month, known.get(one, {})) for one in months]
    return {"tabs": shown[:TABS_SHOWN], "older": shown[TABS_SHOWN:]}


def _month(slug: str, month: Month, current: bool, this_month: Month, lines: Lines) -> dict[str, Any]:
    return {
        "word": f"{month.first:%B}" if month.year == this_month.year else f"{month.first:%B %Y}",
        "url": address(slug, month),
        "current": current,
        "mark": _mark(lines),
    }


def _mark(lines: Lines) -> str:
    """What a glance at the choice should tell: not whether all is well, only where it is not."""
    if any(line.of(*FAILED) or not line.balanced for line in lines.values()):
        return "person"
    present = (term for term in (Term.NOT_BEGUN, Term.WAY) if any(line.of(term) for line in lines.values()))
    return next((TERMS[term].key for term in present), "")


def elsewhere(slug: str, month: Month, known: Mapping[Month, Lines]) -> list[dict[str, str]]:
    """What needs somebody in other months, so that one month in order is not taken for all."""
    open_ones = [(other, lines) for other, lines in known.items() if other != month and _mark(lines) in LACKING]
    told = [_told(slug, other, list(lines.values())) for other, lines in open_ones[:ELSEWHERE_SHOWN]]
    if rest := open_ones[ELSEWHERE_SHOWN:]:
        mark = "person" if any(_mark(lines) == "person" for _, lines in rest) else TERMS[Term.NOT_BEGUN].key
        name = counted(len(rest), "older month")
        told.append({"mark": mark, "name": name, "text": "too.", "url": address(slug, rest[0][0])})
    return told


def _told(slug: str, month: Month, lines: list[Line]) -> dict[str, str]:
    count = sum(line.of(*STUCK).count for line in lines)
    money = sums_text(line.money(line.of(*STUCK)) for line in lines if line.of(*STUCK).minor)
    wanting = "not begun" if not any(line.of(*FAILED) for line in lines) else "needs you" if count == 1 else "need you"
    text = f"{counted(count, 'item')}, {money}, {wanting}." if count else "two counts differ."
    mark = _mark({line.currency: line for line in lines})
    return {"mark": mark, "name": f"{month.first:%B %Y}", "text": text, "url": address(slug, month)}


def address(slug: str, month: Month) -> str:
    return f"{reverse('organisation', args=[slug])}?month={month.key}"
