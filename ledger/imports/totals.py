"""Lines that sum up the rows above them, which are no transactions."""

import re
from collections.abc import Sequence

from ledger.imports.dates import looks_like_a_date

TOTAL = re.compile(
    r"((grand|sub|page|sous)[ -]?)?totals?\b|sum\b|(gesamt|zwischen|end)?summe\b|gesamt(betrag)?\b|somme\b",
    re.IGNORECASE,
)


def is_total(cells: Sequence[str]) -> bool:
    """The first word says so, and no day is in it: a purchase at Total has one."""
    first = next((text for cell in cells if (text := cell.strip())), "")
    return TOTAL.match(first) is not None and not any(map(looks_like_a_date, cells))
