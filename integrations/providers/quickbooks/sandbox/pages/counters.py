"""What every app has asked: minute by minute, and by the month as Intuit would bill it (§8.2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from starlette.responses import Response

from ..books.books import companies
from ..sandbox import Call, Sandbox
from ..wire.json import Json
from . import words
from .connections import app_named, app_names
from .frame import outside
from .markup import joined
from .tables import Column, Row, empty, facts, section, table

AT = "/counters"
MOST = 30


class Counters:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox

    def page(self, call: Call) -> Response:
        with self._sandbox.store.aside() as db:
            names = {each.realm: each.name for each in companies(db)}
        apps = app_names(self._sandbox)
        shown, throttle = self._sandbox.meter.shown(), self._sandbox.throttle
        limits = [
            (words.spaced(name.replace("_", " ")), f"{value:,}") for name, value in throttle.limits.__dict__.items()
        ]
        parts = [
            section("By the minute", _minutes(shown["traffic"], names, apps)),
            section("By the month", _months(shown["months"], names, apps)),
            section("Limits", facts([("In force", "Yes" if throttle.on else "No"), *limits])),
        ]
        return outside("Counters", joined(parts), at=AT, live=True)


def _minutes(traffic: list[Json], names: dict[str, str], apps: dict[str, str]) -> object:
    rows = sorted(_of_minutes(traffic, names, apps), key=lambda row: str(row.cells[0]), reverse=True)[:MOST]
    columns = (
        *(Column("Minute, UTC", "date"), Column("Company", "main"), Column("App", "app"), Column("Calls", "memo")),
        *(Column("Answers", "memo"), Column("Throttled", "num"), Column("All", "num key")),
    )
    said = "Calls of the last hour are counted here."
    return (
        table(columns, rows, caption="Calls by the minute, newest first") if rows else empty("Nothing asked yet.", said)
    )


def _of_minutes(traffic: list[Json], names: dict[str, str], apps: dict[str, str]) -> Iterator[Row]:
    for each in traffic:
        for minute in each["minutes"]:
            cells = (
                minute["minute"].replace("T", " ").rstrip("Z"),
                *(names.get(each["realm"], each["realm"]), app_named(each["app"], apps)),
                *(_listed(minute["calls"]), _listed(minute["statuses"])),
                *(_sum(minute["throttled"]), f"{sum(minute['statuses'].values()):,}"),
            )
            yield Row(cells, id=f"minute-{each['realm']}-{minute['minute']}")


def _listed(counts: dict[str, int]) -> str:
    return ", ".join(f"{name} {count:,}" for name, count in sorted(counts.items()))


def _sum(counts: dict[str, int]) -> str:
    return f"{sum(counts.values()):,}" if counts else ""


def _months(months: list[Json], names: dict[str, str], apps: dict[str, str]) -> object:
    totals: Counter[tuple[str, str, str, str]] = Counter()
    for each in months:
        totals[each["month"], str(names.get(each["realm"], each["realm"])), each["app"], each["class"]] += each["calls"]
    rows = [
        Row((month, company, app_named(app, apps), class_, f"{calls:,}"))
        for (month, company, app, class_), calls in sorted(totals.items(), reverse=True)
    ]
    columns = (
        *(Column("Month", "date"), Column("Company", "main"), Column("App", "app"), Column("Class", "kind")),
        Column("Calls", "num key"),
    )
    return (
        table(columns, rows, caption="Calls by the month, as they are billed") if rows else empty("Nothing billed yet.")
    )
