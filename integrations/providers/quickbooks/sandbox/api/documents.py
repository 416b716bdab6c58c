"""Create, update, delete, void and read: what is the same for every entity (§4)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from ..books import cleared, journal, links
from ..books.books import Books
from ..books.record import Record
from ..entities import currencies, dimensions, payables, subscription, transactions, trees
from ..model.currencies import CURRENCIES
from ..model.entity import Entity
from ..model.fields import Field, Kind, ignored
from ..model.money import MOST, to_units
from ..model.order import printed_order
from ..model.reading import is_whole_id, too_large
from ..wire.json import Json, dumps, loads
from ..wire.refusals import Refusal, missing, not_found, unsupported

BARE = ignored("Id", "SyncToken")
DELETED = re.compile(r" \(deleted(-\d+)?\)$")
STALE = (
    "Stale Object Error : You and Robin Ledger were working on this at the same time. "
    "Robin Ledger finished before you did, so your work was not saved."
)


@dataclass(frozen=True)
class Wish:
    """One write as asked for: by its own address or inside a batch."""

    entity: Entity
    operation: str
    payload: Any
    duplicate_numbers: bool = False


def carry_out(books: Books, wish: Wish) -> Json:
    wish = _meant(wish)
    if wish.operation not in wish.entity.operations:
        raise unsupported(wish.operation)
    subscription.check_standing(books)
    admit(books, wish.entity, writing=True)
    if wish.operation == "delete":
        return _delete(books, wish)
    if wish.operation == "void":
        return render(books, _void(books, wish))
    record = _create(books, wish) if wish.operation == "create" else _update(books, wish)
    answer = render(books, record)
    if wish.operation == "create" and wish.entity.name == "Account":
        # §2.1: a fresh account comes without the time of its last update.
        answer["MetaData"].pop("LastUpdatedTime")
    return answer


def _meant(wish: Wish) -> Wish:
    """What a company has one of is never made, and what has no Id is set rather than changed."""
    if wish.entity.single and wish.operation == "create":
        return replace(wish, operation="update")
    if wish.entity.anonymous and wish.operation == "update":
        return replace(wish, operation="create")
    return wish


def admit(books: Books, entity: Entity, *, writing: bool = False) -> None:
    """Some things are there only in some plans, some lists only while the company uses them."""
    subscription.check_plan(books, entity.name)
    if entity.name in dimensions.TRACKED_BY:
        dimensions.admit(books, entity.name, writing=writing)
    if entity.name in currencies.GATED:
        currencies.admit(books)


def _create(books: Books, wish: Wish, number: int | None = None) -> Record:
    clean = books.reader.read(wish.payload, wish.entity.accepted, wish.entity.name)
    draft = {name: value for name, value in clean.items() if value is not None}
    record = books.insert(wish.entity, _complete(books, wish, draft, None), number)
    _enter(books, wish.entity, record, set())
    wish.entity.followed(books, record, draft, None)
    return record


def put(books: Books, entity: Entity, payload: Json, number: int | None = None) -> Record:
    """What a company begins with: by the rules that hold for clients, under an Id of the planter's choice."""
    return _create(books, Wish(entity, "create", payload, duplicate_numbers=True), number)


def _update(books: Books, wish: Wish) -> Record:
    clean = books.reader.read(wish.payload, wish.entity.accepted, wish.entity.name)
    before = _current(books, wish)
    wish.entity.guard(books, before, "update")
    merged = _sparse(books, wish.entity, clean, before) if _is_sparse(wish) else _full(wish.entity, clean, before)
    body = _complete(books, wish, merged, before)
    if wish.entity.transacts:
        payables.check_owner(books, before, body)
    after = rewrite(books, wish.entity, before, body)
    wish.entity.followed(books, after, merged, before)
    if wish.entity.name in trees.SUB:
        trees.settle(books, after)
    return after


def _is_sparse(wish: Wish) -> bool:
    return wish.entity.sparse and str(wish.payload.get("sparse")).lower() == "true"


def rewrite(books: Books, entity: Entity, before: Record, body: Json, operation: str = "Update") -> Record:
    """One SyncToken on, with its postings and links struck and entered anew."""
    targets = _strike(books, entity, before)
    after = books.replace(before, body, operation)
    _enter(books, entity, after, targets)
    cleared.check(books, after)
    if _relieve(books, after.key):
        # The payments have taken their second step towards it; it has taken its only one.
        body = links.shown(books, entity, after.id, after.body) if entity.linkable else after.body
        after = replace(after, body=body)
        books.restate(after)
    if _is_foreign(before) or _is_foreign(after):
        _book_payers_anew(books, after.key)
    return after


