"""What a file is, told by its content, and what it is called."""

import pytest

from ledger.domain.receipts import FileType, Unfit, is_photo, shown_name, sniffed


@pytest.mark.parametrize(
    ("beginning", "name", "kind"),
    [
        (b"%PDF-1.7", "a.pdf", FileType.PDF),
        (b"\r\n\r\n%PDF-1.4", "scan", FileType.PDF),
        (b"\xff\xd8\xff\xe0", "photo.png", FileType.JPEG),
        (b"\x89PNG\r\n\x1a\n", "a", FileType.PNG),
        (b"GIF89a", "a.gif", FileType.GIF),
        (b"II*\0", "a.tif", FileType.TIFF),
        (b"MM\0*", "a.tiff", FileType.TIFF),
        (b"{\\rtf1", "a.rtf", FileType.RTF),
        (b"PK\x03\x04....[Content_Types].xml..word/document.xml", "a.docx", FileType.DOCX),
        (b"PK\x03\x04....xl/workbook.xml", "a.xlsx", FileType.XLSX),
        (b"PK\x03\x04....mimetypeapplication/vnd.oasis.opendocument.spreadsheet", "a.ods", FileType.ODS),
        (b'<?xml version="1.0"?><Invoice/>', "e-invoice", FileType.XML),
        (b"date,amount\n", "a.csv", FileType.CSV),
        ("Taxi, £12".encode(), "a.txt", FileType.TEXT),
    ],
)
def test_the_content_says_what_it_is(beginning: bytes, name: str, kind: FileType) -> None:
    assert sniffed(beginning, name) is kind


@pytest.mark.parametrize(
    ("beginning", "photo"),
    [
        (b"\0\0\0\x18ftypheic", True),
        (b"\0\0\0\x20ftypavif", True),
        (b"RIFF\0\0\0\0WEBPVP8 ", True),
        (b"RIFF\0\0\0\0WAVEfmt ", False),
        (b"\xff\xd8\xff\xe0", False),
        (b"", False),
    ],
)
def test_photos_that_must_become_jpeg_are_known(beginning: bytes, photo: bool) -> None:
    assert is_photo(beginning) is photo


@pytest.mark.parametrize(
    ("beginning", "name", "words"),
    [
        (b"PK\x03\x04....receipts/one.pdf", "all.zip", "archive"),
        (b"MZ\x90\0", "a.exe", "none of the kinds"),
        (b"<html>", "a.html", "web page"),
        (b"not a pdf at all", "a.pdf", "damaged"),
    ],
)
def test_what_cannot_be_a_receipt_is_refused_in_words(beginning: bytes, name: str, words: str) -> None:
    with pytest.raises(Unfit, match=words):
        sniffed(beginning, name)


@pytest.mark.parametrize(
    ("name", "kind", "shown"),
    [
        ("Figma.pdf", FileType.PDF, "Figma.pdf"),
        ("photo.jpeg", FileType.JPEG, "photo.jpeg"),
        ("photo.png", FileType.JPEG, "photo.jpg"),
        ("C:\\Users\\Dana\\taxi.pdf", FileType.PDF, "taxi.pdf"),
        ("../../etc/passwd", FileType.TEXT, "passwd.txt"),
        ("two\nlines\0.pdf", FileType.PDF, "two lines.pdf"),
        ("", FileType.PNG, "receipt.png"),
    ],
)
def test_a_name_is_plain_and_ends_in_what_the_file_is(name: str, kind: FileType, shown: str) -> None:
    assert shown_name(name, kind) == shown


def test_a_name_has_an_end() -> None:
    assert len(shown_name("x" * 1000 + ".pdf", FileType.PDF)) == 200
