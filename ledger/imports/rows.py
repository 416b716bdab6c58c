"""Rows of a stream, one after the other, with the place where the next one begins."""

import csv
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from ledger.imports.dialects import Dialect
from ledger.imports.errors import Unreadable
from ledger.imports.formulas import restored
from ledger.imports.lines import LARGEST_LINE, blocks, lines

LARGEST_ROW = LARGEST_LINE
LONGEST_FIELD = 32 * 1024

# The module's own limit would end the file; ours refuses one row. It is the process's, so it is only ever widened.
csv.field_size_limit(max(csv.field_size_limit(), 2 * LARGEST_ROW))


class Position(NamedTuple):
    """Between two rows: what comes next begins at this byte, on this line, after so many rows."""

    offset: int
    line: int
    rows: int


class Row(NamedTuple):
    line: int
    cells: list[str]
    # Why nothing can be made of the cells, whatever they mean; else empty.
    fault: str = ""


class RowReader:
    """Reads on from `start`, which is where `chunks` must begin. A killed reader is replaced by one at its position."""

    def __init__(self, chunks: Iterable[bytes], dialect: Dialect, start: Position, width: int | None = None) -> None:
        self._offset, self._line, self._rows = start
        self._width = width
        self._begins, self._row_bytes = self._line, 0
        self._apostrophe = self._nul = self._ended = False
        self._records = dialect.parse(self._fed(lines(blocks(chunks), dialect.encoding)))

    @property
    def position(self) -> Position:
        return Position(self._offset, self._line, self._rows)

    def __iter__(self) -> Iterator[Row]:
        return self

    def __next__(self) -> Row:
        while True:
            self._begins, self._row_bytes = self._line, 0
            self._apostrophe = self._nul = False
            cells = next(self._records)
            if self._ended:
                raise Unreadable(_unclosed(self._begins))
            if any(map(str.strip, cells)):
                self._rows += 1
                return self._row(cells)

    def _fed(self, pieces: Iterator[tuple[str, int]]) -> Iterator[str]:
        """Hands csv one line at a time. It takes no more of them than its row needs, so the place is exact."""
        for text, size in pieces:
            self._row_bytes += size
            if self._row_bytes > LARGEST_ROW:
                raise Unreadable(_unclosed(self._begins))
            self._offset += size
            self._line += 1
            self._apostrophe |= "'" in text
            if "\0" in text:
                self._nul, text = True, text.replace("\0", "\ufffd")
            yield text
        self._ended = True

    def _row(self, cells: list[str]) -> Row:
        if self._apostrophe:
            cells = [restored(cell) for cell in cells]
        if self._width is not None and len(cells) < self._width:
            cells += [""] * (self._width - len(cells))
        return Row(self._begins, cells, self._fault(cells))

    def _fault(self, cells: list[str]) -> str:
        if self._nul:
            return "It holds a NUL character, which no text has; the file may be damaged here."
        if self._width is not None and any(map(str.strip, cells[self._width :])):
            return (
                f"It has {len(cells)} cells, but the header names {self._width} columns; "
                "a text with a comma or a line break in it may lack its quotation marks."
            )
        if self._row_bytes > LONGEST_FIELD and max(map(len, cells)) > LONGEST_FIELD:
            return f"A cell is longer than {LONGEST_FIELD:,} characters; a quotation mark may not be closed."
        return ""


def _unclosed(line: int) -> str:
    return (
        f"The row that begins on line {line:,} does not end: it reaches the end of the file or 1 MiB. A quotation mark "
        "that opens there is probably not closed. Mend that line and import the file again."
    )
