"""The rows that were refused, as a CSV to be mended and imported again."""

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from io import StringIO

from ledger.imports.encodings import MARKS, Encoding
from ledger.imports.formulas import neutralised
from ledger.imports.layouts import Layout
from ledger.imports.our_columns import OUR_COLUMNS, TOO_MUCH

UTF_8_MARK = next(mark for mark, encoding in MARKS.items() if encoding is Encoding.UTF_8)


@dataclass(frozen=True, slots=True)
class RefusedRow:
    line: int
    cells: tuple[str, ...]
    sentences: tuple[str, ...]
    # The name it would have been recorded by (identity.py), where it has one.
    row_id: str = ""


def refused_csv(layout: Layout, refused: Iterable[RefusedRow], *, any_wide: bool = False) -> Iterator[bytes]:
    """The original columns, then the line, the reasons, and the row's id; what a bad row has too much stands behind,
    where `any_wide` says that there is such a row."""
    width = original_width(layout.columns)
    too_much = [TOO_MUCH] if any_wide else []
    yield UTF_8_MARK + _written(layout, [*layout.columns[:width], *OUR_COLUMNS, *too_much])
    for row in refused:
        ours = [str(row.line), " ".join(row.sentences), row.row_id]
        yield _written(layout, [*row.cells[:width], *ours, *([_beyond(layout, row)] if any_wide else [])])


def _beyond(layout: Layout, row: RefusedRow) -> str:
    """As it stood in the file, so that it can be put back."""
    return layout.dialect.delimiter.join(row.cells[len(layout.columns) :]).strip(layout.dialect.delimiter)


def is_wide(layout: Layout, row: RefusedRow) -> bool:
    return any(map(str.strip, row.cells[len(layout.columns) :]))


def original_width(columns: tuple[str, ...]) -> int:
    """How many columns were the customer's: a file of refused rows that is refused again does not grow."""
    return len(columns) - len(OUR_COLUMNS) if columns[-len(OUR_COLUMNS) :] == OUR_COLUMNS else len(columns)


def carried_row_id(layout: Layout, cells: list[str]) -> str:
    """The id that a refused row was given before, for Occurrences.name()."""
    return cells[len(layout.columns) - 1].strip() if original_width(layout.columns) < len(layout.columns) else ""


def _written(layout: Layout, cells: Iterable[str]) -> bytes:
    """Every cell quoted: a comma inside must not part it in a spreadsheet of a country that parts by commas or not."""
    line = StringIO()
    writer = csv.writer(line, delimiter=layout.dialect.delimiter, quoting=csv.QUOTE_ALL)
    writer.writerow([neutralised(cell) for cell in cells])
    return line.getvalue().encode()
