"""Amounts as people and banks write them: which mark parts the decimals, what a sign means, what a cell says."""

import re
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from ledger.imports.currencies import currency_of

LONGEST = 40


class DecimalMark(StrEnum):
    POINT = "."
    COMMA = ","


class Convention(StrEnum):
    """Which movements a column writes with a minus."""

    REFUNDS_NEGATIVE = "refunds_negative"
    CHARGES_NEGATIVE = "charges_negative"


@dataclass(frozen=True, slots=True)
class AmountFormat:
    mark: DecimalMark = DecimalMark.POINT
    convention: Convention = Convention.REFUNDS_NEGATIVE


@dataclass(frozen=True, slots=True)
class Figure:
    """What a cell says. The number is above zero for a charge once signed() has been asked."""

    number: Decimal
    # CR and DR say what a movement is, whatever the convention of the column.
    side: str = ""
    currency: str = ""
    # “$”, which is of several countries.
    vague: str = ""

    def signed(self, convention: Convention) -> Decimal:
        if self.side:
            return -self.number if self.side == "CR" else self.number
        return -self.number if convention is Convention.CHARGES_NEGATIVE else self.number


class NotAnAmount(ValueError):
    """The text says why, for the person whose file it is."""


PLAIN = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")
# An apostrophe in front is a spreadsheet's mark for text.
AROUND = re.compile(r"'?((?:[^0-9.,]|(?<=[A-Za-z])\.)*)([.,]?[0-9](?:[0-9.,'’\u00a0\u202f ]*[0-9])?)([^0-9]*)")
BLANKS = "'’\u00a0\u202f "
WHOLE = {
    mark: re.compile(
        # 1,234,567 or 1 234 567, India's 12,34,567, or without groups.
        rf"([0-9]{{1,3}}([{other}{BLANKS}])[0-9]{{3}}(?:\2[0-9]{{3}})*"
        rf"|[0-9]{{1,2}}(?:{re.escape(other)}[0-9]{{2}})+{re.escape(other)}[0-9]{{3}}|[0-9]*)"
        rf"(?:{re.escape(mark)}([0-9]+))?"
    )
    for mark, other in ((DecimalMark.POINT, ","), (DecimalMark.COMMA, "."))
}
NOT_A_DIGIT = re.compile(r"[^0-9]")
PARTS = re.compile(r"[A-Z]{1,2}\$|[A-Za-z]+\.?|[^\sA-Za-z]")
PLUS_OR_MINUS = frozenset("+-−–")
BRACKETS = frozenset("()")
SIDES = frozenset({"CR", "DR"})


def read_figure(text: str, mark: DecimalMark) -> Figure:
    if mark is DecimalMark.POINT and PLAIN.fullmatch(text):
        return Figure(Decimal(text))
    found = AROUND.fullmatch(text.strip()) if len(text) <= LONGEST else None
    number = _number(found[2], mark) if found else None
    signs = _signs(found[1], found[3]) if found else None
    if number is None or signs is None:
        raise NotAnAmount(f"“{text[:LONGEST]}” is not an amount like {_example(mark)}.")
    negative, side, currency, vague = signs
    return Figure(-number if negative else number, side, currency, vague)


def _example(mark: DecimalMark) -> str:
    return "1,234.56" if mark is DecimalMark.POINT else "1.234,56"


def _number(digits: str, mark: DecimalMark) -> Decimal | None:
    """Groups must be whole: “1,5” is no 15, but a decimal comma that was not expected."""
    found = WHOLE[mark].fullmatch(digits)
    if found is None:
        return None
    return Decimal(f"{NOT_A_DIGIT.sub('', found[1]) or 0}.{found[3] or 0}")


def _signs(before: str, after: str) -> tuple[bool, str, str, str] | None:
    """Whether it is negative, CR or DR, the currency or a vague sign; nothing where they say it twice or say more."""
    parts = PARTS.findall(before) + PARTS.findall(after)
    brackets = [part for part in parts if part in BRACKETS]
    signs = [part for part in parts if part in PLUS_OR_MINUS]
    sides = [side for part in parts if (side := part.rstrip(".").upper()) in SIDES]
    rest = [part for part in parts if not {part, part.rstrip(".").upper()} & (BRACKETS | PLUS_OR_MINUS | SIDES)]
    bracketed = brackets == ["(", ")"] and "(" in before and ")" in after
    if len(brackets) != 2 * bracketed or bracketed + len(signs) + len(sides) > 1 or len(rest) > 1:
        return None
    currency = currency_of(rest[0]) if rest else ""
    if currency is None:
        return None
    vague = "".join(rest) if not currency else ""
    return bracketed or signs not in ([], ["+"]), sides[0] if sides else "", currency, vague


def looks_like_an_amount(text: str) -> bool:
    return amount_in_any_writing(text) is not None


def amount_in_any_writing(text: str) -> Decimal | None:
    """Whatever parts its decimals: enough to see whether it is zero, and its sign."""
    return next((figure.number for mark in DecimalMark if (figure := _reads(text, mark))), None)


def _reads(text: str, mark: DecimalMark) -> Figure | None:
    try:
        return read_figure(text, mark)
    except NotAnAmount:
        return None


@dataclass(frozen=True, slots=True)
class AmountGuess:
    format: AmountFormat
    # A value that is a thousand times another with the other mark, where no value decides between them; else empty.
    ambiguous: str
    read: int
    filled: int
    negative: int
    # The one currency that all values name, if they do.
    currency: str


class AmountTally:
    """Counts what the values of a column can be."""

    def __init__(self) -> None:
        self.filled = self._positive = self._negative = 0
        self._reads = dict.fromkeys(DecimalMark, 0)
        self._example = ""
        self._currencies: set[str] = set()

    def add(self, text: str) -> None:
        self.filled += 1
        figures = {mark: figure for mark in DecimalMark if (figure := _reads(text, mark)) is not None}
        for mark in figures:
            self._reads[mark] += 1
        for figure in [*figures.values()][:1]:
            self._positive += figure.number > 0
            self._negative += figure.number < 0
            self._currencies.add(figure.currency)
        if len({figure.number for figure in figures.values()}) == 2:
            self._example = text

    @property
    def read(self) -> int:
        return max(self._reads.values())

    def guess(self) -> AmountGuess:
        point, comma = self._reads[DecimalMark.POINT], self._reads[DecimalMark.COMMA]
        mark = DecimalMark.COMMA if comma > point else DecimalMark.POINT
        # Most movements of a card are charges.
        charges_negative = self._negative > self._positive
        convention = Convention.CHARGES_NEGATIVE if charges_negative else Convention.REFUNDS_NEGATIVE
        return AmountGuess(
            format=AmountFormat(mark, convention),
            ambiguous=self._example if point == comma else "",
            read=self.read,
            filled=self.filled,
            negative=self._negative,
            currency=next(iter(self._currencies)) if len(self._currencies) == 1 else "",
        )
