"""Turns a request body into clean properties, or refuses it as QuickBooks does (§2, §10)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any

from ..settings import Switches
from ..wire.json import Json
from ..wire.refusals import Refusal, business
from .fields import Field, Kind
from .money import fits, in_cents, plain, spelled

LARGEST_ID = 2**63 - 1
#: A day, which may carry a time or an offset as XML dates do, or as Ruby prints them.
_DATE = re.compile(r"(\d{4}-\d{2}-\d{2})([T ][\d:.]+)? ?(Z|[+-]\d{2}:?\d{2})?")
_EMAIL = re.compile(r"[^@\s,]+@[^@\s,]+\.[^@\s,]+")
_CARD = re.compile(r"(?<!\d)\d(?:[ -]?\d){12,18}(?!\d)")
_NUMBER = re.compile(r"[+-]?([0-9]+(\.[0-9]*)?|\.[0-9]+)([eE][+-]?[0-9]{1,4})?")
_CONTROLS = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f\\ufffe\\uffff]")


@dataclass(frozen=True)
class Reader:
    """Reads one company's requests; text rules differ between countries."""

    country: str
    switches: Switches

    def read(self, payload: Any, fields: tuple[Field, ...], owner: str) -> Json:
        """Only writable properties come back; one that was sent empty comes back as None."""
        if not isinstance(payload, dict):
            raise Refusal("2120", f"{owner} must be an object", element=owner)
        known = _known(fields)
        clean: Json = {}
        for name, value in payload.items():
            if name not in known:
                raise _unknown(name, owner)
            field, read = known[name]
            if read is not None:
                clean[name] = None if value is None or value == "" else read(self, value, field)
        return clean

    def text(self, value: Any, field: Field) -> str:
        if isinstance(value, dict | list):
            raise Refusal("2120", f"{field.name} must be a string", element=field.name)
        # Numbers and flags are taken for their text, as the reader behind the real one does.
        value = value if isinstance(value, str) else spelled(value)
        limit = field.limit
        if field.older_limit and self.switches.name_length == "older":
            limit = field.older_limit
        if len(value) > limit:
            raise too_long(field.name, limit, len(value))
        return self._characters(value, field)

    def _characters(self, value: str, field: Field) -> str:
        if any(mark in value for mark in field.forbidden) or not self._allows(value, field):
            raise _characters(field)
        if _CONTROLS.search(value):
            # No XML can hold them, and XML is what the real one speaks inside.
            raise _characters(field)
        if _holds_card_number(value):
            raise Refusal("6530", "A credit card number was found in a text field", element=field.name)
        highest = 0xFF if self.country == "US" else 0xFFFF
        if value.isascii() or self.switches.wide_text == "keep" or all(ord(mark) <= highest for mark in value):
            return value
        if self.switches.wide_text == "refuse":
            raise _characters(field)
        return "".join(mark if ord(mark) <= highest else "?" for mark in value)

    def _allows(self, value: str, field: Field) -> bool:
        """§9.5: one integrator's list of what a name may hold; letters of any script are ruled elsewhere."""
        if not field.marks or self.switches.name_marks == "most":
            return True
        return all(mark.isalnum() or mark in field.marks or ord(mark) > 0x7F for mark in value)

    def name(self, value: Any, field: Field) -> str | None:
        text = self.text(value, field)
        spaces = self.switches.name_spaces
        if spaces == "collapse":
            return " ".join(text.split()) or None
        return (text.strip() or None) if spaces == "trim" else text

    def email(self, value: Any, field: Field) -> str:
        text = self.text(value, field)
        # Several are taken, with commas between them.
        if not all(_EMAIL.fullmatch(each.strip()) for each in text.split(",")):
            raise Refusal("2210", f"Email Address does not conform to format: {text}", element=field.name)
        return text

    def emails(self, value: Any, field: Field) -> str:
        for each in self.text(value, field).split(","):
            self.email(each.strip(), field)
        return str(value)

    def web(self, value: Any, field: Field) -> str:
        text = self.text(value, field)
        if not re.fullmatch(r"(https?://)?[^\s/]+\.[^\s]+", text):
            raise Refusal("2200", f"Web Address does not conform to format: {text}", element=field.name)
        return text

    def flag(self, value: Any, field: Field) -> bool:
        if isinstance(value, str) and value.lower() in ("true", "false"):
            # Also as other languages spell them.
            return value.lower() == "true"
        if not isinstance(value, bool):
            raise Refusal("2230", f"Boolean value {value!r} is not valid", element=field.name)
        return value

    def amount(self, value: Any, field: Field) -> Decimal | int:
        """§2: up to five places are taken, and two of them kept, so that what is booked is what was rounded."""
        number = _number(value, field)
        if not fits(number) or not fits(in_cents(number)):
            raise too_large(field.name)
        return plain(in_cents(number))

    def rate(self, value: Any, field: Field) -> Decimal | int | None:
        number = _number(value, field)
        if not number:
            # A library writes 0 where nobody has set a rate.
            return None
        if not fits(number.quantize(Decimal("0.00001")) if abs(number) < 10**9 else number) or number <= 0:
            raise Refusal("2080", f"Number {value} is out of range", element=field.name)
        return int(number) if number == int(number) else number

    def number(self, value: Any, field: Field) -> Decimal | int:
        number = _number(value, field)
        if abs(number.adjusted()) > 15:
            raise Refusal("2080", f"Number {value} is out of range", element=field.name)
        return int(number) if number == number.to_integral_value() else number.normalize()

    def whole(self, value: Any, field: Field) -> int:
        number = self.number(value, field)
        if not isinstance(number, int):
            raise Refusal("2080", f"Number {value} is not whole", element=field.name)
        return number

    def kept(self, value: Any, field: Field) -> Any:
        return value

    def day(self, value: Any, field: Field) -> str:
        found = _DATE.fullmatch(value) if isinstance(value, str) else None
        if found is None:
            raise Refusal("2060", f"Date {value!r} is not of the form YYYY-MM-DD", element=field.name)
        try:
            if found[2]:
                time.fromisoformat(found[2].strip())
            return date.fromisoformat(found[1]).isoformat()
        except ValueError as error:
            raise Refusal("2070", f"Date {value} is not in the calendar", element=field.name) from error

    def choice(self, value: Any, field: Field) -> str:
        if not isinstance(value, str) or value not in field.choices:
            raise Refusal("2170", f"Invalid Enumeration : {value}", element=field.name)
        return value

    def ref(self, value: Any, field: Field) -> Json | None:
        if not isinstance(value, dict):
            raise Refusal("2120", f"{field.name} must be a reference", element=field.name)
        for key in value:
            if key not in ("value", "name", "type"):
                raise _unknown(key, field.name)
        target = value.get("value")
        if target is None or target == "":
            return None
        return {"value": str(target)} | ({"type": value["type"]} if value.get("type") else {})

    def part(self, value: Any, field: Field) -> Json | None:
        clean = self.read(value, field.parts, field.name)
        return {name: each for name, each in clean.items() if each is not None} or None

    def lines(self, value: Any, field: Field) -> list[Json]:
        if not isinstance(value, list):
            raise Refusal("2120", f"{field.name} must be a list", element=field.name)
        rows = [self.read(row, field.parts, field.name) for row in value]
        return [{name: each for name, each in row.items() if each is not None} for row in rows]


