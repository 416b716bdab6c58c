"""Exact money: a whole number of a currency's smallest units, and the currency."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import cache

from iso4217 import Currency

# PostgreSQL keeps the minor units in a bigint; QuickBooks takes ten digits before the point. The smaller rules.
LARGEST_DIGITS = 10
# Decimal would take more: exponents, underscores, blanks around it, the digits of other scripts.
PLAIN = re.compile(r"[+-]?[0-9]{1,20}(\.[0-9]{1,20})?")


class NotMoney(ValueError):
    """What was given is no amount of money; the text says why, for the person who sent it."""


class UnknownCurrency(NotMoney):
    """The currency is none that one can pay in."""


@dataclass(frozen=True, slots=True)
class Money:
    minor: int
    currency: str

    @property
    def amount(self) -> Decimal:
        return Decimal(self.minor).scaleb(-exponent(self.currency))

    @property
    def exponent(self) -> int:
        return exponent(self.currency)

    def __str__(self) -> str:
        return f"{self.currency} {self.amount}"


def exponent(currency: str) -> int:
    """How many decimals the currency has: 2 for USD, 0 for JPY, 3 for KWD (ISO 4217)."""
    try:
        digits = Currency(currency).exponent
    except ValueError as unknown:
        raise UnknownCurrency(f"{currency!r} is not an ISO 4217 currency.") from unknown
    if digits is None:
        raise UnknownCurrency(f"{currency} is not a currency that one can pay in.")
    return int(digits)


@cache
def currencies_with(digits: int) -> frozenset[str]:
    """Every currency that has so many decimals."""
    return frozenset(currency.code for currency in Currency if currency.exponent == digits)


def in_range(amount: Decimal) -> bool:
    """Asked before any arithmetic: the decimal module raises on results with a million digits."""
    return amount.is_finite() and amount.adjusted() < LARGEST_DIGITS and amount.as_tuple().exponent > -LARGEST_DIGITS  # type: ignore[operator]


def parse_amount(text: str, currency: str) -> Money:
    """Read "12.30" exactly. Anything that would have to be rounded is refused."""
    digits = exponent(currency)
    if not PLAIN.fullmatch(text):
        raise NotMoney(f"{text!r} is not an amount. Write it like 12.30.")
    try:
        amount = Decimal(text)
    except InvalidOperation as malformed:
        raise NotMoney(f"{text!r} is not an amount. Write it like 12.30.") from malformed
    if not in_range(amount):
        raise NotMoney(f"{text!r} is out of range.")
    minor = amount.scaleb(digits)
    if minor != minor.to_integral_value():
        raise NotMoney(f"{text!r} has more decimals than {currency} has ({digits}).")
    return Money(int(minor), currency)


def by_currency(parts: Iterable[Money]) -> list[Money]:
    """Added up; pounds are never added to dollars."""
    sums: dict[str, int] = {}
    for part in parts:
        sums[part.currency] = sums.get(part.currency, 0) + part.minor
    return [Money(minor, currency) for currency, minor in sorted(sums.items())]
