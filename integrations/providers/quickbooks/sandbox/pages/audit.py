"""The audit log: who wrote what and when, of a company and of one object."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence

from ..books.cleared import WORDS
from ..books.record import Record
from ..signin.apps import OWN_NAME
from . import words
from .frame import Reader, Shown
from .gathering import Found, gather
from .markup import Html, asking, html, joined
from .numbers import whole
from .tables import Column, Row, empty, section, table, turning

PER_PAGE = 50
#: Of one object so many of the last changes are shown.
LAST = 50
#: What the app did, in the words of a bookkeeper.
DONE = {
    "Create": "Added",
    "Update": "Changed",
    "Delete": "Deleted",
    "Void": "Voided",
    "Merge": "Merged",
    "Emailed": "Sent",
    "Reconciled": "Reconciled",
    "Cleared": "Marked as cleared",
    "Uncleared": "Took the mark off",
}


def log(reader: Reader) -> Shown:
    after = reader.asked("after")
    before = whole(after)
    condition, values = ("AND seq < ?", (before,)) if before is not None else ("", ())
    query = f"SELECT * FROM audit WHERE realm = ? {condition} ORDER BY seq DESC LIMIT {PER_PAGE + 1}"
    rows = reader.books.db.execute(query, (reader.books.realm, *values)).fetchall()
    here = f"{reader.base}/audit"
    older = asking(here, after=rows[PER_PAGE - 1]["seq"]) if len(rows) > PER_PAGE else None
    said = "What a company begins with is not written by anybody and not listed."
    listed = _table(reader, rows[:PER_PAGE], "Changes, newest first") if rows else empty("Nothing written yet.", said)
    turn = turning(here if before is not None else None, older)
    return Shown("Audit log", joined([listed, turn]), at=here, live=before is None)


def history(reader: Reader, record: Record) -> Html:
    zone = reader.books.company.zone
    entered, last = words.moment(record.created, zone), words.moment(record.updated, zone)
    told = html('<p class="note">Entered on {}. SyncToken {} since {}.</p>', entered, record.sync_token, last)
    return section("History", joined([told, rows_of(reader, record.entity, record.id)]))


def rows_of(reader: Reader, entity: str, number: int) -> Html:
    """What was done to one object; that the app added it has no index of its own, so that adding stays quick."""
    query = (
        "SELECT * FROM audit INDEXED BY audit_object WHERE realm = ? AND entity = ? AND id = ?"
        f" AND (was IS NOT NULL OR author <> '') ORDER BY seq DESC LIMIT {LAST}"
    )
    rows = reader.books.db.execute(query, (reader.books.realm, entity, number)).fetchall()
    return _table(reader, rows, "What was done to it since, newest first", of_one=True) if rows else Html("")


def _table(reader: Reader, rows: Sequence[sqlite3.Row], caption: str, *, of_one: bool = False) -> Html:
    what = () if of_one else (Column("What", "main"),)
    columns = (
        *(Column("When", "date"), Column("Who", "kind"), Column("Did", "main" if of_one else "kind"), *what),
        *(Column("SyncToken", "code"), Column("Changed", "memo")),
    )
    found = {} if of_one else gather(reader.books, ((row["entity"], row["id"]) for row in rows))
    return table(columns, (_row(reader, row, found, of_one=of_one) for row in rows), caption=caption)


def _row(reader: Reader, row: sqlite3.Row, found: Found, *, of_one: bool) -> Row:
    when = words.moment(row["at"], reader.books.company.zone)
    token = row["is_now"] if row["was"] in (None, row["is_now"]) else f"{row['was']} → {row['is_now']}"
    changed = _changed(row)
        row["changed"]
        if row["operation"] in WORDS.values()
        else ", ".join(words.label(row["entity"], name) for name in row["changed"].split(", ") if name)
    )
    what = () if of_one else (_what(reader, row, found.get((row["entity"], row["id"]))),)
    did = DONE.get(row["operation"], row["operation"])
    return Row((when, row["author"] or OWN_NAME, did, *what, token, changed))


def _changed(row: sqlite3.Row) -> str:
    """Names of properties; of an account with its statement, how much of it."""
    if row["operation"] in WORDS.values():
        return str(row["changed"])
    return ", ".join(words.label(row["entity"], name) for name in row["changed"].split(", ") if name)


def _what(reader: Reader, row: sqlite3.Row, record: Record | None) -> object:
    if record is not None:
        return reader.named(record, words.titled(record))
    return html(
        '<a href="{}/{}/{}">{} {}</a> <span class="chip">deleted</span>',
        *(reader.base, row["entity"].lower(), row["id"], words.type_word(row["entity"]), row["id"]),
    )
