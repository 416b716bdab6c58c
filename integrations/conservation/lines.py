"""The equation as values: source = in the books + on its way + held + needs a person + excluded (+ not begun)."""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import TypeVar

from integrations.models import Term
from ledger.domain.money import Money

Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Part:
    """So many documents, and their money in the smallest unit of whatever currency the line is in."""

    count: int = 0
    minor: int = 0

    def __add__(self, other: "Part") -> "Part":
        return Part(self.count + other.count, self.minor + other.minor)

    def __sub__(self, other: "Part") -> "Part":
        return Part(self.count - other.count, self.minor - other.minor)

    def __bool__(self) -> bool:
        return bool(self.count or self.minor)


NOTHING = Part()


@dataclass(frozen=True, slots=True)
class Cell:
    """What was counted of one entity, one currency, and one day or month. Without a term it is the source."""

    entity_id: int
    currency: str
    term: Term | None
    part: Part
    dated: date | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """Both sides of the equation, counted apart from each other. Pounds are never added to dollars."""

    currency: str
    source: Part = NOTHING
    terms: Mapping[Term, Part] = field(default_factory=dict)

    def of(self, *terms: Term) -> Part:
        return sum((self.terms.get(term, NOTHING) for term in terms), NOTHING)

    @property
    def difference(self) -> Part:
        return self.source - self.of(*self.terms)

    @property
    def balanced(self) -> bool:
        return not self.difference

    def money(self, part: Part) -> Money:
        return Money(part.minor, self.currency)


# Something stopped it on its way; a person has to look.
FAILED = (Term.HELD, Term.PERSON)
# Until a person acts, none of it reaches the books; an entity that nobody has connected is no failure.
STUCK = (*FAILED, Term.NOT_BEGUN)
OPEN = (Term.WAY, *STUCK)


def line_of(cells: Iterable[Cell], currency: str) -> Line:
    """Of cells in one currency."""
    source = NOTHING
    terms: dict[Term, Part] = {}
    for cell in cells:
        if cell.term is None:
            source += cell.part
        else:
            terms[cell.term] = terms.get(cell.term, NOTHING) + cell.part
    return Line(currency, source, terms)


def by_currency(cells: Iterable[Cell]) -> dict[str, Line]:
    """The one with the most items first."""
    groups = grouped(cells, lambda cell: cell.currency)
    lines = [line_of(some, currency) for currency, some in groups.items()]
    return {line.currency: line for line in sorted(lines, key=lambda line: (-line.source.count, line.currency))}


def by_entity(cells: Iterable[Cell]) -> dict[tuple[int, str], Line]:
    """By entity and currency."""
    groups = grouped(cells, lambda cell: (cell.entity_id, cell.currency))
    return {key: line_of(some, key[1]) for key, some in groups.items()}


def by_day(cells: Iterable[Cell], currency: str) -> dict[date, Line]:
    """Of one currency."""
    groups = grouped((cell for cell in cells if cell.currency == currency), lambda cell: cell.dated)
    return {day: line_of(groups[day], currency) for day in groups if day is not None}


def grouped(cells: Iterable[Cell], key: Callable[[Cell], Key]) -> dict[Key, list[Cell]]:
    found: dict[Key, list[Cell]] = {}
    for cell in cells:
        found.setdefault(key(cell), []).append(cell)
    return found
