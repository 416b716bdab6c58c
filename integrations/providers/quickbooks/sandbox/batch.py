"""Up to thirty independent items under one request (§5)."""

from __future__ import annotations

from typing import Any

from . import documents, search
from .books import Books
from .documents import Wish
from .entities import BY_NAME
from .faults import Target
from .refusals import Refusal, missing
from .requestids import LONGEST_BID, LONGEST_IN_BATCH, Key, Remembered, check_length, remember
from .sandbox import Sandbox
from .wire import Json, dumps, loads
from .writing import Once, Seal, reading, writing

MOST_ITEMS = 30
_ITEM_WORDS = ("bId", "operation", "optionsData")


class Batch:
    def __init__(self, sandbox: Sandbox, once: Once) -> None:
        self._sandbox = sandbox
        self._once = once

    def run(self, realm: str, request_id: str, payload: Any, body: bytes) -> Remembered:
        items = _items(payload, request_id)
        whole = Key(realm, "batch", request_id) if request_id else None
        with reading(self._sandbox, realm) as books:
            known = self._once.recalled(books, whole, body)
        if known is not None and _same_items(known, items):
            return known
        outcomes = [self._item(realm, request_id, item) for item in items]
        return self._sealed(realm, whole, body, items, outcomes)

    def _sealed(
        self, realm: str, whole: Key | None, body: bytes, items: list[Json], outcomes: list[Remembered]
    ) -> Remembered:
        rows = b",".join(outcome.body for outcome in outcomes)
        with writing(self._sandbox, realm) as books:
            # The same batch may have run beside this one; both then get one answer.
            known = self._once.recalled(books, whole, body)
            if known is not None and _same_items(known, items):
                return known
            time = dumps(books.envelope_time).encode()
            outcome = Remembered(200, b'{"BatchItemResponse":[' + rows + b'],"time":' + time + b"}")
            # A batch with a refused item is put together anew, since refusals are not remembered.
            if whole is not None and all(each.status == 200 for each in outcomes):
                remember(books.db, whole, body, outcome, books.now)
        return outcome

    def _item(self, realm: str, request_id: str, item: Json) -> Remembered:
        """Each item commits alone: when the connection breaks, earlier items stay (§5)."""
        bid = str(item["bId"])
        try:
            if "Query" in item:
                return self._queried(realm, bid, str(item["Query"]))
            wish = _wish(item)
            with self._sandbox.plan.met(Target(realm, wish.entity.name, wish.operation)):
                return self._written(realm, request_id, bid, wish, item)
        except Refusal as refusal:
            return Remembered(refusal.status, _with_bid(refusal.fault(), bid))

    def _queried(self, realm: str, bid: str, statement: str) -> Remembered:
        with (
            self._sandbox.plan.met(Target(realm, "query", "query")),
            reading(self._sandbox, realm) as books,
        ):
            return Remembered(200, _with_bid(search.run(books, statement), bid))

    def _written(self, realm: str, request_id: str, bid: str, wish: Wish, item: Json) -> Remembered:
        key = Key(realm, "item", request_id, bid) if request_id else None
        return self._once.run(
            realm,
            key,
            dumps(item).encode(),
            lambda books: {wish.entity.name: documents.carry_out(books, wish)},
            _bid_seal(bid),
        )


def _bid_seal(bid: str) -> Seal:
    def seal(books: Books, result: Json) -> Json:
        return {**result, "bId": bid}

    return seal


def _with_bid(result: Json, bid: str) -> bytes:
    return dumps({**result, "bId": bid}).encode()


def _items(payload: Any, request_id: str) -> list[Json]:
    items = payload.get("BatchItemRequest") if isinstance(payload, dict) else None
    if not isinstance(items, list) or not items:
        raise missing("BatchItemRequest")
    if len(items) > MOST_ITEMS:
        raise Refusal("1040", f"A batch holds at most {MOST_ITEMS} items, supplied {len(items)}")
    if not all(isinstance(item, dict) and item.get("bId") for item in items):
        raise missing("bId")
    if request_id:
        check_length(request_id, LONGEST_IN_BATCH)
        for item in items:
            check_length(str(item["bId"]), LONGEST_BID)
    if len({str(item["bId"]) for item in items}) < len(items):
        raise Refusal("2130", "Each bId may stand once in a batch")
    return items


def _same_items(known: Remembered, items: list[Json]) -> bool:
    """Another set of bIds under the same request id brings new items, which are run (§4.3)."""
    answered = loads(known.body)["BatchItemResponse"]
    return [row["bId"] for row in answered] == [str(item["bId"]) for item in items]


def _wish(item: Json) -> Wish:
    names = [name for name in item if name not in _ITEM_WORDS]
    if len(names) != 1 or names[0] not in BY_NAME:
        raise Refusal("2000", f"The item must hold one known object, not {', '.join(names) or 'none'}")
    operation = "void" if item.get("optionsData") == "void" else str(item.get("operation"))
    duplicates = "allowduplicatedocnum" in str(item.get("optionsData", "")).lower()
    payload = item[names[0]]
    if not isinstance(payload, dict):
        raise Refusal("2120", f"{names[0]} must be an object", element=names[0])
    return Wish(BY_NAME[names[0]], operation, payload, duplicate_numbers=duplicates)
