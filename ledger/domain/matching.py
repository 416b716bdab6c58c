"""Which charge or bill a receipt belongs to, and why. Pure.

Nothing is guessed from the amount alone: a receipt is hung by itself only where amount and name agree, or amount and
day, and no other document does as well. Everything else is a suggestion to a person.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from ledger.domain.clues import Clues, plain
from ledger.domain.money import Money
from ledger.words import day_text, listed, money_text

SHORTEST_WORD, SHORTEST_NUMBER = 3, 4
WORDS_OF_A_NAME = 3
DAYS_APART = 3
SURE = 6
SHOWN = 5
# What contradicts it leaves it to a person.
AGAINST = -4
# What stands in many names or on every receipt, and says nothing.
EMPTY_WORDS = frozenset(
    (  # noqa: SIM905 - fifty words in as many lines
        "card store shop hotel company limited group services international online corporation business "
        "inc ltd llc corp gmbh plc the and for com www "
        "total amount date paid thank thanks you payment receipt invoice order bill "
        "balance cash change sale price item from tax customer number best regards"
    ).split()
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that a receipt may belong to; `original` is what was paid in another currency."""

    document: int
    money: Money
    dated: date
    names: tuple[str, ...]
    number: str = ""
    original: Money | None = None


@dataclass(frozen=True, slots=True)
class Match:
    document: int
    strength: int
    why: str


def matches(clues: Clues, candidates: Iterable[Candidate]) -> list[Match]:
    """The best first. Only those of which the amount stands in it, or the number."""
    found = [match for one in candidates if (match := _match(clues, one))]
    return sorted(found, key=lambda one: (-one.strength, one.document))[:SHOWN]


def sure(found: Sequence[Match]) -> Match | None:
    """The one that nobody need look at."""
    if not found or found[0].strength < SURE:
        return None
    return None if len(found) > 1 and found[1].strength == found[0].strength else found[0]


def _match(clues: Clues, one: Candidate) -> Match | None:
    amount, number = _amount(clues, one), _number(clues, one)
    if not amount and not number:
        return None
    name, day = _name(clues, one), _day(clues, one)
    parts = [part for part in (amount, number, name) if part]
    strength = 4 * bool(amount) + 3 * bool(number) + 3 * bool(name) + day[0] + _currency(clues, one)
    verb = "stand" if len(parts) > 1 else "stands"
    return Match(one.document, strength, f"{listed(parts)} {verb} in it{day[1]}.")


def _amount(clues: Clues, one: Candidate) -> str:
    for money in filter(None, (one.money, one.original)):
        if abs(money.amount) in clues.amounts:
            return money_text(money)
    return ""


def _number(clues: Clues, one: Candidate) -> str:
    words = plain(one.number)
    return f"number {one.number}" if len(words) >= SHORTEST_NUMBER + 2 and words in clues.words else ""


def _name(clues: Clues, one: Candidate) -> str:
    """One of which all words stand in it that say something, up to the third."""
    for name in one.names:
        telling = [word for word in plain(name).split() if _tells(word)][:WORDS_OF_A_NAME]
        if telling and all(f" {word} " in clues.words for word in telling):
            return f"“{name}”"
    return ""


def _tells(word: str) -> bool:
    return len(word) >= SHORTEST_WORD and word.isalpha() and word not in EMPTY_WORDS


def _currency(clues: Clues, one: Candidate) -> int:
    own = {money.currency for money in (one.money, one.original) if money}
    return AGAINST if clues.currencies and not own & clues.currencies else 0


def _day(clues: Clues, one: Candidate) -> tuple[int, str]:
    apart = min((abs((day - one.dated).days) for day in clues.days), default=None)
    if apart is None:
        return 0, ""
    if apart > DAYS_APART:
        return AGAINST, ""
    told = f", and {day_text(one.dated)} is its day"
    return (2, told) if apart == 0 else (1, f", and its day is near {day_text(one.dated)}")
