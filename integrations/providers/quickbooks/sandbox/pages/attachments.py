"""Papers that lie with the documents, and open."""

from __future__ import annotations

from ..books.record import Record
from ..registry import BY_NAME
from . import words
from .frame import Reader, Shown
from .markup import Html, asking, joined
from .tables import Column, Row, empty, table, turning

PER_PAGE = 100


def attachments(reader: Reader) -> Shown:
    here = f"{reader.base}/attachments"
    if "Attachable" not in BY_NAME:
        return Shown("Attachments", empty("No attachments yet."), at=here)
    after = reader.asked("after")
    first = int(after) if after.isdecimal() and len(after) < 19 else 0
    found = list(reader.books.all("Attachable", after=first, limit=PER_PAGE + 1))
    columns = (Column("File", "main"), Column("Note", "memo"), Column("Type", "kind"), Column("Added", "date"))
    rows = (_row(reader, record) for record in found[:PER_PAGE])
    said = "A receipt that is sent with a document appears here."
    listed = table(columns, rows, caption="Attachments") if found else empty("No attachments yet.", said)
    older = asking(here, after=found[PER_PAGE - 1].id) if len(found) > PER_PAGE else None
    return Shown("Attachments", joined([listed, turning(here if first else None, older)]), at=here)


def _row(reader: Reader, record: Record) -> Row:
    body = record.body
    name = reader.named(record, body.get("FileName") or "Note")
    added = words.moment(record.created, reader.books.company.zone)
    return Row((name, body.get("Note", ""), body.get("ContentType", ""), added))


def of(reader: Reader, record: Record) -> Html:
    return Html("")
