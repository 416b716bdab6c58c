"""The register of one account: every posting with the balance after it, newest first, turned by key."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from dataclasses import dataclass

from ..books.books import Books
from ..books.record import Record
from ..entities import account as accounts
from . import chart, words
from .frame import Reader, Shown
from .gathering import Found, Key, at_keys, gather, party_in, party_keys
from .markup import Html, asking, html, joined, link
from .numbers import LARGEST
from .tables import Column, Row, empty, facts, table, turning

PER_PAGE = 50
_ORDER = "ORDER BY txn_date DESC, entity DESC, id DESC, line DESC"


@dataclass(frozen=True)
class Place:
    """Where a page ends, what the postings above it come to, and what stood on the account then."""

    day: str
    entity: str
    id: int
    line: int
    above: int
    total: int

    @classmethod
    def read(cls, text: str) -> Place | None:
        parts = text.split(".")
        if len(parts) != 6:
            return None
        try:
            id, line, above, total = map(int, parts[2:])
        except ValueError:
            return None
        fits = max(map(abs, (id, line, above, total))) <= LARGEST
        return cls(parts[0], parts[1], id, line, above, total) if fits else None

    def __str__(self) -> str:
        return ".".join(map(str, (self.day, self.entity, self.id, self.line, self.above, self.total)))

    @property
    def key(self) -> tuple[str, str, int, int]:
        return self.day, self.entity, self.id, self.line


def register(reader: Reader, account: Record) -> Shown:
    total = reader.books.debit_balance(account.id)
    after = Place.read(reader.asked("after"))
    above = _above(reader.books, account.id, after, total) if after else 0
    rows = _postings(reader.books, account.id, after)
    shown = rows[:PER_PAGE]
    body = _table(reader, account, shown, total - above) if shown else _nothing(after)
    older = None
    if len(rows) > PER_PAGE:
        last = shown[-1]
        spent = above + sum(row["debit"] for row in shown)
        older = asking(after=Place(last["txn_date"], last["entity"], last["id"], last["line"], spent, total))
    turn = turning(reader.to(account) if after else None, older)
    where = link(f"{reader.base}/accounts", "Chart of accounts")
    beside, at = chart.heading(reader, account), f"{reader.base}/accounts"
    return Shown(words.account_name(account), joined([_facts(reader, account), body, turn]), beside, where, at)


def _above(books: Books, account: int, after: Place, total: int) -> int:
    """What stands above a page was summed up on the way to it; only if the account has moved since, once more."""
    if after.total == total:
        return after.above
    query = (
        "SELECT coalesce(sum(debit), 0) FROM posting WHERE realm = ? AND account = ?"
        " AND (txn_date, entity, id, line) >= (?, ?, ?, ?)"
    )
    return int(books.db.execute(query, (books.realm, account, *after.key)).fetchone()[0])


def _postings(books: Books, account: int, after: Place | None) -> list[sqlite3.Row]:
    below = "AND (txn_date, entity, id, line) < (?, ?, ?, ?)" if after else ""
    query = f"SELECT * FROM posting WHERE realm = ? AND account = ? {below} {_ORDER} LIMIT {PER_PAGE + 1}"
    return books.db.execute(query, (books.realm, account, *(after.key if after else ()))).fetchall()


def _facts(reader: Reader, account: Record) -> Html:
    body = account.body
    parent = body.get("ParentRef", {}).get("value", "")
    above = gather(reader.books, [("Account", int(parent))]).get(("Account", int(parent))) if parent else None
    opening = reader.books.totals("opening").get(account.id, 0)
    return facts(
        (
            ("Type", f"{body['AccountType']}, {words.spaced(body['AccountSubType']).lower()}"),
            ("Part of", reader.named(above)),
            ("Description", body.get("Description", "")),
            ("Opening balance", words.amount(accounts.own_side(account) * opening) if opening else ""),
            ("State", "" if account.active else "Inactive"),
        )
    )


def _nothing(after: Place | None) -> Html:
    return empty("Nothing older." if after else "Nothing has been posted to this account.")


def _table(reader: Reader, account: Record, rows: list[sqlite3.Row], balance: int) -> Html:
    others = _others(reader.books, rows)
    found = gather(reader.books, _named_in(rows, others))
    columns = (
        *(Column("Date", "date"), Column("Type", "kind"), Column("Number", "code"), Column("Name", "main")),
        *(Column("Memo", "memo"), Column("Split", "to"), Column("Debit", "num"), Column("Credit", "num")),
        Column("Balance", "num key"),
    )
    shown = _rows(reader, account, rows, others, found, balance)
    return table(columns, shown, caption=f"Postings to {account.title}, newest first")


def _others(books: Books, rows: list[sqlite3.Row]) -> dict[Key, list[sqlite3.Row]]:
    """All postings of the documents on the page, to tell where the other side went."""
    keys = sorted({(row["entity"], row["id"]) for row in rows})
    found: dict[Key, list[sqlite3.Row]] = {key: [] for key in keys}
    for row in at_keys(books, "posting", keys):
        found[row["entity"], row["id"]].append(row)
    return found


def _named_in(rows: list[sqlite3.Row], others: dict[Key, list[sqlite3.Row]]) -> Iterator[Key]:
    yield from others
    for posted in others.values():
        yield from (("Account", row["account"]) for row in posted)
        for row in posted:
            yield from party_keys(row["party"])


def _rows(
    reader: Reader,
    account: Record,
    rows: list[sqlite3.Row],
    others: dict[Key, list[sqlite3.Row]],
    found: Found,
    balance: int,
) -> Iterator[Row]:
    side, marks = accounts.own_side(account), _marks(reader.books, account.id, others)
    for row in rows:
        posted = others[row["entity"], row["id"]]
        document = found[row["entity"], row["id"]]
        who = party_in(found, row["party"] or next((each["party"] for each in posted if each["party"]), None))
        letter = marks.get((row["entity"], row["id"]), "")
        cells = (
            words.day(row["txn_date"]),
            joined([reader.named(document, words.kind(document)), words.mark(letter)]),
            words.number_of(document.body),
            reader.named(who),
            words.brief(row["memo"] or document.body.get("PrivateNote")),
            _split(found, row["account"], posted),
            words.amount(row["debit"]) if row["debit"] > 0 else "",
            words.amount(-row["debit"]) if row["debit"] < 0 else "",
            words.amount(side * balance),
        )
        yield Row(cells, id=f"{row['entity']}-{row['id']}-{row['line']}")
        balance -= row["debit"]


def _marks(books: Books, account: int, others: dict[Key, list[sqlite3.Row]]) -> dict[Key, str]:
    """What the bank has seen or a statement agreed with, of the page alone; it holds while the amount is the same."""
    now = {key: sum(row["debit"] for row in rows if row["account"] == account) for key, rows in others.items()}
    set_ = [row for row in at_keys(books, "cleared", sorted(others)) if row["account"] == account]
    return {key: row["state"] for row in set_ if now[key := (row["entity"], row["id"])] == row["debit"]}


def _split(found: Found, account: int, posted: list[sqlite3.Row]) -> Html | str:
    """The account on the other side, or that there are several."""
    other = {row["account"] for row in posted} - {account}
    if len(other) == 1:
        record = found.get(("Account", other.pop()))
        return words.account_name(record) if record else ""
    return html('<span class="off">Split</span>') if other else ""
