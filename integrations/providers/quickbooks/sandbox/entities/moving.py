"""What moves money between two of the company's own accounts: an amount instead of lines, and no number (§9.10)."""

from __future__ import annotations

from dataclasses import dataclass

from ..books.books import Books
from ..books.journal import Posting
from ..books.record import Record
from ..model.entity import COMMON, HEAD
from ..model.fields import Field, Kind, amount, day, ignored, kept, ref, text
from ..model.money import to_units
from ..model.reading import require_positive
from ..wire.json import Json
from ..wire.refusals import business, missing
from . import transactions

FIELDS: tuple[Field, ...] = (
    amount("Amount"),
    day("TxnDate"),
    text("PrivateNote", 4000),
    ref("CurrencyRef", "Currency"),
    Field("ExchangeRate", Kind.RATE),
    *HEAD,
    *kept("TxnSource", "TransactionLocationType", "RecurDataRef"),
    *ignored("LinkedTxn", "CustomField"),
)
SEARCHABLE = {**COMMON, "TxnDate": ("date", "txn_date"), "Amount": ("moved", "amount")}


@dataclass(frozen=True)
class Move:
    """From which property the money goes, and to which."""

    source: str
    target: str

    def journal(self, books: Books, record: Record) -> list[Posting]:
        body = record.body
        units, memo = to_units(body["Amount"]), body.get("PrivateNote")
        gone = transactions.posting(body, body[self.source]["value"], -units, memo=memo)
        return [transactions.against(body[self.target]["value"], [gone], memo=memo), gone]


def completed(
    books: Books, draft: Json, before: Record | None, accounts: tuple[Record, Record], payee: Record | None = None
) -> Json:
    body = dict(draft)
    if "Amount" not in body:
        raise missing("Amount")
    require_positive(body["Amount"], "Amount")
    if not body["Amount"]:
        raise business("You must set a transaction amount.")
    transactions.check_dates(books, body, before)
    transactions.check_currency(books, body, accounts, payee)
    return body


def voided(books: Books, record: Record) -> Json:
    return {**record.body, "PrivateNote": "Voided", "Amount": 0}
