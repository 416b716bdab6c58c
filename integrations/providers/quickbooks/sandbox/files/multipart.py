"""Reads multipart/form-data as strangers write it.

Two clients in wide use send what parsers for browsers refuse: lines that end in a bare line feed, an empty line before
the first boundary, contents in base64, a semicolon at the end of a header (§9.11, §12). The body lies in a file that
is mapped, so that a large one is never in memory as a whole.
"""

from __future__ import annotations

import base64
import binascii
import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice, pairwise
from urllib.parse import unquote

from ..wire.refusals import Refusal, business

Body = mmap.mmap | bytes
LONGEST_HEAD = 16_384
MOST_PARTS = 2_000
#: Neither memory nor the stream of other requests may feel a file of a hundred megabytes.
SLICE = 1 << 20
_BOUNDARY = re.compile(r"""boundary\s*=\s*(?:"([^"]+)"|([^;\s]+))""", re.IGNORECASE)
_FIRST_LINE = re.compile(rb"\s*--([^\r\n]{1,200})")
_HEADER = re.compile(r"([A-Za-z0-9-]+)[ \t]*:[ \t]*(.*)")
_PARAMETER = re.compile(r""";\s*([A-Za-z*]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s]+))""")
_LINE = re.compile(rb"[^\r\n]*(\r\n|\n|\r|\Z)")


@dataclass(frozen=True)
class Part:
    """Where one part lies in the body, and what its head says."""

    name: str
    filename: str
    kind: str
    encoding: str
    start: int
    end: int


def read(body: Body, content_type: str) -> list[Part]:
    marks = list(islice(_marks(body, _boundary(body, content_type)), MOST_PARTS + 1))
    if len(marks) > MOST_PARTS:
        raise Refusal("1050", f"The body holds more than {MOST_PARTS} parts", element="")
    spans = pairwise(marks)
    return [_part(body, after, _trimmed(body, after, before)) for (_, after), (before, _) in spans]


def pieces(body: Body, part: Part) -> Iterator[bytes]:
    """The content, decoded, a slice at a time."""
    slices = (body[at : min(at + SLICE, part.end)] for at in range(part.start, part.end, SLICE))
    return _decoded(slices) if part.encoding == "base64" else slices


def _boundary(body: Body, content_type: str) -> bytes:
    """As announced; a sender that announces none or another has still written it in the first line."""
    found = _BOUNDARY.search(content_type)
    announced = (found[1] or found[2]).encode() if found else b""
    if announced and body.find(b"--" + announced) >= 0:
        return announced
    first = _FIRST_LINE.match(body, 0, LONGEST_HEAD)
    if first is None:
        raise Refusal("1050", "The body holds no part of a multipart message", element="")
    return first[1].rstrip()


def _marks(body: Body, boundary: bytes) -> Iterator[tuple[int, int]]:
    """Start and end of each line that holds the boundary alone; a body that was cut short ends with itself."""
    mark, at = b"--" + boundary, 0
    line = re.compile(re.escape(mark) + rb"(--)?[ \t]*(\r\n|\n|\r|\Z)")
    while (at := body.find(mark, at)) >= 0:
        found = line.match(body, at)
        if found and (at == 0 or body[at - 1 : at] in (b"\n", b"\r")):
            yield at, found.end()
            if found[1]:
                return
        at += len(mark)
    yield len(body), len(body)


def _trimmed(body: Body, start: int, end: int) -> int:
    """The line end before a boundary belongs to the boundary."""
    for mark in (b"\r\n", b"\n", b"\r"):
        if body[max(start, end - len(mark)) : end] == mark:
            return end - len(mark)
    return end


def _part(body: Body, start: int, end: int) -> Part:
    head, start = _head(body, start, end)
    disposition = _parameters(head.get("content-disposition", ""))
    return Part(
        name=disposition.get("name", ""),
        filename=_filename(disposition),
        kind=head.get("content-type", ""),
        encoding=head.get("content-transfer-encoding", "").lower(),
        start=start,
        end=max(start, end),
    )


def _head(body: Body, start: int, end: int) -> tuple[dict[str, str], int]:
    """Up to an empty line, or to the first that is no header: one client leaves the empty line out."""
    head: dict[str, str] = {}
    at, limit = start, min(end, start + LONGEST_HEAD)
    while at < limit:
        found = _LINE.match(body, at, limit)
        assert found is not None, "a line may be empty"
        line = _text(found[0].rstrip(b"\r\n"))
        if not line.strip():
            return head, found.end()
        header = _HEADER.fullmatch(line)
        if header is None:
            break
        head[header[1].lower()] = header[2].strip().rstrip(";").strip()
        at = found.end()
    return head, at


def _parameters(header: str) -> dict[str, str]:
    found = _PARAMETER.findall(header)
    return {name.lower(): re.sub(r"\\([\"\\])", r"\1", quoted) or bare for name, quoted, bare in found}


def _filename(parameters: dict[str, str]) -> str:
    spelled = parameters.get("filename*", "")
    name = unquote(spelled.rpartition("''")[2]) if spelled else parameters.get("filename", "")
    # Some send the path on their own disk.
    return re.split(r"[\\/]", name)[-1]


def _text(raw: bytes) -> str:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _decoded(slices: Iterator[bytes]) -> Iterator[bytes]:
    rest = b""
    for each in slices:
        plain = rest + each.translate(None, b" \t\r\n")
        whole = len(plain) - len(plain) % 4
        rest = plain[whole:]
        yield _base64(plain[:whole])
    if rest:
        # Without the signs of equality at its end.
        yield _base64(rest + b"=" * (4 - len(rest)))


def _base64(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise business("The content of the file is not base64, as its Content-Transfer-Encoding says.") from error
