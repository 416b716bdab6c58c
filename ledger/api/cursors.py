"""A place in a list as text that callers keep and send back, without knowing what it says."""

import base64
import binascii
from collections.abc import Callable
from datetime import date, datetime
from typing import Any

from rest_framework import serializers
from rest_framework.exceptions import ValidationError

from ledger.api.fields import CountField, PlainCharField, StrictSerializer
from ledger.selectors.walks import Position, Walk

PAGE_SIZE = 50
LARGEST_PAGE = 200
LARGEST_ID = 2**63 - 1


class PageSerializer(StrictSerializer):
    """How a list is asked for, page by page."""

    cursor = PlainCharField(
        required=False,
        max_length=200,
        help_text="`next_cursor` of the page before. Send the same filters with it.",
    )
    page_size = CountField(required=False, default=PAGE_SIZE, min_value=1, max_value=LARGEST_PAGE)


class NextSerializer(serializers.Serializer[Any]):
    next_cursor = serializers.CharField(allow_null=True, help_text="Where the next page begins; null on the last one.")


def asked(form: type[StrictSerializer], query: Any) -> dict[str, Any]:
    """What the query string asks for. Each name is said once."""
    twice = [name for name in query if len(query.getlist(name)) > 1]
    if twice:
        raise ValidationError({name: ["Say it once."] for name in twice[:1]})
    checked = form(data=query.dict())
    checked.is_valid(raise_exception=True)
    values: dict[str, Any] = checked.validated_data
    return values


def cursor_of(position: Position | None) -> str | None:
    if position is None:
        return None
    told = "|".join(value.isoformat() if isinstance(value, date) else str(value) for value in position)
    return base64.urlsafe_b64encode(told.encode()).decode()


def position_of(cursor: str | None, walk: Walk) -> Position | None:
    """Raises where it is no cursor, or one of another list."""
    if cursor is None:
        return None
    try:
        parts = base64.b64decode(cursor, altchars=b"-_", validate=True).decode("ascii").split("|")
        position = tuple(READ[column](part) for column, part in zip(walk.columns, parts, strict=True))
    except (ValueError, binascii.Error) as malformed:
        raise _no_cursor() from malformed
    if cursor_of(position) != cursor:
        raise _no_cursor()
    return position


def _no_cursor() -> ValidationError:
    return ValidationError({"cursor": ["This is no cursor of this list. Begin without one."]})


def _id(text: str) -> int:
    number = int(text)
    if not 0 < number <= LARGEST_ID:
        raise ValueError(text)
    return number


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None or not 1 < moment.year < 9999:
        raise ValueError(text)
    return moment


READ: dict[str, Callable[[str], Any]] = {"id": _id, "dated": date.fromisoformat, "updated_at": _moment}
