"""Which transaction is applied to which: what is open of a bill follows from it, and nothing else (§9.8, §9.9)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from ..model.money import from_units, to_units
from ..wire.json import Json

if TYPE_CHECKING:
    from ..model.entity import Entity
    from .books import Books
    from .record import Record


#: Entity and Id.
Key = tuple[str, int]


class Application(NamedTuple):
    """So much of a payment (or credit) is applied to one other transaction."""

    entity: str
    id: int
    #: In units of the transaction's currency.
    units: int


def join(books: Books, payer: Record, applications: list[Application]) -> None:
    books.db.executemany(
        "INSERT INTO link VALUES (?, ?, ?, ?, ?, ?, ?)",
        [(books.realm, payer.entity, payer.id, line, *each) for line, each in enumerate(applications, 1)],
    )


def part(books: Books, payer: Record) -> set[tuple[str, int]]:
    """Takes the payer's links away and tells what they led to."""
    where = (books.realm, payer.entity, payer.id)
    rows = books.db.execute("SELECT target, target_id FROM link WHERE realm = ? AND entity = ? AND id = ?", where)
    targets = {(row["target"], row["target_id"]) for row in rows}
    if targets:
        books.db.execute("DELETE FROM link WHERE realm = ? AND entity = ? AND id = ?", where)
    return targets


def applied(books: Books, entity: str, number: int) -> list[tuple[str, int, int]]:
    """Who pays this transaction: entity, Id, units; in the order of their Ids."""
    query = (
        "SELECT entity, id, sum(units) AS units FROM link WHERE realm = ? AND target = ? AND target_id = ?"
        " GROUP BY entity, id ORDER BY id"
    )
    return [(row["entity"], row["id"], row["units"]) for row in books.db.execute(query, (books.realm, entity, number))]


def shown(books: Books, entity: Entity, number: int | None, body: Json) -> Json:
    """The body with what it came from, what is applied to it, and what of it is still open."""
    found = applied(books, entity.name, number) if number is not None else []
    origins = [each for each in sent(body) if each["TxnType"] in entity.origins]
    payers = [{"TxnId": str(payer), "TxnType": books.link_word(name)} for name, payer, _ in found]
    earlier, body = body, {**body, "LinkedTxn": [*origins, *payers]}
    if entity.open_name:
        body[entity.open_name] = from_units(to_units(entity.opening(body)) - sum(units for _, _, units in found))
    return entity.linked(earlier, body, found) if entity.linked is not None else body


def without(body: Json, key: Key) -> Json:
    """A document that no longer comes from another one."""
    named = {"LinkedTxn": [each for each in sent(body) if (each["TxnType"], each["TxnId"]) != (key[0], str(key[1]))]}
    rows = {"Line": [without(line, key) for line in body["Line"]]} if "Line" in body else {}
    return {**body, **rows, **(named if "LinkedTxn" in body else {})}


def sent(owner: Json) -> list[Json]:
    """The links that a document or a line names, as far as they can be read."""
    links = owner.get("LinkedTxn")
    rows = links if isinstance(links, list) else []
    return [
        {**each, "TxnId": str(each["TxnId"]), "TxnType": str(each["TxnType"])}
        for each in rows
        if isinstance(each, dict) and each.get("TxnId") and each.get("TxnType")
    ]
