"""How the rows of a file are written: what parts the cells, and how a cell is quoted."""

import csv
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from itertools import product
from typing import Any

from ledger.imports.encodings import Encoding

DELIMITERS = (",", ";", "\t", "|")


class Quoting(StrEnum):
    DOUBLE = "double"
    SINGLE = "single"
    BACKSLASH = "backslash"
    NONE = "none"


# Never strict: banks write 5" pipes and "Bob" & Co. as they come.
OPTIONS: dict[Quoting, dict[str, Any]] = {
    Quoting.DOUBLE: {"quotechar": '"'},
    Quoting.SINGLE: {"quotechar": "'"},
    Quoting.BACKSLASH: {"quotechar": '"', "escapechar": "\\"},
    Quoting.NONE: {"quoting": csv.QUOTE_NONE},
}
ESCAPED_INSIDE = re.compile(r'\\"[^",;|\t\r\n]')
NO_HEADER = 0.7
WRAPPED = re.compile(r'(?:^|[,;|\t])"[^"\r\n]*"(?:$|[,;|\t\r\n])', re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Dialect:
    encoding: Encoding
    delimiter: str
    quoting: Quoting

    def parse(self, lines: Iterable[str]) -> Iterator[list[str]]:
        return parse(lines, self.delimiter, self.quoting)

    def width(self, sample: list[str]) -> int:
        """How many cells most rows have; not counting those at the end that no row fills."""
        rows = _rows(sample, self.delimiter, self.quoting)
        return min(_commonest(rows)[0], max((sum(map(bool, cells)) for cells in rows), default=1))


def parse(lines: Iterable[str], delimiter: str, quoting: Quoting) -> Iterator[list[str]]:
    return csv.reader(lines, delimiter=delimiter, **OPTIONS[quoting])


def detect_dialect(sample: list[str]) -> tuple[str, Quoting]:
    """The way of reading that gives the most columns in the most rows; the commoner one where two are equal."""
    ways = [*product(_possible_quotings("".join(sample)), DELIMITERS)]
    # A first line in quotes tells more than any number of rows: the wrong delimiter leaves quotes inside its cells.
    whole = [way for way in ways if not _torn(_rows(sample, way[1], way[0])[:1], way[0])]
    quoting, delimiter = max(whole or ways, key=lambda way: _regularity(sample, way[1], way[0]))
    return delimiter, quoting


def _possible_quotings(text: str) -> list[Quoting]:
    """In the order of likelihood. Without quotes at all only where no cell is wrapped in them."""
    first = text.strip().partition("\n")[0].strip()
    quotings = [Quoting.DOUBLE]
    if ESCAPED_INSIDE.search(text):
        quotings.insert(0, Quoting.BACKSLASH)
    if len(first) > 1 and first.startswith("'") and first.endswith("'"):
        quotings.insert(0, Quoting.SINGLE)
    if '"' in text and not WRAPPED.search(text):
        quotings.append(Quoting.NONE)
    return quotings


def _regularity(sample: list[str], delimiter: str, quoting: Quoting) -> float:
    rows = _rows(sample, delimiter, quoting)
    width, equal = _commonest(rows)
    lines = max(1, sum(1 for line in sample if line.strip()))
    # Decimal commas give as many columns as the semicolons between them, but not in the header.
    header = 1.0 if rows and len(rows[0]) == width else NO_HEADER
    return equal / lines * (width - 1) / width * (1 - _torn(rows, quoting) / 2) * header


def _rows(sample: list[str], delimiter: str, quoting: Quoting) -> list[list[str]]:
    return [cells for cells in parse(sample, delimiter, quoting) if cells]


def _commonest(rows: list[list[str]]) -> tuple[int, int]:
    """The width that most rows have, the greater of two; and how many have it."""
    widths = Counter(map(len, rows))
    return max(widths.items(), key=lambda found: (found[1], found[0]), default=(1, 0))


def _torn(rows: list[list[str]], quoting: Quoting) -> float:
    """The share of cells with a quotation mark inside: cut at the wrong places, most quoted cells have one."""
    quote = OPTIONS[quoting].get("quotechar", '"')
    cells = [cell for row in rows for cell in row]
    return sum(1 for cell in cells if quote in cell) / max(1, len(cells))
