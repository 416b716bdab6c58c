"""What stands in the books, as far as it must be known before it is changed by several or taken back."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import simplejson

from integrations.providers.documents import Found, Posted
from integrations.providers.errors import Refused
from integrations.providers.quickbooks import replies, sides
from integrations.providers.quickbooks.client import QuickBooksClient

VALUES_PER_QUERY = 100
# UNVERIFIED: recordings of reports with this filter were not found; Intuit's reference names it and its words.
RECONCILED = "Reconciled"


def examine(client: QuickBooksClient, targets: Sequence[Posted], *, fresh: bool) -> dict[str, Found]:
    """By id. A query may hide what is new, so what it lacks is read by itself."""
    rows = {} if fresh else dict(_queried(client, targets))
    hidden = [target for target in targets if (target.kind, target.external_id) not in rows]
    found = ((target, _read(client, target.kind, target.external_id)) for target in hidden)
    rows |= {(target.kind, target.external_id): row for target, row in found if row is not None}
    return {number: _found(kind, row) for (kind, number), row in rows.items()}


def reconciled(client: QuickBooksClient, since: date, until: date) -> set[str]:
    asked = {"start_date": since.isoformat(), "end_date": until.isoformat(), "cleared": RECONCILED}
    told = client.ask("reports/TransactionList", **asked, columns="tx_date,txn_type,doc_num,is_cleared")
    return {cell["id"] for row in _rows(told) for cell in row.get("ColData", []) if cell.get("id")}


def _rows(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Reports nest rows in sections."""
    for row in (part.get("Rows") or {}).get("Row", []):
        yield row
        yield from _rows(row)


def _queried(client: QuickBooksClient, targets: Sequence[Posted]) -> Iterator[tuple[tuple[str, str], dict[str, Any]]]:
    for kind in dict.fromkeys(target.kind for target in targets):
        numbers = [target.external_id for target in targets if target.kind == kind]
        for begin in range(0, len(numbers), VALUES_PER_QUERY):
            listed = ", ".join(f"'{number}'" for number in numbers[begin : begin + VALUES_PER_QUERY])
            statement = f"select * from {kind} where Id in ({listed}) orderby Id maxresults {VALUES_PER_QUERY}"
            for row in client.objects(kind, statement):
                yield (kind, str(row["Id"])), row


def _read(client: QuickBooksClient, kind: str, number: str) -> dict[str, Any] | None:
    """None only where the platform says that there is none."""
    try:
        return client.object(kind, number)
    except Refused as refusal:
        if refusal.code == str(replies.NOT_THERE):
            return None
        raise


def _found(kind: str, row: dict[str, Any]) -> Found:
    return Found(
        posted=Posted(kind, str(row["Id"]), str(row["SyncToken"])),
        dated=date.fromisoformat(row["TxnDate"]),
        total=sides.total(kind, row),
        side=sides.side(kind, row),
        raw=simplejson.dumps(row, use_decimal=True),
        names=sides.names(kind, row),
    )
