"""What stands in the books of what we wrote: by number, by id, by the signature in its note; never by amount."""

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from integrations.providers.documents import Action, Item, Posted, Thing
from integrations.providers.errors import Refused
from integrations.providers.quickbooks import amounts, payloads, replies, values
from integrations.providers.quickbooks.client import QuickBooksClient

Row = dict[str, Any]

PAGE = 1000
FULL = 100
VALUES_PER_QUERY = 100
# What stands there anew, and is looked for by its mark.
MADE = (Action.CREATE, Action.REVERSE)
# Those without a number of their own, and those that have the vendor's.
NOTED = (payloads.TRANSFER, payloads.BILL, payloads.VENDOR_CREDIT, payloads.BILL_PAYMENT)


def existing(client: QuickBooksClient, items: Sequence[Item]) -> dict[str, Posted]:
    """By mark, which of these writes are done."""
    made = [item for item in items if item.action in MADE]
    return {
        **_numbered(client, _of_kind(made, payloads.PURCHASE)),
        **{mark: found for kind in NOTED for mark, found in _noted(client, kind, _of_kind(made, kind)).items()},
        **_changed(client, [item for item in items if item.action is Action.UPDATE]),
        **_removed(client, [item for item in items if item.action is Action.REMOVE]),
    }


def versions(client: QuickBooksClient, targets: Sequence[Posted]) -> dict[Thing, Posted]:
    """How these objects stand there now. A query may hide what is new, so what it lacks is read by itself."""
    wanted = [target.thing for target in targets]
    rows = _by_id(client, wanted)
    found = {one: row for one in wanted if one not in rows and (row := read(client, one.kind, one.external_id))}
    return {thing: _posted(thing.kind, row) for thing, row in {**rows, **found}.items()}


def target_of(client: QuickBooksClient, item: Item) -> Row | None:
    """The object that a change means, as it is now; None where it is not there any more."""
    return read(client, _kind(item), replies.id_in(item))


def shows(row: Row, item: Item) -> bool:
    """Whether the object is as this write wanted it: its note has mark and revision, in another version than it had."""
    is_before = item.action is Action.UPDATE and values.version(row.get("SyncToken")) == payloads.version_in(item)
    return payloads.signature_in(item) in _words(row) and not is_before


def standing(row: Row, item: Item) -> Posted:
    """Our object, in the version that this write gave it: if somebody changed it since, the next change notices.

    Its note may tell that it shows another revision than the one that was to be made; then it is that of now. Where
    nobody changed it since, its money is what the platform made of ours.
    """
    others = any(word == item.mark or word.startswith(f"{item.mark}/") for word in _words(row))
    if others and not shows(row, item):
        return _posted(_kind(item), row, outdated=True)
    version = payloads.version_after(item)
    amiss = amounts.amiss(item, row) if values.version(row.get("SyncToken")) == version else ""
    return Posted(_kind(item), values.identity(row.get("Id")), version, amiss=amiss)


def holders(client: QuickBooksClient, refusals: Mapping[str, tuple[Item, str]]) -> dict[str, Posted]:
    """Queries may not show yet what a refusal names: "... assigned to TxnType=Expense with TxnId=212"."""
    found: dict[str, Posted] = {}
    for mark, (item, words) in refusals.items():
        named = re.search(r"TxnId=(\d+)", words)
        # Something else may have the number, also a bill of somebody else's.
        row = read(client, _kind(item), named[1]) if named else None
        if row is not None and (row.get("DocNumber") == mark or item.mark in _marks(row)):
            found[mark] = standing(row, item)
    return found


def _numbered(client: QuickBooksClient, items: Sequence[Item]) -> dict[str, Posted]:
    rows = _rows(client, payloads.PURCHASE, "DocNumber", [item.mark for item in items])
    by_number = {values.text(row.get("DocNumber")): row for row in rows}
    return {item.mark: standing(by_number[item.mark], item) for item in items if item.mark in by_number}


def _of_kind(items: Sequence[Item], kind: str) -> list[Item]:
    return [item for item in items if _kind(item) == kind]


def _noted(client: QuickBooksClient, kind: str, items: Sequence[Item]) -> dict[str, Posted]:
    """By the marks in the notes of their days: these have no number of ours that one could ask for."""
    rows = _rows(client, kind, "TxnDate", list(dict.fromkeys(payloads.day_in(item) for item in items)))
    marked = {word.partition("/")[0]: row for row in rows for word in _words(row)}
    return {item.mark: standing(marked[item.mark], item) for item in items if item.mark in marked}


def _changed(client: QuickBooksClient, items: Sequence[Item]) -> dict[str, Posted]:
    rows = _by_id(client, [_target(item) for item in items])
    return {
        item.mark: standing(row, item)
        for item in items
        if (row := rows.get(_target(item))) is not None and shows(row, item)
    }


def _removed(client: QuickBooksClient, items: Sequence[Item]) -> dict[str, Posted]:
    targets = {item.mark: Posted(_kind(item), replies.id_in(item), "", gone=True) for item in items}
    there = versions(client, list(targets.values()))
    return {mark: target for mark, target in targets.items() if target.thing not in there}


def _by_id(client: QuickBooksClient, wanted: Sequence[Thing]) -> dict[Thing, Row]:
    kinds = dict.fromkeys(thing.kind for thing in wanted)
    ids = {kind: [thing.external_id for thing in wanted if thing.kind == kind] for kind in kinds}
    return {
        Thing(kind, values.text(row.get("Id"))): row
        for kind in kinds
        for row in _rows(client, kind, "Id", ids[kind], PAGE)
    }


def _rows(
    client: QuickBooksClient, kind: str, name: str, wanted: Sequence[str], at_once: int = VALUES_PER_QUERY
) -> Iterator[Row]:
    for begin in range(0, len(wanted), at_once):
        listed = ", ".join(f"'{one}'" for one in wanted[begin : begin + at_once])
        found = pages(client, kind, f"where {name} in ({listed}) orderby Id")
        yield from islice(found, len(wanted) if name == "Id" else None)


def pages(client: QuickBooksClient, kind: str, where: str, most: int = 200_000) -> Iterator[Row]:
    """Every row, page after page; `where` must order them by what does not change meanwhile."""
    start = 1
    while start < most:
        page = client.objects(kind, f"select * from {kind} {where} startposition {start} maxresults {PAGE}")
        yield from page
        # A full page, also of a platform that gives fewer at once than it was asked for.
        if not page or len(page) % FULL:
            return
        start += len(page)
    raise Refused(f"QuickBooks lists more than {most} objects of one kind.")


def read(client: QuickBooksClient, kind: str, number: str) -> Row | None:
    """One object as it is now; None only where the platform says that there is none."""
    try:
        return client.object(kind, number)
    except Refused as refusal:
        if refusal.code == str(replies.NOT_THERE):
            return None
        raise


def _posted(kind: str, row: Row, *, outdated: bool = False) -> Posted:
    return Posted(kind, values.identity(row.get("Id")), values.version(row.get("SyncToken")), outdated=outdated)


def _target(item: Item) -> Thing:
    return Thing(_kind(item), replies.id_in(item))


def _kind(item: Item) -> str:
    return item.kind or payloads.PURCHASE


def _marks(row: Row) -> set[str]:
    """Without the revisions behind them."""
    return {word.partition("/")[0] for word in _words(row)}


def _words(row: Row) -> list[str]:
    """People add to a note; whatever they add, the signature stands in it as a word."""
    return values.text(row.get("PrivateNote")).split()