def _is_foreign(record: Record) -> bool:
    return bool(record.body.get("ExchangeRate", 1) != 1)


def _relieve(books: Books, key: links.Key) -> bool:
    """Nothing is paid of what is gone, nor more than there is: the payment keeps the rest as a credit (§9.8)."""
    relieved = False
    for name, number, _ in links.applied(books, *key):
        payer, entity = books.find(name, number), books.entities[name]
        if payer is None or entity.loosened is None:
            continue
        body = entity.loosened(books, payer, key)
        if body != payer.body:
            relieved = True
            _replace_payer(books, entity, payer, body, key)
    return relieved


def _replace_payer(books: Books, entity: Entity, payer: Record, body: Json, key: links.Key) -> None:
    if entity.linkable:
        body = links.shown(books, entity, payer.id, body)
    targets = _strike(books, entity, payer) - {key}
    _enter(books, entity, books.replace(payer, body), targets, but=key)


def _book_payers_anew(books: Books, key: links.Key) -> None:
    """Each takes off what those before it leave of what a foreign document stands at; nobody has edited them."""
    for name, number, _ in links.applied(books, *key):
        payer, entity = books.find(name, number), books.entities[name]
        if payer is not None and entity.journal is not None and name in payables.PAYERS:
            journal.strike(books, payer)
            journal.enter(books, payer, entity.journal(books, payer))


def _void(books: Books, wish: Wish) -> Record:
    record = _current(books, wish)
    wish.entity.guard(books, record, "void")
    assert wish.entity.voided is not None, "whoever allows a void says what it leaves"
    transactions.check_open(books, record.body["TxnDate"])
    body = wish.entity.voided(books, record)
    if wish.entity.linkable:
        body = links.shown(books, wish.entity, record.id, body)
    return rewrite(books, wish.entity, record, body, "Void")


def _delete(books: Books, wish: Wish) -> Json:
    _check_delete(books, wish)
    record = _current(books, wish)
    wish.entity.guard(books, record, "delete")
    if "TxnDate" in record.body:
        transactions.check_open(books, record.body["TxnDate"])
    targets = _strike(books, wish.entity, record)
    cleared.check(books, record)
    books.remove(record)
    _relieve(books, record.key)
    _settle(books, targets)
    gone = {"domain": "QBO", "status": "Deleted", "Id": str(record.id)}
    return {record.body["Type"]: gone} if wish.entity.folded else gone


def _enter(
    books: Books, entity: Entity, record: Record, parted: set[links.Key], *, but: links.Key | None = None
) -> None:
    """Journal and links; what was or is now paid by it learns what is open."""
    if entity.journal is not None:
        journal.enter(books, record, entity.journal(books, record))
    if entity.applies is not None:
        applications = entity.applies(books, record.body)
        links.join(books, record, applications)
        parted = parted | {(each.entity, each.id) for each in applications}
    _settle(books, parted - {but})


def _strike(books: Books, entity: Entity, record: Record) -> set[links.Key]:
    if entity.journal is not None:
        journal.strike(books, record)
    return links.part(books, record) if entity.applies is not None else set()


def _settle(books: Books, targets: set[links.Key]) -> None:
    """A payment changes what it pays: its open balance, its links, and so its SyncToken."""
    for name, number in sorted(targets):
        record = books.find(name, number)
        entity = books.entities[name]
        if record is not None and entity.linkable:
            books.replace(record, links.shown(books, entity, number, record.body))
        if record is not None and _is_foreign(record):
            _book_payers_anew(books, (name, number))


def _check_delete(books: Books, wish: Wish) -> None:
    """§4.2: Id and SyncToken suffice; what else is sent must at least be known."""
    fields, allowed = wish.entity.accepted, books.switches.delete_body
    if allowed == "recorded":
        fields = tuple(field for field in fields if field.name not in wish.entity.not_on_delete)
    books.reader.read(wish.payload, BARE if allowed == "bare" else fields, wish.entity.name)


def _current(books: Books, wish: Wish) -> Record:
    """The stored object that a write means, if the caller saw its latest state (§4.1)."""
    for name in ("Id", "SyncToken"):
        if wish.payload.get(name) in (None, ""):
            raise missing(name)
    record = books.get(wish.entity, wish.payload["Id"])
    if str(wish.payload["SyncToken"]) != str(record.sync_token):
        raise Refusal("5010", STALE)
    return record


