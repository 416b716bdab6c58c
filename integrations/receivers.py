"""The ledger changed: ring the engine's bell. The ledger does not know that we listen."""

from typing import Any

from integrations import bells
from integrations.tasks import absorb_events
from ledger.events import ledger_changed


def listen() -> None:
    ledger_changed.connect(_ring, dispatch_uid="integrations")


def _ring(tenant: int, **kwargs: Any) -> None:
    bells.ring(absorb_events, tenant)
