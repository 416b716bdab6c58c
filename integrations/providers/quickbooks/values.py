"""Single values as QuickBooks writes them, and as others who stand in for it do. Pure.

A number may come as a text and an id as a number, a day with an hour behind it, a flag as a word. What is none of these
raises ValueError: nothing is guessed.
"""

import re
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

LONGEST_ID = 40
# Far beyond any money; what is written out would fill the memory.
MOST_DIGITS = 20
DAY = re.compile(r"(\d{4}-\d{2}-\d{2})(?![0-9])")
CURRENCY = re.compile("[A-Z]{3}")
NO = {"false", "no", "n", "0", ""}


def number(value: Any) -> Decimal:
    """Raises ValueError for what is none."""
    try:
        told = Decimal(str(value).strip()) if isinstance(value, int | str | Decimal | float) else Decimal("NaN")
    except InvalidOperation:
        told = Decimal("NaN")
    if isinstance(value, bool) or not told.is_finite() or not _is_writable(told):
        raise ValueError(f"no number: {str(value)[:40]!r}")
    return told


def _is_writable(told: Decimal) -> bool:
    _, digits, exponent = told.as_tuple()
    short = len(digits) <= MOST_DIGITS and told.adjusted() <= MOST_DIGITS
    return short and isinstance(exponent, int) and abs(exponent) <= MOST_DIGITS


def amount(value: Any) -> Decimal:
    """What is not told is nothing."""
    return Decimal(0) if value is None or value == "" else number(value)


def plain(told: Decimal) -> str:
    """12.3 and 12.30 are the same."""
    return f"{told.normalize():f}" if told else "0"


def money(told: Decimal) -> str:
    """With two digits behind the point, or as many as it has."""
    cents = told.quantize(Decimal("0.01"))
    return f"{cents:f}" if cents == told else plain(told)


def day(value: Any) -> date:
    """Its day, whatever hour or zone is told with it."""
    told = DAY.match(str(value))
    if told is None:
        raise ValueError(f"no day: {str(value)[:40]!r}")
    return date.fromisoformat(told[1])


def day_text(value: Any) -> str:
    """Of what is no day, what was told."""
    try:
        return day(value).isoformat()
    except ValueError:
        return text(value)


def flag(value: Any, *, default: bool = False) -> bool:
    if value is None:
        return default
    return value.strip().lower() not in NO if isinstance(value, str) else bool(value)


def text(value: Any) -> str:
    return "" if value is None else str(value)


def is_id(value: Any) -> bool:
    """Ids and sync tokens are short texts, and numbers elsewhere."""
    return isinstance(value, str | int) and not isinstance(value, bool) and 0 < len(str(value)) <= LONGEST_ID


def identity(value: Any) -> str:
    """Raises ValueError for what cannot be the id of anything."""
    if not is_id(value):
        raise ValueError(f"no id: {str(value)[:40]!r}")
    return str(value)


def version(value: Any) -> str:
    """Empty where it is not told: then the object is read before it is changed."""
    return str(value) if is_id(value) else ""


def currency(value: Any) -> str:
    """Of a reference; empty where it tells none."""
    told = value.get("value") if isinstance(value, dict) else getattr(value, "value", None)
    return told if isinstance(told, str) and CURRENCY.fullmatch(told) else ""


def moment(value: Any) -> datetime | None:
    """None where it is not told, or not where on earth it was."""
    try:
        told = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return told if told and told.tzinfo else None


def storable(told: str) -> str:
    """Without what no database takes: a zero byte, and half of a pair."""
    return told.replace("\x00", "").encode("utf-8", "replace").decode()
