"""What the control plane may set for a company: its preferences, and the plan it has subscribed to (§9.1, §9.2)."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from ..books.books import Books
from ..books.record import Record
from ..entities.preferences import PREFERENCES, TERMINOLOGY, settle
from ..entities.subscription import NAMES, STANDINGS
from ..model.fields import Kind
from ..wire.json import Json, dumps, loads

#: The plan stands in CompanyInfo, in a list of names and values.
FACTS = ("OfferingSku", "SubscriptionStatus")
_FLAG = (True, False)
_CHOICES = {"OfferingSku": NAMES, "SubscriptionStatus": STANDINGS}


class NoSuchPreference(ValueError):
    """A value no company could have."""


def write(books: Books, wanted: Json) -> Record:
    _check(_known(books.single("Preferences")), wanted)
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


def _known(preferences: Json) -> dict[str, tuple[Any, ...]]:
    """By name, each with what it may be where it is either true or false; a row of names and values holds text."""
    declared = [part for group in PREFERENCES.fields if group.kind is Kind.PART for part in group.parts]
    known = {each.name: _FLAG if each.kind is Kind.FLAG else () for each in declared}
    for group in (each for each in preferences.values() if isinstance(each, dict)):
        known |= {name: _FLAG if isinstance(value, bool) else known.get(name, ()) for name, value in group.items()}
        known |= {row["Name"]: _allowed(row["Value"]) for row in group.get("NameValue", ())}
    return {name: known[name] for name in known if name != "NameValue"} | dict.fromkeys(FACTS, ())


def _allowed(text: str) -> tuple[Any, ...]:
    return (*_FLAG, "true", "false") if text in ("true", "false") else ()


def _check(known: dict[str, tuple[Any, ...]], wanted: Json) -> None:
    unknown = [name for name in wanted if name not in known]
    if unknown:
        raise NoSuchPreference(f"Unknown: {', '.join(unknown)}. Known: {', '.join(known)}.")
    for name, value in wanted.items():
        if name in _CHOICES and value not in _CHOICES[name]:
            raise NoSuchPreference(f"{name} must be one of {', '.join(_CHOICES[name])}.")
        if known[name] and (value not in known[name] or not isinstance(value, bool | str)):
            raise NoSuchPreference(f"{name} must be true or false.")
        if name == "BookCloseDate" and not _is_day(value):
            raise NoSuchPreference("BookCloseDate must be a date such as 2026-06-30, or null to open the books.")


def _is_day(value: Any) -> bool:
    if value is None:
        return True
    try:
        return isinstance(value, str) and date.fromisoformat(value).isoformat() == value
    except ValueError:
        return False


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
            row["Value"] = str(value).lower() if isinstance(value, bool) else str(value)
            return
    group = next((each for each in groups if name in each), None) or body["AccountingInfoPrefs"]
    if value is None:
        group.pop(name, None)
    else:
        group[name] = value
