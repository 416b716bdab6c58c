"""Fields that take JSON at its word: text is text, an amount is decimal text, a time says its offset."""

import re
from datetime import datetime
from typing import Any

from rest_framework import serializers

LONGEST_NAME = 100


class PlainCharField(serializers.CharField):
    """Text only. A number or a boolean in its place is a mistake of the sender, not something to be made into text."""

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


class PatternField(PlainCharField):
    """Text of one shape, whole."""

    def __init__(self, pattern: re.Pattern[str], **options: Any) -> None:
        super().__init__(**options)
        self._pattern = pattern

    def to_internal_value(self, data: Any) -> str:
        text = super().to_internal_value(data)
        if not self._pattern.fullmatch(text):
            self.fail("invalid")
        return text


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
        "long_name": "A name has up to {longest} characters.",
    }

    def __init__(self, most: int, longest: int, **options: Any) -> None:
        child = PlainCharField(max_length=longest, trim_whitespace=True)
        super().__init__(child=child, required=False, default=dict, **options)
        self._most = most

    def to_internal_value(self, data: Any) -> dict[str, str]:
        if isinstance(data, dict) and len(data) > self._most:
            self.fail("too_many", most=self._most)
        if isinstance(data, dict) and any(
            not isinstance(name, str) or len(name) > 100 or "\0" in name for name in data
        ):
            self.fail("not_a_dict", input_type="object with names of up to 100 characters")
        return dict(super().to_internal_value(data))
