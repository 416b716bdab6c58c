"""The journal entry beneath a document: debits, credits indented, and a total that balances."""

from __future__ import annotations

import sqlite3

from ..books.record import Record
from . import words
from .frame import Reader
from .gathering import Found, Key, gather, party_in, party_keys
from .markup import Html, html
from .tables import Column, Row, empty, lean, section

_TITLE = "Journal beneath"


def beneath(reader: Reader, record: Record) -> Html:
    books = reader.books
    if books.entities[record.entity].journal is None:
        return Html("")
    query = "SELECT * FROM posting WHERE realm = ? AND entity = ? AND id = ? ORDER BY debit < 0, line"
    rows = books.db.execute(query, (books.realm, record.entity, record.id)).fetchall()
    if not rows:
        return section(_TITLE, empty("It moves nothing."))
    found = gather(books, [key for row in rows for key in _keys(row)])
    currency = books.company.currency
    columns = (
        *(Column("Account", "main"), Column("Name", "to"), Column("Class", "kind"), Column("Location", "kind")),
        *(Column("Memo", "memo"), Column(f"Debit {currency}", "num"), Column(f"Credit {currency}", "num")),
    )
    debits = sum(row["debit"] for row in rows if row["debit"] > 0)
    credits = -sum(row["debit"] for row in rows if row["debit"] < 0)
    foot = (*("Debits equal credits", "", "", "", ""), words.amount(debits), words.amount(credits))
    listed = lean(columns, [_row(reader, found, row) for row in rows], caption="Journal", foot=foot)
    return html('<div class="ledger">{}</div>', section(_TITLE, listed))


def _keys(row: sqlite3.Row) -> list[Key]:
    optional = [("Class", row["class"]), ("Department", row["department"])]
    return [("Account", row["account"]), *(key for key in optional if key[1]), *party_keys(row["party"])]


def _row(reader: Reader, found: Found, row: sqlite3.Row) -> Row:
    account = found.get(("Account", row["account"]))
    class_, place = found.get(("Class", row["class"])), found.get(("Department", row["department"]))
    cells = (
        reader.named(account, words.account_name(account)) if account else "",
        reader.named(party_in(found, row["party"])),
        class_.title if class_ else "",
        place.title if place else "",
        words.brief(row["memo"]),
        words.either(row["debit"]) if row["debit"] >= 0 else "",
        words.either(-row["debit"]) if row["debit"] <= 0 else "",
    )
    return Row(cells, style="credit" if row["debit"] < 0 else "")
