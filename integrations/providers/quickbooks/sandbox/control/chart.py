"""A whole chart of accounts put in at once, and what stands on it: for tests and demonstrations."""

from __future__ import annotations

import csv
from collections.abc import Iterable
from typing import Any

from ..api.documents import Wish, carry_out
from ..books.books import Books, companies
from ..books.record import Record
from ..books.store import Store
from ..entities.account import ACCOUNT
from ..model.money import to_text
from ..registry import BY_NAME, ENTITIES
from ..settings import Settings
from ..wire.json import Json


class BadChart(ValueError):
    """A chart that cannot be put in, in words for the person who tried."""


def add_from_folder(store: Store, settings: Settings) -> None:
    """`<realm>.csv` with the columns AcctNum, Name and AccountType, for each company that has one."""
    if settings.charts is None:
        return
    for company in companies(store.db):
        path = settings.charts / f"{company.realm}.csv"
        if path.exists():
            with path.open(newline="", encoding="utf-8") as file:
                add(Books.on(store, company, settings.switches, BY_NAME), list(csv.DictReader(file)))


def add(books: Books, rows: Any) -> Json:
    """What is there, by number or by name, stays as it is."""
    if not isinstance(rows, list) or not all(map(_is_named, rows)):
        raise BadChart('accounts must be a list of objects with at least "Name" and "AccountType".')
    known = _known(books.all("Account"))
    answered = [_added(books, row, known) for row in rows]
    made = sum(row["created"] for row in answered)
    return {"created": made, "existing": len(answered) - made, "accounts": answered}


def _is_named(row: Any) -> bool:
    return isinstance(row, dict) and isinstance(row.get("Name"), str) and bool(row["Name"])


def _known(accounts: Iterable[Record]) -> dict[str, int]:
    return {key: account.id for account in accounts for key in _keys(account.body)}


def _keys(account: Json) -> list[str]:
    """By number first: two companies may call one number by different names."""
    number = [f"number {account['AcctNum']}"] if account.get("AcctNum") else []
    return [*number, f"name {account['Name'].strip().casefold()}"]


def _added(books: Books, row: Json, known: dict[str, int]) -> Json:
    keys = _keys(row)
    found = next((known[key] for key in keys if key in known), None)
    number = found or int(carry_out(books, Wish(ACCOUNT, "create", row))["Id"])
    known |= dict.fromkeys(keys, number)
    return {"AcctNum": row.get("AcctNum"), "Name": row["Name"], "Id": str(number), "created": found is None}


def balances(books: Books) -> Json:
    """For every account what documents have posted to it, and what stands on it with its opening; debits positive."""
    now, opening = books.totals("balance"), books.totals("opening")
    rows = [_balance(each, now.get(each.id, 0), opening.get(each.id, 0)) for each in books.all("Account")]
    counts = books.counts()
    return {
        "currency": books.company.currency,
        "accounts": rows,
        "documents": {each.name: counts.get(each.name, 0) for each in ENTITIES},
    }


def _balance(account: Record, now: int, opening: int) -> Json:
    body = account.body
    return {
        "Id": str(account.id),
        "AcctNum": body.get("AcctNum"),
        "Name": body["Name"],
        "AccountType": body["AccountType"],
        "postings": to_text(now - opening),
        "balance": to_text(now),
    }
