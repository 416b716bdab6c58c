"""When what was bought or sold has to be paid (§9.6)."""

from __future__ import annotations

import calendar
from datetime import date, timedelta

from ..books.record import Record


def due(day: str, term: Record | None) -> str:
    start = date.fromisoformat(day)
    if term is None:
        return day
    if term.body.get("DayOfMonthDue"):
        return _by_date(start, int(term.body["DayOfMonthDue"]), int(term.body.get("DueNextMonthDays") or 0)).isoformat()
    return (start + timedelta(days=int(term.body.get("DueDays") or 0))).isoformat()


def _by_date(start: date, day_of_month: int, grace: int) -> date:
    """On that day of this month, or of the next where it is closer than so many days."""
    found = _on(start.year, start.month, day_of_month)
    if found < start or (found - start).days < grace:
        year, month = divmod(start.year * 12 + start.month, 12)
        found = _on(year, month + 1, day_of_month)
    return found


def _on(year: int, month: int, day_of_month: int) -> date:
    return date(year, month, min(day_of_month, calendar.monthrange(year, month)[1]))
