"""The parts of a document as they come in. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from ledger.domain.money import Money

NOTHING_ELSE: "MappingProxyType[str, str]" = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class IncomingLine:
    """One part of a document; its money has the sign of the whole."""

    money: Money
    category: str = ""
    department: str = ""
    memo: str = ""
    tags: "MappingProxyType[str, str] | dict[str, str]" = field(default_factory=lambda: NOTHING_ELSE)


def impossible_lines(money: Money, lines: Sequence[IncomingLine]) -> str:
    """Why these cannot be the parts of that amount, or an empty text. No lines at all are no split."""
    if not lines:
        return ""
    if any(line.money.currency != money.currency for line in lines):
        return f"Every line is in {money.currency}, like the whole."
    if any(line.money.minor * money.minor <= 0 for line in lines):
        return "Every line is above zero."
    rest = money.minor - sum(line.money.minor for line in lines)
    if rest:
        return f"The lines leave {Money(abs(rest), money.currency)} {'over' if rest * money.minor > 0 else 'too much'}."
    return ""