def _full(entity: Entity, clean: Json, before: Record) -> Json:
    """Every writable property that is absent is cleared (§4.1); what is never shown nobody can send again."""
    draft = {name: value for name, value in clean.items() if value is not None}
    draft = {**{name: before.body[name] for name in entity.hidden if name in before.body}, **draft}
    if entity.activates:
        draft.setdefault("Active", before.active)
    return draft


def _sparse(books: Books, entity: Entity, clean: Json, before: Record) -> Json:
    """Absent properties stay, but lines are replaced as a whole and some properties must be sent again (§4.1)."""
    reported = entity.reported if books.switches.sparse_repeats == "reported" else ()
    for name in (*entity.repeated, *reported):
        if name not in clean:
            raise missing(name)
    # A copy to the last leaf: what a rule changes must not reach the record that is still in the books.
    merged = {**loads(dumps(before.body)), **clean}
    return {name: value for name, value in merged.items() if value is not None}


def _complete(books: Books, wish: Wish, draft: Json, before: Record | None) -> Json:
    entity = wish.entity
    body = entity.complete(books, draft, before)
    if entity.names:
        body = _settle_name(books, entity, draft, body, before)
    if entity.check_number is not None and not wish.duplicate_numbers:
        entity.check_number(books, body, before)
    if entity.transacts and abs(to_units(body.get("TotalAmt", 0))) >= MOST:
        raise too_large("TotalAmt")
    if entity.linkable:
        body = links.shown(books, entity, before.id if before else None, body)
    return body


def _settle_name(books: Books, entity: Entity, draft: Json, body: Json, before: Record | None) -> Json:
    """§4.2: what is made inactive gives its name free by a suffix; a taken name is refused (§9.5)."""
    field = "DisplayName" if "DisplayName" in body else "Name"
    plain = body[field]
    if not body.get("Active", True) and not DELETED.search(plain):
        for suffix in _suffixes():
            body = entity.complete(books, {**draft, field: plain + suffix}, before)
            if _holder(books, entity, body, before) is None:
                return body
    holder = _holder(books, entity, body, before)
    if holder is not None:
        raise Refusal("6240", f"The name supplied already exists. : Id={holder.id}")
    return body


def _suffixes() -> Iterator[str]:
    yield " (deleted)"
    number = 1
    while True:
        yield f" (deleted-{number})"
        number += 1


def _holder(books: Books, entity: Entity, body: Json, before: Record | None) -> Record | None:
    title = body.get("FullyQualifiedName") or body.get("DisplayName") or body["Name"]
    return books.holder_of_name(entity.names or "", title, but=before)


def read(books: Books, entity: Entity, number: str) -> Json:
    admit(books, entity)
    word = books.find(entity.name, entity.words[number]) if number in entity.words else None
    return render(books, word or books.get(entity, number))


def read_single(books: Books, entity: Entity) -> Json:
    record = books.find(entity.name, 1)
    if record is None:
        raise not_found()
    return render(books, record)


def render(books: Books, record: Record) -> Json:
    """The object as QuickBooks prints it: references named, read-only properties filled in."""
    entity = books.entities[record.entity]
    if entity.folded:
        kind = record.body["Type"]
        return {kind: render(books, replace(record, entity=kind, body=record.body[kind]))}
    body = {**record.body, **entity.derived(books, record)}
    times = {"CreateTime": books.moment(record.created), "LastUpdatedTime": books.moment(record.updated)}
    head = {"domain": "QBO", "sparse": False, "Id": entity.shown_id(record.id), "SyncToken": str(record.sync_token)}
    named = {**_named(books, body, entity.fields), **head, "MetaData": times}
    if entity.anonymous:
        del times["CreateTime"]
    hidden = ("Id", "SyncToken") if entity.anonymous else entity.hidden
    shown = {name: named[name] for name in printed_order(entity.name) if name in named} | named
    return {name: value for name, value in shown.items() if name not in hidden} if hidden else shown


def _named(books: Books, body: Json, fields: tuple[Field, ...]) -> Json:
    named = dict(body)
    for field in _referring(fields):
        value = named.get(field.name)
        if value is None:
            continue
        if field.kind is Kind.REF:
            named[field.name] = _reference(books, value, field.target)
        elif field.kind is Kind.PART:
            named[field.name] = _named(books, value, field.parts)
        else:
            named[field.name] = [_named(books, row, field.parts) for row in value]
    return named


@cache
def _referring(fields: tuple[Field, ...]) -> tuple[Field, ...]:
    """The references among them that are told with a name, and what holds such ones."""
    return tuple(field for field in fields if _is_named(field) or _referring(field.parts))


def _is_named(field: Field) -> bool:
    return field.kind is Kind.REF and bool(field.target) and not field.bare


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
