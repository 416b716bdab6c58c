"""A company modelled on the one that Intuit gives to every developer in the US.

Names, types and Ids of its accounts, customers, vendors, items and documents are those that public tests and samples
presume. data/craigs.json holds them as payloads of the API, put together from recordings that others have published;
the days are moved so that the newest document is from yesterday.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path

from ..books.books import Books, Company
from ..wire.json import Json, loads, zone
from .messages import messages
from .planting import Start, put, single

REALM = "9341450000000037"
COMPANY = Company(REALM, "Craig's Design and Landscaping Services", "US", "USD", zone("America/Los_Angeles"))
DATA = Path(__file__).parent / "data" / "craigs.json"
#: Off in a company that nobody has used; public clients presume several currencies, classes and locations.
_TURNED_ON: dict[str, Json] = {
    "CurrencyPrefs": {"MultiCurrencyEnabled": True},
    "AccountingInfoPrefs": {
        "ClassTrackingPerTxnLine": True,
        "TrackDepartments": True,
        "DepartmentTerminology": "Location",
    },
}
_DAYS = ("TxnDate", "DueDate", "ExpirationDate", "InvStartDate", "ShipDate")


def _plant(books: Books) -> None:
    plan = loads(DATA.read_bytes())
    started = date.fromisoformat(books.today) - timedelta(days=1)
    later = started - date.fromisoformat(plan["latest"])
    chosen = {name: {**group, **_TURNED_ON.get(name, {})} for name, group in plan["Preferences"].items()}
    single(books, "Preferences", {**chosen, "EmailMessagesPrefs": messages(books.company)})
    single(books, "CompanyInfo", {**plan["CompanyInfo"], "CompanyStartDate": books.today})
    for entity, payload in _payloads(plan):
        number = int(payload.pop("Id"))
        _put(books, entity, _moved(payload, later), number)


def _payloads(plan: Json) -> Iterator[tuple[str, Json]]:
    for group in plan["lists"]:
        yield from ((group["entity"], row) for row in group["rows"])
    for row in plan["documents"]:
        yield row.pop("entity"), row


def _put(books: Books, entity: str, payload: Json, number: int) -> None:
    """Four items become stock on a day of their own: what was sold before was booked as services."""
    known = books.find(entity, number)
    if known is None:
        put(books, entity, payload, number)
    else:
        books.replace(known, books.entities[entity].complete(books, {**known.body, **payload}, None))


def _moved(payload: Json, later: timedelta) -> Json:
    days = {name: payload[name] for name in _DAYS if name in payload}
    return payload | {name: (date.fromisoformat(day) + later).isoformat() for name, day in days.items()}


START = Start(COMPANY, _plant)
