"""Up to thirty independent items under one request (§5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

from ..books.books import Books
from ..registry import BY_NAME
from ..sandbox import Sandbox
from ..traffic.faults import Target, Trouble
from ..wire.json import Json, dumps
from ..wire.refusals import Refusal, missing
from . import documents, search
from .documents import Wish
from .requestids import LONGEST_BID, LONGEST_IN_BATCH, Key, Remembered, check_length, remember
from .writing import once, recalled, writing

MOST_ITEMS = 30
_ITEM_WORDS = ("bId", "operation", "optionsData")


@dataclass(frozen=True)
class Item:
    bid: str
    target: Target
    act: Callable[[Books], Json]
    key: Key | None
    body: bytes

    def answer(self, books: Books) -> Remembered:
        return once(books, self.key, self.body, self.act, lambda _, result: {**result, "bId": self.bid})


@dataclass
class Batch:
    """One batch on its way: the items still waiting, and the answers so far."""

    sandbox: Sandbox
    realm: str
    request_id: str
    body: bytes
    waiting: Iterator[Json]
    answers: list[Remembered] = field(default_factory=list)

    @property
    def key(self) -> Key | None:
        return Key(self.realm, "batch", self.request_id) if self.request_id else None

    def run(self) -> Remembered:
        """Items share one transaction, and so one flush to the disk; a refused one is undone alone.

        One that meets planned trouble is committed by itself, after what came before it: when the connection breaks
        there, earlier items stay (§5).
        """
        while True:
            with writing(self.sandbox, self.realm) as books:
                known = recalled(books, self.key, self.body)
                met = self._work(books)
                if met is None:
                    return self._sealed(books, known)
            self._troubled(*met)

    def _work(self, books: Books) -> tuple[Item, Trouble] | None:
        for row in self.waiting:
            try:
                item = self._item(row)
            except Refusal as refusal:
                self._refused(row, refusal)
                continue
            trouble = self.sandbox.plan.take(item.target)
            if trouble is not None:
                return item, trouble
            self.answers.append(item.answer(books))
        return None

    def _troubled(self, item: Item, trouble: Trouble) -> None:
        try:
            with trouble.around(), writing(self.sandbox, self.realm) as books:
                answer = item.answer(books)
        except Refusal as refusal:
            self._refused({"bId": item.bid}, refusal)
        else:
            self.answers.append(answer)

    def _refused(self, row: Json, refusal: Refusal) -> None:
        body = dumps({**refusal.fault(), "bId": str(row["bId"])}).encode()
        self.answers.append(Remembered(refusal.status, body))

    def _sealed(self, books: Books, known: Remembered | None) -> Remembered:
        """When every item only repeats its answer, so does the envelope its time."""
        repeats = known is not None and all(answer.again for answer in self.answers)
        time = known.body if known is not None and repeats else dumps(books.envelope_time).encode()
        if self.key is not None and not repeats:
            remember(books.db, self.key, self.body, Remembered(200, time), books.now)
        rows = b",".join(answer.body for answer in self.answers)
        return Remembered(200, b'{"BatchItemResponse":[' + rows + b'],"time":' + time + b"}")

    def _item(self, row: Json) -> Item:
        bid = str(row["bId"])
        key = Key(self.realm, "item", self.request_id, bid) if self.request_id else None
        body = dumps(row).encode()
        if "Query" in row:
            statement = str(row["Query"])
            return Item(
                bid, Target(self.realm, "query", "query"), lambda books: search.run(books, statement), key, body
            )
        wish = _wish(row)
        target = Target(self.realm, wish.entity.name, wish.operation)
        return Item(bid, target, lambda books: {wish.entity.name: documents.carry_out(books, wish)}, key, body)


def read_items(payload: Any, request_id: str) -> list[Json]:
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
