"""CSV files made and read for the tests of ledger/imports."""

from collections.abc import Sequence
from itertools import pairwise

from ledger.imports.dialects import Dialect, Quoting
from ledger.imports.encodings import Encoding
from ledger.imports.layouts import Layout, examine
from ledger.imports.rows import Position, Row, RowReader

COMMAS = Dialect(Encoding.UTF_8, ",", Quoting.DOUBLE)
START = Position(offset=0, line=1, rows=0)


def layout_of(text: str | bytes) -> Layout:
    return examine([text.encode() if isinstance(text, str) else text])


def rows_of(text: str | bytes) -> list[Row]:
    raw = text.encode() if isinstance(text, str) else text
    layout = examine([raw])
    return [*layout.rows([raw[layout.first.offset :]])]


def cells_of(text: str | bytes) -> list[list[str]]:
    return [row.cells for row in rows_of(text)]


def plain_rows(raw: bytes, dialect: Dialect = COMMAS, width: int | None = None) -> list[Row]:
    return [*RowReader([raw], dialect, START, width)]


def pieces(raw: bytes, cuts: Sequence[int]) -> list[bytes]:
    """The same bytes, cut at these places."""
    edges = [0, *sorted(cut for cut in cuts if cut <= len(raw)), len(raw)]
    return [raw[begin:end] for begin, end in pairwise(edges)]
