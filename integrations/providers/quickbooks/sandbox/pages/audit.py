"""The audit log: who wrote what and when, of a company and of one object."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Sequence
from decimal import Decimal, InvalidOperation

from ..books import links
from ..books.cleared import WORDS
from ..books.record import Record
from ..model.money import fits, to_units
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


def last_name(reader: Reader, entity: str, number: int) -> str:
    """What was deleted was called, where the log knows."""
    query = (
        "SELECT changed FROM audit INDEXED BY audit_object WHERE realm = ? AND entity = ? AND id = ?"
        " AND (was IS NOT NULL OR author <> '') AND operation = 'Delete' ORDER BY seq DESC LIMIT 1"
    )
    row = reader.books.db.execute(query, (reader.books.realm, entity, number)).fetchone()
    return str(row["changed"]) if row else ""


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
    changed = _changed(reader, row, of_one=of_one)
    what = () if of_one else (_what(reader, row, found.get((row["entity"], row["id"]))),)
    did = DONE.get(row["operation"], row["operation"])
    return Row((when, row["author"] or OWN_NAME, did, *what, token, changed))


def _changed(reader: Reader, row: sqlite3.Row, *, of_one: bool) -> Html:
    if row["operation"] in WORDS.values():
        # Of an account with its statement: how much of it.
        return html("{}", row["changed"])
    if row["operation"] == "Delete":
        return html("It was called {}", row["changed"]) if row["changed"] else Html("")
    if row["operation"] == "Merge":
        return _merged(reader, row)
    told = [_property(row["entity"], *each.split(" ")) for each in row["changed"].split(", ") if each]
    return joined([*(_besides(reader, row) if of_one else ()), *told], ", ")


def _property(entity: str, name: str, *values: str) -> Html | str:
    """From what to what, where the log holds it."""
    label = words.label(entity, name)
    return html("{} {} → {}", label, *map(_value, values)) if len(values) == 2 else label


def _value(text: str) -> str:
    if text in ("True", "False"):
        return "yes" if text == "True" else "no"
    try:
        figure = Decimal(text)
    except InvalidOperation:
        return words.day(text)
    return words.amount(to_units(figure)) if fits(figure) else text


def _besides(reader: Reader, row: sqlite3.Row) -> Iterator[Html]:
    """A payment that was written in the same moment and did this."""
    if "LinkedTxn" in row["changed"].split(", "):
        applied = links.applied(reader.books, row["entity"], row["id"])
        found = gather(reader.books, [(entity, number) for entity, number, _ in applied])
        for entity, number, units in applied:
            payer = found.get((entity, number))
            if payer is not None and int(row["at"]) in (payer.created, payer.updated):
                yield html("{} by {}", words.amount(units), reader.named(payer, words.titled(payer)))


def _merged(reader: Reader, row: sqlite3.Row) -> Html:
    """Both are told of a merge, each with the other's number."""
    word, _, number = row["changed"].partition(" ")
    if not number.isdecimal():
        return Html("")
    other = reader.books.find(row["entity"], int(number))
    said = reader.named(other) or f"{words.type_word(row['entity']).lower()} {number}"
    return html("{} {}", "Into" if word == "Into" else "Took in", said)


def _what(reader: Reader, row: sqlite3.Row, record: Record | None) -> object:
    if record is not None:
        return reader.named(record, words.titled(record))
    return html(
        '<a href="{}/{}/{}">{} {}</a> <span class="chip">deleted</span>',
        *(reader.base, row["entity"].lower(), row["id"], words.type_word(row["entity"]), row["id"]),
    )
