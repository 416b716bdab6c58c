"""The nesting of a report: cells in rows, rows in sections, as recorded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from ..model.money import to_text
from ..wire.json import Json

#: One amount a column, in units; None where nothing happened, which is an empty cell and not a zero.
Line = list[int | None]


@dataclass
class Report:
    columns: list[Json]
    rows: list[Json]
    #: What stands in the header beside what every header has.
    header: Json = field(default_factory=dict)
    options: list[Json] = field(default_factory=list)
    empty: bool = False


def money(units: int | None) -> str:
    return "" if units is None else to_text(units)


def cell(value: str, number: str | int | None = None) -> Json:
    return {"value": value} if number is None else {"value": value, "id": str(number)}


def cells(title: Json | str, line: Iterable[int | None]) -> list[Json]:
    first = cell(title) if isinstance(title, str) else title
    return [first, *(cell(money(units)) for units in line)]


def data(columns: list[Json], **more: str) -> Json:
    return {"ColData": columns, "type": "Data", **more}


def bare(columns: list[Json]) -> Json:
    """Rows of lists with one total carry no type (recorded of TrialBalance and VendorBalance)."""
    return {"ColData": columns}


def section(
    header: list[Json] | None = None,
    rows: list[Json] | None = None,
    summary: list[Json] | None = None,
    group: str = "",
) -> Json:
    built: Json = {}
    if header is not None:
        built["Header"] = {"ColData": header}
    if rows:
        built["Rows"] = {"Row": rows}
    if summary is not None:
        built["Summary"] = {"ColData": summary}
    built["type"] = "Section"
    return built | ({"group": group} if group else {})


def grand_total(line: Iterable[int | None]) -> Json:
    return section(summary=cells("TOTAL", line), group="GrandTotal")


def column(title: str, kind: str, key: str = "", **more: str) -> Json:
    """`more` is what else stands in its metadata, before the key."""
    named = {**more, **({"ColKey": key} if key else {})}
    built: Json = {"ColTitle": title, "ColType": kind}
    return built | ({"MetaData": [{"Name": name, "Value": value} for name, value in named.items()]} if named else {})


def padded(title: Json | str, width: int) -> list[Json]:
    return cells(title, [None] * (width - 1))


def added(lines: Sequence[Line], width: int) -> Line:
    """Nothing added to nothing stays nothing."""
    if not lines:
        return [None] * width
    return [sum(units or 0 for units in column) for column in zip(*lines, strict=True)]


def minus(one: Line, other: Line) -> Line:
    return [(a or 0) - (b or 0) for a, b in zip(one, other, strict=True)]


def plus(one: Line, other: Line) -> Line:
    return [(a or 0) + (b or 0) for a, b in zip(one, other, strict=True)]


def blank(line: Line) -> bool:
    return all(units is None for units in line)
