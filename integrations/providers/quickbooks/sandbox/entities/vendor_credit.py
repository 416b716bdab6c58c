"""What a vendor owes us: applied to bills by a bill payment (§9.8)."""

from __future__ import annotations

from ..books.books import Books
from ..books.journal import Posting
from ..books.record import Record
from ..model.entity import TRANSACTION, Entity
from . import payables


def journal(books: Books, record: Record) -> list[Posting]:
    return payables.postings(books, record.body, -1)


VENDOR_CREDIT = Entity(
    name="VendorCredit",
    family="Transaction",
    operations=TRANSACTION,
    repeated=("VendorRef",),
    link_word="VendorCredit",
    open_name="Balance",
    complete=payables.complete,
    journal=journal,
    guard=payables.guard_applied,
    fields=payables.FIELDS,
    searchable=payables.SEARCHABLE,
)
