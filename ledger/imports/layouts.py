"""What a file is, before anything is read from it: encoding, dialect, columns, and where its first row begins."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from itertools import chain, islice
from typing import Any

from ledger.imports.amounts import looks_like_an_amount
from ledger.imports.dates import looks_like_a_date
from ledger.imports.dialects import DELIMITERS, Dialect, Quoting, detect_dialect
from ledger.imports.encodings import Encoding, detect_encoding, mark_of
from ledger.imports.errors import Unreadable
from ledger.imports.lines import blocks, lines
from ledger.imports.our_columns import OUR_COLUMNS, TOO_MUCH
from ledger.imports.rows import LARGEST_ROW, Position, Row, RowReader
from ledger.imports.signatures import refuse_what_is_no_text

EMPTY = "The file is empty."
# The header and the first row fit into it, however long they are.
HEAD = 2 * LARGEST_ROW
MOST_COLUMNS = 1000
LONGEST_NAME = 200
SAMPLE_LINES = 100
# Account, period, date of export: what banks put above the names of the columns.
MOST_TITLES = 20
# Excel's own way to say which delimiter a file has.
SEPARATOR_LINE = re.compile(r'"?sep=(.)"?\s*')


@dataclass(frozen=True, slots=True)
class Layout:
    dialect: Dialect
    columns: tuple[str, ...]
    first: Position
    size: int

    def rows(self, chunks: Iterable[bytes], start: Position | None = None) -> RowReader:
        """Rows from the first, or from the place where an earlier reader stopped; `chunks` begins at its offset."""
        return RowReader(chunks, self.dialect, start or self.first, len(self.columns))

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> "Layout":
        written = stored["dialect"]
        dialect = Dialect(Encoding(written["encoding"]), written["delimiter"], Quoting(written["quoting"]))
        return cls(dialect, tuple(stored["columns"]), Position(*stored["first"]), stored["size"])


def examine(chunks: Iterable[bytes]) -> Layout:
    """Look through the whole stream once. Raises Unreadable where no rows can come of it."""
    counted = _Counted(chunks)
    pieces = blocks(counted, HEAD)
    head = next(pieces, b"")
    refuse_what_is_no_text(head)
    encoding = detect_encoding(blocks(chain([head], pieces)))
    # A mark at the beginning told the encoding at once, but the size is known at the end only.
    deque(pieces, maxlen=0)
    return _layout(head, encoding, counted.bytes)


class _Counted:
    """Chunks as they pass, and how many bytes they were."""

    def __init__(self, chunks: Iterable[bytes]) -> None:
        self.bytes = 0
        self._chunks = chunks

    def __iter__(self) -> Iterator[bytes]:
        for chunk in self._chunks:
            self.bytes += len(chunk)
            yield chunk


def _layout(head: bytes, encoding: Encoding, size: int) -> Layout:
    begin = Position(offset=len(mark_of(head)), line=1, rows=0)
    sample = _sample(head[begin.offset :], encoding)
    named, begin = _separator_line(sample, begin)
    texts = [text for text, _ in sample[begin.line - 1 :]]
    delimiter, quoting = detect_dialect(texts)
    dialect = Dialect(encoding, named or delimiter, quoting)
    reader = RowReader([head[begin.offset :]], dialect, begin)
    header = _header(reader, dialect.width(texts))
    first = reader.position._replace(rows=0)
    if next(reader, None) is None:
        raise Unreadable("The file has a header, but no rows below it.")
    return Layout(dialect, columns_of(header.cells), first, size)


def _sample(head: bytes, encoding: Encoding) -> list[tuple[str, int]]:
    sample = [*islice(lines([head], encoding), SAMPLE_LINES)]
    is_cut = len(sample) < SAMPLE_LINES and len(head) > LARGEST_ROW
    return sample[:-1] if is_cut and len(sample) > 1 else sample


def _separator_line(sample: list[tuple[str, int]], begin: Position) -> tuple[str, Position]:
    if not sample:
        raise Unreadable(EMPTY)
    text, size = sample[0]
    said = SEPARATOR_LINE.fullmatch(text)
    if said and said[1] in DELIMITERS:
        return said[1], Position(begin.offset + size, 2, 0)
    return "", begin


def _header(reader: RowReader, width: int) -> Row:
    """The first row that fills most of the columns; what stands above it are titles."""
    above = [*islice(_until(reader, width), MOST_TITLES)]
    if not above:
        raise Unreadable(EMPTY)
    row = above[-1]
    if not _is_full(row, width):
        raise Unreadable("No line of the first twenty names the columns. Put their names above the rows.")
    if len(row.cells) > MOST_COLUMNS:
        raise Unreadable(f"The file has {len(row.cells):,} columns; {MOST_COLUMNS:,} is the most that is read.")
    if _looks_like_values(row.cells):
        raise Unreadable(
            f"Line {row.line} holds values where the names of the columns are expected. "
            "Add a first line with their names, such as Date, Merchant, Amount."
        )
    return row


def _until(reader: RowReader, width: int) -> Iterator[Row]:
    for row in reader:
        yield row
        if _is_full(row, width):
            return


def _is_full(row: Row, width: int) -> bool:
    return sum(1 for cell in row.cells if cell.strip()) * 3 >= width * 2


def _looks_like_values(cells: list[str]) -> bool:
    filled = [cell.strip() for cell in cells if cell.strip()]
    if any("@" in cell or looks_like_a_date(cell) for cell in filled):
        return True
    return sum(1 for cell in filled if looks_like_an_amount(cell)) * 2 >= len(filled)


def columns_of(header: list[str]) -> tuple[str, ...]:
    """Without the one for what a row has too much, which no row may have."""
    columns = column_names(header)
    ends = (*OUR_COLUMNS, TOO_MUCH)
    return columns[:-1] if columns[-len(ends) :] == ends else columns


def column_names(cells: list[str]) -> tuple[str, ...]:
    """One name for each column: the unnamed get a number, and the second of a name says that it is the second."""
    names: dict[str, None] = {}
    for number, cell in enumerate(cells, start=1):
        plain = " ".join(cell.split())[:LONGEST_NAME] or f"Column {number}"
        name, copy = plain, 1
        while name in names:
            copy += 1
            name = f"{plain} ({copy})"
        names[name] = None
    return tuple(names)
