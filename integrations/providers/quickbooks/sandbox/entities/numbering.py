"""Numbers of sales forms: the next after the highest of all kinds, while the company leaves it to us (§4.4)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..wire.json import Json
from . import transactions

FORMS = ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Estimate")
FIRST = 1001
#: Longer ones are somebody's own system of numbers.
_DIGITS = 12


def number(books: Books, body: Json, before: Record | None) -> None:
    given = body.get("DocNumber")
    if not given and before is not None and before.body.get("DocNumber"):
        # Recorded: a full update without a number keeps the one it had.
        body["DocNumber"] = before.body["DocNumber"]
    elif not given and not books.preference("SalesFormsPrefs", "CustomTxnNumbers"):
        body["DocNumber"] = str(_reach(books, None))
    elif given and given.isascii() and given.isdigit() and len(given) <= _DIGITS:
        _reach(books, int(given))


def _reach(books: Books, given: int | None) -> int:
    """The highest number once this one is used; without one, the next."""
    row = books.db.execute(
        "UPDATE sequence SET last = CASE WHEN ?1 IS NULL THEN last + 1 ELSE max(last, ?1) END"
        " WHERE realm = ?2 AND family = 'DocNumber' RETURNING last",
        (given, books.realm),
    ).fetchone()
    if row is not None:
        return int(row["last"])
    books.db.execute("INSERT INTO sequence VALUES (?, 'DocNumber', ?)", (books.realm, _highest(books)))
    return _reach(books, given)


def _highest(books: Books) -> int:
    """Asked once, before the first number is given."""
    marks = ", ".join("?" * len(FORMS))
    query = (
        f"SELECT max(CAST(doc_number AS INTEGER)) AS last FROM object WHERE realm = ? AND entity IN ({marks})"
        f" AND doc_number NOT GLOB '*[^0-9]*' AND length(doc_number) <= {_DIGITS}"
    )
    found = books.db.execute(query, (books.realm, *FORMS)).fetchone()["last"]
    return max(int(found or 0), FIRST - 1)


def check(books: Books, entity: str, body: Json, before: Record | None) -> None:
    """Two invoices never share a number that somebody chose; estimates may."""
    given = body.get("DocNumber")
    if not given or (before is not None and before.body.get("DocNumber") == given):
        return
    holder = books.holder_of_number(entity, given, but=before)
    if holder is not None:
        raise transactions.number_taken(holder.body["DocNumber"], entity, holder.id)
