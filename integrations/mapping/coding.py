"""The mapping in force, and what coding a document by it comes to: an account for each line, or all that is missing."""

from dataclasses import dataclass, field

from integrations.mapping.facts import LineFacts, Term
from integrations.mapping.gates import GATES, Gates
from integrations.mapping.periods import ClosedPolicy, Day
from integrations.mapping.reasons import Reason
from integrations.mapping.slots import MappingSlot
from integrations.providers.documents import Dimension


@dataclass(frozen=True, slots=True)
class Account:
    """An account of the books as the mapping sees it; a value of a dimension looks the same."""

    external_id: str
    label: str
    active: bool
    currency: str = ""  # Empty for that of the books.


@dataclass(frozen=True, slots=True)
class Vendor:
    """A vendor of the books; without an id one that shall be made."""

    external_id: str
    name: str
    active: bool = True
    ours: bool = False  # We made it there.
    currency: str = ""  # Empty for that of the books.


@dataclass(frozen=True, slots=True)
class Mapping:
    """One version of an entity's configuration, with the vendors of the books that a set of transactions may be.

    `accounts` are by slot and, where the slot names something of ours, its id. `values` are those of a dimension, by
    the dimension's key, slot and id. Vendors are by our vendor's id, and by name in lower case; `known_as` has how the
    platform writes our names, empty for one that it cannot write.
    """

    version: int
    home_currency: str
    accounts: dict[tuple[MappingSlot, int | None], Account] = field(default_factory=dict)
    dimensions: tuple[Dimension, ...] = ()
    values: dict[tuple[str, MappingSlot, int], Account] = field(default_factory=dict)
    vendors: dict[int, Vendor] = field(default_factory=dict)
    vendors_by_name: dict[str, Vendor] = field(default_factory=dict)
    known_as: dict[str, str] = field(default_factory=dict)
    create_vendors: bool = False
    closed_periods: ClosedPolicy = ClosedPolicy.HOLD
    gates: Gates = GATES
    several_currencies: bool = False
    refused_vendors: dict[str, str] = field(default_factory=dict)

    def account(self, slot: MappingSlot, source: Term | None = None) -> Account | None:
        return self.accounts.get((slot, source.id if source else None))


@dataclass(frozen=True, slots=True)
class CodedLine:
    """Where one part goes; `values` are by dimension key."""

    facts: LineFacts
    account: Account
    why: str
    values: dict[str, Account] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Coding:
    """Where a document goes, and why each value is what it is.

    `paid_from` is the account that a card owes on, or the one on which a bill is owed. For a payment the one line is
    that account, and `paid_from` the bank or the card. `day` is where the plan put it, if that is not its own.
    """

    version: int
    paid_from: Account
    lines: tuple[CodedLine, ...]
    vendor: Vendor | None
    header: dict[str, Account]
    why: dict[str, str]
    day: Day | None = None


@dataclass(frozen=True, slots=True)
class Uncoded:
    """Everything that is missing, so that a person mends all of it in one visit."""

    reasons: tuple[Reason, ...]


# A reason in place of a value, where there is none.
Found = tuple[Account | Reason, str]


def version_of(mapping: Mapping) -> str:
    return f"version {mapping.version}"


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen for a document, before it is known whether it can stand. `owed` is the account on which it is
    owed, which has the document's own currency."""

    paid_from: Found
    lines: list[tuple[LineFacts, Account | Reason, str]]
    vendor: tuple[Vendor | None, str]
    owed: Account | Reason
    lacking: tuple[Reason, ...] = ()
