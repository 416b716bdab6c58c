"""In which encoding a stream is, decided on all of it."""

import codecs
import re
from collections.abc import Iterable
from enum import StrEnum


class Encoding(StrEnum):
    UTF_8 = "utf-8"
    UTF_16_LE = "utf-16-le"
    UTF_16_BE = "utf-16-be"
    CP1252 = "cp1252"


MARKS = {
    b"\xef\xbb\xbf": Encoding.UTF_8,
    b"\xff\xfe": Encoding.UTF_16_LE,
    b"\xfe\xff": Encoding.UTF_16_BE,
}
WIDE = frozenset({Encoding.UTF_16_LE, Encoding.UTF_16_BE})

# What “surrogateescape” makes of a byte that is no UTF-8.
BROKEN = re.compile(r"[\udc80-\udcff]")
LONE_SURROGATE = re.compile(r"[\ud800-\udfff]")


def mark_of(head: bytes) -> bytes:
    """The byte order mark that the stream begins with, or none."""
    return next((mark for mark in MARKS if head.startswith(mark)), b"")


def detect_encoding(chunks: Iterable[bytes]) -> Encoding:
    """UTF-8 where the bytes are UTF-8, else what Windows calls ANSI.

    A file that is plain English for a million rows and then names a café is decided by the café, so all of it is
    looked at. Where both are true in places (two exports glued together), the majority decides, and decoded() mends
    the others byte by byte.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(errors="surrogateescape")
    letters = broken = 0
    mark: bytes | None = None
    for chunk in chunks:
        if mark is None:
            mark = mark_of(chunk)
            if MARKS.get(mark) in WIDE:
                return MARKS[mark]
        text = decoder.decode(chunk)
        if not text.isascii():
            wrong = len(text) - len(BROKEN.sub("", text))
            broken += wrong
            letters += len(text) - len(text.encode("ascii", "ignore")) - wrong
    broken += len(decoder.decode(b"", final=True))
    return Encoding.UTF_8 if mark or broken <= letters else Encoding.CP1252


def _in_cp1252(byte: int) -> str:
    try:
        return bytes([byte]).decode("cp1252")
    except UnicodeDecodeError:
        return chr(byte)


MENDED = {0xDC00 + byte: _in_cp1252(byte) for byte in range(0x80, 0x100)}


def decoded(raw: bytes, encoding: Encoding) -> str:
    """Text of a line in a narrow encoding. What is no UTF-8 in it is read as cp1252, and its gaps as Latin-1."""
    try:
        return raw.decode(encoding)
    except UnicodeDecodeError:
        return raw.decode(encoding, "surrogateescape").translate(MENDED)
