"""QuickBooks tells what happened, signed. Two shapes are about, and both are read: the older one, grouped by company,
and a list of CloudEvents (Intuit moves from the one to the other app by app).

An event that cannot be read is left out, since a refusal would have the whole message come again for days; the next
sweep finds what it was about.
"""

import base64
import hashlib
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from integrations.providers.documents import Change, Operation
from integrations.providers.errors import Unreadable
from integrations.providers.quickbooks import values
from integrations.providers.quickbooks.capture import KINDS

SIGNATURE = "intuit-signature"
# Whatever the case: CloudEvents write the kinds in lower case.
NAMES = {kind.name.lower(): kind.name for kind in KINDS}
OPERATIONS = {
    "create": Operation.CREATED,
    "created": Operation.CREATED,
    "update": Operation.UPDATED,
    "updated": Operation.UPDATED,
    "emailed": Operation.UPDATED,
    "delete": Operation.DELETED,
    "deleted": Operation.DELETED,
    "merge": Operation.MERGED,
    "merged": Operation.MERGED,
    # Intuit's own sample says void where the others would say voided.
    "void": Operation.VOIDED,
    "voided": Operation.VOIDED,
}


@dataclass(frozen=True, slots=True)
class QuickBooksWebhooks:
    verifier: str = field(repr=False)

    @property
    def ready(self) -> bool:
        return bool(self.verifier)

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        signed = base64.b64encode(hmac.new(self.verifier.encode(), body, hashlib.sha256).digest())
        return self.ready and hmac.compare_digest(signed, headers.get(SIGNATURE, "").strip().encode())

    def parse(self, body: bytes) -> list[Change]:
        try:
            told = json.loads(body)
        except (ValueError, RecursionError) as trouble:
            raise Unreadable("The message is not JSON.") from trouble
        if isinstance(told, list):
            return [change for event in _dicts(told) if (change := _of_cloud(event))]
        if isinstance(told, dict) and isinstance(told.get("eventNotifications"), list):
            return list(_legacy(told["eventNotifications"]))
        raise Unreadable("The message is in neither of the two shapes.")


def _legacy(notifications: list[Any]) -> Iterator[Change]:
    for notification in _dicts(notifications):
        event = notification.get("dataChangeEvent")
        for entity in _dicts(event.get("entities") if isinstance(event, dict) else None):
            change = _change(
                company=notification.get("realmId"),
                kind=entity.get("name"),
                number=entity.get("id"),
                operation=entity.get("operation"),
                at=entity.get("lastUpdated"),
                absorbed=entity.get("deletedId"),
            )
            if change:
                yield change


def _of_cloud(event: dict[str, Any]) -> Change | None:
    """The type is written as qbo.purchase.created.v1."""
    words = [*str(event.get("type", "")).split("."), "", "", ""]
    data = event.get("data")
    return _change(
        company=event.get("intuitaccountid"),
        kind=words[1],
        number=event.get("intuitentityid"),
        operation=words[2],
        at=event.get("time"),
        absorbed=data.get("deletedId") if isinstance(data, dict) else None,
        delivery=values.storable(str(event.get("id", "")))[:64],
    )


def _change(
    *, company: Any, kind: Any, number: Any, operation: Any, at: Any, absorbed: Any, delivery: str = ""
) -> Change | None:
    """None where it is of a kind that we do not follow, or cannot be read."""
    name, done = NAMES.get(str(kind).lower()), OPERATIONS.get(str(operation).lower())
    moment = _moment(at)
    if name is None or done is None or moment is None or not (_is_id(company) and _is_id(number)):
        return None
    merged = str(absorbed) if done is Operation.MERGED and _is_id(absorbed) else ""
    return Change(str(company), name, str(number), done, moment, merged, delivery)


def _moment(written: Any) -> datetime | None:
    """To the second, as objects carry their times; the older shape knows no more."""
    try:
        told = datetime.fromisoformat(str(written))
        return (told if told.tzinfo else told.replace(tzinfo=UTC)).astimezone(UTC).replace(microsecond=0)
    except (ValueError, OverflowError):
        return None


def _is_id(value: Any) -> bool:
    return isinstance(value, str | int) and str(value).isascii() and str(value).isdigit() and len(str(value)) <= 40


def _dicts(value: Any) -> list[dict[str, Any]]:
    return [part for part in value if isinstance(part, dict)] if isinstance(value, list) else []
