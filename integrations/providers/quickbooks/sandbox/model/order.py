"""In which order an answer prints the properties of an entity.

Order of the public schema: what the entity has of its own, then what every object has, then what its base types have.
Recorded answers keep to it without exception.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

from ..wire.json import loads


@cache
def _orders() -> dict[str, list[str]]:
    orders: dict[str, list[str]] = loads((Path(__file__).parent / "order.json").read_bytes())
    return orders


def printed_order(entity: str) -> list[str]:
    return _orders().get(entity, [])
