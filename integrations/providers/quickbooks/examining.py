"""What stands in the books, as far as it must be known before it is changed by several or taken back."""

from collections.abc import Iterator, Sequence
from datetime import date
from typing import Any

import simplejson

from integrations.providers.documents import Found, Posted, Thing
from integrations.providers.quickbooks import finding, sides, values
from integrations.providers.quickbooks.client import QuickBooksClient

VALUES_PER_QUERY = 100
# UNVERIFIED: recordings of reports with this filter were not found; Intuit's reference names it and its words.
RECONCILED = "Reconciled"
TYPE, CLEARED = "txn_type", "is_cleared"
COLUMNS = ("tx_date", TYPE, "doc_num", CLEARED)
# A letter: R is reconciled, C only cleared. What else it may say is believed to be so, and the document left alone.
NOT_RECONCILED = {"", "c", "cleared", "u", "uncleared", "n", "no", "false"}


def examine(client: QuickBooksClient, targets: Sequence[Posted], *, fresh: bool) -> dict[Thing, Found]:
    """A query may hide what is new, so what it lacks is read by itself."""
    things = [target.thing for target in targets]
    rows = {} if fresh else {thing: row for thing, row in _queried(client, things) if thing in things}
    hidden = [thing for thing in things if thing not in rows]
    found = ((thing, finding.read(client, thing.kind, thing.external_id)) for thing in hidden)
    rows |= {thing: row for thing, row in found if row is not None}
    return {thing: _found(thing, row) for thing, row in rows.items()}


def reconciled(client: QuickBooksClient, since: date, until: date) -> set[str]:
    asked = {"start_date": since.isoformat(), "end_date": until.isoformat(), "cleared": RECONCILED}
    told = client.ask("reports/TransactionList", **asked, columns=",".join(COLUMNS))
    columns = _columns(told)
    listed = (dict(zip(columns, row.get("ColData") or [], strict=False)) for row in _rows(told))
    return {str(cells[TYPE]["id"]) for cells in listed if TYPE in cells and cells[TYPE].get("id") and _is_so(cells)}


def _is_so(cells: dict[str, dict[str, Any]]) -> bool:
    """By the row itself, since not everybody heeds the filter; where it does not tell, the filter is believed."""
    if CLEARED not in cells:
        return True
    return values.text(cells[CLEARED].get("value")).strip().lower() not in NOT_RECONCILED


def _columns(told: dict[str, Any]) -> Sequence[str]:
    """As the report names them, else as they were asked for."""
    described = (told.get("Columns") or {}).get("Column") or []
    named = [{one.get("Name"): one.get("Value") for one in column.get("MetaData") or []} for column in described]
    return [values.text(one.get("ColKey")) for one in named] if any("ColKey" in one for one in named) else COLUMNS


def _rows(part: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Reports nest rows in sections."""
    for row in (part.get("Rows") or {}).get("Row", []):
        yield row
        yield from _rows(row)


def _queried(client: QuickBooksClient, things: Sequence[Thing]) -> Iterator[tuple[Thing, dict[str, Any]]]:
    for kind in dict.fromkeys(thing.kind for thing in things):
        numbers = [thing.external_id for thing in things if thing.kind == kind]
        for begin in range(0, len(numbers), VALUES_PER_QUERY):
            listed = ", ".join(f"'{number}'" for number in numbers[begin : begin + VALUES_PER_QUERY])
            statement = f"select * from {kind} where Id in ({listed}) orderby Id maxresults {VALUES_PER_QUERY}"
            for row in client.objects(kind, statement):
                yield Thing(kind, values.text(row.get("Id"))), row


def _found(thing: Thing, row: dict[str, Any]) -> Found:
    kind = thing.kind
    return Found(
        # What is built upon it names its version.
        posted=Posted(kind, thing.external_id, values.identity(row.get("SyncToken"))),
        dated=values.day(row.get("TxnDate")),
        total=sides.total(kind, row),
        side=sides.side(kind, row),
        raw=simplejson.dumps(row, use_decimal=True),
        names=sides.names(kind, row),
    )
