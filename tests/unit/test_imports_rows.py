"""Rows come one by one; a reader can be stopped after any of them and another one goes on."""

import tracemalloc
from collections.abc import Iterator
from itertools import chain

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from ledger.imports.dialects import Dialect, Quoting
from ledger.imports.encodings import Encoding
from ledger.imports.errors import Unreadable
from ledger.imports.layouts import examine
from ledger.imports.rows import LARGEST_ROW, LONGEST_FIELD, Position, Row, RowReader
from tests.unit.csv_files import COMMAS, START, cells_of, pieces, plain_rows

TEXTS = st.lists(st.sampled_from(["a", "b c", ",", '"', '""', "'", "'=", "\r", "\n", "\r\n", "é", "€", "😀", " "])).map(
    "".join
)
ENCODINGS = st.sampled_from([*Encoding])


def read_all(chunks: list[bytes], dialect: Dialect, start: Position) -> tuple[list[tuple[Row, Position]], str]:
    """Every row with the place after it, and what ended the reading."""
    reader = RowReader(chunks, dialect, start)
    found = []
    try:
        for row in reader:
            found.append((row, reader.position))
    except Unreadable as problem:
        return found, str(problem)
    return found, ""


@given(text=TEXTS, cuts=st.lists(st.integers(0, 60)), encoding=ENCODINGS)
def test_rows_are_the_same_wherever_the_stream_is_cut(text: str, cuts: list[int], encoding: Encoding) -> None:
    raw = text.encode(encoding, "replace")
    dialect = Dialect(encoding, ",", Quoting.DOUBLE)
    assert read_all(pieces(raw, cuts), dialect, START) == read_all([raw], dialect, START)


@given(text=TEXTS, encoding=ENCODINGS)
@example(text='a,"b\r\nc"\r\n\r\n1,2\r3,4\n', encoding=Encoding.UTF_16_LE)
def test_whoever_goes_on_after_any_row_reads_the_same_rest(text: str, encoding: Encoding) -> None:
    raw = text.encode(encoding, "replace")
    dialect = Dialect(encoding, ",", Quoting.DOUBLE)
    found, ended = read_all([raw], dialect, START)
    for place, (_, position) in enumerate(found, start=1):
        rest = read_all([raw[position.offset :]], dialect, position)
        assert rest == (found[place:], ended)


def test_a_reader_tells_where_it_stands() -> None:
    raw = b'name,note\nA,"one\ntwo"\n\nB,\n'
    layout = examine([raw])
    reader = layout.rows([raw[layout.first.offset :]])
    assert reader.position == Position(offset=10, line=2, rows=0)
    next(reader)
    assert reader.position == Position(offset=22, line=4, rows=1)
    assert next(reader).line == 5
    assert reader.position == Position(offset=len(raw), line=6, rows=2)


@pytest.mark.parametrize(
    ("raw", "cells"),
    [
        (b"a,b\n1,2\n", [["1", "2"]]),
        (b"a,b\r\n1,2", [["1", "2"]]),
        (b"a,b\r1,2\r3,4\r", [["1", "2"], ["3", "4"]]),
        (b"a,b\r\r\n1,2\r\r\n", [["1", "2"]]),
        (b"a,b\n\n,\n  ,\t\n1,2\n\n", [["1", "2"]]),
        (b'a,b\n"1,5","say ""hi"""\n', [["1,5", 'say "hi"']]),
        (b'a,b\n5" pipe,Bob "Bobby" Lee\n', [['5" pipe', 'Bob "Bobby" Lee']]),
        (b'a,b\n"x\r\ny",2\n', [["x\r\ny", "2"]]),
        (b"a,b\n1\n", [["1", ""]]),
        (b"a,b\n1,2,,\n", [["1", "2", "", ""]]),
        (b"a,b\n'=1+1,'-5\n", [["=1+1", "'-5"]]),
    ],
)
def test_rows_are_read_as_they_were_meant(raw: bytes, cells: list[list[str]]) -> None:
    assert cells_of(raw) == cells


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"1,2,3\n", "It has 3 cells, but the header names 2 columns"),
        (b"1,a\0b\n", "It holds a NUL character"),
        (b"1," + b"x" * (LONGEST_FIELD + 1) + b"\n", "A cell is longer than 32,768 characters"),
        (b"1," + b"x" * 200_000 + b"\n", "A cell is longer than 32,768 characters"),
    ],
)
def test_a_bad_row_says_why_and_the_next_one_is_read(raw: bytes, says: str) -> None:
    bad, good = plain_rows(raw + b"3,4\n", width=2)
    assert says in bad.fault
    assert good == Row(2, ["3", "4"])


def test_a_cell_may_be_as_long_as_the_limit() -> None:
    (row,) = plain_rows(b"x" * LONGEST_FIELD + b"\n", width=1)
    assert not row.fault


@pytest.mark.parametrize("after", [b"", b"more\n", b"x,y\n" * (LARGEST_ROW // 4)])
def test_a_quotation_mark_that_is_never_closed_is_named_with_its_line(after: bytes) -> None:
    reader = RowReader([b'1,2\n3,"four\n' + after], COMMAS, START)
    assert next(reader).cells == ["1", "2"]
    with pytest.raises(Unreadable, match="row that begins on line 2 does not end") as refusal:
        next(reader)
    assert "Mend that line" in str(refusal.value)


def endless(row: bytes) -> Iterator[bytes]:
    while True:
        yield row * 1000


def test_a_line_without_end_is_refused_before_it_fills_the_memory() -> None:
    with pytest.raises(Unreadable, match="line 1 does not end"):
        next(RowReader(endless(b"x"), COMMAS, START))


def peak_of_reading(chunks: Iterator[bytes], rows: int) -> int:
    reader = RowReader(chunks, COMMAS, START)
    tracemalloc.start()
    try:
        for _ in range(rows):
            next(reader)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_memory_does_not_grow_with_the_file() -> None:
    row = b'2026-11-19,"Staples, Newark",12.30,USD,4471,Office supplies,Sales\n'
    assert peak_of_reading(endless(row), rows=60_000) < 1_000_000


def test_memory_does_not_grow_while_a_file_is_examined() -> None:
    head = b"date,merchant,amount\n"
    many = (b"2026-11-19,caf\xe9,12.30\n" * 3000 for _ in range(150))
    tracemalloc.start()
    try:
        layout = examine(chain([head], many))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert layout.dialect.encoding == Encoding.CP1252
    assert layout.size == len(head) + 150 * 3000 * 22
    assert peak < 15_000_000
