"""Upload and download (§9.11): one result for each file, and addresses that open a file for a while."""

from __future__ import annotations

import asyncio
import mmap
import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import IO
from urllib.parse import quote

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response, StreamingResponse

from ..books.books import Books
from ..entities.attachable import ATTACHABLE, has_file, with_file
from ..files import addresses, keeping, multipart
from ..files.multipart import Body, Part
from ..model.reading import require_whole_id
from ..sandbox import Call, head, left
from ..traffic.broken import Postponed
from ..traffic.faults import Target
from ..traffic.mischief import meet
from ..wire import xml_requests
from ..wire.json import Json, encode, loads
from ..wire.refusals import Refusal, missing, not_found
from .addresses import Api
from .documents import render
from .requestids import LONGEST, Key, Remembered, check_length, recall, remember
from .writing import open_books, reading, timed, writing

LARGEST = 100 * 1024 * 1024
_PART = re.compile(r"file_(metadata|content)_?0*(\w*)", re.IGNORECASE)
_EXPIRED = (
    '<?xml version="1.0" encoding="UTF-8"?>'
    "<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
)


@dataclass(frozen=True)
class Pair:
    """What belongs to one attachment: its metadata, its content, or both."""

    metadata: Part | None
    content: Part | None


class Files(Api):
    async def upload(self, request: Request) -> Response:
        """The body goes to the disk as it comes, and is read from there beside the stream of other requests."""
        call = head(request)
        with tempfile.TemporaryFile(dir=self._sandbox.settings.data) as spool:
            try:
                size = await _spooled(request, spool)
            except ClientDisconnect:
                return Response(status_code=400)
            response = await run_in_threadpool(self._guarded, call, lambda: self._upload(call, spool, size))
            if isinstance(response, Postponed):
                # The file is gone once this ends.
                await asyncio.sleep(response.seconds)
                response = await run_in_threadpool(response.resume)
            return left(call, response)

    def download(self, call: Call) -> Response:
        """Plain text, so that no client needs to ask for JSON."""
        asking = replace(call, headers={**call.headers, "accept": "application/json"})
        return self._guarded(asking, lambda: self._address(asking))

    def open(self, call: Call) -> Response:
        """Whoever holds the address is let in: there is no token to it."""
        realm, number = call.path["realm"], int(call.path["id"])
        expires, signature = call.query.get("expires", ""), call.query.get("signature", "")
        with self._sandbox.store.reading() as db:
            if not addresses.is_valid(db, realm, number, expires, signature, self._sandbox.store.clock.now()):
                return Response(_EXPIRED, 403, media_type="application/xml")
            record = open_books(self._sandbox, realm).find("Attachable", number)
        if record is None or not has_file(record):
            return Response(status_code=404)
        headers = {
            "Content-Length": str(record.body["Size"]),
            "Content-Disposition": f"inline; filename*=UTF-8''{quote(record.body['FileName'], safe='')}",
            # Strangers' files are shown from the host that the pages come from.
            "Content-Security-Policy": "sandbox",
            "X-Content-Type-Options": "nosniff",
        }
        pieces = keeping.pieces(self._sandbox.store, realm, number)
        return StreamingResponse(pieces, headers=headers, media_type=record.body["ContentType"])

    def _address(self, call: Call) -> Response:
        realm, number = call.path["realm"], require_whole_id(call.path["id"], "Id")

        def told() -> Response:
            with reading(self._sandbox, realm) as books:
                record = books.get(ATTACHABLE, number)
                if not has_file(record):
                    raise not_found()
                address = addresses.temporary(books.db, realm, number, record.body["FileName"], books.now)
            return Response(address, media_type="text/plain")

        return meet(self._sandbox, Target(realm, "Attachable", "read"), told)

    def _upload(self, call: Call, spool: IO[bytes], size: int) -> Response:
        realm, switches = call.path["realm"], self._sandbox.settings.switches
        if "content-length" not in call.headers and switches.upload_length == "required":
            raise Refusal("6020", "We cannot find the content-length header in the request", element="")
        if size > LARGEST:
            detail = f"The file upload request should not exceed 100MB in size. The current request size is {size}"
            raise Refusal("6030", detail, element="")
        if not size:
            raise missing("file_content")
        target = Target(realm, "Attachable", "create")
        return meet(self._sandbox, target, lambda: self._once(call, realm, spool))

    def _once(self, call: Call, realm: str, spool: IO[bytes]) -> Response:
        """Whether an upload may be repeated under its requestid is not known."""
        request_id = call.query.get("requestid", "")
        check_length(request_id, LONGEST)
        if not request_id or self._sandbox.settings.switches.upload_requestid == "ignored":
            return Response(self._taken(call, realm, spool), media_type="application/json")
        key = Key(realm, "upload", request_id)
        with reading(self._sandbox, realm) as books:
            known = recall(books.db, key, b"", books.switches, books.now)
        if known is not None:
            return Response(known.body, known.status, media_type="application/json")
        body = self._taken(call, realm, spool)
        with writing(self._sandbox, realm) as books:
            remember(books.db, key, b"", Remembered(200, body), books.now)
        return Response(body, media_type="application/json")

    def _taken(self, call: Call, realm: str, spool: IO[bytes]) -> bytes:
        with _mapped(spool) as body:
            pairs = _paired(multipart.read(body, call.headers.get("content-type", "")))
            if not pairs:
                raise missing("file_content")
            results = [self._result(realm, body, pair) for pair in pairs]
        with reading(self._sandbox, realm) as books:
            return encode(timed(books, {"AttachableResponse": results}))

    def _result(self, realm: str, body: Body, pair: Pair) -> Json:
        try:
            return {"Attachable": self._attached(realm, body, pair)}
        except Refusal as refusal:
            return refusal.fault(self._sandbox.settings.switches.language)

    def _attached(self, realm: str, body: Body, pair: Pair) -> Json:
        """Nothing is kept of a file that is going to be refused, and nobody sees one that is not yet whole."""
        with reading(self._sandbox, realm) as books:
            self._composed(books, body, pair, 1)
        with writing(self._sandbox, realm) as books:
            number = books.next_id(ATTACHABLE)
        pieces = multipart.pieces(body, pair.content) if pair.content else iter(())
        try:
            size = keeping.keep(self._sandbox.store, realm, number, pieces)
            with writing(self._sandbox, realm) as books, books.attempt():
                return render(books, books.insert(ATTACHABLE, self._composed(books, body, pair, size), number))
        except Refusal:
            keeping.discard(self._sandbox.store, realm, number)
            raise

    def _composed(self, books: Books, body: Body, pair: Pair, size: int) -> Json:
        draft = _metadata(books, body, pair.metadata) if pair.metadata else {}
        if pair.content is None or not size:
            return ATTACHABLE.complete(books, draft, None)
        return with_file(books, draft, pair.content.filename, pair.content.kind, size)


