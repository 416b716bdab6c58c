"""Cash basis: bills and invoices count when, and as far as, they are paid.

An approximation: what is paid of a document is spread over its lines in proportion, on the day of the payment. What a
payment leaves unapplied stays on the payable or receivable account, where QuickBooks shows unapplied cash.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import NamedTuple

from ..books.books import CONTROL_TYPES, Books
from ..model.money import to_units
from ..wire.json import Json

#: Documents that wait for a payment.
DEFERRED = ("Bill", "VendorCredit", "Invoice", "CreditMemo")
#: What an invoice may be made from, which is no payment.
PROPOSALS = ("Estimate", "PurchaseOrder")
_CENT = 1000
#: Of a posting, what reports ask for.
_COLUMNS = (
    *("realm", "entity", "id", "line", "account", "debit", "native", "txn_date"),
    *("party", "class", "department", "memo", "item"),
)

Key = tuple[str, int]


class Waiting(NamedTuple):
    """A document that waits for its money, and what has come of it."""

    rows: list[Json]
    #: Day and units of what is applied to it, or by it, in the order of days.
    payments: list[tuple[str, int]]
    #: Of an invoice, what the customer paid when it was written, and the account that holds it.
    deposit: int = 0
    held_on: int = 0


def laid_out(books: Books) -> str:
    """The journal by cash, in a table of this connection's own; its name."""
    db, realm, waiting = books.db, books.realm, ", ".join(f"'{name}'" for name in DEFERRED)
    others = f"SELECT {', '.join(_COLUMNS)} FROM posting WHERE realm = ? AND entity NOT IN ({waiting})"
    db.execute(f"CREATE TEMP TABLE paid AS {others}", (realm,))
    db.execute("CREATE INDEX temp.paid_account ON paid (realm, account, txn_date)")
    insert = f"INSERT INTO paid VALUES ({', '.join(f':{name}' for name in _COLUMNS)})"
    control, payments, deposits = _control_accounts(books), _payments(books), _deposits(books)
    for key in payments.keys() | deposits.keys():
        found = Waiting(_postings(books, key, control), payments.get(key, []), *deposits.get(key, (0, 0)))
        db.executemany(insert, _spread(found, control))
    return "paid"


def _control_accounts(books: Books) -> set[int]:
    return {each.id for each in books.all("Account") if each.body["AccountType"] in CONTROL_TYPES}


def _payments(books: Books) -> dict[Key, list[tuple[str, int]]]:
    query = (
        "SELECT link.entity, link.id, target, target_id, units, max(payer.txn_date, paid.txn_date) FROM link"
        " JOIN object payer ON payer.realm = link.realm AND payer.entity = link.entity AND payer.id = link.id"
        " JOIN object paid ON paid.realm = link.realm AND paid.entity = target AND paid.id = target_id"
        " WHERE link.realm = ? ORDER BY 6"
    )
    found: dict[Key, list[tuple[str, int]]] = defaultdict(list)
    for payer, payer_id, target, target_id, units, day in books.db.execute(query, (books.realm,)):
        for key in ((payer, payer_id), (target, target_id)):
            if key[0] in DEFERRED and target not in PROPOSALS:
                found[key].append((day, units))
    return found


def _deposits(books: Books) -> dict[Key, tuple[int, int]]:
    query = "SELECT id FROM object WHERE realm = ? AND entity = 'Invoice' AND json_extract(body, '$.Deposit') > 0"
    found = {}
    for row in books.db.execute(query, (books.realm,)).fetchall():
        invoice = books.find("Invoice", row["id"])
        assert invoice is not None, "it was read a moment ago, in the same snapshot"
        account = int(invoice.body["DepositToAccountRef"]["value"])
        found["Invoice", invoice.id] = (to_units(invoice.body["Deposit"]), account)
    return found


def _postings(books: Books, key: Key, control: set[int]) -> list[Json]:
    """Its lines, those on one receivable or payable account as one."""
    query = f"SELECT {', '.join(_COLUMNS)} FROM posting WHERE realm = ? AND entity = ? AND id = ? ORDER BY line"
    rows: list[Json] = []
    for row in map(dict, books.db.execute(query, (books.realm, *key))):
        same = next((each for each in rows if each["account"] == row["account"] and row["account"] in control), None)
        if same is None:
            rows.append(row)
        else:
            same |= {name: same[name] + row[name] for name in ("debit", "native")}
    return rows


def _spread(found: Waiting, control: set[int]) -> Iterator[Json]:
    """The postings once for each payment; rounding is made good by the next, so that a paid document is whole."""
    rows, booked = found.rows, [0] * len(found.rows)
    owed = abs(sum(row["native"] for row in rows if row["account"] in control))
    # What rounding leaves goes to a line: the payable side must meet the payment to the cent.
    kept = {found.held_on, *control}
    rounded = next((place for place, row in enumerate(rows) if row["account"] not in kept), 0)
    events = [(rows[0]["txn_date"], 0), *found.payments] if found.deposit else found.payments
    paid = 0
    for at, (day, units) in enumerate(events):
        paid = min(paid + units, owed)
        due = [_due(row, found, control, paid, owed) for row in rows]
        due[rounded] -= sum(due)
        for place, (row, now) in enumerate(zip(rows, due, strict=True)):
            if now != booked[place]:
                line, more = at * len(rows) + place + 1, now - booked[place]
                yield {**row, "line": line, "debit": more, "native": more, "txn_date": day}
        booked = due


def _due(row: Json, found: Waiting, control: set[int], paid: int, owed: int) -> int:
    """What of one line counts, once so much has been paid beside the deposit."""
    if row["account"] in control:
        return _part(row["debit"], paid, owed)
    if found.deposit and row["account"] == found.held_on:
        return int(row["debit"])
    return _part(row["debit"], paid + found.deposit, owed + found.deposit)


def _part(units: int, paid: int, total: int) -> int:
    """To the cent, but exactly all of it once everything is paid."""
    if paid == total:
        return units
    sign = -1 if units < 0 else 1
    return sign * ((abs(units) * paid * 2 + total * _CENT) // (total * _CENT * 2)) * _CENT
