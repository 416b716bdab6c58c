"""Create, update, delete and read: what is the same for every entity (§4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import accounts, names, purchases
from .books import CURRENCIES, Books, Record
from .entities import Entity
from .fields import Field, Kind
from .refusals import Refusal, missing, not_found, unsupported
from .wire import Json

_DELETED = re.compile(r" \(deleted(-\d+)?\)$")
STALE = (
    "Stale Object Error : You and Robin Ledger were working on this at the same time. "
    "Robin Ledger finished before you did, so your work was not saved."
)


@dataclass(frozen=True)
class Rules:
    """What an entity adds to the common life of a document."""

    complete: Callable[[Books, Json, Record | None], Json]
    derived: Callable[[Books, Record], Json]


RULES = {
    "Account": Rules(accounts.complete, accounts.derived),
    "Vendor": Rules(names.complete, names.derived),
    "Purchase": Rules(purchases.complete, purchases.derived),
}


@dataclass(frozen=True)
class Wish:
    """One write as asked for: by its own address or inside a batch."""

    entity: Entity
    operation: str
    payload: Any
    duplicate_numbers: bool = False


def carry_out(books: Books, wish: Wish) -> Json:
    if wish.operation not in ("create", "update", "delete") or not wish.entity.writable:
        raise unsupported(wish.operation)
    if wish.operation == "delete":
        return _delete(books, wish)
    record = _create(books, wish) if wish.operation == "create" else _update(books, wish)
    answer = render(books, record)
    if wish.operation == "create" and wish.entity.name == "Account":
        # §2.1: a fresh account comes without the time of its last update.
        answer["MetaData"].pop("LastUpdatedTime")
    return answer


def _create(books: Books, wish: Wish) -> Record:
    clean = books.reader.read(wish.payload, wish.entity.fields, wish.entity.name)
    draft = {name: value for name, value in clean.items() if value is not None}
    body = _complete(books, wish, draft, None)
    record = books.insert(wish.entity, body)
    _post(books, record)
    return record


def _update(books: Books, wish: Wish) -> Record:
    clean = books.reader.read(wish.payload, wish.entity.fields, wish.entity.name)
    before = _current(books, wish)
    merged = _sparse(clean, before) if wish.payload.get("sparse") is True else _full(clean, before)
    body = _complete(books, wish, merged, before)
    _unpost(books, before)
    after = books.replace(before, body)
    _post(books, after)
    if wish.entity.name == "Account":
        accounts.settle(books, after)
    return after


def _delete(books: Books, wish: Wish) -> Json:
    if not wish.entity.deletable:
        raise unsupported("delete")
    books.reader.read(wish.payload, wish.entity.fields, wish.entity.name)
    record = _current(books, wish)
    purchases.check_open(books, record.body["TxnDate"])
    _unpost(books, record)
    books.remove(record)
    return {"status": "Deleted", "domain": "QBO", "Id": str(record.id)}


def _current(books: Books, wish: Wish) -> Record:
    """The stored object that an update or delete means, if the caller saw its latest state (§4.1)."""
    for name in ("Id", "SyncToken"):
        if wish.payload.get(name) in (None, ""):
            raise missing(name)
    record = books.get(wish.entity, wish.payload["Id"])
    if str(wish.payload["SyncToken"]) != str(record.sync_token):
        raise Refusal("5010", STALE)
    return record


def _full(clean: Json, before: Record) -> Json:
    """Every writable property that is absent is cleared (§4.1)."""
    draft = {name: value for name, value in clean.items() if value is not None}
    if before.entity.activates:
        draft.setdefault("Active", before.active)
    return draft


def _sparse(clean: Json, before: Record) -> Json:
    """Absent properties stay, but lines are replaced as a whole and some properties must be sent again (§4.1)."""
    if before.entity.name == "Purchase" and "PaymentType" not in clean:
        raise missing("PaymentType")
    merged = {**before.body, **clean}
    return {name: value for name, value in merged.items() if value is not None}


def _complete(books: Books, wish: Wish, draft: Json, before: Record | None) -> Json:
    complete = RULES[wish.entity.name].complete
    body = complete(books, draft, before)
    if wish.entity.names:
        body = _settle_name(books, wish, draft, body, before)
    if wish.entity.name == "Purchase" and not wish.duplicate_numbers:
        purchases.check_number(books, body, before)
    return body


def _settle_name(books: Books, wish: Wish, draft: Json, body: Json, before: Record | None) -> Json:
    """§4.2: what is made inactive gives its name free by a suffix; a taken name is refused (§9.5)."""
    field = "Name" if wish.entity.name == "Account" else "DisplayName"
    plain = body[field]
    if not body["Active"] and not _DELETED.search(plain):
        for suffix in _suffixes():
            body = RULES[wish.entity.name].complete(books, {**draft, field: plain + suffix}, before)
            if _holder(books, wish.entity, body, before) is None:
                return body
    holder = _holder(books, wish.entity, body, before)
    if holder is not None:
        raise Refusal("6240", f"The name supplied already exists. : Id={holder.id}")
    return body


def _suffixes() -> Any:
    yield " (deleted)"
    number = 1
    while True:
        yield f" (deleted-{number})"
        number += 1


def _holder(books: Books, entity: Entity, body: Json, before: Record | None) -> Record | None:
    title = body.get("FullyQualifiedName") or body["DisplayName"]
    return books.holder_of_name(entity.names or "", title, but=before)


def _post(books: Books, record: Record) -> None:
    if record.entity.name == "Purchase":
        purchases.post(books, record.body)


def _unpost(books: Books, record: Record) -> None:
    if record.entity.name == "Purchase":
        purchases.post(books, record.body, undo=True)


def read(books: Books, entity: Entity, number: str) -> Json:
    record = books.get(entity, number)
    return render(books, record)


def read_single(books: Books, entity: Entity) -> Json:
    record = books.find(entity.name, 1)
    if record is None:
        raise not_found()
    return render(books, record)


def render(books: Books, record: Record) -> Json:
    """The object as QuickBooks prints it: references named, read-only properties filled in."""
    rules = RULES.get(record.entity.name)
    body = {**record.body, **(rules.derived(books, record) if rules else {})}
    times = {"CreateTime": books.moment(record.created), "LastUpdatedTime": books.moment(record.updated)}
    head = {"domain": "QBO", "sparse": False, "Id": str(record.id), "SyncToken": str(record.sync_token)}
    named = {**_named(books, body, record.entity.fields), **head, "MetaData": times}
    order = [*record.entity.order, *(name for name in named if name not in record.entity.order)]
    return {name: named[name] for name in order if name in named}


def _named(books: Books, body: Json, fields: tuple[Field, ...]) -> Json:
    named = dict(body)
    for field in fields:
        value = named.get(field.name)
        if value is None:
            continue
        if field.kind is Kind.REF:
            named[field.name] = _reference(books, value, field.target)
        elif field.kind is Kind.PART:
            named[field.name] = _named(books, value, field.parts)
        elif field.kind is Kind.LINES:
            named[field.name] = [_named(books, row, field.parts) for row in value]
    return named


def _reference(books: Books, value: Json, target: str) -> Json:
    name = _name_of(books, value, target)
    kind = {"type": value["type"]} if target == "Name" else {}
    return {"value": value["value"]} | ({"name": name} if name else {}) | kind


def _name_of(books: Books, value: Json, target: str) -> str:
    if target == "Currency":
        return CURRENCIES.get(value["value"], "")
    entity = value.get("type", "Vendor") if target == "Name" else target
    if not str(value["value"]).isdigit():
        return ""
    record = books.find(entity, int(value["value"]))
    return record.title if record else ""
