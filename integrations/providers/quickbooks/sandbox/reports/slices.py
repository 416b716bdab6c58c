"""What summarize_column_by makes of a report: one column a stretch of time, or one a customer, class and so on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ..wire.json import Json
from ..wire.refusals import business
from .asked import TIMES, Asked
from .ledger import Sum
from .names import Names
from .period import days_on, first_of, shifted
from .shape import Line, column

NOBODY = "Not Specified"
#: Columns of time in one report: ten years day by day.
MOST_STRETCHES = 3_660
TOO_MUCH = "Unable to display more data. Please reduce the date range."
_UNITS = {"Week": "week", "Month": "month", "Quarter": "quarter", "Year": "year"}


@dataclass(frozen=True)
class Stretch:
    """Some days in a row, under one heading."""

    title: str
    start: str
    end: str

    @property
    def column(self) -> Json:
        return column(self.title, "Money", self.title, StartDate=self.start, EndDate=self.end)


def stretches(asked: Asked, first: str, last: str) -> list[Stretch]:
    """The period cut at the ends of days, weeks, months, quarters or years; `first` and `last` where it has no end."""
    period = asked.period
    start, end = map(date.fromisoformat, (period.start, period.end) if period.bounded else (first, last))
    month = asked.calendar.first_month if asked.by == "Year" else 1
    found: list[Stretch] = []
    until = start
    while not found or until < end:
        if len(found) == MOST_STRETCHES:
            raise business(TOO_MUCH)
        until = min(_last_of(asked.by, start, month), end)
        found.append(Stretch(_title(asked.by, start, until), start.isoformat(), until.isoformat()))
        start = days_on(until, 1)
    return found


def _last_of(by: str, day: date, first_month: int) -> date:
    if by == "Days":
        return day
    unit = _UNITS[by]
    following = shifted(unit, first_of(unit, day, first_month), 1)
    return following if following == date.max else days_on(following, -1)


def _title(by: str, start: date, end: date) -> str:
    """Recorded: "Jan - Dec 2014", and where a stretch is cut "Jan 1 - Jun 21, 2015"."""
    if by == "Days":
        return f"{start:%b} {start.day}, {start.year}"
    whole = start.day == 1 and days_on(end, 1).day == 1
    if by == "Week" or not whole:
        return f"{start:%b} {start.day} - {_until(start, end)}, {end.year}"
    if (start.year, start.month) == (end.year, end.month):
        return f"{start:%b %Y}"
    between = "," if by == "Quarter" else ""
    return f"{start:%b} - {end:%b}{between} {end.year}"


def _until(start: date, end: date) -> str:
    return str(end.day) if start.month == end.month else f"{end:%b} {end.day}"


class Spread:
    """Sums laid out over columns."""

    def __init__(self, columns: list[Json], lines: dict[int, Line]) -> None:
        self.columns = columns
        self.lines = lines
        self.width = len(columns)


def spread(asked: Asked, sums: Iterable[Sum], names: Names, sides: dict[int, int]) -> Spread:
    """Amounts of each account on its own side, one a column, their total last."""
    found = list(sums)
    if asked.by in TIMES and found:
        parts = stretches(asked, min(each.day for each in found), max(each.day for each in found))
        starts = [part.start for part in parts]
        places = [bisect_right(starts, each.day) - 1 for each in found]
        return _laid(found, places, [part.column for part in parts], sides, "Total")
    if asked.by in TIMES or asked.by == "Total":
        return _laid(found, [0] * len(found), [], sides, "Total")
    marks = [names.mark(asked.by, each.marks) for each in found]
    order = sorted(set(marks), key=lambda mark: (mark is None, names.title(asked.by, mark).casefold()))
    columns = [column(names.title(asked.by, mark), "Money", str(mark or "")) for mark in order]
    return _laid(found, [order.index(mark) for mark in marks], columns, sides, "TOTAL")


def _laid(found: Sequence[Sum], places: list[int], columns: list[Json], sides: dict[int, int], total: str) -> Spread:
    count = len(columns)
    lines: dict[int, Line] = {}
    for each, place in zip(found, places, strict=True):
        line = lines.setdefault(each.account, [None] * (count + 1))
        units = sides[each.account] * each.debit
        line[count] = (line[count] or 0) + units
        if count:
            line[place] = (line[place] or 0) + units
    return Spread([*columns, column(total, "Money", "total")], lines)
