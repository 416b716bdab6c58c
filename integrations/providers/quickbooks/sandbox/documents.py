"""Create, update, delete and read: what is the same for every entity (§4)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from . import accounts, dimensions, moves, names, purchases, transactions, trees
from .books import CURRENCIES, Books, Posting, Record
from .entity import Entity
from .fields import Field, Kind, ignored
from .reading import is_whole_id
from .refusals import Refusal, missing, not_found, unsupported
from .wire import Json

BARE = ignored("Id", "SyncToken")
_DELETED = re.compile(r" \(deleted(-\d+)?\)$")
STALE = (
    "Stale Object Error : You and Robin Ledger were working on this at the same time. "
    "Robin Ledger finished before you did, so your work was not saved."
)


def _nothing(books: Books, record: Record) -> Json:
    return {}


@dataclass(frozen=True)
class Rules:
    """What an entity adds to the common life of a document."""

    complete: Callable[[Books, Json, Record | None], Json]
    derived: Callable[[Books, Record], Json] = _nothing
    postings: Callable[[Json], list[Posting]] | None = None
    #: Whether another holds the number already; not asked where the caller allows duplicates (§4.4).
    check_number: Callable[[Books, Json, Record | None], None] | None = None


RULES = {
    "Account": Rules(accounts.complete, accounts.derived),
    "Class": Rules(dimensions.complete_class),
    "Department": Rules(dimensions.complete_department),
    "Vendor": Rules(names.complete, names.derived),
    "Purchase": Rules(purchases.complete, purchases.derived, purchases.postings, purchases.check_number),
    "Transfer": Rules(moves.complete_transfer, postings=moves.TRANSFER.postings),
    "CreditCardPaymentTxn": Rules(
        moves.complete_card_payment,
        postings=moves.CARD_PAYMENT.postings,
        check_number=moves.check_number,
    ),
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
    admit(books, wish.entity)
    if wish.operation == "delete":
        return _delete(books, wish)
    record = _create(books, wish) if wish.operation == "create" else _update(books, wish)
    answer = render(books, record)
    if wish.operation == "create" and wish.entity.name == "Account":
        # §2.1: a fresh account comes without the time of its last update.
        answer["MetaData"].pop("LastUpdatedTime")
    return answer


def admit(books: Books, entity: Entity) -> None:
    """Some lists are there only while the company uses them."""
    if entity.name in dimensions.TRACKED_BY:
        dimensions.admit(books, entity.name)


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
    merged = _sparse(books, clean, before) if wish.payload.get("sparse") is True else _full(clean, before)
    body = _complete(books, wish, merged, before)
    _unpost(books, before)
    after = books.replace(before, body)
    _post(books, after)
    if wish.entity.name in trees.SUB:
        trees.settle(books, after)
    return after


def _delete(books: Books, wish: Wish) -> Json:
    if not wish.entity.deletable:
        raise unsupported("delete")
    _check_delete(books, wish)
    record = _current(books, wish)
    transactions.check_open(books, record.body["TxnDate"])
    _unpost(books, record)
    books.remove(record)
    return {"status": "Deleted", "domain": "QBO", "Id": str(record.id)}


def _check_delete(books: Books, wish: Wish) -> None:
    """§4.2: Id and SyncToken only; a whole object was refused for what it carries beside its properties."""
    books.reader.read(wish.payload, wish.entity.fields, wish.entity.name)
    if books.switches.delete_body == "bare":
        books.reader.read(wish.payload, BARE, wish.entity.name)


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


def _sparse(books: Books, clean: Json, before: Record) -> Json:
    """Absent properties stay, but lines are replaced as a whole and some properties must be sent again (§4.1)."""
    reported = before.entity.reported if books.switches.sparse_repeats == "reported" else ()
    for name in (*before.entity.repeated, *reported):
        if name not in clean:
            raise missing(name)
    merged = {**before.body, **clean}
    return {name: value for name, value in merged.items() if value is not None}


def _complete(books: Books, wish: Wish, draft: Json, before: Record | None) -> Json:
    rules = RULES[wish.entity.name]
    body = rules.complete(books, draft, before)
    if wish.entity.names:
        body = _settle_name(books, wish, draft, body, before)
    if rules.check_number is not None and not wish.duplicate_numbers:
        rules.check_number(books, body, before)
    return body


def _settle_name(books: Books, wish: Wish, draft: Json, body: Json, before: Record | None) -> Json:
    """§4.2: what is made inactive gives its name free by a suffix; a taken name is refused (§9.5)."""
    field = "DisplayName" if "DisplayName" in body else "Name"
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
    postings = RULES[record.entity.name].postings
    if postings is not None:
        books.post(postings(record.body))


def _unpost(books: Books, record: Record) -> None:
    postings = RULES[record.entity.name].postings
    if postings is not None:
        books.post((account, -debit) for account, debit in postings(record.body))


def read(books: Books, entity: Entity, number: str) -> Json:
    admit(books, entity)
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
    if not is_whole_id(str(value["value"])):
        return ""
    record = books.find(entity, int(value["value"]))
    return record.title if record else ""
