"""Fields that take what is sent at its word: text is text, an amount is decimal text, a time says its offset."""

import re
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

LONGEST_NAME = 100
# Of the names that somebody else made up, so many are told back.
MOST_TOLD = 10


class StrictSerializer(serializers.Serializer[Any]):
    """Refuses what it does not know: a name that is written wrong would be lost in silence otherwise."""

    def to_internal_value(self, data: Any) -> Any:
        unknown = sorted(set(data) - set(self.fields), key=str)[:MOST_TOLD] if isinstance(data, dict) else []
        errors: dict[str, Any] = {printable(name): ["There is nothing of this name here."] for name in unknown}
        try:
            value = super().to_internal_value(data)
        except ValidationError as problem:
            errors |= dict(problem.detail)  # type: ignore[arg-type]  # what a form raises names its fields
        if errors:
            raise ValidationError(errors)
        return value


def printable(name: str) -> str:
    """As it can be sent back: JSON may hold half characters, which no encoding can write."""
    return name[:LONGEST_NAME].encode(errors="replace").decode()


def is_text(name: str) -> bool:
    return "\0" not in name and printable(name[:LONGEST_NAME]) == name[:LONGEST_NAME]


class PlainCharField(serializers.CharField):
    """Text only. A number or a boolean in its place is a mistake of the sender, not something to be made into text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        if self.max_length is not None and len(data) > self.max_length:
            self.fail("max_length", max_length=self.max_length)
        return str(super().to_internal_value(data))


class PatternField(PlainCharField):
    """Text of one shape, whole, which `shape` says in words."""

    pattern: re.Pattern[str]
    shape: str

    def __init__(self, **options: Any) -> None:
        super().__init__(trim_whitespace=False, error_messages={"shape": self.shape}, **options)

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not self.pattern.fullmatch(text):
            self.fail("shape")
        return text


class ExternalIdField(PatternField):
    pattern, shape = re.compile(r"[A-Za-z0-9._:\-]{1,64}"), "Up to 64 of A-Z a-z 0-9 . _ : -"


class CurrencyField(PatternField):
    pattern, shape = re.compile(r"[A-Z]{3}"), "Three capitals of ISO 4217, such as USD."


class CountryField(PatternField):
    pattern, shape = re.compile(r"[A-Z]{2}"), "Two capitals of ISO 3166, such as US."


class CategoryCodeField(PatternField):
    pattern, shape = re.compile(r"[0-9]{4}"), "Four digits, such as 5734."


class LastFourField(PatternField):
    pattern, shape = re.compile(r"[0-9]{4}"), "The last four digits of the card, such as 4471."


OPTIONAL: dict[str, Any] = {"required": False, "allow_blank": True, "default": ""}


def optional_text(length: int, **options: Any) -> PlainCharField:
    return PlainCharField(max_length=length, **OPTIONAL, **options)


class WordField(serializers.ChoiceField):
    """One of a few words. What was sent instead is not told back: it may not even be text."""

    default_error_messages = {"invalid_choice": "Choose one of: {words}."}

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str) or data not in self.choices:
            self.fail("invalid_choice", words=", ".join(self.choices))
        return data


class AmountField(PlainCharField):
    """Decimal text; what it comes to is for ledger.domain.money to say."""


class DayField(serializers.DateField):
    """A day as 2026-11-19, and in no other way."""

    def to_internal_value(self, value: Any) -> date:
        if not isinstance(value, str) or not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", value):
            self.fail("invalid", format="YYYY-MM-DD")
        return super().to_internal_value(value)


class CountField(serializers.IntegerField):
    """A whole number in plain digits."""

    def to_internal_value(self, data: Any) -> int:
        if not isinstance(data, str) or not re.fullmatch(r"[0-9]{1,9}", data):
            self.fail("invalid")
        return super().to_internal_value(data)


class MomentField(serializers.DateTimeField):
    """A time with its offset. Without one nobody knows which day it is in the entity's books."""

    default_error_messages = {"naive": "Say the offset from UTC too, such as 2026-11-19T10:40:58-05:00."}

    def enforce_timezone(self, value: datetime) -> datetime:
        if value.tzinfo is None:
            self.fail("naive")
        if not 1 < value.year < 9999:
            self.fail("overflow")
        return super().enforce_timezone(value)


class TextMapField(serializers.DictField):
    """Short texts by short names."""

    default_error_messages = {
        "too_many": "At most {most} of them.",
        "bad_name": "A name is text of up to {longest} characters.",
    }

    def __init__(self, most: int, longest: int, **options: Any) -> None:
        child = PlainCharField(max_length=longest, trim_whitespace=True)
        super().__init__(child=child, required=False, default=dict, **options)
        self.most = most

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if isinstance(data, dict):
            self._check_names(data)
        return dict(super().to_internal_value(data))

    def _check_names(self, names: Iterable[str]) -> None:
        if len(list(names)) > self.most:
            self.fail("too_many", most=self.most)
        if not all(len(name) <= LONGEST_NAME and is_text(name) for name in names):
            self.fail("bad_name", longest=LONGEST_NAME)
