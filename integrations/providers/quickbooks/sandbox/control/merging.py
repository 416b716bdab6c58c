"""Two names, accounts or classes become one: everything that named the one names the other (§7)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from ..api import documents
from ..api.documents import Wish
from ..books.books import NAME_TYPES, Books
from ..books.record import Record
from ..model.entity import Entity
from ..model.fields import Field, Kind
from ..wire.json import Json

#: Where the journal knows them, and which sums are kept of them.
COLUMNS = {
    **dict.fromkeys(NAME_TYPES, ("party", (("party_balance", ("debit", "native")),))),
    "Account": ("account", (("balance", ("debit", "native")), ("opening", ("debit",)))),
    "Class": ("class", ()),
    "Department": ("department", ()),
}
#: What both must have in common.
ALIKE = ("AccountType", "CurrencyRef")


class CannotMerge(ValueError):
    """Two that QuickBooks would not make one."""


def merge(books: Books, entity: Entity, loser: Record, winner: Record) -> Record:
    _check(books, entity, loser, winner)
    for record in _named_by(books, loser):
        body = _turned_over(books, record, entity.name, (loser.id, winner.id))
        if body != record.body:
            _rewrite(books, record, body)
    _move_sums(books, entity, loser, winner)
    if books.switches.merged_names == "deleted":
        books.remove(loser, absorbed=True)
    else:
        payload = {"Id": str(loser.id), "SyncToken": str(loser.sync_token), "sparse": True, "Active": False}
        documents.carry_out(books, Wish(entity, "update", payload))
    current = books.get(entity, winner.id)
    return books.replace(current, current.body, "Merge", absorbed=loser.id)


def _check(books: Books, entity: Entity, loser: Record, winner: Record) -> None:
    if entity.name not in COLUMNS:
        raise CannotMerge(f"One of {', '.join(COLUMNS)} can be merged.")
    if loser.id == winner.id or books.children(loser):
        raise CannotMerge("It must be another one, and nothing may stand below it.")
    if any(loser.body.get(name) != winner.body.get(name) for name in ALIKE):
        raise CannotMerge(f"Both must have the same {' and '.join(ALIKE)}.")


def _named_by(books: Books, loser: Record) -> Iterator[Record]:
    """Whatever holds its Id as a reference; a person merges seldom, so the whole company may be looked through."""
    query = "SELECT * FROM object WHERE realm = ? AND body LIKE ?"
    rows = books.db.execute(query, (books.realm, f'%"value":"{loser.id}"%')).fetchall()
    return map(Record.from_row, rows)


def _turned_over(books: Books, record: Record, target: str, ids: tuple[int, int]) -> Json:
    """The body with the other one in each place of the first; of a scheduled document, in its form."""
    entity, body = books.entities[record.entity], record.body
    if entity.folded:
        kind = body["Type"]
        return {**body, kind: _pointed(body[kind], books.entities[kind].fields, target, ids)}
    return _pointed(body, entity.fields, target, ids)


def _pointed(body: Json, fields: tuple[Field, ...], target: str, ids: tuple[int, int]) -> Json:
    known, after = {field.name: field for field in fields}, dict(body)
    for name, value in body.items():
        field = known.get(name)
        if name == "AttachableRef":
            after[name] = [_hung(each, target, ids) for each in value]
        elif field is None or not value:
            continue
        elif field.kind is Kind.REF:
            kind = value.get("type", "Vendor") if field.target == "Name" else field.target
            after[name] = _turned(value, kind, target, ids)
        elif field.kind is Kind.PART:
            after[name] = _pointed(value, field.parts, target, ids)
        elif field.kind is Kind.LINES:
            after[name] = [_pointed(row, field.parts, target, ids) for row in value]
    return after


def _hung(row: Json, target: str, ids: tuple[int, int]) -> Json:
    return {**row, "EntityRef": _turned(row["EntityRef"], row["EntityRef"]["type"], target, ids)}


def _turned(reference: Json, kind: str, target: str, ids: tuple[int, int]) -> Json:
    """The reference to the other one, if it is one to the first."""
    before, after = ids
    return {**reference, "value": str(after)} if (kind, reference["value"]) == (target, str(before)) else reference


def _rewrite(books: Books, record: Record, body: Json) -> None:
    """Nobody edited the document: an app sees another name in it under the same SyncToken, or not, by the switch."""
    if books.switches.merge_touches == "documents":
        books.replace(record, body)
    else:
        books.restate(replace(record, body=body))


def _move_sums(books: Books, entity: Entity, loser: Record, winner: Record) -> None:
    column, sums = COLUMNS[entity.name]
    where = (winner.id, books.realm, loser.id)
    books.db.execute(f"UPDATE posting SET {column} = ? WHERE realm = ? AND {column} = ?", where)
    if entity.name == "Account":
        books.db.execute("UPDATE OR IGNORE cleared SET account = ? WHERE realm = ? AND account = ?", where)
    for table, kept in sums:
        added = ", ".join(f"{name} = {name} + excluded.{name}" for name in kept)
        books.db.execute(
            f"INSERT INTO {table} SELECT realm, ?, {', '.join(kept)} FROM {table} WHERE realm = ? AND {column} = ?"
            f" ON CONFLICT (realm, {column}) DO UPDATE SET {added}",
            where,
        )
        books.db.execute(f"DELETE FROM {table} WHERE realm = ? AND {column} = ?", where[1:])
