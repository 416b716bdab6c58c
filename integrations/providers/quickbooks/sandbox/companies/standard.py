"""The lists that every new company begins with, whatever it does (§9.6)."""

from __future__ import annotations

from ..books.books import Books
from ..wire.json import Json
from .planting import put

TERMS: tuple[Json, ...] = tuple(
    {"Name": name, "DueDays": days}
    for name, days in (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))
)
CARDS = ("Visa", "MasterCard", "Discover", "American Express", "Diners Club")
PAYMENT_METHODS: tuple[Json, ...] = (
    *({"Name": name, "Type": "NON_CREDIT_CARD"} for name in ("Cash", "Check")),
    *({"Name": name, "Type": "CREDIT_CARD"} for name in CARDS),
)


def plant(books: Books) -> None:
    for entity, rows in (("Term", TERMS), ("PaymentMethod", PAYMENT_METHODS)):
        for row in rows:
            put(books, entity, row)
