"""The journal beneath every transaction: postings that balance, and what they do to accounts and parties."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING, NamedTuple

from ..model.money import MOST
from ..model.reading import too_large

if TYPE_CHECKING:
    from .books import Books
    from .record import Record


class Posting(NamedTuple):
    account: int
    #: In units of the home currency; a credit is negative.
    debit: int
    #: The same in the transaction's own currency.
    native: int
    #: Id of the vendor, customer or employee.
    party: int | None = None
    class_: int | None = None
    department: int | None = None
    memo: str | None = None
    #: What is bought or sold; with a quantity where stock moves, in hundred-thousandths (money.py), out of it negative.
    item: int | None = None
    quantity: int | None = None


class Unbalanced(AssertionError):
    """A rule of the sandbox itself is wrong; nothing of it may reach the file."""


def enter(books: Books, record: Record, postings: list[Posting]) -> None:
    """Puts the postings of one transaction into the books; it must have none there."""
    if sum(posting.debit for posting in postings):
        raise Unbalanced(f"{record.entity} {record.id}: {postings}")
    if any(abs(units) >= MOST for posting in postings for units in (*posting[1:3], posting.quantity or 0)):
        raise too_large("Amount")
    day = record.body["TxnDate"]
    books.db.executemany(
        f"INSERT INTO posting VALUES ({', '.join('?' * 14)})",
        [
            (books.realm, record.entity, record.id, line, each.account, each.debit, each.native, day, *each[3:])
            for line, each in enumerate(postings, 1)
        ],
    )
    _move(books, postings, 1)


def posted(books: Books, record: Record) -> list[Posting]:
    query = (
        "SELECT account, debit, native, party, class, department, memo, item, quantity FROM posting"
        " WHERE realm = ? AND entity = ? AND id = ?"
    )
    return [Posting(*row) for row in books.db.execute(query, (books.realm, *record.key))]


def strike(books: Books, record: Record) -> None:
    """Takes the postings of one transaction out again."""
    where = (books.realm, *record.key)
    rows = posted(books, record)
    books.db.execute("DELETE FROM posting WHERE realm = ? AND entity = ? AND id = ?", where)
    _move(books, rows, -1)


def _move(books: Books, postings: list[Posting], sign: int) -> None:
    accounts: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    parties: dict[int, list[int]] = defaultdict(lambda: [0, 0])
    for each in postings:
        rows = [accounts[each.account]]
        if each.party is not None and books.is_control(each.account):
            rows.append(parties[each.party])
        for row in rows:
            row[0] += sign * each.debit
            row[1] += sign * each.native
    _move_stock(books, postings, sign)
    for table, column, moved in (("balance", "account", accounts), ("party_balance", "party", parties)):
        books.db.executemany(
            f"INSERT INTO {table} VALUES (?, ?, ?, ?) ON CONFLICT (realm, {column})"
            " DO UPDATE SET debit = debit + excluded.debit, native = native + excluded.native",
            [(books.realm, key, debit, native) for key, (debit, native) in moved.items() if debit or native],
        )


def _move_stock(books: Books, postings: list[Posting], sign: int) -> None:
    rows = [
        (books.realm, each.item, sign * each.quantity, sign * each.debit)
        for each in postings
        if each.quantity is not None
    ]
    if rows:
        books.db.executemany(
            "INSERT INTO stock VALUES (?, ?, ?, ?) ON CONFLICT (realm, item)"
            " DO UPDATE SET quantity = quantity + excluded.quantity, worth = worth + excluded.worth",
            rows,
        )
