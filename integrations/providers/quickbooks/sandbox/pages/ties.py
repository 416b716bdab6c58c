"""What a document is tied to: what it pays, what pays it, and the papers that lie with it."""

from __future__ import annotations

from collections.abc import Iterator

from ..books import links
from ..books.record import Record
from ..wire.json import Json
from . import attachments, words
from .frame import Reader
from .gathering import Found, Key, gather
from .markup import Html, joined
from .tables import Column, Row, section, table

#: How a document is tied to another and that one to it, by the kind of the first; else by that of the second.
_BY = {
    "Deposit": ("Deposits", "Deposited by"),
    "Invoice": ("Made from", "Billed by"),
    "Bill": ("Made from", "Billed by"),
}
_TO = {"CreditMemo": ("Uses", "Used by"), "VendorCredit": ("Uses", "Used by")}


def ties(reader: Reader, record: Record) -> Html:
    papers = attachments.of(reader, record)
    return joined([_linked(reader, record), papers])


def _linked(reader: Reader, record: Record) -> Html:
    books = reader.books
    if not books.entities[record.entity].transacts:
        return Html("")
    pays = [(_how(record.entity, each[0])[0], *each) for each in _targets(reader, record)]
    paid = [(_how(each[0], record.entity)[1], *each) for each in links.applied(books, record.entity, record.id)]
    told = {(entity, number) for _, entity, number, _ in (*pays, *paid)}
    rest = [("Linked with", *key, None) for key in dict.fromkeys(_named(reader, record.body)) if key not in told]
    rows = [*pays, *paid, *rest]
    found = gather(books, [(entity, number) for _, entity, number, _ in rows])
    if not rows:
        return Html("")
    columns = (Column("How", "kind"), Column("Document", "main"), Column("Date", "date"), Column("Applied", "num key"))
    listed = [_row(reader, found, *row) for row in rows]
    return section("Tied to", table(columns, listed, caption="Documents it is tied to"))


def _how(source: str, target: str) -> tuple[str, str]:
    return _BY.get(source) or _TO.get(target) or ("Applied to", "Paid by")


def _targets(reader: Reader, record: Record) -> list[tuple[str, int, int]]:
    query = "SELECT target, target_id, units FROM link WHERE realm = ? AND entity = ? AND id = ? ORDER BY line"
    rows = reader.books.db.execute(query, (reader.books.realm, record.entity, record.id))
    return [(row["target"], row["target_id"], row["units"]) for row in rows]


def _named(reader: Reader, body: Json) -> Iterator[Key]:
    """Those the document names itself, in the words by which documents link."""
    by_word = {entity.link_word or name: name for name, entity in reader.books.entities.items()}
    for holder in (body, *body.get("Line", ())):
        for each in holder.get("LinkedTxn") or ():
            entity = by_word.get(str(each.get("TxnType"))) or str(each.get("TxnType"))
            if str(each.get("TxnId", "")).isdecimal():
                yield entity, int(each["TxnId"])


def _row(reader: Reader, found: Found, how: str, entity: str, number: int, units: int | None) -> Row:
    record = found.get((entity, number))
    name = reader.named(record, words.titled(record)) if record else f"{words.type_word(entity)} {number}, not here"
    day = words.day(record.body.get("TxnDate", "")) if record else ""
    return Row((how, name, day, words.amount(units) if units is not None else ""))
