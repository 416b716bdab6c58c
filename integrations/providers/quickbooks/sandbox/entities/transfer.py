"""Money moved between two balance-sheet accounts (§9.3, §9.10)."""

from __future__ import annotations

from ..books.books import CONTROL_TYPES, Books
from ..books.record import Record
from ..model.entity import TRANSACTION, Entity
from ..model.fields import ref
from ..wire.json import Json
from ..wire.refusals import business
from . import moving, transactions

#: Every balance-sheet account; receivables and payables are their own switch.
BALANCE_SHEET = (
    *("Bank", "Credit Card", "Other Current Asset", "Fixed Asset", "Other Asset"),
    *("Other Current Liability", "Long Term Liability", "Equity"),
)
MOVE = moving.Move("FromAccountRef", "ToAccountRef")


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    payable = CONTROL_TYPES if books.switches.payable_lines == "allow" else ()
    source = transactions.account(books, draft, MOVE.source, BALANCE_SHEET + payable)
    target = transactions.account(books, draft, MOVE.target, BALANCE_SHEET + payable)
    if source.id == target.id:
        raise business("You must choose two different accounts to transfer between.")
    return moving.completed(books, draft, before, (source, target))


TRANSFER = Entity(
    name="Transfer",
    family="Transaction",
    operations=TRANSACTION,
    reported=("FromAccountRef", "ToAccountRef", "Amount"),
    complete=complete,
    journal=MOVE.journal,
    fields=(ref("FromAccountRef", "Account"), ref("ToAccountRef", "Account"), *moving.FIELDS),
    searchable=moving.SEARCHABLE,
)