async def _spooled(request: Request, spool: IO[bytes]) -> int:
    """All of it is taken in, so that the caller hears the answer; what is too much is not kept."""
    size = 0
    async for chunk in request.stream():
        size += len(chunk)
        if size <= LARGEST:
            spool.write(chunk)
    spool.flush()
    return size


@contextmanager
def _mapped(spool: IO[bytes]) -> Iterator[Body]:
    with mmap.mmap(spool.fileno(), 0, access=mmap.ACCESS_READ) as body:
        yield body


def _paired(parts: list[Part]) -> list[Pair]:
    """By the number at the end of their names, in the order of the contents."""
    found: dict[str, dict[str, Part]] = {}
    for part in parts:
        named = _PART.fullmatch(part.name)
        if named is not None:
            found.setdefault(named[2], {})[named[1].lower()] = part
    lone = [each for each in found.values() if len(each) == 1]
    if len(found) == 2 and len(lone) == 2 and lone[0].keys() != lone[1].keys():
        # One file, and its sender counts from one in one name and from nought in the other.
        found = {"": lone[0] | lone[1]}
    return [Pair(each.get("metadata"), each.get("content")) for each in found.values()]


def _metadata(books: Books, body: Body, part: Part) -> Json:
    raw = b"".join(multipart.pieces(body, part))
    try:
        # The SDKs for PHP and Ruby write it as XML; their element is the object itself.
        sent = xml_requests.read(raw) if xml_requests.is_xml(part.kind) else loads(raw)
    except ValueError as error:
        raise _no_metadata(part) from error
    if not isinstance(sent, dict):
        raise _no_metadata(part)
    if books.switches.metadata_type == "either" and "Content-Type" in sent:
        sent["ContentType"] = sent.pop("Content-Type")
    clean = books.reader.read(sent, ATTACHABLE.accepted, ATTACHABLE.name)
    return {name: value for name, value in clean.items() if value is not None}


def _no_metadata(part: Part) -> Refusal:
    detail = f"The file metadata submitted must be of Attachable type. Supplied Type: {part.kind}"
    return Refusal("6040", f"{detail}, request parameter: {part.name}", element="")
