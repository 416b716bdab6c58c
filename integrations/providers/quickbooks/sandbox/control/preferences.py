"""What the control plane may set for a company: its preferences, and the plan it has subscribed to (§9.1, §9.2)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ..books.books import Books
from ..books.record import Record
from ..entities.preferences import TERMINOLOGY, settle
from ..wire.json import Json, dumps, loads

#: The plan stands in CompanyInfo, in a list of names and values.
FACTS = ("OfferingSku", "SubscriptionStatus")


class NoSuchPreference(ValueError):
    """A value no company could have."""


def write(books: Books, wanted: Json) -> Record:
    preferences, info = _copy(books, "Preferences"), _copy(books, "CompanyInfo")
    for name, value in wanted.items():
        _set(info.body if name in FACTS else preferences.body, name, value)
    group = preferences.body["AccountingInfoPrefs"]
    settle(group, wanted)
    if group.get("DepartmentTerminology", TERMINOLOGY[0]) not in TERMINOLOGY:
        raise NoSuchPreference(f"DepartmentTerminology must be one of {', '.join(TERMINOLOGY)}.")
    if wanted.keys() & set(FACTS):
        books.replace(info, info.body)
    return books.replace(preferences, preferences.body) if wanted else preferences


def _copy(books: Books, entity: str) -> Record:
    """A record whose body may be changed."""
    record = books.find(entity, 1)
    assert record is not None, "a company is never seeded without preferences and info"
    return replace(record, body=loads(dumps(record.body)))


def _set(body: Json, name: str, value: Any) -> None:
    """By its own name, whichever group it stands in; null takes a key away, as open books have no BookCloseDate."""
    groups = [body, *(each for each in body.values() if isinstance(each, dict))]
    for row in (row for group in groups for row in group.get("NameValue", [])):
        if row["Name"] == name:
            row["Value"] = str(value)
            return
    group = next((each for each in groups if name in each), None) or body["AccountingInfoPrefs"]
    if value is None:
        group.pop(name, None)
    else:
        group[name] = value
