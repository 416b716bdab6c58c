"""What becomes of a row, whatever kind of thing it tells."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ledger.domain.transactions import IncomingTransaction
from ledger.imports.rows import Row
from ledger.imports.values import VendorValues
from ledger.services.intake import Result


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
    """One outcome for each row, in the order of the rows, and how many of which names were made on the way."""

    outcomes: list[Outcome]
    made: Counter[str] = field(default_factory=Counter)


class Taker(Protocol):
    def take(self, rows: Sequence[Row]) -> Taken:
        """Record the rows in the transaction that is open."""
