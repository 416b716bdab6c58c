"""JSON in and out, with decimals, and the times QuickBooks prints."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from random import getrandbits
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import msgspec

Json = dict[str, Any]
#: Where the seconds of a moment end: 2026-12-01T09:00:00.
_SECONDS = 19

_DECODER = msgspec.json.Decoder(float_hook=Decimal)
_ENCODER = msgspec.json.Encoder(decimal_format="number")


def loads(text: str | bytes) -> Any:
    """Numbers with a point become decimals. ValueError, UnicodeDecodeError among them, for what is not JSON."""
    return _DECODER.decode(text)


def encode(value: Any) -> bytes:
    return _ENCODER.encode(value)


def dumps(value: Any) -> str:
    return _ENCODER.encode(value).decode()


def zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except ZoneInfoNotFoundError:
        return ZoneInfo("UTC")


def moment(when: float, place: ZoneInfo) -> str:
    """Timestamps of objects carry the company's offset and whole seconds (§2)."""
    return _second(int(when), place)


@lru_cache(maxsize=4096)
def _second(when: int, place: ZoneInfo) -> str:
    return datetime.fromtimestamp(when, UTC).astimezone(place).isoformat()


def envelope_time(when: float, place: ZoneInfo) -> str:
    second, thousandths = divmod(int(when * 1000), 1000)
    day_and_time, offset = _second(second, place)[:_SECONDS], _second(second, place)[_SECONDS:]
    return f"{day_and_time}.{thousandths:03d}{offset}"


def day_began(now: float, place: ZoneInfo) -> int:
    """Midnight, where the company is."""
    local = datetime.fromtimestamp(now, UTC).astimezone(place)
    return int(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp())


def trace_id() -> str:
    """In the form of Amazon's traces: the second and what tells it from others."""
    return f"1-{int(time.time()):08x}-{getrandbits(96):024x}"
