"""What becomes of a row, whatever kind of thing it tells."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ledger.domain.transactions import IncomingTransaction
from ledger.imports.rows import Row
from ledger.imports.values import VendorValues
from ledger.services.intake import Result

# By what such a name is called: {"card": ["4471"]}.
NewNames = dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Outcome:
    row: Row
    result: Result
    sentences: tuple[str, ...] = ()
    # The name that a row without an id got; a refused one keeps it.
    row_id: str = ""
    told: IncomingTransaction | VendorValues | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """One outcome for each row, in the order of the rows, and which names nobody had entered: made on the way, or
    missing still."""

    outcomes: list[Outcome]
    made: NewNames = field(default_factory=dict)
    missing: NewNames = field(default_factory=dict)


class Taker(Protocol):
    def take(self, rows: Sequence[Row]) -> Taken:
        """Record the rows in the transaction that is open."""
