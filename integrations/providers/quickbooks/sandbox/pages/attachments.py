"""Papers that lie with the documents, and open."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from starlette.responses import RedirectResponse, Response

from ..api.writing import aside
from ..books.record import Record
from ..entities import attachable
from ..files import addresses
from ..sandbox import Call, Sandbox
from ..wire.refusals import GatewayRefusal
from . import words
from .frame import Reader, Shown, outside
from .gathering import Key, gather
from .markup import Html, asking, html, joined, link
from .numbers import LARGEST, whole
from .tables import Column, Row, empty, section, table, turning

PER_PAGE = 100


def attachments(reader: Reader) -> Shown:
    here = f"{reader.base}/attachments"
    after = reader.asked("after")
    before = whole(after) or LARGEST
    query = "SELECT * FROM object WHERE realm = ? AND entity = 'Attachable' AND id < ? ORDER BY id DESC LIMIT ?"
    rows = reader.books.db.execute(query, (reader.books.realm, before, PER_PAGE + 1))
    found = [Record.from_row(row) for row in rows]
    said = "A receipt that is sent with a document appears here."
    listed = _table(reader, found[:PER_PAGE]) if found else empty("No attachments yet.", said)
    older = asking(here, after=found[PER_PAGE - 1].id) if len(found) > PER_PAGE else None
    return Shown("Attachments", joined([listed, turning(here if after else None, older)]), at=here, live=not after)


def of(reader: Reader, record: Record) -> Html:
    """What lies with one object; of an attachment itself, the file."""
    if record.entity == "Attachable":
        return _belonging(reader, record)
    query = (
        "SELECT object.* FROM attached JOIN object ON object.realm = attached.realm AND entity = 'Attachable'"
        " AND object.id = attachable WHERE target = ? AND attached.realm = ? AND kind = ? ORDER BY object.id LIMIT ?"
    )
    wanted = (str(record.id), reader.books.realm, record.entity.lower(), PER_PAGE)
    found = [Record.from_row(row) for row in reader.books.db.execute(query, wanted)]
    return section("Attachments", _table(reader, found, lone=True)) if found else Html("")


def _belonging(reader: Reader, record: Record) -> Html:
    """Of an attachment itself: how it opens, and what it lies with."""
    targets = _targets(record)
    lies = _with(reader, gather(reader.books, targets), targets)
    opens = link(f"{reader.to(record)}/open", "Open the file") if attachable.has_file(record) else ""
    none = "" if lies else html('<span class="off">Nothing yet</span>')
    return section("Belongs to", html("<p>{}{}</p>", lies, none), opens)


def opened(sandbox: Sandbox, call: Call) -> Response:
    """To the address under which the file can be fetched for a while."""
    number = whole(call.path["id"])
    try:
        with aside(sandbox, call.path["realm"]) as books:
            record = books.find("Attachable", number) if number else None
            if record is None or not attachable.has_file(record):
                return _no_file()
            name = record.body["FileName"]
            return RedirectResponse(addresses.temporary(books.db, books.realm, record.id, name, books.now), 302)
    except GatewayRefusal:
        return _no_file()


def _no_file() -> Response:
    return outside("No such file", empty("No file is here.", link("/", "All companies")), at="", status=404)


def _table(reader: Reader, records: Sequence[Record], *, lone: bool = False) -> Html:
    """With what each lies with, unless that is the page itself."""
    found = {} if lone else gather(reader.books, (key for record in records for key in _targets(record)))
    columns = (
        *(Column("File", "main"), Column("Note", "memo"), *(() if lone else (Column("Lies with", "to"),))),
        *(Column("Added", "date"), Column("About it", "kind"), Column("Size", "num key")),
    )
    return table(columns, (_row(reader, each, found, lone) for each in records), caption="Attachments, newest first")


def _row(reader: Reader, record: Record, found: dict[Key, Record], lone: bool) -> Row:
    body, filed = record.body, attachable.has_file(record)
    name = _opening(reader, record) if filed else html('<span class="off">A note</span>')
    cells = (
        *(name, body.get("Note", "")),
        *(() if lone else (_with(reader, found, _targets(record)),)),
        words.moment(record.created, reader.books.company.zone),
        reader.named(record, "Details"),
        words.size(int(body["Size"])) if filed else "",
    )
    return Row(cells, id=f"Attachable-{record.id}")


def _opening(reader: Reader, record: Record) -> Html:
    return link(f"{reader.to(record)}/open", record.body["FileName"])


def _targets(record: Record) -> list[Key]:
    references = [each.get("EntityRef", {}) for each in record.body.get("AttachableRef", ())]
    return [(each["type"], int(each["value"])) for each in references if str(each.get("value", "")).isdecimal()]


def _with(reader: Reader, found: dict[Key, Record], targets: Iterable[Key]) -> Html:
    return joined((reader.named(found[key], words.titled(found[key])) for key in targets if key in found), ", ")
