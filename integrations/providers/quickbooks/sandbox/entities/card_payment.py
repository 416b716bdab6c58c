"""Paying a credit card off (§9.10). Address and query say creditcardpayment, the envelope CreditCardPaymentTxn (§3)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.entity import TRANSACTION, Entity
from ..model.fields import choice, ref, text
from ..wire.json import Json
from . import moving, transactions

MOVE = moving.Move("BankAccountRef", "CreditCardAccountRef")


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    source = transactions.account(books, draft, MOVE.source, ("Bank",))
    target = transactions.account(books, draft, MOVE.target, ("Credit Card",))
    payee = books.resolve_in(draft, "VendorRef", "Vendor")
    body = moving.completed(books, draft, before, (source, target), payee)
    body.setdefault("PrintStatus", "NotSet")
    return body


def check_number(books: Books, body: Json, before: Record | None) -> None:
    """Whether cheque numbers of card payments are compared at all is not known."""
    number = body.get("CheckNum")
    if not number or books.switches.payment_numbers == "free":
        return
    holder = books.holder_of_number("CreditCardPaymentTxn", number, but=before)
    if holder is not None:
        raise transactions.number_taken(holder.body["CheckNum"], "Credit Card Payment", holder.id)


CARD_PAYMENT = Entity(
    name="CreditCardPaymentTxn",
    address="creditcardpayment",
    family="Transaction",
    operations=TRANSACTION | {"void"},
    reported=("CreditCardAccountRef", "BankAccountRef", "Amount"),
    complete=complete,
    journal=MOVE.journal,
    check_number=check_number,
    voided=moving.voided,
    fields=(
        ref("CreditCardAccountRef", "Account"),
        ref("BankAccountRef", "Account"),
        ref("VendorRef", "Vendor"),
        text("CheckNum", 21),
        choice("PrintStatus", "NotSet", "NeedToPrint", "PrintComplete"),
        text("Memo", 4000),
        *moving.FIELDS,
    ),
    searchable=moving.SEARCHABLE,
)
