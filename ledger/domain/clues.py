"""What a receipt's words say: amounts, days, and the words themselves. Pure.

It understands the amounts and dates of receipts in English and of the platforms' countries, and nothing more: what it
reads is compared with what is on record, never recorded.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

MOST = 60
LONGEST = 20_000
AMOUNT = re.compile(r"(?<![\d.,])(\d{1,3}(?:[ ,.\u00a0']\d{3}){1,3}|\d{1,7})[.,](\d{2})(?!\d|[.,/]\d)")
SIGNS = {"$": ("USD", "CAD", "AUD", "NZD", "SGD", "HKD"), "€": ("EUR",), "£": ("GBP",), "¥": ("JPY", "CNY")}
CODES = re.compile(r"\b(USD|CAD|AUD|NZD|SGD|HKD|EUR|GBP|JPY|CNY|CHF|SEK|NOK|DKK|PLN|CZK|INR|MXN|BRL|ILS)\b")
MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = r"(?P<month>jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]*\.?"
ISO = re.compile(r"\b(?P<year>20\d\d)-(?P<month>\d\d)-(?P<day>\d\d)\b")
DAY_FIRST = re.compile(rf"\b(?P<day>\d{{1,2}})(?:st|nd|rd|th)?[ .-]+{MONTH}[ ,.-]+(?P<year>20\d\d)\b", re.IGNORECASE)
MONTH_FIRST = re.compile(rf"\b{MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>20\d\d)\b", re.IGNORECASE)
NUMBERS = re.compile(r"\b(\d{1,2})[/.](\d{1,2})[/.](20\d\d|\d\d)\b")


@dataclass(frozen=True, slots=True)
class Clues:
    """`words` are in lower case, with single blanks around each; `currencies` are those that are named in it."""

    amounts: frozenset[Decimal] = frozenset()
    days: frozenset[date] = frozenset()
    words: str = ""
    currencies: frozenset[str] = frozenset()


def clues_in(text: str) -> Clues:
    read = text[:LONGEST]
    amounts = {Decimal(f"{re.sub(r'[^0-9]', '', whole)}.{cents}") for whole, cents in AMOUNT.findall(read)}
    return Clues(
        frozenset(sorted((one for one in amounts if one), reverse=True)[:MOST]),
        frozenset(sorted(_days(read))[:MOST]),
        plain(read),
        frozenset(_currencies(read)),
    )


def plain(text: str) -> str:
    return f" {' '.join(re.sub(r'[^0-9a-zà-öø-ÿ]+', ' ', text.casefold()).split())} "


def _currencies(text: str) -> Iterator[str]:
    for sign, currencies in SIGNS.items():
        if sign in text:
            yield from currencies
    yield from CODES.findall(text)


def _days(text: str) -> set[date]:
    return {day for day in (*_named(text), *_numbered(text)) if day is not None}


def _named(text: str) -> Iterator[date | None]:
    for match in ISO.finditer(text):
        yield _day(int(match["year"]), int(match["month"]), int(match["day"]))
    for pattern in (DAY_FIRST, MONTH_FIRST):
        for match in pattern.finditer(text):
            yield _day(int(match["year"]), MONTHS.index(match["month"][:3].lower()) + 1, int(match["day"]))


def _numbered(text: str) -> Iterator[date | None]:
    """Whether the day or the month comes first nobody can tell, so both are kept."""
    for first, second, year in NUMBERS.findall(text):
        full = int(year) if len(year) == 4 else 2000 + int(year)
        yield _day(full, int(second), int(first))
        yield _day(full, int(first), int(second))


def _day(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None
