"""Names for rows that bring none: the same purchase gets the same one in every file, two equal purchases get two."""

import hashlib
import re
from array import array
from collections.abc import Iterable
from decimal import Decimal

from ledger.imports.cards import identity as card_identity
from ledger.imports.errors import Unreadable
from ledger.imports.values import TransactionValues

# As many as a spreadsheet has.
MOST_ROWS = 1_048_576
FIRST_SLOTS = 1024
NAME = re.compile(r"row-([0-9a-f]{32})-([1-9][0-9]{0,8})")


def facts_digest(values: TransactionValues) -> str:
    """Of what happened, not of how it was coded: a category that is mended later makes no second purchase."""
    facts = (
        card_identity(values.card),
        values.dated.isoformat(),
        values.at.isoformat() if values.at else "",
        " ".join(values.merchant.split()),
        _plain(values.amount),
        values.currency,
        _plain(values.original_amount),
        values.original_currency,
    )
    return hashlib.blake2b("\x1f".join(facts).encode(), digest_size=16).hexdigest()


def _plain(amount: Decimal | None) -> str:
    """5, 5.0 and 5.00 are one amount."""
    return "" if amount is None else format(amount.normalize(), "f")


class Occurrences:
    """How often each row has been seen in this file.

    Kept as eight bytes and a count per different row, in an open-addressed table that is at most two thirds full: 25 MB
    for the million rows that are allowed, and half as much again while it grows. Two different rows that share their
    eight bytes (once in some ten million such files) count on from each other; the rest of their names parts them.
    """

    def __init__(self) -> None:
        self._clear(FIRST_SLOTS)
        self._news = array("Q")

    def name(self, values: TransactionValues, carried: str = "") -> str:
        """`carried` is the name that the row had when it was refused: it keeps it unless its facts were changed."""
        digest = facts_digest(values)
        key = int(digest[:16], 16)
        told = NAME.fullmatch(carried)
        if told and told[1] == digest:
            self._set(key, max(self._seen(key), int(told[2])))
            return carried
        number = self._seen(key) + 1
        self._set(key, number)
        return f"row-{digest}-{number}"

    def take_news(self) -> bytes:
        """What was added since this was last asked: the keys, then a count for each."""
        keys = array("Q", dict.fromkeys(self._news))
        counts = array("I", map(self._seen, keys))
        self._news = array("Q")
        return keys.tobytes() + counts.tobytes()

    @classmethod
    def of_news(cls, stored: Iterable[bytes]) -> "Occurrences":
        """As it stood after the last of these, so that whoever comes next goes on from there."""
        occurrences = cls()
        for news in stored:
            occurrences._learn(news)
        return occurrences

    def _learn(self, news: bytes) -> None:
        keys, counts = array("Q"), array("I")
        rows = len(news) // (keys.itemsize + counts.itemsize)
        keys.frombytes(news[: rows * keys.itemsize])
        counts.frombytes(news[rows * keys.itemsize :])
        for key, seen in zip(keys, counts, strict=True):
            self._put(key, seen)

    def _clear(self, slots: int) -> None:
        self._keys, self._counts = array("Q", bytes(8 * slots)), array("I", bytes(4 * slots))
        self._used = 0

    def _slot(self, key: int) -> int:
        """Where the key is, or would be. The keys are hashes already."""
        last = len(self._keys) - 1
        slot = key & last
        while self._counts[slot] and self._keys[slot] != key:
            slot = (slot + 1) & last
        return slot

    def _seen(self, key: int) -> int:
        return self._counts[self._slot(key)]

    def _set(self, key: int, seen: int) -> None:
        self._news.append(key)
        self._put(key, seen)

    def _put(self, key: int, seen: int) -> None:
        slot = self._slot(key)
        self._used += not self._counts[slot]
        self._keys[slot], self._counts[slot] = key, seen
        if self._used > MOST_ROWS:
            raise Unreadable(
                f"The file has more than {MOST_ROWS:,} rows without an id. Split it, or choose a column with an id."
            )
        if self._used * 3 > len(self._keys) * 2:
            self._grow()

    def _grow(self) -> None:
        keys, counts = self._keys, self._counts
        self._clear(2 * len(keys))
        for key, seen in zip(keys, counts, strict=True):
            if seen:
                self._put(key, seen)
