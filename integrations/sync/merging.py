"""What we last wrote, what we want now, and what somebody made of it there: put together where they do not overlap.

Pure, in the words of no platform. A field that one side alone changed is that side's; one that both changed to the
same is nobody's quarrel; one that both changed differently is for a person.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from integrations.providers.documents import LinePart, Side, SideLine

AMOUNT, LINES, NOTE, CURRENCY = "amount", "lines", "note", "currency"
# So much alike, of their fields, that one line came of the other.
ALIKE = 2


@dataclass(frozen=True, slots=True)
class Merged:
    """What of ours goes into theirs, and what of theirs stays though it is not ours."""

    take: frozenset[str]
    lines: tuple[LinePart, ...]
    moved: bool
    kept: tuple[str, ...]

    @property
    def changes(self) -> bool:
        """Whether anything of ours goes into theirs."""
        return bool(self.take) or self.moved or any(part.ours is not None for part in self.lines)


@dataclass(frozen=True, slots=True)
class Overlap:
    """Both changed these."""

    fields: tuple[str, ...]


WORDS = {
    "dated": "date",
    "paid_from": "paid from",
    "from_account": "from account",
    "to_account": "to account",
    "credit": "charge or refund",
    "rate": "exchange rate",
}


def word(name: str) -> str:
    return WORDS.get(name, name)


def in_words(names: Sequence[str]) -> str:
    return ", ".join(map(word, names))


class Quarrel(Exception):
    """Of lines, over this."""


def merge(base: Side, ours: Side, theirs: Side) -> Merged | Overlap:
    take, quarrels = _fields(base.fields, ours.fields, theirs.fields)
    lines: tuple[LinePart, ...] = ()
    try:
        lines = tuple(_lines(base.lines, ours.lines, theirs.lines))
    except Quarrel as quarrel:
        quarrels = [*quarrels, str(quarrel)]
    result = Merged(take, lines, len(lines) != len(theirs.lines), tuple(_kept(base, ours, theirs, take)))
    if CURRENCY not in quarrels and result.changes and _of(ours.fields, CURRENCY) != _of(theirs.fields, CURRENCY):
        quarrels = [CURRENCY, *quarrels]  # No amount of the one side means anything under the currency of the other.
    return Overlap(tuple(quarrels)) if quarrels else result


def same(one: Side, other: Side) -> bool:
    return not differing(one, other)


def differing(one: Side, other: Side) -> list[str]:
    """Fields in which two sides differ."""
    found = [name for name in _names(one.fields, other.fields) if _of(one.fields, name) != _of(other.fields, name)]
    return [*found, LINES] if _contents(one.lines) != _contents(other.lines) else found


def unsigned(note: str, mark: str) -> str:
    """Without our mark and its revision, which every change of ours renews."""
    return " ".join(word for word in note.split(" ") if word != mark and not word.startswith(f"{mark}/"))


def without_signature(side: Side, mark: str) -> Side:
    return Side(side.fields | {NOTE: unsigned(side.fields.get(NOTE, ""), mark)}, side.lines)


def _fields(base: dict[str, str], ours: dict[str, str], theirs: dict[str, str]) -> tuple[frozenset[str], list[str]]:
    take, quarrels = set(), []
    for name in _names(base, ours, theirs):
        was, mine, there = _of(base, name), _of(ours, name), _of(theirs, name)
        if mine in (was, there):
            continue
        if there == was:
            take.add(name)
        else:
            quarrels.append(name)
    return frozenset(take), quarrels


def _kept(base: Side, ours: Side, theirs: Side, take: frozenset[str]) -> Iterator[str]:
    for name in _names(ours.fields, theirs.fields):
        if name not in take and _of(ours.fields, name) != _of(theirs.fields, name):
            yield name
    if _contents(theirs.lines) not in (_contents(base.lines), _contents(ours.lines)):
        yield LINES


# --- lines ------------------------------------------------------------------------------------------------------------


def _lines(base: Sequence[SideLine], ours: Sequence[SideLine], theirs: Sequence[SideLine]) -> Iterator[LinePart]:
    """In their order, and what we added behind it."""
    if _contents(ours) in (_contents(base), _contents(theirs)):
        yield from (LinePart(line.key) for line in theirs)
        return
    if _moves_money(base, ours) and _moves_money(base, theirs):
        raise Quarrel(AMOUNT)
    mine, there = _came_of(base, ours), _came_of(base, theirs)
    added = [place for place in range(len(ours)) if place not in mine.values()]
    if added and any(place not in there.values() for place in range(len(theirs))):
        raise Quarrel(LINES)
    origins = {place: origin for origin, place in there.items()}
    for place, line in enumerate(theirs):
        yield from _part(line, base, ours, origins.get(place), mine)
    for origin, line in enumerate(base):
        if origin not in there and origin in mine and ours[mine[origin]].fields != line.fields:
            raise Quarrel(LINES)  # They took out what we changed.
    yield from (LinePart(ours=place) for place in added)


def _part(
    line: SideLine, base: Sequence[SideLine], ours: Sequence[SideLine], origin: int | None, mine: dict[int, int]
) -> Iterator[LinePart]:
    if origin is None:
        yield LinePart(line.key)  # They added it.
        return
    was = base[origin].fields
    if origin not in mine:
        if line.fields != was:
            raise Quarrel(LINES)  # We took out what they changed.
        return
    take, quarrels = _fields(was, ours[mine[origin]].fields, line.fields)
    if quarrels:
        raise Quarrel(quarrels[0] if quarrels[0] == AMOUNT else f"line {quarrels[0]}")
    yield LinePart(line.key, mine[origin], take)


def _came_of(base: Sequence[SideLine], later: Sequence[SideLine]) -> dict[int, int]:
    """Which later line each line became: the same one, then the one that is most alike, then the only ones left."""
    pairs: dict[int, int] = {}
    ranked = sorted(
        (-_likeness(one, other), abs(origin - place), origin, place)
        for origin, one in enumerate(base)
        for place, other in enumerate(later)
    )
    for unlike, _, origin, place in ranked:
        if -unlike >= ALIKE and origin not in pairs and place not in pairs.values():
            pairs[origin] = place
    left = [origin for origin in range(len(base)) if origin not in pairs]
    free = [place for place in range(len(later)) if place not in pairs.values()]
    if len(left) == len(free) == 1:
        pairs[left[0]] = free[0]
    return pairs


def _likeness(one: SideLine, other: SideLine) -> int:
    return sum(_of(one.fields, name) == _of(other.fields, name) != "" for name in _names(one.fields, other.fields)) + (
        len(one.fields) if one.fields == other.fields else 0
    )


def _moves_money(base: Sequence[SideLine], later: Sequence[SideLine]) -> bool:
    """Whether amounts are others, or other ones."""
    return _amounts(base) != _amounts(later)


def _amounts(lines: Sequence[SideLine]) -> list[Decimal]:
    return sorted(Decimal(_of(line.fields, AMOUNT) or 0) for line in lines)


def _contents(lines: Sequence[SideLine]) -> list[dict[str, str]]:
    return [{name: value for name, value in line.fields.items() if value} for line in lines]


def _names(*sides: dict[str, str]) -> list[str]:
    return list(dict.fromkeys(name for side in sides for name in side))


def _of(fields: dict[str, str], name: str) -> str:
    return fields.get(name, "")
