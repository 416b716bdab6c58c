"""The fields of its own that a company has given to its sales forms (§9.12)."""

from __future__ import annotations

from typing import Any

from ..books.books import Books
from ..wire.json import Json

MOST = 3


def of_sales(books: Books, body: Json) -> list[Json]:
    """Each field that is defined, with its value where it was given one."""
    given = _values(body.get("CustomField"))
    prefs = {row["Name"]: row for row in _rows(books)}
    found = []
    for number in range(1, MOST + 1):
        if prefs.get(f"SalesFormsPrefs.UseSalesCustom{number}", {}).get("BooleanValue"):
            name = prefs.get(f"SalesFormsPrefs.SalesCustomName{number}", {}).get("StringValue", f"Custom {number}")
            row = {"DefinitionId": str(number), "Name": name, "Type": "StringType"}
            value = given.get(str(number)) or given.get(name)
            found.append({**row, "StringValue": value} if value else row)
    return found


def _rows(books: Books) -> list[Json]:
    groups = books.preference("SalesFormsPrefs", "CustomField") or []
    return [row for group in groups for row in group.get("CustomField", ())]


def _values(sent: Any) -> dict[str, str]:
    """By Id of the definition, and by name."""
    rows = [row for row in sent if isinstance(row, dict)] if isinstance(sent, list) else []
    keys = ("DefinitionId", "Name")
    return {
        str(row[key]): str(row["StringValue"])[:31]
        for row in rows
        for key in keys
        if row.get(key) and row.get("StringValue")
    }
