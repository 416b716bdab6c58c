"""Files that are no text: recognised by how they begin, and named as a person would."""

from ledger.imports.encodings import MARKS, WIDE, mark_of
from ledger.imports.errors import Unreadable

WORKBOOK = "This is an Excel workbook. Open it, save the sheet as CSV, and import that file."
OPEN_DOCUMENT = "This is an OpenDocument file. Open it, save the sheet as CSV, and import that file."
ARCHIVE = "This is a compressed archive. Unpack it and import the CSV file that is in it."
PICTURE = "This is a picture. Receipts are not imported here; a list of transactions or vendors is, as CSV."
PDF = "This is a PDF. Where it came from there is probably also an export as CSV; import that."
WEB_PAGE = "This is a web page, whatever its name ends in. Open it in a spreadsheet, save it as CSV, and import that."
NOT_TEXT = "This is not a text file. Export or save it as CSV (UTF-8) and import that."
BANK_FORMAT = "This is a bank file of another kind (OFX, QFX, QIF or XML). Export it as CSV and import that."

BEGINNINGS = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", WORKBOOK),
    (b"%PDF", PDF),
    (b"\x89PNG", PICTURE),
    (b"\xff\xd8\xff", PICTURE),
    (b"GIF8", PICTURE),
    (b"\x1f\x8b", ARCHIVE),
    (b"7z\xbc\xaf", ARCHIVE),
    (b"Rar!", ARCHIVE),
    (b"BZh", ARCHIVE),
    (b"{\\rtf", NOT_TEXT),
)
MARKUP = (
    (b"<!doctype html", WEB_PAGE),
    (b"<html", WEB_PAGE),
    (b"<table", WEB_PAGE),
    (b"<?xml", BANK_FORMAT),
    (b"<ofx", BANK_FORMAT),
    (b"ofxheader:", BANK_FORMAT),
    (b"!type:", BANK_FORMAT),
)


def refuse_what_is_no_text(head: bytes) -> None:
    """Raise for a file whose beginning shows that no CSV can come."""
    if problem := _problem(head):
        raise Unreadable(problem)


def _problem(head: bytes) -> str:
    if head.startswith(b"PK\x03\x04"):
        return _zip(head)
    for beginning, sentence in BEGINNINGS:
        if head.startswith(beginning):
            return sentence
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:20].lower()
    for beginning, sentence in MARKUP:
        if start.startswith(beginning):
            return sentence
    return NOT_TEXT if b"\0" in head and MARKS.get(mark_of(head)) not in WIDE else ""


def _zip(head: bytes) -> str:
    if b"opendocument" in head[:200]:
        return OPEN_DOCUMENT
    return WORKBOOK if b"[Content_Types].xml" in head or b"xl/" in head else ARCHIVE
