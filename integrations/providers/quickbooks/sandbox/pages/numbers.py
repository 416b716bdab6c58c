"""Numbers out of an address: what the file can hold, or nothing."""

from __future__ import annotations

#: Some lists count from 5 000 000 000 000 000 000 (§9.7); SQLite holds no more than this.
LARGEST = 2**63 - 1


def whole(text: str) -> int | None:
    if not (text.isascii() and text.isdecimal()) or len(text) > 19:
        return None
    number = int(text)
    return number if number <= LARGEST else None
