"""What changed there and how it stands now: change data capture, and looks at many objects of one kind at once.

Both are metered, so that one call answers for as many as it can: a thousand objects.
"""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from quickbooks.objects import (
    Account,
    Bill,
    BillPayment,
    Department,
    Preferences,
    Purchase,
    Transfer,
    Vendor,
    VendorCredit,
)
from quickbooks.objects.trackingclass import Class

from integrations.providers.documents import Changes, Kind, ReferenceRecord, Sighting, Standing, Thing, Topic
from integrations.providers.errors import Refused, Temporary
from integrations.providers.quickbooks import lists, payloads, reading, replies, values
from integrations.providers.quickbooks.border import understood
from integrations.providers.quickbooks.client import QuickBooksClient
from integrations.providers.quickbooks.known import known, readable

KINDS = (
    Kind("Purchase", Topic.DOCUMENT),
    Kind("Transfer", Topic.DOCUMENT),
    Kind("Bill", Topic.DOCUMENT),
    Kind("VendorCredit", Topic.DOCUMENT),
    Kind("BillPayment", Topic.DOCUMENT),
    Kind("Account", Topic.ACCOUNT),
    Kind("Vendor", Topic.VENDOR),
    Kind("Class", Topic.VALUE, payloads.CLASS),
    Kind("Department", Topic.VALUE, payloads.LOCATION),
    Kind("Preferences", Topic.COMPANY),
)
BY_NAME = {kind.name: kind for kind in KINDS}
OBJECTS = {
    "Purchase": Purchase,
    "Transfer": Transfer,
    "Bill": Bill,
    "VendorCredit": VendorCredit,
    "BillPayment": BillPayment,
    "Account": Account,
    "Vendor": Vendor,
    "Class": Class,
    "Department": Department,
    "Preferences": Preferences,
}
# Over all kinds together, and there is no second page: an answer that is full may be cut.
MOST = 1000


def changes(client: QuickBooksClient, kinds: Sequence[str], since: datetime) -> Changes:
    asked = since.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    answer = client.capture(kinds, asked)
    with understood(Temporary):
        groups = [group for part in answer["CDCResponse"] for group in part.get("QueryResponse") or []]
        rows = [(name, row) for group in groups for name in OBJECTS.keys() & group.keys() for row in group[name]]
    return Changes(None if len(rows) >= MOST else _sighted(rows), values.moment(answer.get("time")))


def _sighted(rows: Sequence[tuple[str, Any]]) -> Sighting:
    seen = list(readable(rows, _sighted_alone))
    return Sighting(
        tuple(record for one in seen for record in one.references),
        tuple(standing for one in seen for standing in one.documents),
        tuple(thing for one in seen for thing in one.gone),
        next((one.settings_at for one in seen if one.settings_at), None),
    )


def _sighted_alone(told: tuple[str, Any]) -> Sighting:
    name, row = told
    if values.text(row.get("status")).lower() == "deleted":
        return Sighting(gone=(Thing(name, values.identity(row.get("Id"))),))
    return _sighting([(name, known(OBJECTS[name], row))], ())


def _sighting(there: Sequence[tuple[str, Any]], gone: Sequence[Thing]) -> Sighting:
    references: list[ReferenceRecord] = []
    documents: list[Standing] = []
    for name, found in there:
        match BY_NAME[name].topic:
            case Topic.DOCUMENT:
                documents.append(reading.standing(name, found))
            case Topic.COMPANY:
                pass
            case _:
                references.append(lists.record(name, found))
    settings = [reading.changed_at(found) for name, found in there if BY_NAME[name].topic is Topic.COMPANY]
    return Sighting(tuple(references), tuple(documents), tuple(gone), next(iter(settings), None))


def look_at(client: QuickBooksClient, things: Sequence[Thing]) -> Sighting:
    """A query may hide what is new, so what it lacks is read by itself; and only what is refused then is gone."""
    by_kind = {name: [one.external_id for one in things if one.kind == name] for name in OBJECTS}
    there = [(name, row) for name, ids in by_kind.items() for row in _queried(client, name, ids)]
    shown = {Thing(name, str(row.Id)) for name, row in there}
    alone = [(one, _alone(client, one)) for one in things if one not in shown]
    gone = [one for one, row in alone if row is None]
    return _sighting([*there, *((one.kind, row) for one, row in alone if row is not None)], gone)


def _queried(client: QuickBooksClient, name: str, ids: Sequence[str]) -> Iterator[Any]:
    """Inactive ones too, which queries leave out unless they are asked for."""
    inactive = "" if BY_NAME[name].topic is Topic.DOCUMENT else " and Active in (true, false)"
    for begin in range(0, len(ids), MOST):
        listed = ", ".join(f"'{number}'" for number in ids[begin : begin + MOST])
        statement = f"select * from {name} where Id in ({listed}){inactive} maxresults {MOST}"
        yield from client.query(OBJECTS[name], statement)


def _alone(client: QuickBooksClient, thing: Thing) -> Any | None:
    try:
        return client.get(OBJECTS[thing.kind], thing.external_id)
    except Refused as refusal:
        if refusal.code == str(replies.NOT_THERE):
            return None
        raise
