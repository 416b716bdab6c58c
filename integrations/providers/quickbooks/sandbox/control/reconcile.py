"""Reconciling a bank or card account with its statement: what only a person can do in QuickBooks."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from ..books import audit, cleared
from ..books.books import Books
from ..books.cleared import LETTERS, WORDS, Held
from ..books.record import Record
from ..entities.account import own_side
from ..model.money import to_text, to_units
from ..model.reading import is_whole_id
from ..registry import BY_NAME
from ..reports.period import read_day
from ..wire.json import Json

KINDS = ("Bank", "Credit Card")


class CannotReconcile(ValueError):
    """In words for the person who tried."""


@dataclass(frozen=True)
class Statement:
    account: Record
    letter: str
    day: str
    transactions: list[tuple[str, int]]
    #: On the account's own side, as a statement prints it.
    ending: int | None


def reconcile(books: Books, wanted: Json) -> Json:
    statement = _read(books, wanted)
    for key in statement.transactions:
        cleared.set_state(books, key, statement.account.id, statement.letter, statement.day or None)
    agreed = _agreed(books, statement.account)
    if statement.letter == "R" and statement.ending is not None and agreed != statement.ending:
        off = to_text(statement.ending - agreed)
        raise CannotReconcile(f"The difference is {off} and must be 0.00; nothing was reconciled.")
    until = f" up to {statement.day}" if statement.day else ""
    count = len(statement.transactions)
    told = f"{count} transaction{'' if count == 1 else 's'}{until}"
    audit.note_statement(books, WORDS[statement.letter], statement.account, told)
    return {"changed": count, "state": WORDS[statement.letter], **shown(books, statement.account)}


def shown(books: Books, account: Record) -> Json:
    found = cleared.held(books, account.id)
    side = own_side(account)
    return {
        "account": str(account.id),
        "balance": to_text(side * books.debit_balance(account.id)),
        "reconciled_balance": to_text(_agreed(books, account)),
        "transactions": [_row(each, side) for each in found if each.holds],
        #: What has been changed or deleted since an accountant agreed it with a statement.
        "discrepancies": [_row(each, side) for each in found if not each.holds],
    }


def account_of(books: Books, number: Any) -> Record:
    text = str(number or "")
    account = books.find("Account", int(text)) if is_whole_id(text) else None
    if account is None or account.body["AccountType"] not in KINDS:
        raise CannotReconcile(f"account must be the Id of a bank or credit card account, not {text!r}.")
    return account


def _row(each: Held, side: int) -> Json:
    now = {} if each.holds else {"now": None if each.now is None else to_text(side * each.now)}
    return {
        "entity": each.entity,
        "id": str(each.id),
        "state": WORDS[each.letter],
        "statement_date": each.statement_date,
        "amount": to_text(side * each.was),
        **now,
    }


def _agreed(books: Books, account: Record) -> int:
    """What stood there before the first document counts as agreed."""
    sums = sum(each.was for each in cleared.held(books, account.id) if each.letter == "R" and each.holds)
    return own_side(account) * (books.totals("opening").get(account.id, 0) + sums)


def _read(books: Books, wanted: Json) -> Statement:
    account, state = account_of(books, wanted.get("account")), str(wanted.get("state") or "Reconciled")
    if state not in LETTERS:
        raise CannotReconcile(f"state must be one of {', '.join(LETTERS)}, not {state!r}.")
    day = read_day({"statement_date": str(wanted.get("statement_date") or "")}, "statement_date")
    rows = wanted.get("transactions")
    keys = [_key(books, row, account) for row in rows] if isinstance(rows, list) else _all_until(books, account, day)
    return Statement(account, LETTERS[state], day, keys, _amount(wanted.get("ending_balance")))


def _key(books: Books, row: Any, account: Record) -> tuple[str, int]:
    entity, number = (str(row.get(name) or "") for name in ("entity", "id")) if isinstance(row, dict) else ("", "")
    if entity not in BY_NAME or not is_whole_id(number):
        raise CannotReconcile('transactions must be a list of {"entity", "id"}.')
    key = (entity, int(number))
    if cleared.posted(books, key, account.id) is None:
        raise CannotReconcile(f"{entity} {number} has no line on account {account.id}.")
    return key


def _all_until(books: Books, account: Record, day: str) -> list[tuple[str, int]]:
    """Without a list, everything on the account up to the day of the statement."""
    query = "SELECT DISTINCT entity, id FROM posting WHERE realm = ? AND account = ? AND txn_date <= ?"
    return [(row["entity"], row["id"]) for row in books.db.execute(query, (books.realm, account.id, day or "9999"))]


def _amount(sent: Any) -> int | None:
    if sent is None or sent == "":
        return None
    try:
        return to_units(Decimal(str(sent)))
    except (InvalidOperation, OverflowError, ValueError) as error:
        raise CannotReconcile(f"ending_balance must be a number, not {sent!r}.") from error
