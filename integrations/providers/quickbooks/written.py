"""What our own writes were to leave there, told like what stands there. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import simplejson
from quickbooks.objects import Bill, BillPayment, Purchase, Transfer, VendorCredit

from integrations.providers.base import Names
from integrations.providers.documents import Item, Standing, Thing
from integrations.providers.quickbooks import payloads, reading, values
from integrations.providers.quickbooks.known import known

OBJECTS = {
    payloads.PURCHASE: Purchase,
    payloads.TRANSFER: Transfer,
    payloads.BILL: Bill,
    payloads.VENDOR_CREDIT: VendorCredit,
    payloads.BILL_PAYMENT: BillPayment,
}
# The id of what is about to be made.
NOT_MADE = "-"
# Of what kind the objects are that a document names.
NAMED = {
    "AccountRef": "Account",
    "FromAccountRef": "Account",
    "ToAccountRef": "Account",
    "APAccountRef": "Account",
    "BankAccountRef": "Account",
    "CCAccountRef": "Account",
    "VendorRef": "Vendor",
    "EntityRef": "Vendor",
    "ClassRef": "Class",
    "DepartmentRef": "Department",
}


def standings(items: Sequence[Item], names: Names) -> dict[str, Standing]:
    """By mark. Bodies hold ids only, so what they are called is asked once for all of them."""
    bodies = {item.mark: simplejson.loads(item.body, use_decimal=True) for item in items}
    named = [found for body in bodies.values() for found in _references(body)]
    known = names({thing for thing, _ in named})
    for thing, reference in named:
        reference["name"] = known.get(thing, "")
    return {item.mark: _standing(item.kind or payloads.PURCHASE, bodies[item.mark]) for item in items}


def _references(part: Any) -> Iterator[tuple[Thing, dict[str, Any]]]:
    if isinstance(part, Mapping):
        for key, value in part.items():
            if key in NAMED and isinstance(value, dict):
                yield Thing(NAMED[key], str(value["value"])), value
            else:
                yield from _references(value)
    elif isinstance(part, list):
        for one in part:
            yield from _references(one)


def _standing(kind: str, body: dict[str, Any]) -> Standing:
    total = sum((values.amount(line.get("Amount")) for line in body.get("Line", [])), Decimal(0))
    return reading.standing(kind, known(OBJECTS[kind], {"Id": NOT_MADE, "TotalAmt": total, **body}))
