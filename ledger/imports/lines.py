"""A stream of bytes cut into lines, each with its size in the stream, so that a reader knows where it stands."""

import codecs
from collections.abc import Iterable, Iterator

from ledger.imports.encodings import LONE_SURROGATE, WIDE, Encoding, decoded

BLOCK = 64 * 1024
# A piece above this is handed on without its line end: whoever reads rows refuses it, and memory stays bounded.
LARGEST_LINE = 1024 * 1024


def blocks(chunks: Iterable[bytes], size: int = BLOCK) -> Iterator[bytes]:
    """The same bytes in pieces of one size, whether they come one by one or all at once."""
    waiting = bytearray()
    for chunk in chunks:
        for begin in range(0, len(chunk), size):
            waiting += chunk[begin : begin + size]
            if len(waiting) >= size:
                yield bytes(waiting[:size])
                del waiting[:size]
    if waiting:
        yield bytes(waiting)


def lines(chunks: Iterable[bytes], encoding: Encoding) -> Iterator[tuple[str, int]]:
    """Each line with its line end (\\n, \\r\\n or \\r), and how many bytes of the stream it took."""
    if encoding in WIDE:
        yield from _wide_lines(chunks, encoding)
        return
    for raw in _byte_lines(chunks):
        yield decoded(raw, encoding), len(raw)


def _wide_lines(chunks: Iterable[bytes], encoding: Encoding) -> Iterator[tuple[str, int]]:
    """Cut as UTF-8, in which a line end is one byte and never part of a letter."""
    for raw in _byte_lines(_narrowed(chunks, encoding)):
        text = raw.decode("utf-8", "surrogatepass")
        yield LONE_SURROGATE.sub("\ufffd", text), len(text.encode(encoding, "surrogatepass"))


def _narrowed(chunks: Iterable[bytes], encoding: Encoding) -> Iterator[bytes]:
    decoder = codecs.getincrementaldecoder(encoding)(errors="surrogatepass")
    for chunk in chunks:
        yield decoder.decode(chunk).encode("utf-8", "surrogatepass")
    if decoder.getstate()[0]:
        yield "\ufffd".encode()


def _byte_lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    pending = b""
    for chunk in chunks:
        *whole, pending = _cut(pending + chunk)
        yield from whole
        if len(pending) > LARGEST_LINE:
            yield pending
            pending = b""
    if pending:
        yield pending


def _cut(block: bytes) -> list[bytes]:
    """Whole lines, and last what may go on in the next block: also after \\r, which \\n may follow."""
    cut = block.splitlines(keepends=True)
    return [*cut, b""] if block.endswith(b"\n") or not cut else cut
