"""Days as people and banks write them: which order a column is in, and what a cell says."""

import re
from dataclasses import dataclass
from datetime import UTC, date, time, timedelta, timezone, tzinfo
from enum import StrEnum

LONGEST = 40
# Two digits mean this century: no card charge is older (ledger/domain/charges.py: EARLIEST).
CENTURY = 2000
# One less than there are at either end, where a time in another zone is no date any more.
YEARS = range(2, 9999)

TIME = (
    r"(?:[T ,]+(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,][0-9]{1,9})?)?"
    r"\s*(?P<half>[AaPp])?(?:(?<=[AaPp])\.?[Mm]\.?)?\s*(?P<zone>Z|UTC|GMT|[+-][0-9]{2}:?[0-9]{2})?)?"
)
MONTH = r"(?P<name>[^\W\d_]{3,9})"
SHAPES = tuple(
    re.compile(shape + TIME)
    for shape in (
        r"(?P<year>[0-9]{4})(?P<sep>[-/.])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})",
        r"(?P<one>[0-9]{1,2})(?P<sep>[-/. ]) ?(?P<two>[0-9]{1,2})(?P=sep) ?(?P<year>[0-9]{4}|[0-9]{2})",
        r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})",
        rf"(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[-/ .]{{1,2}}{MONTH}[-/ .,]{{1,2}}(?P<year>[0-9]{{4}}|[0-9]{{2}})",
        rf"{MONTH}[- .]{{1,2}}(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[-, ]{{1,2}}(?P<year>[0-9]{{4}})",
    )
)
# English, German and French, by as many letters as tell them apart.
MONTHS = (
    ("jan",),
    ("feb", "fév", "fev"),
    ("mar", "mär", "mrz"),
    ("apr", "avr"),
    ("may", "mai"),
    ("jun", "juin"),
    ("jul", "juil"),
    ("aug", "aoû", "aou"),
    ("sep",),
    ("oct", "okt"),
    ("nov",),
    ("dec", "dez", "déc"),
)
PARTED = re.compile(r"(?<=[0-9])[-/.](?=[0-9])")
SERIAL = re.compile(r"[2-6][0-9]{4}(\.[0-9]+)?")


class DateOrder(StrEnum):
    """What 03/04/2026 is. Dates that begin with the year, or name the month, are read in every order."""

    YEAR_FIRST = "year_first"
    DAY_FIRST = "day_first"
    MONTH_FIRST = "month_first"


EXAMPLES = {
    DateOrder.YEAR_FIRST: "2026-11-19",
    DateOrder.DAY_FIRST: "19/11/2026",
    DateOrder.MONTH_FIRST: "11/19/2026",
}


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, and the time of it where one was written."""

    day: date
    at: time | None = None


class NotADate(ValueError):
    """The text says why, for the person whose file it is."""


def read_date(text: str, order: DateOrder) -> Moment:
    found = _shape(text)
    day = _day(found, order) if found else None
    if found is None or day is None or day.year not in YEARS:
        raise NotADate(_refusal(text, order))
    try:
        return Moment(day, _time(found))
    except ValueError as impossible:
        raise NotADate(_refusal(text, order)) from impossible


def looks_like_a_date(text: str) -> bool:
    found = _shape(text)
    return found is not None and any(_day(found, order) for order in (DateOrder.DAY_FIRST, DateOrder.MONTH_FIRST))


def _shape(text: str) -> re.Match[str] | None:
    text = text.strip()
    if len(text) > LONGEST:
        return None
    return next((found for shape in SHAPES if (found := shape.fullmatch(text))), None)


def _day(found: re.Match[str], order: DateOrder) -> date | None:
    parts = found.groupdict()
    year = int(parts["year"]) + (CENTURY if len(parts["year"]) == 2 else 0)
    try:
        if "one" not in parts:
            return date(year, _month(parts), int(parts["day"]))
        one, two = int(parts["one"]), int(parts["two"])
        if order is DateOrder.DAY_FIRST:
            return date(year, two, one)
        # With points it is the day first, wherever points are written.
        return date(year, one, two) if order is DateOrder.MONTH_FIRST and parts["sep"] != "." else None
    except ValueError:
        return None


def _month(parts: dict[str, str]) -> int:
    """1 to 12, or 0, which no date takes."""
    if "name" not in parts:
        return int(parts["month"])
    name = parts["name"].casefold()
    return next((number for number, begins in enumerate(MONTHS, start=1) if name.startswith(begins)), 0)


def _time(found: re.Match[str]) -> time | None:
    if found["hour"] is None:
        return None
    hour = int(found["hour"])
    if half := found["half"]:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + (12 if half in "Pp" else 0)
    return time(hour, int(found["minute"]), int(found["second"] or 0), tzinfo=_zone(found["zone"]))


def _zone(text: str | None) -> tzinfo | None:
    if not text:
        return None
    if text[0] not in "+-":
        return UTC
    hours, minutes = int(text[1:3]), int(text[-2:])
    return timezone((-1 if text[0] == "-" else 1) * timedelta(hours=hours, minutes=minutes))


def _refusal(text: str, order: DateOrder) -> str:
    if SERIAL.fullmatch(text.strip()):
        return f"“{text}” is a spreadsheet's number for a day. Format the column as a date and save the file again."
    return f"“{text[:LONGEST]}” is not a date like {example_of(order, text)}."


def example_of(order: DateOrder, text: str) -> str:
    """A day in this order, parted as the text is."""
    parted = PARTED.search(text)
    return EXAMPLES[order].replace("/", parted[0]) if parted else EXAMPLES[order]


@dataclass(frozen=True, slots=True)
class DateGuess:
    order: DateOrder
    # A day that is another one in the other order, where no value decides between them; else empty.
    ambiguous: str
    read: int
    filled: int


class DateTally:
    """Counts what the values of a column can be."""

    def __init__(self) -> None:
        self.filled = 0
        self._reads = dict.fromkeys(DateOrder, 0)
        self._example = ""

    def add(self, text: str) -> None:
        self.filled += 1
        found = _shape(text)
        if found is None:
            return
        days = {order: _day(found, order) for order in DateOrder}
        for order, day in days.items():
            self._reads[order] += day is not None
        both = {days[DateOrder.DAY_FIRST], days[DateOrder.MONTH_FIRST]}
        if len(both) == 2 and None not in both:
            self._example = text

    @property
    def read(self) -> int:
        return max(self._reads.values())

    def guess(self) -> DateGuess:
        day_first, month_first = self._reads[DateOrder.DAY_FIRST], self._reads[DateOrder.MONTH_FIRST]
        undecided = self._example if day_first == month_first else ""
        # The first of the best, in the order in which they are declared.
        order = max(DateOrder, key=lambda order: self._reads[order])
        return DateGuess(order, undecided, self.read, self.filled)
