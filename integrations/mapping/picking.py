"""What a person typed, or what a thing of ours is called, against what the books have. Pure.

A target is meant by its number, its name, its path, or its label, whatever the case and the blanks.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from integrations.mapping.slots import MappingSlot
from integrations.providers.documents import AccountRole

LINE_ROLES = frozenset({AccountRole.EXPENSE, AccountRole.POSTABLE})
# Of which roles the account of a slot must be; slots that point to no account are not here.
ROLES: dict[MappingSlot, frozenset[AccountRole]] = {
    MappingSlot.CARD_ACCOUNT: frozenset({AccountRole.CARD}),
    MappingSlot.CARD: frozenset({AccountRole.CARD}),
    MappingSlot.BANK: frozenset({AccountRole.BANK}),
    MappingSlot.BANK_ACCOUNT: frozenset({AccountRole.BANK}),
    MappingSlot.PAYABLES: frozenset({AccountRole.PAYABLE}),
    MappingSlot.DEFAULT: LINE_ROLES,
    MappingSlot.CATEGORY: LINE_ROLES,
    MappingSlot.FEES: LINE_ROLES,
    MappingSlot.CASHBACK: LINE_ROLES,
}


@dataclass(frozen=True, slots=True)
class Target:
    """Something of the books that may be chosen; `fits` says whether it is of the right kind for the slot."""

    id: int
    number: str
    name: str
    path: str
    type_name: str = ""
    active: bool = True
    fits: bool = True

    @property
    def label(self) -> str:
        """Unlike any other of the same books: number and path together."""
        return f"{self.number} {self.path}".strip()

    @property
    def possible(self) -> bool:
        return self.active and self.fits

    @property
    def names(self) -> set[str]:
        written = (self.number, self.name, self.path, self.label, f"{self.number} {self.name}")
        return {folded(name) for name in written if name}


class Trouble(StrEnum):
    UNKNOWN = "unknown"
    AMBIGUOUS = "ambiguous"
    INACTIVE = "inactive"
    UNFIT = "unfit"


@dataclass(frozen=True, slots=True)
class Wrong:
    """Why a text means no target, with those that it may have meant."""

    trouble: Trouble
    targets: tuple[Target, ...] = ()


def folded(text: str) -> str:
    return " ".join(text.split()).casefold()


class Directory:
    """Targets of one kind, by everything that they are called."""

    def __init__(self, targets: Iterable[Target]) -> None:
        self._by_name: dict[str, list[Target]] = {}
        for target in targets:
            for name in target.names:
                self._by_name.setdefault(name, []).append(target)

    def pick(self, text: str) -> Target | Wrong:
        called = self._by_name.get(folded(text), [])
        possible = [target for target in called if target.possible]
        if len(possible) > 1:
            # A whole label says more than a name that others bear as well.
            possible = [one for one in possible if folded(one.label) == folded(text)] or possible
        if len(possible) == 1:
            return possible[0]
        if possible:
            return Wrong(Trouble.AMBIGUOUS, tuple(possible))
        if not called:
            return Wrong(Trouble.UNKNOWN)
        unfit = tuple(target for target in called if not target.fits)
        return Wrong(Trouble.UNFIT, unfit) if len(unfit) == len(called) else Wrong(Trouble.INACTIVE, tuple(called))

    def match(self, names: Sequence[str]) -> Target | None:
        """The one possible target that bears any of these names; of two nobody is suggested."""
        found = {
            target.id: target
            for name in names
            if name.strip()
            for target in self._by_name.get(folded(name), [])
            if target.possible
        }
        return next(iter(found.values())) if len(found) == 1 else None


def match(sources: Mapping[int, Sequence[str]], directory: Directory) -> dict[int, Target]:
    """Of ours, by id with what each is called, those that one target of the books is called like."""
    return {source: target for source, names in sources.items() if (target := directory.match(names))}
