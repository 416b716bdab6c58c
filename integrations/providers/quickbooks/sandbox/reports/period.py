"""The days a report covers: from two dates, or from words such as "Last Fiscal Year-to-date"."""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import MAXYEAR, MINYEAR, date, timedelta

from ..wire.refusals import Refusal

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MACRO = re.compile(r"(this|last|next) (?:(fiscal|calendar) )?(week|month|quarter|year)(-to-date)?")
_LENGTHS = {"month": 1, "quarter": 3, "year": 12}
_STEPS = {"this": 0, "last": -1, "next": 1}
EVER = "0001-01-01", "9999-12-31"


@dataclass(frozen=True)
class Period:
    start: str
    end: str
    #: As the header of a report repeats it; empty where the caller gave dates.
    macro: str = ""

    @property
    def bounded(self) -> bool:
        return self.macro != "all"


@dataclass(frozen=True)
class Calendar:
    """Today, and the month in which the company's year begins."""

    today: date
    first_month: int

    def fiscal_start(self, day: str) -> str:
        """First day of the fiscal year in which a day lies."""
        year, month = int(day[:4]), int(day[5:7])
        return f"{year if month >= self.first_month else year - 1:04d}-{self.first_month:02d}-01"

    def spoken(self, words: str) -> Period:
        plain = re.sub(r"[\s_-]*to[\s_-]*date$", "-to-date", " ".join(words.lower().replace("_", " ").split()))
        if plain in ("all", "all dates"):
            return Period(*EVER, "all")
        if plain in ("today", "yesterday"):
            day = (self.today - timedelta(days=plain == "yesterday")).isoformat()
            return Period(day, day, plain)
        if plain == "next 4 weeks":
            start = first_of("week", self.today, 1) + timedelta(days=7)
            return Period(start.isoformat(), (start + timedelta(days=27)).isoformat(), plain)
        found = _MACRO.fullmatch(plain)
        if found is None:
            raise Refusal("2170", f"Invalid Enumeration : {words}", element="date_macro")
        return self._stretch(found[1], found[2] or "calendar", found[3], bool(found[4]))

    def _stretch(self, which: str, kind: str, unit: str, to_date: bool) -> Period:
        month = self.first_month if kind == "fiscal" else 1
        start = shifted(unit, first_of(unit, self.today, month), _STEPS[which])
        end = shifted(unit, start, 1) - timedelta(days=1)
        if to_date:
            end = min(shifted(unit, self.today, _STEPS[which]), end)
        # Recorded: where both years are one, a fiscal year is called a calendar year.
        kind = f"{'calendar' if month == 1 else 'fiscal'} " if unit in ("quarter", "year") else ""
        return Period(start.isoformat(), end.isoformat(), f"{which} {kind}{unit}{'-to-date' if to_date else ''}")


def first_of(unit: str, day: date, first_month: int) -> date:
    """First day of the week (a Sunday), month, quarter or year in which a day lies."""
    if unit == "week":
        return days_on(day, -((day.weekday() + 1) % 7))
    back = (day.month - first_month) % _LENGTHS[unit]
    return shifted("month", day.replace(day=1), -back)


def days_on(day: date, days: int) -> date:
    """So many days later, but never beyond what a calendar holds: strangers ask for all of it."""
    return date.fromordinal(min(max(day.toordinal() + days, 1), date.max.toordinal()))


def shifted(unit: str, day: date, steps: int) -> date:
    """The same day so many units on; the last of a month where the month has no such day."""
    if unit == "week":
        return days_on(day, 7 * steps)
    year, month = divmod(day.year * 12 + day.month - 1 + steps * _LENGTHS[unit], 12)
    if not MINYEAR <= year <= MAXYEAR:
        return date.min if year < MINYEAR else date.max
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def read_day(query: Mapping[str, str], name: str) -> str:
    text = query.get(name, "").strip()
    if text and not re.fullmatch(r"\d{4}-\d{2}-\d{2}", text):
        raise Refusal("2060", f"Date {text!r} is not of the form YYYY-MM-DD", element=name)
    try:
        return date.fromisoformat(text).isoformat() if text else ""
    except ValueError as error:
        raise Refusal("2070", f"Date {text} is not in the calendar", element=name) from error


def read_period(query: Mapping[str, str], calendar: Calendar, default: str, stem: str = "") -> Period:
    """Dates win over words; what one of two dates leaves open comes from the words."""
    start, end = read_day(query, f"start_{stem}date"), read_day(query, f"end_{stem}date")
    macro = query.get("date_macro" if not stem else f"{stem}date_macro", "").strip()
    spoken = calendar.spoken(macro or default)
    if not start and not end:
        return spoken
    start, end = start or min(spoken.start, end), end or max(spoken.end, start)
    if start > end:
        raise Refusal("2070", f"Date {start} is after {end}", element=f"start_{stem}date")
    return Period(start, end)
