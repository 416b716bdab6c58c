"""A page of text as a PDF, in the two typefaces that every reader has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

WIDTH, HEIGHT, MARGIN = 612, 792, 54
PER_PAGE = 46
_LEADING = 15


class Text(NamedTuple):
    left: str
    right: str = ""
    bold: bool = False
    size: int = 10


def document(title: str, rows: list[Text]) -> bytes:
    """As many pages as the rows need."""
    pages = [rows[at : at + PER_PAGE] for at in range(0, len(rows), PER_PAGE)] or [[]]
    kids = " ".join(f"{5 + 2 * at} 0 R" for at in range(len(pages)))
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>".encode(),
        _font("Helvetica"),
        _font("Helvetica-Bold"),
    ]
    for at, page in enumerate(pages):
        objects += [_page(6 + 2 * at), _stream(page)]
    return _file([*objects, b"<< /Title (" + _escaped(title) + b") >>"])


def _font(name: str) -> bytes:
    return f"<< /Type /Font /Subtype /Type1 /BaseFont /{name} /Encoding /WinAnsiEncoding >>".encode()


def _page(contents: int) -> bytes:
    fonts = "<< /Font << /F1 3 0 R /F2 4 0 R >> >>"
    box = f"[0 0 {WIDTH} {HEIGHT}]"
    page = f"<< /Type /Page /Parent 2 0 R /MediaBox {box} /Resources {fonts} /Contents {contents} 0 R >>"
    return page.encode()


def _stream(rows: Iterable[Text]) -> bytes:
    drawn = b"\n".join(
        part for at, row in enumerate(rows) for part in _drawn(row, HEIGHT - MARGIN - _LEADING * at) if part
    )
    return f"<< /Length {len(drawn)} >>\nstream\n".encode() + drawn + b"\nendstream"


def _drawn(row: Text, y: int) -> tuple[bytes, bytes]:
    # Close enough to the width of Helvetica's figures to set amounts under each other.
    right = WIDTH - MARGIN - int(len(row.right) * row.size * 0.53)
    return _shown(row, row.left, MARGIN, y), _shown(row, row.right, right, y)


def _shown(row: Text, text: str, x: int, y: int) -> bytes:
    font = "F2" if row.bold else "F1"
    return f"BT /{font} {row.size} Tf {x} {y} Td (".encode() + _escaped(text) + b") Tj ET" if text else b""


def _escaped(text: str) -> bytes:
    plain = text.replace("\\", "\\\\").replace("(", "\\(").replace(")", "\\)").replace("\r", " ").replace("\n", " ")
    return plain.encode("cp1252", "replace")


def _file(objects: list[bytes]) -> bytes:
    body, places = b"%PDF-1.4\n%\xe2\xe3\xcf\xd3\n", []
    for number, each in enumerate(objects, 1):
        places.append(len(body))
        body += f"{number} 0 obj\n".encode() + each + b"\nendobj\n"
    table = "".join(f"{place:010d} 00000 n \n" for place in places)
    count = len(objects) + 1
    trailer = f"trailer\n<< /Size {count} /Root 1 0 R /Info {len(objects)} 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    return body + f"xref\n0 {count}\n0000000000 65535 f \n{table}{trailer}".encode()
