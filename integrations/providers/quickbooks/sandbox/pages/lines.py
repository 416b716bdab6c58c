"""The lines of a document, with as many columns as they use."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from ..model.entity import Entity
from ..model.fields import Field, Kind
from ..model.money import to_units
from ..wire.json import Json
from . import words
from .frame import Reader
from .markup import Html
from .properties import value_of
from .tables import Column, Row, lean, section

#: Shown by the part they belong to, or of no interest here.
_HIDDEN = (
    *("Id", "LineNum", "DetailType", "LinkedTxn", "CustomExtensions", "LineEx", "Amount", "Received"),
    *("PercentBased", "DiscountPercent"),
)
_DISCOUNT = "DiscountLineDetail"
_FIRST = ("ItemRef", "AccountRef")
_RIGHT = ("Qty", "UnitPrice", "TaxAmount", "TaxInclusiveAmt", "DiscountAmt")
_WIDE = ("Description",)


def lines(reader: Reader, entity: Entity, shown: Json) -> Html:
    own = [line for line in shown.get("Line", ()) if line.get("DetailType") != "SubTotalLineDetail"]
    rows = [_flat(entity, line) for line in own]
    names = list(dict.fromkeys(name for row in rows for name in row))
    if not rows or not (names or any("Amount" in line and not line.get("LinkedTxn") for line in own)):
        return Html("")
    columns = [Column("Line", "code nr"), *(_column(name, names) for name in names), Column("Amount", "num key")]
    listed = [
        Row(_cells(reader, number, row, names, line))
        for number, (row, line) in enumerate(zip(rows, own, strict=True), 1)
    ]
    tax = shown.get("TxnTaxDetail", {}).get("TotalTax")
    if tax:
        listed.append(Row(_sum(columns, "Tax", tax)))
    # §9.10: the total of a journal entry reads 0, which would mislead who reads its lines.
    summed = "TotalAmt" in shown and entity.name != "JournalEntry"
    total = _sum(columns, "Total", shown["TotalAmt"]) if summed else []
    return section("Lines", lean(columns, listed, caption="Lines", foot=total))


def _column(name: str, names: list[str]) -> Column:
    if name in _RIGHT:
        return Column(words.label("", name), "num")
    return Column(words.label("", name), "main" if name == names[0] else "memo" if name in _WIDE else "")


def _flat(entity: Entity, line: Json) -> dict[str, tuple[Field | None, Any]]:
    """A line and the part its type names, side by side; what it is booked on comes first, then other references."""
    fields = next((field.parts for field in entity.fields if field.kind is Kind.LINES), ())
    kind = line.get("DetailType", "")
    inner = next((field.parts for field in fields if field.name == kind), ())
    detail = line.get(kind) if isinstance(line.get(kind), dict) else {}
    found = {**_values(inner, detail or {}), **_values(fields, {k: v for k, v in line.items() if k != kind})}
    return dict(sorted(found.items(), key=lambda each: (each[0] not in _FIRST, not each[0].endswith("Ref"))))


def _values(fields: Iterable[Field], holder: Json) -> dict[str, tuple[Field | None, Any]]:
    known = {field.name: field for field in fields}
    return {
        name: (known.get(name), value)
        for name, value in holder.items()
        if name not in _HIDDEN and value not in (None, "", "NotBillable") and not isinstance(value, list)
    }


def _cells(reader: Reader, number: int, row: dict[str, Any], names: list[str], line: Json) -> list[object]:
    told = [value_of(reader, row[name][0], name, row[name][1]) if name in row else "" for name in names]
    if line.get("DetailType") == _DISCOUNT and told:
        told[0] = told[0] or _discount(line[_DISCOUNT])
    return [number, *told, _amount(line)]


def _discount(detail: Json) -> str:
    return f"Discount, {detail['DiscountPercent']} %" if detail.get("PercentBased") else "Discount"


def _amount(line: Json) -> str:
    """A discount is sent as what it is, and takes that much away."""
    if "Amount" not in line:
        return ""
    units = to_units(line["Amount"])
    return words.amount(-units if line.get("DetailType") == _DISCOUNT else units)


def _sum(columns: list[Column], word: str, amount: Any) -> list[object]:
    if len(columns) < 3:
        return []
    return ["", word, *[""] * (len(columns) - 3), words.amount(to_units(amount))]
