"""The vocabulary in which entities declare their properties."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto


class Kind(Enum):
    TEXT = auto()
    NAME = auto()
    EMAIL = auto()
    #: Several may stand there, with commas between.
    EMAILS = auto()
    WEB = auto()
    FLAG = auto()
    AMOUNT = auto()
    RATE = auto()
    DATE = auto()
    CHOICE = auto()
    REF = auto()
    PART = auto()
    LINES = auto()
    #: A decimal that is not an amount: quantity, unit price, rate in per cent.
    NUMBER = auto()
    WHOLE = auto()
    #: Kept and shown again as it came; nothing here depends on it.
    KEPT = auto()
    #: Known to QuickBooks, read-only or without effect here: taken and dropped without a word (§2).
    IGNORED = auto()


@dataclass(frozen=True, eq=False)
class Field:
    """Told from others by identity, so that what follows from many of them can be looked up instead of reckoned."""

    name: str
    kind: Kind
    limit: int = 0
    target: str = ""
    choices: tuple[str, ...] = ()
    parts: tuple[Field, ...] = ()
    forbidden: str = ""
    #: Beside letters and digits, where one reading of the contract allows no others.
    marks: str = ""
    #: The limit of older documentation.
    older_limit: int = 0
    #: A reference that answers tell by its Id alone.
    bare: bool = False


def text(name: str, limit: int) -> Field:
    return Field(name, Kind.TEXT, limit=limit)


def label(name: str, limit: int, forbidden: str = "") -> Field:
    """A name of something: blanks around it do not count, some characters are refused."""
    return Field(name, Kind.NAME, limit=limit, forbidden=forbidden)


def flag(name: str) -> Field:
    return Field(name, Kind.FLAG)


def amount(name: str) -> Field:
    return Field(name, Kind.AMOUNT)


def number(name: str) -> Field:
    return Field(name, Kind.NUMBER)


def whole(name: str) -> Field:
    return Field(name, Kind.WHOLE)


def day(name: str) -> Field:
    return Field(name, Kind.DATE)


def kept(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, Kind.KEPT) for name in names)


def choice(name: str, *choices: str) -> Field:
    return Field(name, Kind.CHOICE, choices=choices)


def ref(name: str, target: str) -> Field:
    return Field(name, Kind.REF, target=target)


def bare(name: str, target: str = "") -> Field:
    """A reference that answers show without a name."""
    return Field(name, Kind.REF, target=target, bare=True)


def part(name: str, *parts: Field) -> Field:
    return Field(name, Kind.PART, parts=parts)


def lines(name: str, *parts: Field) -> Field:
    return Field(name, Kind.LINES, parts=parts)


def ignored(*names: str) -> tuple[Field, ...]:
    return tuple(Field(name, Kind.IGNORED) for name in names)
