"""Money that has been taken to the bank: what it came from is frozen until the deposit is undone (§9.10)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..wire.json import Json
from ..wire.refusals import Refusal


def linked(earlier: Json, body: Json, found: list[tuple[str, int, int]]) -> Json:
    """The links are not shown where there are none."""
    if body.get("LinkedTxn"):
        return body
    return {name: value for name, value in body.items() if name != "LinkedTxn"}


def guard(books: Books, record: Record, operation: str) -> None:
    deposit = next((each for each in record.body.get("LinkedTxn", ()) if each["TxnType"] == "Deposit"), None)
    if deposit is not None:
        detail = (
            "Deposited Transaction cannot be changed : If you are trying to change a deposited transaction, "
            f"you must delete it from the deposit {deposit['TxnId']} first."
        )
        raise Refusal("6540", detail)
