"""What a vendor wants to be paid (§9.8)."""

from __future__ import annotations

from ..books import links
from ..books.books import Books
from ..books.journal import Posting
from ..books.links import Application
from ..books.record import Record
from ..model.entity import TRANSACTION, Entity
from ..model.fields import day, ref
from ..model.money import to_units
from ..wire.json import Json
from . import payables, transactions
from .term import due


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = payables.complete(books, draft, before)
    term = books.resolve_in(body, "SalesTermRef", "Term")
    body.setdefault("DueDate", due(term.body, body["TxnDate"]) if term else body["TxnDate"])
    return body


def applies(books: Books, body: Json) -> list[Application]:
    """Brings what was ordered: by a link of the whole, or of single lines."""
    brought: dict[int, int] = {}
    for owner, amount in [(body, body["TotalAmt"]), *((line, line["Amount"]) for line in body["Line"])]:
        for link in links.sent(owner):
            if link["TxnType"] == "PurchaseOrder":
                order = books.get(books.entities["PurchaseOrder"], link["TxnId"]).id
                brought[order] = min(brought.get(order, 0) + to_units(amount), to_units(body["TotalAmt"]))
    return [Application("PurchaseOrder", order, units) for order, units in brought.items()]


def parted(books: Books, record: Record, key: links.Key) -> Json:
    """What was ordered is there no longer; what has come stays."""
    return record.body if books.find(*key) else links.without(record.body, key)


def check_number(books: Books, body: Json, before: Record | None) -> None:
    """§4.4: whether the preference governs it, and that a number is one vendor's own, is not known."""
    number = body.get("DocNumber")
    asked = books.switches.bill_numbers == "always" or books.other_preference("WarnDuplicateBillNumber") == "true"
    if not number or not asked:
        return
    holder = books.holder_of_number("Bill", number, but=before, party=body["VendorRef"]["value"])
    if holder is not None:
        raise transactions.number_taken(holder.body["DocNumber"], "Bill", holder.id)


def journal(books: Books, record: Record) -> list[Posting]:
    return payables.postings(books, record.body, 1)


def derived(books: Books, record: Record) -> Json:
    rows = [{"LinkedTxn": [], **line} for line in record.body["Line"]]
    numbered = [{**line, "LineNum": at} for at, line in enumerate(rows, 1)]
    return {"Line": numbered}


BILL = Entity(
    name="Bill",
    family="Transaction",
    operations=TRANSACTION,
    repeated=("VendorRef",),
    link_word="Bill",
    open_name="Balance",
    origins=("PurchaseOrder", "ReimburseCharge"),
    complete=complete,
    derived=derived,
    journal=journal,
    applies=applies,
    loosened=parted,
    check_number=check_number,
    guard=payables.guard_applied,
    fields=(*payables.FIELDS, ref("SalesTermRef", "Term"), day("DueDate")),
    searchable={**payables.SEARCHABLE, "DueDate": ("date", "json_extract(body, '$.DueDate')")},
)
