"""Reading a report: rows flattened, with the path of sections above each of them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from .client import Company, Json


@dataclass(frozen=True)
class Shown:
    kind: str
    group: str
    cells: list[Json]

    @property
    def title(self) -> str:
        return str(self.cells[0]["value"])

    @property
    def values(self) -> list[str]:
        return [str(each["value"]) for each in self.cells]


def amount(text: str) -> Decimal:
    return Decimal(text or 0)


@dataclass
class Report:
    body: Json

    @property
    def header(self) -> Json:
        return dict(self.body["Header"])

    @property
    def columns(self) -> list[Json]:
        return list(self.body["Columns"]["Column"])

    @property
    def titles(self) -> list[str]:
        return [str(each["ColTitle"]) for each in self.columns]

    @property
    def shown(self) -> list[Shown]:
        return list(_flat(self.body["Rows"].get("Row", [])))

    def data(self) -> list[Shown]:
        return [row for row in self.shown if row.kind == "data"]

    def of_group(self, group: str) -> Decimal:
        """The last amount of a section's summary, or of the row that is a group of its own."""
        row = next(row for row in self.shown if row.group == group and row.kind in ("summary", "data"))
        return amount(row.values[-1])

    def accounts(self) -> dict[str, Decimal]:
        """By Id: what a list shows, debits positive where it has two columns of amounts."""
        rows = [row for row in self.data() if row.cells[0].get("id")]
        return {row.cells[0]["id"]: _net(row.values[1:]) for row in rows}

    def column(self, key: str) -> int:
        keys = [{each["Name"]: each["Value"] for each in column["MetaData"]}["ColKey"] for column in self.columns]
        return keys.index(key)


def _net(values: list[str]) -> Decimal:
    return amount(values[0]) - (amount(values[1]) if len(values) > 1 else 0)


def _flat(rows: list[Json]) -> Iterator[Shown]:
    for row in rows:
        group = row.get("group", "")
        for kind, held in (("header", row.get("Header")), ("data", row if "ColData" in row else None)):
            if held is not None:
                yield Shown(kind, group, held["ColData"])
        yield from _flat(row.get("Rows", {}).get("Row", []))
        if "Summary" in row:
            yield Shown("summary", group, row["Summary"]["ColData"])


def report(company: Company, which: str, /, **params: Any) -> Report:
    answer = company.call("GET", f"reports/{which}", params=params)
    assert answer.status_code == 200, answer.text
    body = answer.json()
    width = sum(len(each.get("Columns", {}).get("Column", [1])) for each in body["Columns"]["Column"])
    found = Report(body)
    assert {len(row.cells) for row in found.shown} <= {width}, "a cell for each column"
    return found
