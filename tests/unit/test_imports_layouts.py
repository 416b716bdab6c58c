"""A file is recognised before it is read: how it is written, what its columns are called, or why nothing can come."""

import json
from io import BytesIO
from zipfile import ZipFile

import pytest

from ledger.imports.dialects import Quoting
from ledger.imports.encodings import Encoding
from ledger.imports.errors import Unreadable
from ledger.imports.layouts import Layout, column_names, examine
from tests.unit.csv_files import cells_of, layout_of, pieces


@pytest.mark.parametrize(
    ("text", "delimiter", "quoting"),
    [
        ("date,merchant,amount\n2026-11-19,A; B,5.00\n2026-11-19,C,5.00\n", ",", Quoting.DOUBLE),
        ("Datum;Händler;Betrag\n19.11.2026;A, B;5,00\n20.11.2026;C;7,00\n", ";", Quoting.DOUBLE),
        ("a;b;c\n1,5;2,5;3,5\n1,5;2,5;3,5\n", ";", Quoting.DOUBLE),
        ("date\tmerchant\n2026-11-19\tA, B\n2026-11-20\tC, D\n", "\t", Quoting.DOUBLE),
        ("date|merchant|memo\n2026-11-19|A|x, y\n2026-11-20|B|\n", "|", Quoting.DOUBLE),
        ('date,memo\n2026-11-19,"x\ny; z; q"\n2026-11-20,"a|b\n\nc"\n', ",", Quoting.DOUBLE),
        ("'date','merchant'\n'2026-11-19','A, B'\n", ",", Quoting.SINGLE),
        ('date,merchant\n2026-11-19,"A \\"B\\", C"\n2026-11-20,D\n', ",", Quoting.BACKSLASH),
        ('date,path\n2026-11-19,"C:\\"\n2026-11-20,"D:\\"\n', ",", Quoting.DOUBLE),
        ('date\tmerchant\n2026-11-19\t"A\n2026-11-20\tB\n2026-11-21\tC\n', "\t", Quoting.NONE),
        ('date,merchant\n2026-11-19,5" pipe\n2026-11-20,"5"" pipe, long"\n', ",", Quoting.DOUBLE),
        ("Datum;Soll;Haben\n" + "1.1.2026;1,5;2,5\n" * 50, ";", Quoting.DOUBLE),
        ("a;b\n" + "1,5;2,5\n" * 50, ";", Quoting.DOUBLE),
        ("name\nMiller, Smith & Co\nStaples\nUber\n", ",", Quoting.DOUBLE),
        ("date,merchant\n2026-11-19,A\n", ",", Quoting.DOUBLE),
        ('Cards\n"a","b;c;d"\n"1","2;3;4"\n"5","6;7;8"\n', ",", Quoting.DOUBLE),
        ('"a","b;c;d"\n"1","2;3;4"\n"5","6;7;8"\n', ",", Quoting.DOUBLE),
    ],
)
def test_the_dialect_is_seen_from_the_rows(text: str, delimiter: str, quoting: Quoting) -> None:
    dialect = layout_of(text).dialect
    assert (dialect.delimiter, dialect.quoting) == (delimiter, quoting)


@pytest.mark.parametrize(
    ("text", "cells"),
    [
        ("'date','merchant'\n'2026-11-19','A, ''B'''\n", ["2026-11-19", "A, 'B'"]),
        ('date,merchant\n2026-11-19,"A \\"B\\", C"\n2026-11-20,D\n', ["2026-11-19", 'A "B", C']),
        ('date\tmerchant\n2026-11-19\t"A\n2026-11-20\tB\n2026-11-21\tC\n', ["2026-11-19", '"A']),
        ("sep=;\nname;note\nA;b,c,d\n", ["A", "b,c,d"]),
        ("\ufeffname,note\nA,b\n", ["A", "b"]),
    ],
)
def test_cells_are_freed_of_their_quotes(text: str, cells: list[str]) -> None:
    assert cells_of(text)[0] == cells


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_the_same_file_is_read_in_every_encoding(encoding: str) -> None:
    text = "Datum;Händler\n19.11.2026;Café Größe, 5 €\n"
    assert layout_of(text.encode(encoding)).columns == ("Datum", "Händler")
    assert cells_of(text.encode(encoding)) == [["19.11.2026", "Café Größe, 5 €"]]


def test_titles_above_the_names_of_the_columns_are_passed_over() -> None:
    text = "Konto:;DE123\nZeitraum;11/2026\n\nDatum;Betrag;Text;Karte\n19.11.2026;-7,00;a;1\n20.11.2026;-7,00;c;2\n"
    assert layout_of(text).columns == ("Datum", "Betrag", "Text", "Karte")
    assert cells_of(text)[0][0] == "19.11.2026"


def test_cells_that_no_row_fills_do_not_hide_the_header() -> None:
    assert layout_of("a,b\n1,2,,,,\n3,4,,,,\n").columns == ("a", "b")


