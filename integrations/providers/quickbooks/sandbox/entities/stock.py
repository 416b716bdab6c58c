"""What counted items cost: their average, as long as there are any, else what they are bought at (§9.6)."""

from __future__ import annotations

from decimal import Decimal

from ..books.books import Books
from ..books.journal import Posting
from ..books.record import Record
from ..model.money import cents, from_units, to_units


def is_counted(item: Record) -> bool:
    return item.body.get("Type") == "Inventory" and bool(item.body.get("AssetAccountRef"))


def cost(books: Books, item: Record, quantity: Decimal) -> int:
    """Units of the home currency; the last of an item takes with it all that it stands in the books at."""
    held, worth = books.in_stock(item.id)
    if held > 0 and to_units(quantity) == held:
        return worth
    each = Decimal(from_units(worth)) / Decimal(from_units(held)) if held > 0 else item.body.get("PurchaseCost") or 0
    return cents(Decimal(each) * quantity)


def sold(books: Books, item: Record, quantity: Decimal, sign: int, **more: int | str | None) -> list[Posting]:
    """Cost of sales against the stock; with sign -1 the goods come back."""
    if not is_counted(item) or not quantity:
        return []
    value = sign * cost(books, item, quantity)
    moved = -sign * to_units(quantity)
    body = item.body
    return [
        Posting(int(body["ExpenseAccountRef"]["value"]), value, value, item=item.id, **more),  # type: ignore[arg-type]
        Posting(int(body["AssetAccountRef"]["value"]), -value, -value, item=item.id, quantity=moved),
    ]
