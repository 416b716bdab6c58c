"""The body of a request as it comes from the wire: bounded, and perhaps packed."""

from __future__ import annotations

import gzip
import zlib

from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from ..wire.json import dumps
from . import gateway

MEGABYTE = 1024 * 1024
#: §8.1: a file may have 100 MB; no document of ten thousand lines comes near the other figure.
MOST, MOST_OF_AN_UPLOAD = 20 * MEGABYTE, 100 * MEGABYTE


class Unreadable(Exception):
    """A body that is not taken; the answer says why."""

    def __init__(self, response: Response) -> None:
        super().__init__(response.status_code)
        self.response = response


async def read_body(request: Request, headers: dict[str, str]) -> bytes:
    """Who announces too much is refused before it is read, who does not once it is too much (§2.2)."""
    if request.method in ("GET", "HEAD"):
        return b""
    most = MOST_OF_AN_UPLOAD if request.scope["path"].endswith("/upload") else MOST
    announced = headers.get("content-length", "")
    if announced.isdecimal() and int(announced) > most:
        raise Unreadable(gateway.page(413))
    try:
        body = await _bounded(request, most)
    except ClientDisconnect as gone:
        # Who hung up in the middle hears nothing; the log must not take it for a crash.
        raise Unreadable(Response(status_code=400)) from gone
    return _unpacked(body, most) if headers.get("content-encoding", "").lower() == "gzip" else body


async def _bounded(request: Request, most: int) -> bytes:
    chunks: list[bytes] = []
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise Unreadable(gateway.page(413))
        chunks.append(chunk)
    return chunks[0] if len(chunks) == 1 else b"".join(chunks)


def _unpacked(body: bytes, most: int) -> bytes:
    unpacker = zlib.decompressobj(wbits=31)
    try:
        plain = unpacker.decompress(body, most)
    except zlib.error as error:
        raise Unreadable(_broken_gzip()) from error
    if unpacker.unconsumed_tail:
        raise Unreadable(gateway.page(413))
    return plain


def _broken_gzip() -> Response:
    error = {"Message": "Request has invalid or unsupported property", "Detail": "The body is not readable gzip"}
    fault = {"Fault": {"Error": [{**error, "code": "2010", "element": ""}], "type": "ValidationFault"}}
    return Response(dumps(fault), 400, media_type="application/json")


def packed(body: bytes) -> bytes:
    """The fastest level: what is saved is the wire's time, what it costs is ours."""
    return gzip.compress(body, compresslevel=1, mtime=0)
