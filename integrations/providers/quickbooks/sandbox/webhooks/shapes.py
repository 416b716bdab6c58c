"""The two shapes of a notification (§7): the older one grouped by company, and a list of CloudEvents."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from ..wire.json import Json, encode

_WORDS = {
    "Create": "created",
    "Update": "updated",
    "Delete": "deleted",
    "Merge": "merged",
    "Emailed": "emailed",
}
#: The word of notifications, where it is another than the entity's name.
_NAMES = {"CompanyCurrency": "Currency"}
SOURCE = "intuit." + base64.b64encode(hashlib.sha256(b"flexsync sandbox").digest()).decode()


@dataclass(frozen=True)
class Event:
    #: The same in every repetition.
    key: str
    realm: str
    entity: str
    id: str
    operation: str
    at: float
    absorbed: str | None

    @property
    def name(self) -> str:
        return _NAMES.get(self.entity, self.entity)


def legacy(events: Iterable[Event]) -> bytes:
    realms: dict[str, list[Json]] = {}
    for event in events:
        realms.setdefault(event.realm, []).append(_entity(event))
    rows = [{"realmId": realm, "dataChangeEvent": {"entities": rows}} for realm, rows in realms.items()]
    return encode({"eventNotifications": rows})


def _entity(event: Event) -> Json:
    updated = datetime.fromtimestamp(int(event.at), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
    row = {"name": event.name, "id": event.id, "operation": event.operation, "lastUpdated": updated}
    return {**row, "deletedId": event.absorbed} if event.absorbed else row


def cloudevents(events: Iterable[Event], void: str) -> bytes:
    return encode([_cloudevent(event, void) for event in events])


def _cloudevent(event: Event, void: str) -> Json:
    at = datetime.fromtimestamp(event.at, UTC)
    return {
        "specversion": "1.0",
        "id": event.key,
        "source": SOURCE,
        "type": f"qbo.{event.name.lower()}.{_WORDS.get(event.operation, void)}.v1",
        "datacontenttype": "application/json",
        # Billionths of a second, as recorded.
        "time": at.strftime("%Y-%m-%dT%H:%M:%S.%f") + "000Z",
        "intuitentityid": event.id,
        "intuitaccountid": event.realm,
        "data": {"deletedId": event.absorbed} if event.absorbed else {},
    }
