"""What becomes of a row, whatever kind of thing it tells."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from ledger.domain.money import Money
from ledger.domain.transactions import IncomingTransaction
from ledger.imports.rows import Row
from ledger.imports.values import VendorValues
from ledger.services.results import Result

# By what such a name is called: {"card": ["4471"]}.
NewNames = dict[str, list[str]]
# By currency and result: how many rows, and their sum in minor units; refunds lessen it.
Sums = dict[str, dict[str, list[int]]]


@dataclass(frozen=True, slots=True)
class Outcome:
    row: Row
    result: Result
    sentences: tuple[str, ...] = ()
    # The name that a row without an id got; a refused one keeps it.
    row_id: str = ""
    told: IncomingTransaction | VendorValues | None = None
    # Refused or not; none where no amount can be read.
    money: Money | None = None


@dataclass(frozen=True, slots=True)
class Taken:
    """One outcome for each row, in the order of the rows, and which names nobody had entered: made on the way, or
    missing still."""

    outcomes: list[Outcome]
    made: NewNames = field(default_factory=dict)
    missing: NewNames = field(default_factory=dict)


def add_up(sums: Sums, outcomes: Iterable[Outcome]) -> None:
    """Onto what the rows before them came to."""
    for outcome in outcomes:
        if outcome.money:
            of_currency = sums.setdefault(outcome.money.currency, {})
            rows, minor = of_currency.get(outcome.result, (0, 0))
            of_currency[str(outcome.result)] = [rows + 1, minor + outcome.money.minor]


class Taker(Protocol):
    def take(self, rows: Sequence[Row]) -> Taken:
        """Record the rows in the transaction that is open."""
