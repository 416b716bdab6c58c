"""JSON in and out, with decimals, and the times QuickBooks prints."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import simplejson

Json = dict[str, Any]


def loads(text: str | bytes) -> Any:
    return simplejson.loads(text, use_decimal=True)


def dumps(value: Any) -> str:
    return simplejson.dumps(value, use_decimal=True, ensure_ascii=False, separators=(",", ":"))


def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return ZoneInfo("UTC")


def moment(when: float, place: ZoneInfo) -> str:
    """Timestamps of objects carry the company's offset and whole seconds (§2)."""
    return datetime.fromtimestamp(int(when), UTC).astimezone(place).isoformat()


def envelope_time(when: float, place: ZoneInfo) -> str:
    return datetime.fromtimestamp(when, UTC).astimezone(place).isoformat(timespec="milliseconds")


def trace_id() -> str:
    return f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}"