def test_a_separator_line_rules_and_is_no_row() -> None:
    layout = layout_of("sep=;\r\na,b;c\r\n1,2;3\r\n")
    assert (layout.dialect.delimiter, layout.columns) == (";", ("a,b", "c"))
    assert layout.first == (14, 3, 0)


@pytest.mark.parametrize(
    ("cells", "names"),
    [
        (["Date", "Amount"], ("Date", "Amount")),
        (["Amount", "Amount", "Amount"], ("Amount", "Amount (2)", "Amount (3)")),
        (["Amount", "Amount (2)", "Amount"], ("Amount", "Amount (2)", "Amount (3)")),
        (["Amount (2)", "Amount", "Amount"], ("Amount (2)", "Amount", "Amount (3)")),
        (["", " a\n b ", ""], ("Column 1", "a b", "Column 3")),
        (["Column 2", ""], ("Column 2", "Column 2 (2)")),
    ],
)
def test_every_column_has_a_name_of_its_own(cells: list[str], names: tuple[str, ...]) -> None:
    assert column_names(cells) == names


@pytest.mark.parametrize("columns", [1, 400, 1000])
def test_many_columns_are_fine(columns: int) -> None:
    header = ",".join(f"c{number}" for number in range(columns))
    layout = layout_of(f"{header}\n{header}\n")
    assert len(layout.columns) == columns


def workbook(name: str) -> bytes:
    raw = BytesIO()
    with ZipFile(raw, "w") as archive:
        archive.writestr(name, "x")
    return raw.getvalue()


@pytest.mark.parametrize(
    ("raw", "says"),
    [
        (b"", "The file is empty."),
        (b"\n \r\n", "The file is empty."),
        (b"\xef\xbb\xbf", "The file is empty."),
        (b"\xff\xfe", "The file is empty."),
        (b"\xff\xfe\n\0\n\0", "The file is empty."),
        (b",,\n,,\n", "The file is empty."),
        (b"date,merchant\n", "The file has a header, but no rows below it."),
        (b"date,merchant\n\n,\n", "The file has a header, but no rows below it."),
        (b"sep=,\ndate,merchant\n", "The file has a header, but no rows below it."),
        (b"2026-11-19,Staples,5.00\n2026-11-20,Uber,7.00\n", "Line 1 holds values where the names"),
        (b"Acme,billing@acme.example\nUber,b@uber.example\n", "Line 1 holds values where the names"),
        (b"1,2\n3,4\n", "Line 1 holds values where the names"),
        (b"title\n" * 30 + b"a,b,c,d\n" * 60, "No line of the first twenty"),
        (
            (",".join(map("c{}".format, range(1001))) + "\n1\n").encode(),
            "The file has 1,001 columns; 1,000 is the most",
        ),
        (workbook("[Content_Types].xml"), "This is an Excel workbook"),
        (workbook("xl/workbook.xml"), "This is an Excel workbook"),
        (workbook("letters.csv"), "This is a compressed archive"),
        (workbook("mimetypeapplication/vnd.oasis.opendocument.spreadsheet"), "This is an OpenDocument file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1\0\0", "This is an Excel workbook"),
        (b"%PDF-1.7\n", "This is a PDF"),
        (b"\x89PNG\r\n\x1a\n", "This is a picture"),
        (b"\xff\xd8\xff\xe0", "This is a picture"),
        (b"\x1f\x8b\x08", "This is a compressed archive"),
        (b"<html><table>", "This is a web page"),
        (b"\xef\xbb\xbf\n <!DOCTYPE html>", "This is a web page"),
        (b"OFXHEADER:100\n", "This is a bank file of another kind"),
        (b"!Type:CCard\n", "This is a bank file of another kind"),
        (b"\x7fELF\0\0\0", "This is not a text file"),
        ("date,merchant\n".encode("utf-16-le"), "This is not a text file"),
    ],
)
def test_a_file_of_which_nothing_can_come_says_what_it_is(raw: bytes, says: str) -> None:
    with pytest.raises(Unreadable) as refusal:
        layout_of(raw)
    assert says in str(refusal.value)


def test_an_examination_does_not_depend_on_the_chunks() -> None:
    raw = "Datum;Händler\n19.11.2026;Café, 5 €\n".encode()
    assert examine(pieces(raw, [*range(len(raw))])) == layout_of(raw)
    assert layout_of(raw).size == len(raw)


def test_the_size_is_known_also_where_the_beginning_told_the_encoding() -> None:
    raw = ("a,b\n" + "1,2\n" * 400_000).encode("utf-16")
    layout = layout_of(raw)
    assert (layout.dialect.encoding, layout.size) == (Encoding.UTF_16_LE, len(raw))


def test_a_layout_survives_being_stored() -> None:
    layout = layout_of("a;b\n1;2\n")
    assert Layout.from_json(json.loads(json.dumps(layout.as_json()))) == layout
