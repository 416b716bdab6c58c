"""What a file is, told by its content: names and headers are whatever a sender makes of them. Pure."""

import re
from enum import StrEnum

LARGEST = 20 * 1024 * 1024
# Of a file, so much of its beginning is looked at. A PDF may begin a little later than its first byte.
BEGINNING = 8192
LONGEST_NAME = 200


class FileType(StrEnum):
    """What may be kept as a receipt: what accounting platforms take as an attachment."""

    PDF = "application/pdf"
    JPEG = "image/jpeg"
    PNG = "image/png"
    GIF = "image/gif"
    TIFF = "image/tiff"
    RTF = "application/rtf"
    DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
    XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
    ODS = "application/vnd.oasis.opendocument.spreadsheet"
    XML = "text/xml"
    CSV = "text/csv"
    TEXT = "text/plain"


ENDINGS = {
    FileType.PDF: "pdf",
    FileType.JPEG: "jpg",
    FileType.PNG: "png",
    FileType.GIF: "gif",
    FileType.TIFF: "tif",
    FileType.RTF: "rtf",
    FileType.DOCX: "docx",
    FileType.XLSX: "xlsx",
    FileType.ODS: "ods",
    FileType.XML: "xml",
    FileType.CSV: "csv",
    FileType.TEXT: "txt",
}
BEGINNINGS = {
    b"\xff\xd8\xff": FileType.JPEG,
    b"\x89PNG\r\n\x1a\n": FileType.PNG,
    b"GIF87a": FileType.GIF,
    b"GIF89a": FileType.GIF,
    b"II*\0": FileType.TIFF,
    b"MM\0*": FileType.TIFF,
    b"{\\rtf": FileType.RTF,
}
ZIP = b"PK\x03\x04"
# The parts of an office file, by the first names in its archive; a spreadsheet of the open format says so at once.
INSIDE = {b"word/": FileType.DOCX, b"xl/": FileType.XLSX, FileType.ODS.encode(): FileType.ODS}
UNREADABLE_TEXT = re.compile(rb"[\x00-\x08\x0e-\x1f]")
# What phones and browsers make, and accounting platforms do not take: it is kept as JPEG.
PHOTOS = (b"ftypheic", b"ftypheix", b"ftyphevc", b"ftypmif1", b"ftypmsf1", b"ftypavif")
PICTURES = (FileType.JPEG, FileType.PNG, FileType.GIF, FileType.TIFF)


class Unfit(ValueError):
    """It cannot be kept as a receipt; the text says why, and what to do."""


def is_photo(beginning: bytes) -> bool:
    """Of a kind that must become JPEG first: HEIC, AVIF, WebP."""
    return beginning[4:12] in PHOTOS or (beginning.startswith(b"RIFF") and beginning[8:12] == b"WEBP")


def sniffed(beginning: bytes, name: str) -> FileType:
    """Raises Unfit. The name decides only between kinds of plain text."""
    for mark, kind in BEGINNINGS.items():
        if beginning.startswith(mark):
            return kind
    if b"%PDF-" in beginning[:1024]:
        return FileType.PDF
    if beginning.startswith(ZIP):
        return _office(beginning)
    return _text(beginning, name)


def shown_name(name: str, kind: FileType) -> str:
    """Without folders and what cannot be printed, with the ending of what it is."""
    last = re.split(r"[/\\]", name)[-1]
    plain = " ".join("".join(sign if sign.isprintable() else " " for sign in last).split())
    stem = plain.rpartition(".")[0] if "." in plain else plain
    ending = plain.rpartition(".")[2].lower() if "." in plain else ""
    fitting = ending if ending in _endings(kind) else ENDINGS[kind]
    return f"{(stem.rstrip() or 'receipt')[: LONGEST_NAME - len(fitting) - 1]}.{fitting}"


def _endings(kind: FileType) -> set[str]:
    return {ENDINGS[kind], *({"jpeg"} if kind is FileType.JPEG else ())}


def _office(beginning: bytes) -> FileType:
    for mark, kind in INSIDE.items():
        if mark in beginning:
            return kind
    raise Unfit("It is an archive. Send the receipts in it one by one.")


def _text(beginning: bytes, name: str) -> FileType:
    if UNREADABLE_TEXT.search(beginning):
        raise Unfit("It is none of the kinds of file that are taken: PDF, JPEG, PNG, GIF, TIFF and office documents.")
    start = beginning.removeprefix(b"\xef\xbb\xbf").lstrip()
    if start.startswith(b"<?xml"):
        return FileType.XML
    if start[:1] == b"<":
        raise Unfit("It is a web page. Print it as a PDF and send that.")
    if name.lower().endswith((".pdf", ".jpg", ".jpeg", ".png", ".gif", ".tif", ".docx", ".xlsx")):
        raise Unfit("Its name promises another kind of file than is in it. Perhaps it was damaged on its way.")
    return FileType.CSV if name.lower().endswith(".csv") else FileType.TEXT
