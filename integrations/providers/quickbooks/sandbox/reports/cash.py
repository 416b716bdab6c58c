"""Cash basis: bills and invoices count when, and as far as, they are paid.

An approximation: what is paid of a document is spread over its lines in proportion, on the day of the payment. What a
payment leaves unapplied stays on the payable or receivable account, where QuickBooks shows unapplied cash.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from ..books.books import CONTROL_TYPES, Books

#: Documents that wait for a payment.
DEFERRED = ("Bill", "VendorCredit", "Invoice", "CreditMemo")
_CENT = 1000

Key = tuple[str, int]


def laid_out(books: Books) -> str:
    """The journal by cash, in a table of this connection's own; its name."""
    db, realm, waiting = books.db, books.realm, ", ".join(f"'{name}'" for name in DEFERRED)
    others = f"SELECT * FROM posting WHERE realm = ? AND entity NOT IN ({waiting})"
    db.execute(f"CREATE TEMP TABLE paid AS {others}", (realm,))
    db.execute("CREATE INDEX temp.paid_account ON paid (realm, account, txn_date)")
    control = _control_accounts(books)
    for key, payments in _payments(books).items():
        rows = _postings(books, key)
        db.executemany(f"INSERT INTO paid VALUES ({', '.join('?' * 12)})", _spread(rows, payments, control))
    return "paid"


def _control_accounts(books: Books) -> set[int]:
    return {each.id for each in books.all("Account") if each.body["AccountType"] in CONTROL_TYPES}


def _payments(books: Books) -> dict[Key, list[tuple[str, int]]]:
    """Day and units of what is applied to each waiting document, or by it."""
    query = (
        "SELECT link.entity, link.id, target, target_id, units, max(payer.txn_date, paid.txn_date) FROM link"
        " JOIN object payer ON payer.realm = link.realm AND payer.entity = link.entity AND payer.id = link.id"
        " JOIN object paid ON paid.realm = link.realm AND paid.entity = target AND paid.id = target_id"
        " WHERE link.realm = ? ORDER BY 6"
    )
    found: dict[Key, list[tuple[str, int]]] = defaultdict(list)
    for payer, payer_id, target, target_id, units, day in books.db.execute(query, (books.realm,)):
        for key in ((payer, payer_id), (target, target_id)):
            if key[0] in DEFERRED:
                found[key].append((day, units))
    return found


def _postings(books: Books, key: Key) -> list[tuple[Any, ...]]:
    query = "SELECT * FROM posting WHERE realm = ? AND entity = ? AND id = ? ORDER BY line"
    return [tuple(row) for row in books.db.execute(query, (books.realm, *key))]


def _spread(
    rows: list[tuple[Any, ...]], payments: list[tuple[str, int]], control: set[int]
) -> Iterator[tuple[Any, ...]]:
    """The postings once for each payment; rounding is made good by the next, so that a paid document is whole."""
    total = abs(sum(native for _, _, _, _, account, _, native, *_ in rows if account in control))
    paid, booked = 0, [0] * len(rows)
    # What rounding leaves goes to a line: the payable side must meet the payment to the cent.
    rounded = next((place for place, row in enumerate(rows) if row[4] not in control), 0)
    for at, (day, units) in enumerate(payments):
        paid = min(paid + units, total)
        due = [_part(row[5], paid, total) for row in rows]
        due[rounded] -= sum(due)
        for place, (row, now) in enumerate(zip(rows, due, strict=True)):
            if now != booked[place]:
                line, more = at * len(rows) + place + 1, now - booked[place]
                yield (*row[:3], line, row[4], more, more, day, *row[8:])
        booked = due


def _part(units: int, paid: int, total: int) -> int:
    """To the cent, but exactly all of it once everything is paid."""
    if paid == total:
        return units
    sign = -1 if units < 0 else 1
    return sign * ((abs(units) * paid * 2 + total * _CENT) // (total * _CENT * 2)) * _CENT
