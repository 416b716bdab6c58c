"""What stands on every account at the end of a day, with the profit of earlier years in equity."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field

from .chart import Chart
from .ledger import Sum
from .period import Calendar


@dataclass
class Standing:
    """Debits positive."""

    #: Balance sheet accounts, without the profit of earlier years.
    stood: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    #: Income and expense of the fiscal year so far.
    year: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    #: Of the fiscal years before.
    earlier: int = 0
    rolled: bool = False

    @property
    def net_income(self) -> int:
        return -sum(self.year.values())

    def balances(self, chart: Chart) -> dict[int | None, int]:
        """Every account's balance, earlier profit on Retained Earnings; under None where there is no such account."""
        found: dict[int | None, int] = dict([*self.stood.items(), *self.year.items()])
        if self.rolled:
            keeper = chart.retained.id if chart.retained else None
            found[keeper] = found.get(keeper, 0) + self.earlier
        return found


def standing(sums: Iterable[Sum], day: str, chart: Chart, calendar: Calendar) -> Standing:
    """`sums` reach from the first day on; later ones do not count."""
    begun, found = calendar.fiscal_start(day), Standing()
    for each in sums:
        if each.day > day:
            continue
        if not chart.by_id[each.account].earns:
            found.stood[each.account] += each.debit
        elif each.day >= begun:
            found.year[each.account] += each.debit
        else:
            found.earlier += each.debit
            found.rolled = True
    return found
