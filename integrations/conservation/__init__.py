"""Nothing is dropped in silence: per entity, currency and month, what came from Flex is what stands somewhere.

lines: the equation as values. reading: from the running totals, for pages. states: the same by state, for the API.
ages: how long money waits. proof: from every row, nightly.
"""

from integrations.conservation.ages import Aged, of_open
from integrations.conservation.lines import (
    FAILED,
    NOTHING,
    OPEN,
    STUCK,
    Cell,
    Line,
    Part,
    by_currency,
    by_day,
    by_entity,
)
from integrations.conservation.proof import Difference, Proof, Stray, prove, prove_and_remember, strays
from integrations.conservation.reading import of_all_months, of_all_time, of_days, of_month
from integrations.conservation.states import count_states

__all__ = [
    "FAILED",
    "NOTHING",
    "OPEN",
    "STUCK",
    "Aged",
    "Cell",
    "Difference",
    "Line",
    "Part",
    "Proof",
    "Stray",
    "by_currency",
    "by_day",
    "by_entity",
    "count_states",
    "of_all_months",
    "of_all_time",
    "of_days",
    "of_month",
    "of_open",
    "prove",
    "prove_and_remember",
    "strays",
]
