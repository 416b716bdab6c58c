"""One POST over one connection: no redirects, and an answer within three seconds or none (§7)."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from urllib.parse import urlsplit

import httptools

SECONDS = 3
LONGEST = 2_000


class _Answer:
    """What the parser calls while it reads."""

    def __init__(self) -> None:
        self.body = b""
        self.complete = False

    def on_body(self, body: bytes) -> None:
        self.body = (self.body + body)[:LONGEST]

    def on_message_complete(self) -> None:
        self.complete = True


async def post(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int | None, str]:
    """The status, none where there was no answer, and what was said."""
    try:
        async with asyncio.timeout(SECONDS):
            return await _exchange(url, body, headers)
    except TimeoutError:
        return None, f"No answer within {SECONDS} seconds."
    except (OSError, ValueError, httptools.HttpParserError) as trouble:
        return None, f"{type(trouble).__name__}: {trouble}"


async def _exchange(url: str, body: bytes, headers: Mapping[str, str]) -> tuple[int | None, str]:
    parts = urlsplit(url)
    tls = parts.scheme == "https"
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port or (443 if tls else 80), ssl=tls)
    try:
        target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
        lines = [f"POST {target} HTTP/1.1", f"Host: {parts.netloc.rpartition('@')[2]}"]
        lines += [f"{name}: {value}" for name, value in headers.items()]
        lines += [f"Content-Length: {len(body)}", "Connection: close", "", ""]
        writer.write("\r\n".join(lines).encode() + body)
        return await _read(reader)
    finally:
        writer.close()


async def _read(reader: asyncio.StreamReader) -> tuple[int | None, str]:
    answer = _Answer()
    parser = httptools.HttpResponseParser(answer)
    while not answer.complete:
        data = await reader.read(65_536)
        if not data:
            break
        try:
            parser.feed_data(data)
        except httptools.HttpParserError:
            # A listener that adds a body where none belongs has answered all the same.
            if not answer.complete:
                raise
    status = parser.get_status_code()
    return status or None, answer.body.decode("utf-8", "replace")
