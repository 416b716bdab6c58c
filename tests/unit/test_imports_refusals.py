"""What was refused is given back as a file that no spreadsheet runs, and that can be mended and brought again."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ledger.imports.formulas import neutralised, restored
from ledger.imports.layouts import Layout, examine
from ledger.imports.refusals import RefusedRow, carried_row_id, is_wide, refused_csv
from tests.unit.csv_files import layout_of

# All that UTF-8 can write, but NUL, for which a row is refused.
ANY_TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NASTY_TEXT = st.text(st.sampled_from("=+-@＝'\"\\,;|\t\r\n a5.é"))
CELLS = st.lists(st.tuples(ANY_TEXT | NASTY_TEXT, NASTY_TEXT, ANY_TEXT), min_size=1)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("=1+1", "'=1+1"),
        ("+1+1", "'+1+1"),
        ("-1+1", "'-1+1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("\rx", "'\rx"),
        (" =1", "' =1"),
        ("＝1+1", "'＝1+1"),
        ("＋1+1", "'＋1+1"),
        ("－1+1", "'－1+1"),
        ("＠SUM(A1)", "'＠SUM(A1)"),
        ('=HYPERLINK("https://evil.example")', '\'=HYPERLINK("https://evil.example")'),
        ("-£5.00", "'-£5.00"),
        ("'=1", "''=1"),
        ("-5.00", "-5.00"),
        ("+44 20 7946 0000", "+44 20 7946 0000"),
        ("-1,234.56", "-1,234.56"),
        ("5-3", "5-3"),
        ("'tis", "'tis"),
        ("a@b.example", "a@b.example"),
        ("", ""),
    ],
)
def test_what_a_spreadsheet_would_run_is_written_as_text(text: str, written: str) -> None:
    assert neutralised(text) == written
    assert restored(written) == text


@given(ANY_TEXT | NASTY_TEXT)
def test_neutralised_text_is_restored_exactly(text: str) -> None:
    assert restored(neutralised(text)) == text
    assert restored(neutralised(neutralised(text))) == neutralised(text)


def written(layout: Layout, rows: list[RefusedRow]) -> bytes:
    return b"".join(refused_csv(layout, rows))


def read_back(raw: bytes) -> tuple[Layout, list[list[str]]]:
    layout = examine([raw])
    rows = [*layout.rows([raw[layout.first.offset :]])]
    assert not any(row.fault for row in rows)
    return layout, [row.cells for row in rows]


@settings(deadline=None)
@given(rows=CELLS, delimiter=st.sampled_from(",;\t|"))
def test_what_is_written_is_read_again_to_the_letter(rows: list[tuple[str, str, str]], delimiter: str) -> None:
    original = layout_of(delimiter.join(["Date", "Merchant", "Amount"]) + "\n" + delimiter.join("abc") + "\n")
    refused = [RefusedRow(line, cells, ("No.",)) for line, cells in enumerate(rows, start=2)]

    layout, found = read_back(written(original, refused))

    assert layout.columns == ("Date", "Merchant", "Amount", "Line", "Reason", "Row id")
    assert layout.dialect.delimiter == delimiter
    assert found == [[*cells, str(line), "No.", ""] for line, cells in enumerate(rows, start=2)]


def test_a_refused_file_says_where_and_why() -> None:
    layout = layout_of("Date;Merchant\nx;Café\n")
    raw = written(layout, [RefusedRow(2, ("x", "Café"), ("“x” is not a date.", "Card is empty."), "row-1")])
    assert raw.decode("utf-8-sig").splitlines() == [
        '"Date";"Merchant";"Line";"Reason";"Row id"',
        '"x";"Café";"2";"“x” is not a date. Card is empty.";"row-1"',
    ]


def test_a_file_that_is_refused_again_does_not_grow() -> None:
    once = written(layout_of("a,b\n1,2\n"), [RefusedRow(2, ("1", "2"), ("No.",), "row-1")])
    layout, ((*cells,),) = read_back(once)
    assert carried_row_id(layout, cells) == "row-1"
    again = written(layout, [RefusedRow(2, tuple(cells), ("No.",), "row-1")])
    assert again == once


def test_a_file_that_was_never_refused_carries_no_id() -> None:
    assert carried_row_id(layout_of("a,b\n1,2\n"), ["1", "2"]) == ""


def test_cells_beyond_the_columns_are_under_a_heading_and_refuse_their_row_again() -> None:
    original = layout_of("a,b\n1,2\n")
    rows = [RefusedRow(2, ("1", "2", "3", "4"), ("Too many.",), "row-1"), RefusedRow(3, ("1", "2"), ("No.",))]
    raw = b"".join(refused_csv(original, rows, any_wide=True))
    assert raw.decode("utf-8-sig").splitlines() == [
        '"a","b","Line","Reason","Row id","Too much"',
        '"1","2","2","Too many.","row-1","3,4"',
        '"1","2","3","No.","",""',
    ]
    layout = examine([raw])
    wide, narrow = layout.rows([raw[layout.first.offset :]])
    assert layout.columns == ("a", "b", "Line", "Reason", "Row id")
    assert (carried_row_id(layout, wide.cells), narrow.fault) == ("row-1", "")
    assert wide.fault.startswith("It has 6 cells, but the header names 5 columns")
    again = [RefusedRow(row.line, tuple(row.cells), ("No.",)) for row in (wide, narrow)]
    assert [is_wide(layout, row) for row in again] == [True, False]
    assert '"1","2","2","No.","","3,4"' in b"".join(refused_csv(layout, again, any_wide=True)).decode()
