"""Values of the ledger as a person reads them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from babel.numbers import format_decimal, get_currency_name, get_currency_symbol

from ledger.domain.money import Money, exponent

LOCALE = "en"
NAMES_SHOWN = 5


@dataclass(frozen=True, slots=True)
class MoneyShown:
    """An amount taken apart, so that the page can set the sign lighter than the figure, and read it aloud whole."""

    symbol: str
    figure: str
    negative: bool
    spoken: str


def money_shown(money: Money) -> MoneyShown:
    amount = abs(money.amount)
    zeros = "0" * exponent(money.currency)
    figure = format_decimal(amount, format=f"#,##0.{zeros}" if zeros else "#,##0", locale=LOCALE)
    minus = "minus " if money.minor < 0 else ""
    return MoneyShown(
        symbol=get_currency_symbol(money.currency, locale=LOCALE),
        figure=figure,
        negative=money.minor < 0,
        spoken=f"{minus}{figure} {currency_words(money.currency)}",
    )


def money_text(money: Money) -> str:
    """For a sentence: $9,204.16."""
    shown = money_shown(money)
    return f"{'−' if shown.negative else ''}{shown.symbol}{shown.figure}"


def sums_text(sums: Iterable[Money]) -> str:
    """$9,204.16 and £310.00: currencies are never added to each other."""
    return listed([money_text(money) for money in sums])


def currency_words(currency: str) -> str:
    """US dollars."""
    return get_currency_name(currency, count=2, locale=LOCALE)


def listed(parts: list[str]) -> str:
    """A, B and C."""
    if len(parts) < 2:
        return "".join(parts)
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def counted(number: int, noun: str) -> str:
    """1 item, 1,212 items, 2 categories."""
    plural = f"{noun[:-1]}ies" if noun.endswith("y") and noun[-2] not in "aeou" else f"{noun}s"
    return f"{number:,} {noun if number == 1 else plural}"


def named(number: int, noun: str, first: Sequence[str]) -> str:
    """7 cards: 4471, 5096, 0815, 1234, 9698 and 2 more."""
    shown = first[:NAMES_SHOWN]
    others = [f"{number - len(shown):,} more"] if number > len(shown) else []
    return f"{counted(number, noun)}: {listed([*shown, *others])}"


def day_text(day: date) -> str:
    """For a sentence: 19 Nov 2026."""
    return f"{day:%-d %b %Y}"
