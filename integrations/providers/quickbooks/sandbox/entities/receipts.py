"""Sales that are paid at once, and money given back at once (§9.10)."""

from __future__ import annotations

from functools import partial
from typing import Any

from ..books.books import Books
from ..books.journal import Posting
from ..books.record import Record
from ..model.entity import TRANSACTION, Entity
from ..model.fields import Field, ignored, ref
from ..wire.json import Json
from . import deposited, invoice, numbering, own_accounts, selling, transactions


def _sale(books: Books, draft: Json, before: Record | None) -> Json:
    body = dict(draft)
    if "DepositToAccountRef" not in body:
        body["DepositToAccountRef"] = {"value": str(own_accounts.get(books, own_accounts.UNDEPOSITED).id)}
    invoice.check_origins(books, body)
    return _complete(books, body, before)


def _complete(books: Books, draft: Json, before: Record | None) -> Json:
    """A refund names the account it is paid from; nobody could guess it."""
    body = dict(draft)
    customer = selling.customer_of(books, body, required=False)
    account = transactions.account(books, body, "DepositToAccountRef", selling.HELD_IN)
    return selling.complete(books, body, before, customer, (account,))


def _derived(books: Books, record: Record) -> Json:
    return {"Balance": 0, **selling.derived(books, record)}


def _journal(sign: int, books: Books, record: Record) -> list[Posting]:
    return selling.postings(books, record.body, record.body["DepositToAccountRef"]["value"], sign)


def _receipt(name: str, sign: int, *more: Field, **rules: Any) -> Entity:
    return Entity(
        name=name,
        family="Transaction",
        operations=TRANSACTION | {"void"},
        derived=_derived,
        journal=partial(_journal, sign),
        check_number=lambda books, body, before: numbering.check(books, name, body, before),
        linked=deposited.linked,
        guard=deposited.guard,
        voided=selling.voided,
        fields=(
            *selling.FIELDS,
            ref("DepositToAccountRef", "Account"),
            *more,
            *ignored(f"{name}Ex", "TxnStatus", "DueDate", "ARAccountRef"),
        ),
        searchable=selling.SEARCHABLE,
        **rules,
    )


SALES_RECEIPT = _receipt(
    "SalesReceipt", 1, complete=_sale, origins=invoice.ORIGINS, applies=invoice.applies, loosened=invoice.parted
)
REFUND_RECEIPT = _receipt("RefundReceipt", -1, *ignored("RemainingCredit"), complete=_complete)
