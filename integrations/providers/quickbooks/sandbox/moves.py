"""Money moved between two of the company's own accounts: transfers, and paying a card off (§9.10)."""

from __future__ import annotations

from dataclasses import dataclass

from . import postables, transactions
from .accounts import CONTROL_TYPES
from .books import Books, Posting, Record
from .reading import require_positive
from .refusals import business, missing
from .wire import Json

#: §9.3: every balance-sheet account; receivables and payables are their own switch.
BALANCE_SHEET = (
    *("Bank", "Credit Card", "Other Current Asset", "Fixed Asset", "Other Asset"),
    *("Other Current Liability", "Long Term Liability", "Equity"),
)


@dataclass(frozen=True)
class Move:
    """From which property the money goes, and to which."""

    source: str
    target: str

    def postings(self, body: Json) -> list[Posting]:
        units = transactions.at_home(body, body["Amount"])
        return [(int(body[self.target]["value"]), units), (int(body[self.source]["value"]), -units)]


TRANSFER = Move("FromAccountRef", "ToAccountRef")
CARD_PAYMENT = Move("BankAccountRef", "CreditCardAccountRef")


def complete_transfer(books: Books, draft: Json, before: Record | None) -> Json:
    payable = CONTROL_TYPES if books.switches.payable_lines == "allow" else ()
    source = transactions.account(books, draft, TRANSFER.source, BALANCE_SHEET + payable)
    target = transactions.account(books, draft, TRANSFER.target, BALANCE_SHEET + payable)
    if source.id == target.id:
        raise business("You must choose two different accounts to transfer between.")
    return _completed(books, draft, before, (source, target))


def complete_card_payment(books: Books, draft: Json, before: Record | None) -> Json:
    source = transactions.account(books, draft, CARD_PAYMENT.source, ("Bank",))
    target = transactions.account(books, draft, CARD_PAYMENT.target, ("Credit Card",))
    payee = books.resolve(draft["VendorRef"], "Vendor", field_name="VendorRef") if "VendorRef" in draft else None
    body = _completed(books, draft, before, (source, target), payee)
    body.setdefault("PrintStatus", "NotSet")
    return body


def _completed(
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


def check_number(books: Books, body: Json, before: Record | None) -> None:
    """Whether cheque numbers of card payments are compared at all is not known."""
    number = body.get("CheckNum")
    if not number or books.switches.payment_numbers == "free":
        return
    holder = books.holder_of_number(postables.CARD_PAYMENT, number, but=before.id if before else None)
    if holder is not None:
        raise transactions.number_taken(holder.body["CheckNum"], "Credit Card Payment", holder.id)
