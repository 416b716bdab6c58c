"""Amounts as exact decimals: never a float, never a trailing zero on the wire."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal

#: §2: ten digits before the point and five after it, hence whole hundred-thousandths in a column.
DIGITS_AFTER = 5
DIGITS_BEFORE = 10
_SCALE = 100_000
#: So many units are one digit too many: what a rate, a quantity or many lines come to must not reach them.
MOST = 10 ** (DIGITS_BEFORE + DIGITS_AFTER)
_CENT = Decimal("0.01")
_PRICE = Decimal("0.0000001")
#: For what two large numbers of a caller come to: whether it fits is asked afterwards.
_WIDE = Context(prec=80)


def fits(amount: Decimal) -> bool:
    if not amount.is_finite() or amount.adjusted() >= DIGITS_BEFORE:
        return False
    # Not normalize(): that rounds to 28 digits first and would let a long tail pass.
    _, digits, exponent = amount.as_tuple()
    if int(exponent) >= -DIGITS_AFTER:
        return True
    significant = "".join(map(str, digits)).rstrip("0")
    zeros = len(digits) - len(significant)
    return not significant or int(exponent) + zeros >= -DIGITS_AFTER


def to_units(amount: Decimal | int) -> int:
    return amount * _SCALE if isinstance(amount, int) else int(amount.scaleb(DIGITS_AFTER, _WIDE))


def from_units(units: int) -> Decimal | int:
    """42 stays 42 and 42.50 becomes 42.5, as §2 has them on the wire."""
    whole, rest = divmod(abs(units), _SCALE)
    if rest == 0:
        return -whole if units < 0 else whole
    return Decimal(f"{'-' if units < 0 else ''}{whole}.{rest:0{DIGITS_AFTER}d}".rstrip("0"))


def spelled(value: Decimal | int | bool) -> str:
    """As it would stand in JSON."""
    return str(value).lower() if isinstance(value, bool) else f"{value:f}" if isinstance(value, Decimal) else str(value)


def spelled_short(value: Decimal) -> Decimal | int:
    """A price to seven places (§2), without the zeros at its end."""
    price = value.quantize(_PRICE, ROUND_HALF_UP, _WIDE)
    return int(price) if price == int(price) else price.normalize()


def in_cents(amount: Decimal) -> Decimal:
    return amount.quantize(_CENT, ROUND_HALF_UP, _WIDE)


def cents(amount: Decimal) -> int:
    """Units of an amount rounded half up to two places, as books are kept."""
    return to_units(in_cents(amount))


def to_text(units: int) -> str:
    """Decimal text with at least two digits after the point, more only where there are more."""
    whole, _, rest = str(from_units(abs(units))).partition(".")
    return f"{'-' if units < 0 else ''}{whole}.{rest:0<2}"


def plain(amount: Decimal | int) -> Decimal | int:
    return from_units(to_units(amount))
