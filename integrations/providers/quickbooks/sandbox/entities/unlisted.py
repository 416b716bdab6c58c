"""What only the screens of QuickBooks write: it stands in the books, and the API does not show it."""

from __future__ import annotations

from dataclasses import replace

from ..books.books import Books
from ..books.journal import Posting
from ..books.record import Record
from ..model.entity import HEAD
from ..model.fields import amount, choice, day, ignored, lines, number, part, ref, text
from ..model.money import to_units
from .journal_entry import DETAIL, JOURNAL_ENTRY, journal


def _counted(books: Books, record: Record) -> list[Posting]:
    """The entry, with what each line moves of an item."""
    return [
        posting._replace(item=int(line["ItemRef"]["value"]), quantity=to_units(line.get("Qty", 0)))
        if "ItemRef" in line
        else posting
        for posting, line in zip(journal(books, record), record.body["Line"], strict=True)
    ]


INVENTORY_ADJUSTMENT = replace(
    JOURNAL_ENTRY,
    name="InventoryQtyAdjust",
    operations=frozenset(),
    captured=False,
    check_number=None,
    journal=_counted,
    fields=(
        text("DocNumber", 21),
        day("TxnDate"),
        text("PrivateNote", 4000),
        lines(
            "Line",
            text("Description", 4000),
            amount("Amount"),
            choice("DetailType", DETAIL),
            part(DETAIL, choice("PostingType", "Debit", "Credit"), ref("AccountRef", "Account")),
            ref("ItemRef", "Item"),
            number("Qty"),
        ),
        *HEAD,
        *ignored("CurrencyRef"),
    ),
)
SALES_TAX_PAYMENT = replace(
    JOURNAL_ENTRY, name="SalesTaxPayment", operations=frozenset(), captured=False, check_number=None
)
