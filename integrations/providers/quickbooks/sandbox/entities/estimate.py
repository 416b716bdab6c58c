"""What is offered to a customer: posts nothing, and is closed by the invoice that takes it up (§9.10)."""

from __future__ import annotations

from ..books import links
from ..books.books import Books
from ..books.record import Record
from ..model.entity import TRANSACTION, Entity, days, texts
from ..model.fields import choice, day, ignored, text
from ..wire.json import Json
from . import deposited, selling


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = {"TxnStatus": "Pending", **draft}
    return selling.complete(books, body, before, selling.customer_of(books, body))


def linked(earlier: Json, body: Json, found: list[tuple[str, int, int]]) -> Json:
    """Without its invoice again, it is what the customer has accepted."""
    taken = any(each["TxnType"] == "Invoice" for each in links.sent(earlier))
    status = "Closed" if found else "Accepted" if taken else body["TxnStatus"]
    return deposited.linked(earlier, {**body, "TxnStatus": status}, found)


ESTIMATE = Entity(
    name="Estimate",
    family="Transaction",
    operations=TRANSACTION,
    complete=complete,
    derived=selling.derived,
    linked=linked,
    fields=(
        *selling.FIELDS,
        choice("TxnStatus", "Pending", "Accepted", "Closed", "Rejected", "Converted"),
        day("ExpirationDate"),
        text("AcceptedBy", 500),
        day("AcceptedDate"),
        day("DueDate"),
        *ignored("EstimateEx", "DepositToAccountRef", "ARAccountRef"),
    ),
    searchable={**selling.SEARCHABLE, **texts("TxnStatus"), **days("ExpirationDate", "DueDate", "AcceptedDate")},
)
