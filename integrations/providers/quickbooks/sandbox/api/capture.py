"""Change data capture (§6): what was changed or deleted since a moment, whole, for several entities at once."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import datetime

from ..books.books import Books
from ..books.record import Record
from ..model.entity import Entity
from ..registry import BY_QUERY, EMPTY, ENTITIES
from ..wire.json import Json
from ..wire.refusals import Refusal, missing, unsupported
from .documents import render

#: Over all entities together, and there is no second page.
MOST = 1000
DAYS_BACK = 30
#: A plus that was not escaped arrives as a blank.
_BLANK = re.compile(r" (\d\d:?\d\d)$")
#: The others that are not tracked say so themselves.
UNTRACKED = "journalcode"


def run(books: Books, query: Mapping[str, str]) -> Json:
    names = _names(query.get("entities", ""))
    wanted = _entities(names)
    since = _moment(books, query.get("changedSince", ""))
    groups, room = [], MOST
    for entity in wanted:
        found = [] if since is None else _changed(books, entity, since, room)
        room -= len(found)
        groups.append(_group(entity, found))
    empty: list[Json] = [{} for name in names if name in EMPTY]
    return {"CDCResponse": [{"QueryResponse": [*groups, *empty]}]}


def _names(text: str) -> list[str]:
    names = dict.fromkeys(each.strip().lower() for each in text.split(",") if each.strip())
    if not names:
        raise missing("entities")
    return list(names)


def _entities(names: list[str]) -> list[Entity]:
    """In the order of our lists, not of the request: the answer promises none (§6)."""
    wanted = [_entity(name) for name in names if name not in EMPTY or name == UNTRACKED]
    return [entity for entity in ENTITIES if entity in wanted]


def _entity(name: str) -> Entity:
    entity = BY_QUERY.get(name)
    if name == UNTRACKED:
        raise unsupported("cdc on JournalCode")
    if entity is None:
        raise Refusal("2000", f"Request has unsupported object : {name}", element="entities")
    if not entity.captured:
        raise unsupported(f"cdc on {entity.name}")
    return entity


def _moment(books: Books, text: str) -> int | None:
    """Whole seconds, as objects carry them. Older than can be looked back: refused, or nothing was changed."""
    if not text.strip():
        raise missing("changedSince")
    try:
        when = datetime.fromisoformat(_BLANK.sub(r"+\1", text.strip()))
    except ValueError as error:
        raise Refusal("2060", f"Date {text} is not an ISO 8601 date or time", element="changedSince") from error
    local = when if when.tzinfo else when.replace(tzinfo=books.company.zone)
    since = int(local.timestamp())
    if since >= books.now - DAYS_BACK * 86_400:
        return since
    if books.switches.cdc_too_old == "empty":
        return None
    detail = f"Operation cdc with changedSince date {text} which is older than fixed days is not supported."
    raise Refusal("500", detail, element="changedSince")


def _changed(books: Books, entity: Entity, since: int, room: int) -> list[Json]:
    """By time; deleted ones after those that live. The first moment counts, unless the switch says otherwise."""
    first = since if books.switches.cdc_boundary == "inclusive" else since + 1
    where = (books.realm, entity.name, first)
    live = books.db.execute(
        "SELECT * FROM object WHERE realm = ? AND entity = ? AND updated >= ? ORDER BY updated, id LIMIT ?",
        (*where, room),
    )
    found = [render(books, Record.from_row(row)) for row in live]
    gone = books.db.execute(
        "SELECT id, at FROM deleted WHERE realm = ? AND entity = ? AND at >= ? ORDER BY at, id LIMIT ?",
        (*where, room - len(found)),
    )
    return [*found, *(_stub(books, row["id"], row["at"]) for row in gone)]


def _stub(books: Books, number: int, at: float) -> Json:
    times = {"LastUpdatedTime": books.moment(at)}
    return {"domain": "QBO", "status": "Deleted", "Id": str(number), "MetaData": times}


def _group(entity: Entity, found: list[Json]) -> Json:
    if not found:
        return {}
    group = {entity.name: found, "startPosition": 1, "maxResults": len(found)}
    # Recorded where there is more than one (§6).
    return {**group, "totalCount": len(found)} if len(found) > 1 else group
