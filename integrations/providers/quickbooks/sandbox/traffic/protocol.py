"""The server's reading of HTTP, bounded: it would take heads of any size into memory."""

from __future__ import annotations

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: Of the address and all headers together. A query of many kilobytes fits, a flood does not.
LONGEST_HEAD = 64 * 1024


class HeadTooLong(Exception):
    """The parser ends the request with 400 for any exception of ours."""


class Bounded(HttpToolsProtocol):
    _head = 0

    def on_message_begin(self) -> None:
        self._head = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        self._count(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._count(len(name) + len(value))
        super().on_header(name, value)

    def _count(self, more: int) -> None:
        self._head += more
        if self._head > LONGEST_HEAD:
            raise HeadTooLong
