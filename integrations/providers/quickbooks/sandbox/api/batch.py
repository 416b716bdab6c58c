"""Up to thirty independent items under one request (§5)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from starlette.responses import Response

from ..books.books import Books
from ..entities import recurring
from ..registry import BY_NAME
from ..sandbox import Sandbox
from ..traffic.broken import Postponed
from ..traffic.faults import Target, Trouble
from ..traffic.mischief import OF_THE_WHOLE, Scene, commit_mischief
from ..wire.json import Json, dumps
from ..wire.refusals import Refusal, missing
from . import documents, search
from .documents import Wish
from .requestids import LONGEST_BID, LONGEST_IN_BATCH, Key, Remembered, check_length, remember
from .writing import once, recalled, writing

MOST_ITEMS = 30
#: Of an item: nothing stops the batch.
WENT_ON = Response()
_ITEM_WORDS = ("bId", "operation", "optionsData")


@dataclass(frozen=True)
class Item:
    bid: str
    target: Target
    act: Callable[[Books], Json]
    key: Key | None
    body: bytes

    def answer(self, books: Books) -> Remembered:
        return once(books, self.key, self.body, self.act, lambda _, result: _marked(result, self.bid))


@dataclass
class Batch:
    """One batch on its way: the items still waiting, and the answers so far."""

    sandbox: Sandbox
    realm: str
    request_id: str
    body: bytes
    waiting: Iterator[Json]
    answers: list[Remembered] = field(default_factory=list)
    #: Met by an item, and done to the answer as a whole.
    spoilers: list[tuple[Trouble, Target]] = field(default_factory=list)

    @property
    def key(self) -> Key | None:
        return Key(self.realm, "batch", self.request_id) if self.request_id else None

    def run(self) -> Response:
        """Items share one transaction, and so one flush to the disk; a refused one is undone alone.

        One that meets planned trouble is committed by itself, after what came before it: when the connection breaks
        there, earlier items stay (§5).
        """
        while True:
            with writing(self.sandbox, self.realm) as books:
                known = recalled(books, self.key, self.body)
                met = self._work(books)
                if met is None:
                    outcome = self._sealed(books, known)
                    break
            ended = self._troubled(*met)
            if ended is not None:
                return ended
        return self._spoilt(Response(outcome.body, outcome.status, media_type="application/json"))

    def _work(self, books: Books) -> tuple[Item, Trouble] | None:
        for row in self.waiting:
            try:
                item = self._item(row)
            except Refusal as refusal:
                self._refused(_bid(row), refusal)
                continue
            trouble = self.sandbox.plan.take(item.target)
            if trouble is not None:
                return item, trouble
            self.answers.append(item.answer(books))
        return None

    def _troubled(self, item: Item, trouble: Trouble) -> Response | None:
        """The item alone; an answer only when the batch ends here, or goes on later."""
        if trouble.kind in OF_THE_WHOLE:
            self.spoilers.append((trouble, item.target))
            self._done(item)
            return None
        try:
            ended = commit_mischief(trouble, Scene(self.sandbox, item.target), lambda: self._done(item))
        except Refusal as refusal:
            self._refused(item.bid, refusal)
            return None
        if isinstance(ended, Postponed):
            return ended.instead(lambda: self._resumed(item))
        return None if ended is WENT_ON else ended

    def _done(self, item: Item) -> Response:
        with writing(self.sandbox, self.realm) as books:
            answer = item.answer(books)
        self.answers.append(answer)
        return WENT_ON

    def _resumed(self, item: Item) -> Response:
        self._done(item)
        return self.run()

    def _spoilt(self, whole: Response) -> Response:
        for trouble, target in self.spoilers:
            whole = commit_mischief(trouble, Scene(self.sandbox, target), partial(_same, whole))
        return whole

    def _refused(self, bid: str, refusal: Refusal) -> None:
        fault = refusal.fault(self.sandbox.settings.switches.language)
        self.answers.append(Remembered(refusal.status, dumps(_marked(fault, bid)).encode()))

    def _sealed(self, books: Books, known: Remembered | None) -> Remembered:
        """When every item only repeats its answer, so does the envelope its time."""
        repeats = known is not None and all(answer.again for answer in self.answers)
        time = known.body if known is not None and repeats else dumps(books.envelope_time).encode()
        if self.key is not None and not repeats:
            remember(books.db, self.key, self.body, Remembered(200, time), books.now)
        rows = b",".join(answer.body for answer in self.answers)
        return Remembered(200, b'{"BatchItemResponse":[' + rows + b'],"time":' + time + b"}")

    def _item(self, row: Json) -> Item:
        bid = _bid(row)
        key = Key(self.realm, "item", self.request_id, bid) if self.request_id else None
        body = dumps(row).encode()
        if "Query" in row:
            statement = str(row["Query"])
            return Item(
                bid, Target(self.realm, "query", "query"), lambda books: search.run(books, statement), key, body
            )
        wish = _wish(row)
        target = target_of(self.realm, wish)
        return Item(bid, target, lambda books: {wish.entity.name: documents.carry_out(books, wish)}, key, body)


def target_of(realm: str, wish: Wish) -> Target:
    known = wish.payload.get("Id") if isinstance(wish.payload, dict) else None
    return Target(realm, wish.entity.name, wish.operation, str(known or ""))


def _same(whole: Response) -> Response:
    return whole


def _bid(row: Json) -> str:
    return str(row.get("bId") or "")


def _marked(result: Json, bid: str) -> Json:
    return {**result, "bId": bid} if bid else result


def read_items(payload: Any, request_id: str) -> list[Json]:
    items = payload.get("BatchItemRequest") if isinstance(payload, dict) else None
    if not isinstance(items, list) or not items:
        raise missing("BatchItemRequest")
    if len(items) > MOST_ITEMS:
        raise Refusal("1040", f"A batch holds at most {MOST_ITEMS} items, supplied {len(items)}")
    if not all(isinstance(item, dict) for item in items):
        raise Refusal("2120", "Each item of a batch must be an object", element="BatchItemRequest")
    bids = [bid for bid in map(_bid, items) if bid]
    if len(set(bids)) < len(bids):
        raise Refusal("2130", "Each bId may stand once in a batch")
    if request_id:
        _check_key(request_id, items)
    return items


def _check_key(request_id: str, items: list[Json]) -> None:
    """Only a batch that may be repeated needs to tell its items apart; public clients leave the bId out otherwise."""
    check_length(request_id, LONGEST_IN_BATCH)
    for bid in map(_bid, items):
        if not bid:
            raise missing("bId")
        check_length(bid, LONGEST_BID)


def _wish(item: Json) -> Wish:
    names = [name for name in item if name not in _ITEM_WORDS]
    if len(names) != 1 or names[0] not in BY_NAME:
        raise Refusal("2000", f"The item must hold one known object, not {', '.join(names) or 'none'}")
    operation = "void" if item.get("optionsData") == "void" else str(item.get("operation") or "create")
    duplicates = "allowduplicatedocnum" in str(item.get("optionsData", "")).lower()
    payload = item[names[0]]
    if not isinstance(payload, dict):
        raise Refusal("2120", f"{names[0]} must be an object", element=names[0])
    entity = BY_NAME[names[0]]
    payload = recurring.unfolded(payload) if entity.folded else payload
    return Wish(entity, operation, payload, duplicate_numbers=duplicates)
