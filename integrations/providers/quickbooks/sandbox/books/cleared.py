"""Which lines on bank and card accounts the bank has seen, and which an accountant has agreed with a statement.

Kept apart from the journal and keyed by transaction and account, so that no write pays for it: a state holds while
the transaction still puts on the account what it put there when it was set. What has been changed or deleted since
no longer agrees, and is told as a discrepancy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from ..wire.refusals import Refusal

if TYPE_CHECKING:
    from .books import Books
    from .record import Record

#: The words of TransactionList's filter, and the letter a register shows.
LETTERS = {"Uncleared": "", "Cleared": "C", "Reconciled": "R"}
WORDS = {letter: word for word, letter in LETTERS.items()}


@dataclass(frozen=True)
class Held:
    """What was set for one transaction on one account."""

    entity: str
    id: int
    account: int
    letter: str
    statement_date: str | None
    #: What it put on the account then, and what it does now; debits positive, None once it is gone.
    was: int
    now: int | None

    @property
    def holds(self) -> bool:
        return self.was == self.now


_NOW = (
    "(SELECT sum(debit) FROM posting p WHERE p.realm = cleared.realm AND p.entity = cleared.entity"
    " AND p.id = cleared.id AND p.account = cleared.account)"
)
_SELECT = f"SELECT entity, id, account, state, statement_date, debit, {_NOW} FROM cleared WHERE realm = ?"


def set_state(books: Books, key: tuple[str, int], account: int, letter: str, statement_date: str | None) -> None:
    where = (books.realm, *key, account)
    if not letter:
        books.db.execute("DELETE FROM cleared WHERE realm = ? AND entity = ? AND id = ? AND account = ?", where)
        return
    values = (*where, posted(books, key, account), letter, statement_date)
    books.db.execute("INSERT OR REPLACE INTO cleared VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def posted(books: Books, key: tuple[str, int], account: int) -> int | None:
    """What one transaction puts on one account; None where it has no line there."""
    query = "SELECT sum(debit) AS total FROM posting WHERE realm = ? AND entity = ? AND id = ? AND account = ?"
    found = books.db.execute(query, (books.realm, *key, account)).fetchone()["total"]
    return None if found is None else int(found)


def held(books: Books, account: int | None = None) -> list[Held]:
    query = _SELECT + (" AND account = ?" if account is not None else "") + " ORDER BY id, entity"
    values = (books.realm,) if account is None else (books.realm, account)
    return [Held(*row) for row in books.db.execute(query, values)]


def states(books: Books) -> dict[tuple[str, int], str]:
    """The letter of each transaction that has one: the strongest of its accounts."""
    found: dict[tuple[str, int], str] = {}
    for each in held(books):
        if each.holds:
            # "R" is more than "C", also in the alphabet.
            found[each.entity, each.id] = max(each.letter, found.get((each.entity, each.id), ""))
    return found


def mark(books: Books, key: tuple[str, int]) -> str:
    """The letter of one transaction."""
    found = (Held(*row) for row in books.db.execute(f"{_SELECT} AND entity = ? AND id = ?", (books.realm, *key)))
    return max((each.letter for each in found if each.holds), default="")


def check(books: Books, record: Record) -> None:
    """§11: QuickBooks lets the API change what was reconciled, to the accountant's grief; a switch refuses it."""
    if books.switches.reconciled == "allow":
        return
    query = f"{_SELECT} AND entity = ? AND id = ? AND state = 'R'"
    if not all(Held(*row).holds for row in books.db.execute(query, (books.realm, *record.key))):
        detail = "Business Validation Error: This transaction has been reconciled. Undo the reconciliation first."
        raise Refusal("6480", detail)
