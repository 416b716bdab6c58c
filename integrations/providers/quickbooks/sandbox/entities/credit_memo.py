"""What we owe a customer: applied to invoices by a line of a payment (§9.10)."""

from __future__ import annotations

from ..books.books import Books
from ..books.journal import Posting
from ..books.record import Record
from ..model.entity import TRANSACTION, Entity
from ..model.fields import bare, ignored, ref
from ..wire.json import Json
from . import numbering, payables, selling, transactions


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = dict(draft)
    customer = selling.customer_of(books, body)
    receivable = transactions.control_account(books, body, "ARAccountRef", selling.RECEIVABLE)
    return selling.complete(books, body, before, customer, (receivable,))


def derived(books: Books, record: Record) -> Json:
    return {"RemainingCredit": record.body["Balance"], **selling.derived(books, record)}


def journal(books: Books, record: Record) -> list[Posting]:
    return selling.postings(books, record.body, record.body["ARAccountRef"]["value"], -1)


def check_number(books: Books, body: Json, before: Record | None) -> None:
    numbering.check(books, "CreditMemo", body, before)


CREDIT_MEMO = Entity(
    name="CreditMemo",
    family="Transaction",
    operations=TRANSACTION | {"void"},
    open_name="Balance",
    hidden=frozenset({"ARAccountRef"}),
    complete=complete,
    derived=derived,
    journal=journal,
    check_number=check_number,
    guard=payables.guard_applied,
    voided=selling.voided,
    fields=(
        *selling.FIELDS,
        ref("ARAccountRef", "Account"),
        bare("InvoiceRef"),
        *ignored("TxnStatus", "RemainingCredit", "CreditMemoEx", "DueDate", "DepositToAccountRef"),
    ),
    searchable={**selling.SEARCHABLE, "Balance": ("amount", "open"), "RemainingCredit": ("amount", "open")},
)
