"""What stands in the books of what we wrote: by number, by id, by the signature in its note; never by amount."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from quickbooks.objects import Purchase, Transfer

from integrations.providers.documents import Action, Item, Posted
from integrations.providers.errors import Refused
from integrations.providers.quickbooks import payloads, replies
from integrations.providers.quickbooks.client import QuickBooksClient

PAGE = 1000
VALUES_PER_QUERY = 100
# What stands there anew, and is looked for by its mark.
MADE = (Action.CREATE, Action.REVERSE)
OBJECTS = {payloads.PURCHASE: Purchase, payloads.TRANSFER: Transfer}


def existing(client: QuickBooksClient, items: Sequence[Item]) -> dict[str, Posted]:
    """By mark, which of these writes are done."""
    made = [item for item in items if item.action in MADE]
    return {
        **_numbered(client, [item for item in made if _kind(item) == payloads.PURCHASE]),
        **_noted(client, [item for item in made if _kind(item) == payloads.TRANSFER]),
        **_changed(client, [item for item in items if item.action is Action.UPDATE]),
        **_removed(client, [item for item in items if item.action is Action.REMOVE]),
    }


def versions(client: QuickBooksClient, targets: Sequence[Posted]) -> dict[str, Posted]:
    """How these objects stand there now, by id. A query may hide what is new, so what it lacks is read by itself."""
    rows = _by_id(client, [(target.kind, target.external_id) for target in targets])
    hidden = [target for target in targets if (target.kind, target.external_id) not in rows]
    found = {(one.kind, one.external_id): row for one in hidden if (row := read(client, one.kind, one.external_id))}
    return {number: _posted(kind, row) for (kind, number), row in {**rows, **found}.items()}


def target_of(client: QuickBooksClient, item: Item) -> Any | None:
    """The object that a change means, as it is now; None where it is not there any more."""
    return read(client, _kind(item), replies.id_in(item))


def shows(row: Any, item: Item) -> bool:
    """Whether the object is as this write wanted it: its note has mark and revision."""
    return payloads.signature_in(item) in _words(row)


def standing(row: Any, item: Item) -> Posted:
    """Our object, in the version that this write gave it: if somebody changed it since, the next change notices.

    Its note may tell that it shows another revision than the one that was to be made; then it is that of now.
    """
    others = any(word == item.mark or word.startswith(f"{item.mark}/") for word in _words(row))
    if others and not shows(row, item):
        return _posted(_kind(item), row, outdated=True)
    return Posted(_kind(item), str(row.Id), payloads.version_after(item))


def holders(client: QuickBooksClient, refusals: Mapping[str, tuple[Item, str]]) -> dict[str, Posted]:
    """Queries may not show yet what a refusal names: "... assigned to TxnType=Expense with TxnId=212"."""
    found: dict[str, Posted] = {}
    for mark, (item, words) in refusals.items():
        named = re.search(r"TxnId=(\d+)", words)
        # A bill or something else may have the number.
        row = read(client, payloads.PURCHASE, named[1]) if named else None
        if row is not None and row.DocNumber == mark:
            found[mark] = standing(row, item)
    return found


def _numbered(client: QuickBooksClient, items: Sequence[Item]) -> dict[str, Posted]:
    rows = _rows(client, Purchase, "DocNumber", [item.mark for item in items])
    by_number = {row.DocNumber: row for row in rows}
    return {item.mark: standing(by_number[item.mark], item) for item in items if item.mark in by_number}


def _noted(client: QuickBooksClient, items: Sequence[Item]) -> dict[str, Posted]:
    """Transfers, by the marks in the notes of their days: they have no number that one could ask for."""
    rows = _rows(client, Transfer, "TxnDate", list(dict.fromkeys(payloads.day_in(item) for item in items)))
    marked = {word.partition("/")[0]: row for row in rows for word in _words(row)}
    return {item.mark: standing(marked[item.mark], item) for item in items if item.mark in marked}


def _changed(client: QuickBooksClient, items: Sequence[Item]) -> dict[str, Posted]:
    rows = _by_id(client, [(_kind(item), replies.id_in(item)) for item in items])
    return {
        item.mark: standing(row, item)
        for item in items
        if (row := rows.get((_kind(item), replies.id_in(item)))) is not None and shows(row, item)
    }


def _removed(client: QuickBooksClient, items: Sequence[Item]) -> dict[str, Posted]:
    targets = {item.mark: Posted(_kind(item), replies.id_in(item), "", gone=True) for item in items}
    there = versions(client, list(targets.values()))
    return {mark: target for mark, target in targets.items() if target.external_id not in there}


def _by_id(client: QuickBooksClient, wanted: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Any]:
    kinds = dict.fromkeys(kind for kind, _ in wanted)
    ids = {kind: [number for each, number in wanted if each == kind] for kind in kinds}
    return {(kind, str(row.Id)): row for kind in kinds for row in _rows(client, OBJECTS[kind], "Id", ids[kind], PAGE)}


def _rows(
    client: QuickBooksClient, entity: Any, name: str, values: Sequence[str], at_once: int = VALUES_PER_QUERY
) -> Iterator[Any]:
    for begin in range(0, len(values), at_once):
        listed = ", ".join(f"'{value}'" for value in values[begin : begin + at_once])
        yield from pages(client, entity, f"where {name} in ({listed}) orderby Id")


def pages(client: QuickBooksClient, entity: Any, where: str, most: int = 200_000) -> Iterator[Any]:
    """Every row, page after page; `where` must order them by what does not change meanwhile."""
    for start in range(1, most, PAGE):
        page = client.query(
            entity, f"select * from {entity.qbo_object_name} {where} startposition {start} maxresults {PAGE}"
        )
        yield from page
        if len(page) < PAGE:
            return
    raise Refused(f"QuickBooks lists more than {most} objects of one kind.")


def read(client: QuickBooksClient, kind: str, number: str) -> Any | None:
    """One object as it is now; None only where the platform says that there is none."""
    try:
        return client.get(OBJECTS[kind], number)
    except Refused as refusal:
        if refusal.code == str(replies.NOT_THERE):
            return None
        raise


def _posted(kind: str, row: Any, *, outdated: bool = False) -> Posted:
    return Posted(kind, str(row.Id), str(row.SyncToken), outdated=outdated)


def _kind(item: Item) -> str:
    return item.kind or payloads.PURCHASE


def _words(row: Any) -> list[str]:
    """People add to a note; whatever they add, the signature stands in it as a word."""
    return (row.PrivateNote or "").split()
