"""Terms: when something is due, after so many days or on a day of the month (§9.6)."""

from __future__ import annotations

from calendar import monthrange
from datetime import MAXYEAR, date, timedelta

from ..books.books import Books
from ..books.record import Record
from ..model.entity import COMMON, HEAD, LIST, Entity, texts
from ..model.fields import flag, ignored, label, number, whole
from ..wire.json import Json
from ..wire.refusals import Refusal, missing

STANDARD = ("DueDays", "DiscountDays")
DATE_DRIVEN = ("DayOfMonthDue", "DueNextMonthDays", "DiscountDayOfMonth")
_LIMITS = {"DiscountPercent": 100, "DueDays": 999, "DiscountDays": 999}
_LIMITS |= {"DayOfMonthDue": 31, "DueNextMonthDays": 999, "DiscountDayOfMonth": 31}


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    if not draft.get("Name"):
        raise missing("Name")
    _check_limits(draft)
    dated = _is_dated(draft, before)
    if ("DayOfMonthDue" if dated else "DueDays") not in draft:
        raise missing("DueDays")
    kind = {"Type": "DATE_DRIVEN" if dated else "STANDARD", "Active": True, "DiscountPercent": 0}
    rest = {"DueNextMonthDays": 0} if dated else {"DiscountDays": 0}
    foreign = STANDARD if dated else DATE_DRIVEN
    return {**kind, **rest, **{name: value for name, value in draft.items() if name not in foreign and name != "Type"}}


def _is_dated(draft: Json, before: Record | None) -> bool:
    """Of both ways, an update means the one that the term did not have so far."""
    if "DueDays" in draft and "DayOfMonthDue" in draft:
        if before is None:
            raise Refusal("2600", "DueDays and DayOfMonthDue cannot both be given", element="DueDays")
        return bool(before.body["Type"] == "STANDARD")
    return "DayOfMonthDue" in draft


def _check_limits(draft: Json) -> None:
    for name, highest in _LIMITS.items():
        lowest = 1 if name == "DayOfMonthDue" else 0
        if name in draft and not lowest <= draft[name] <= highest:
            raise Refusal("2180", f"{name} must lie between {lowest} and {highest}", element=name)


def due(term: Json, day: str) -> str:
    """When what is dated `day` must be paid."""
    start = date.fromisoformat(day)
    if start.year == MAXYEAR:
        # There is no later year.
        return day
    if term["Type"] == "STANDARD":
        return (start + timedelta(days=term["DueDays"])).isoformat()
    found = _on_day(start.year, start.month, term["DayOfMonthDue"])
    # What is issued shortly before the day is due a month later.
    if start > found or (found - start).days < term["DueNextMonthDays"]:
        found = _on_day(start.year + start.month // 12, start.month % 12 + 1, term["DayOfMonthDue"])
    return found.isoformat()


def _on_day(year: int, month: int, day: int) -> date:
    return date(year, month, min(day, monthrange(year, month)[1]))


TERM = Entity(
    name="Term",
    family="Term",
    names="Term",
    operations=LIST,
    activates=True,
    complete=complete,
    fields=(
        label("Name", 31),
        flag("Active"),
        number("DiscountPercent"),
        *(whole(name) for name in (*STANDARD, *DATE_DRIVEN)),
        *HEAD,
        *ignored("Type", "SalesTermEx", "CustomField", "AttachableRef"),
    ),
    searchable={
        **COMMON,
        **texts("Type"),
        "Name": ("text", "name"),
        "Active": ("flag", "active"),
        "DueDays": ("number", "json_extract(body, '$.DueDays')"),
    },
)