_Read = Callable[[Reader, Any, Field], Any]
_READERS: dict[Kind, _Read] = {
    Kind.TEXT: Reader.text,
    Kind.NAME: Reader.name,
    Kind.EMAIL: Reader.email,
    Kind.EMAILS: Reader.emails,
    Kind.WEB: Reader.web,
    Kind.FLAG: Reader.flag,
    Kind.AMOUNT: Reader.amount,
    Kind.RATE: Reader.rate,
    Kind.DATE: Reader.day,
    Kind.CHOICE: Reader.choice,
    Kind.REF: Reader.ref,
    Kind.PART: Reader.part,
    Kind.LINES: Reader.lines,
    Kind.NUMBER: Reader.number,
    Kind.WHOLE: Reader.whole,
    Kind.KEPT: Reader.kept,
}


@cache
def _known(fields: tuple[Field, ...]) -> dict[str, tuple[Field, _Read | None]]:
    """How each property is read; not at all what is known and dropped."""
    return {field.name: (field, _READERS.get(field.kind)) for field in fields}


def _number(value: Any, field: Field) -> Decimal:
    text = str(value)
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str) or not _NUMBER.fullmatch(text):
        raise Refusal("2080", f"Number {value!r} is not of a supported format", element=field.name)
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise Refusal("2080", f"Number {value!r} is not of a supported format", element=field.name) from error


def require_positive(value: Decimal | int, element: str) -> None:
    if value < 0:
        raise Refusal("2290", f"Amount {value} is negative", element=element)


def too_large(element: str) -> Refusal:
    return Refusal("2140", "Amount has too many digits: 10 before and 5 after the point", element=element)


def is_whole_id(value: str) -> bool:
    return value.isascii() and value.isdigit() and (len(value) < 19 or (len(value) == 19 and int(value) <= LARGEST_ID))


def require_whole_id(value: str, element: str) -> int:
    if not is_whole_id(value):
        raise Refusal("2030", f"Invalid ID : {value}", element=element)
    return int(value)


def _unknown(name: str, owner: str) -> Refusal:
    detail = f'Property Name:Unrecognized field "{name}" in {owner} specified is unsupported or invalid'
    return Refusal("2010", detail, element=name)


def too_long(name: str, limit: int, supplied: int) -> Refusal:
    detail = f"String length specified does not match the supported length. Min:0 Max:{limit} supplied:{supplied}"
    return Refusal("2050", detail, element=name)


def _characters(field: Field) -> Refusal:
    return Refusal("2040", f"Property Name:{field.name} contains invalid characters", element=field.name)


def _holds_card_number(text: str) -> bool:
    """§10, code 6530: any run of 13 to 19 digits that passes the card check sum."""
    return any(_passes_luhn(re.sub(r"\D", "", found)) for found in _CARD.findall(text))


def _passes_luhn(digits: str) -> bool:
    total = 0
    for place, digit in enumerate(reversed(digits)):
        doubled = int(digit) * (2 if place % 2 else 1)
        total += doubled - 9 if doubled > 9 else doubled
    return total % 10 == 0 and digits.strip("0") != ""


def refuse_foreign(currency: str, home: str) -> Refusal:
    """§9.6: with multicurrency off the exact code is not known; 6000 carries the user's text."""
    return business(f"Multicurrency is turned off; {currency} cannot be used beside {home}.")
