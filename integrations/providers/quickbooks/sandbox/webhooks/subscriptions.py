"""Who wants to hear of changes, in which shape, and how fast time runs for it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

from ..books.store import Shelf
from ..wire.json import Json

SHAPES = ("legacy", "cloudevents")
#: §7, and the others of the portal's list.
ENTITIES = (
    *("Account", "Bill", "BillPayment", "Budget", "Class", "CompanyCurrency", "CreditMemo", "Customer", "Department"),
    *("Deposit", "Employee", "Estimate", "Invoice", "Item", "JournalCode", "JournalEntry", "Payment", "PaymentMethod"),
    *("Preferences", "Purchase", "PurchaseOrder", "RefundReceipt", "SalesReceipt", "TaxAgency", "Term"),
    *("TimeActivity", "Transfer", "Vendor", "VendorCredit"),
)
_LISTENING = "listening to notifications"
_NUMBER = (int, float, Decimal)
_TYPES: dict[str, tuple[type, ...]] = {
    "url": (str,),
    "shape": (str,),
    "verifier": (str,),
    "entities": (list, type(None)),
    "compress": _NUMBER,
    "repeat": (int,),
    "shuffle": (bool,),
    "hold": _NUMBER,
}


class BadWebhook(ValueError):
    """A subscription that cannot be, in words for the person who tried."""


@dataclass(frozen=True)
class Subscription:
    url: str
    shape: str = "legacy"
    verifier: str = "sandbox-verifier"
    #: None stands for all that can be subscribed to.
    entities: list[str] | None = None
    #: The waits between attempts are divided by it.
    compress: float = 1
    #: So many times more is each notification sent.
    repeat: int = 0
    #: Each event comes by itself, the latest first.
    shuffle: bool = False
    #: Seconds in which events gather to be sent together.
    hold: float = 0.05
    id: int = 0
    disabled: float | None = None

    @classmethod
    def read(cls, wanted: Mapping[str, Any]) -> Subscription:
        unknown = [name for name in wanted if name not in _TYPES]
        if unknown:
            raise BadWebhook(f"Unknown: {', '.join(unknown)}. Known: {', '.join(_TYPES)}.")
        wrong = [name for name, value in wanted.items() if not isinstance(value, _TYPES[name])]
        if wrong:
            raise BadWebhook(f"Of the wrong type: {', '.join(wrong)}.")
        numbers = {name: float(wanted[name]) for name in ("compress", "hold") if name in wanted}
        made = cls(**{"url": "", **wanted, **numbers})
        made._check()
        return made

    @classmethod
    def from_row(cls, row: sqlite3.Row) -> Subscription:
        entities = json.loads(row["entities"])
        values = {field.name: row[field.name] for field in fields(cls)}
        return cls(**{**values, "entities": entities, "shuffle": bool(row["shuffle"])})

    def _check(self) -> None:
        parts = urlsplit(self.url)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise BadWebhook("url must be an address of http or https.")
        if self.shape not in SHAPES:
            raise BadWebhook(f"shape must be one of {', '.join(SHAPES)}.")
        if self.compress <= 0 or self.hold < 0 or self.repeat < 0:
            raise BadWebhook("compress must be more than 0; hold and repeat not less.")
        unknown = [name for name in map(str, self.entities or ()) if name not in ENTITIES]
        if unknown:
            raise BadWebhook(f"No notifications of: {', '.join(unknown)}. Known: {', '.join(ENTITIES)}.")

    def wants(self, entity: str) -> bool:
        return entity in (ENTITIES if self.entities is None else self.entities)

    def shown(self) -> Json:
        return {"id": self.id, **{field.name: getattr(self, field.name) for field in fields(self)}}


def add(db: sqlite3.Connection, wanted: Subscription) -> Subscription:
    names = [name for name in _TYPES if name != "entities"]
    query = f"INSERT INTO webhook (entities, {', '.join(names)}) VALUES (?{', ?' * len(names)})"
    values = [json.dumps(wanted.entities), *(getattr(wanted, name) for name in names)]
    return get(db, db.execute(query, values).lastrowid or 0)


def get(db: sqlite3.Connection, number: int) -> Subscription:
    row = db.execute("SELECT * FROM webhook WHERE id = ?", (number,)).fetchone()
    if row is None:
        raise BadWebhook(f"No webhook {number}.")
    return Subscription.from_row(row)


def all_of(db: sqlite3.Connection) -> list[Subscription]:
    return [Subscription.from_row(row) for row in db.execute("SELECT * FROM webhook ORDER BY id")]


def listening(shelf: Shelf, db: sqlite3.Connection) -> list[Subscription]:
    """Those that are told of what happens; asked with each write."""
    found = shelf.fact(_LISTENING, lambda: [each for each in all_of(db) if each.disabled is None])
    return found or []


def changed(shelf: Shelf) -> None:
    """Somebody came, left, or was given up."""
    shelf.forget(_LISTENING)


def remove(db: sqlite3.Connection, number: int | None) -> int:
    """One, or all, with what was on its way."""
    chosen = [each.id for each in all_of(db) if number in (None, each.id)]
    for each in chosen:
        db.execute("DELETE FROM attempt WHERE delivery IN (SELECT id FROM delivery WHERE webhook = ?)", (each,))
        for table, column in (("delivery", "webhook"), ("event", "webhook"), ("webhook", "id")):
            db.execute(f"DELETE FROM {table} WHERE {column} = ?", (each,))
    return len(chosen)
