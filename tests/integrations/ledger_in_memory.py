"""A platform in memory: a faithful little ledger whose answers are scripted, for tests that need thousands of them.

What it keeps is exact; what it says of it is what the script wants: nothing, half of it, a refusal. It remembers
idempotency keys until it is told to forget them, and has no other guard: it takes a mark as often as it is sent.
"""

import itertools
import json
import threading
import uuid
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any

from integrations.providers.base import Capabilities, FileLimits, Names
from integrations.providers.calls import CallKind, Limits
from integrations.providers.documents import (
    AccountRole,
    Action,
    CardCharge,
    Changes,
    CompanyDescription,
    Dimension,
    Envelope,
    Found,
    Grant,
    Item,
    Listing,
    NewVendor,
    Outcome,
    OutcomeKind,
    Posted,
    ReferenceRecord,
    Remedy,
    Side,
    Sighting,
    Standing,
    Thing,
    Write,
)
from integrations.providers.errors import Refused, Temporary

NOW = timedelta(0)
REFUSED = Outcome(OutcomeKind.REJECTED, code="1", answer="Refused by the script.")


class Say(StrEnum):
    """What becomes of an envelope and what is answered."""

    TRUTH = "it is done and said"
    SILENCE = "it is done, and nothing is said"
    NOTHING = "nothing is done, and nothing is said"
    HALF = "it is done, and half is said"
    PARTLY = "half of it is done, and nothing is said"
    LATER = "too many for now"
    REFUSE = "the first is refused, the others are done"
    TORN = "the first is refused, the others are not done, and nothing is said of them"
    BLIND = "it is done, nothing is said, and the next look-up fails"


@dataclass
class Object:
    """What stands in the books, or stood there."""

    number: str
    kind: str
    mark: str
    revision: str
    cents: int
    dated: date
    version: int = 0
    gone: bool = False
    by_hand: bool = False
    remark: str = ""
    """Theirs: we write none."""

    @property
    def posted(self) -> Posted:
        return Posted(self.kind, self.number, str(self.version))


@dataclass
class Books:
    """The Provider, of one company."""

    script: deque[Say] = field(default_factory=deque)
    objects: dict[str, Object] = field(default_factory=dict)
    blind: bool = False
    _remembered: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    _numbers: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _lock: threading.Lock = field(default_factory=threading.Lock)

    capabilities = Capabilities(
        call_deadline=NOW,
        leaves_within=timedelta(0),
        settling=NOW,
        replay_trusted=timedelta(hours=24),
        batch_size=6,
        singles=2,
        limits=Limits(),
        metered=frozenset({CallKind.BATCH, CallKind.READ}),
        remembers_changes=timedelta(days=29),
        kinds=(),
        files=FileLimits(at_once=10, bytes_at_once=10_000_000, deadline=NOW),
    )

    # --- what stands there ----------------------------------------------------------------------------------------

    def standing(self) -> list[Object]:
        return [one for one in self.objects.values() if not one.gone]

    def forget_keys(self) -> None:
        self._remembered.clear()

    def edit(self, one: Object, remark: str) -> None:
        """A person does."""
        one.version, one.by_hand, one.remark = one.version + 1, True, remark

    # --- writing --------------------------------------------------------------------------------------------------

    def pack(self, writes: Sequence[Write], size: int) -> list[Envelope]:
        parts = [writes[start : start + size] for start in range(0, len(writes), size)]
        return [
            Envelope(uuid.uuid4().hex, size > 1, tuple(_item(str(at), write) for at, write in enumerate(part)))
            for part in parts
        ]

    def push(self, envelope: Envelope) -> dict[str, Outcome]:
        with self._lock:
            say = self.script.popleft() if self.script else Say.TRUTH
            if say in (Say.LATER, Say.NOTHING):
                return {item.key: _unsaid(say) for item in envelope.items}
            first, *others = envelope.items
            if say is Say.TORN:
                return {first.key: REFUSED} | {item.key: _unsaid(say) for item in others}
            if say is Say.PARTLY:
                for item in envelope.items[: len(envelope.items) // 2]:
                    self._done(envelope, item, refuse=False)
                return {item.key: _unsaid(say) for item in envelope.items}
            refused = first.key if say is Say.REFUSE else ""
            done = {item.key: self._done(envelope, item, refuse=item.key == refused) for item in envelope.items}
            self.blind = say is Say.BLIND
            heard = _heard(say, len(done))
            return {
                key: outcome if at < heard else _unsaid(Say.SILENCE) for at, (key, outcome) in enumerate(done.items())
            }

    def _done(self, envelope: Envelope, item: Item, *, refuse: bool) -> Outcome:
        key = (envelope.request_id, item.key)
        if key in self._remembered:
            return self._remembered[key]
        if refuse:
            # Refusals need not be remembered.
            return REFUSED
        outcome = {Action.CREATE: self._create, Action.UPDATE: self._update, Action.REMOVE: self._remove}[item.action](
            item
        )
        self._remembered[key] = outcome
        return outcome

    def _create(self, item: Item) -> Outcome:
        body = json.loads(item.body)
        dated = date.fromisoformat(body["document"]["dated"])
        one = Object(str(next(self._numbers)), item.kind, item.mark, body["revision"], body["cents"], dated)
        self.objects[one.number] = one
        return Outcome(OutcomeKind.POSTED, posted=one.posted)

    def _update(self, item: Item) -> Outcome:
        body = json.loads(item.body)
        one = self.objects[body["number"]]
        if one.gone:
            return Outcome(OutcomeKind.REJECTED, remedy=Remedy.GONE, answer="It is not there.")
        if str(one.version) != body["version"]:
            if one.revision == body["revision"]:
                return Outcome(OutcomeKind.ALREADY_THERE, posted=_seen(one, item))
            return Outcome(OutcomeKind.CONFLICT, answer="Somebody was quicker.")
        one.cents, one.revision, one.version = body["cents"], body["revision"], one.version + 1
        return Outcome(OutcomeKind.POSTED, posted=one.posted)

    def _remove(self, item: Item) -> Outcome:
        body = json.loads(item.body)
        one = self.objects[body["number"]]
        if not one.gone and str(one.version) != body["version"]:
            return Outcome(OutcomeKind.CONFLICT, answer="Somebody was quicker.")
        there_before, one.gone = not one.gone, True
        kind = OutcomeKind.POSTED if there_before else OutcomeKind.ALREADY_THERE
        return Outcome(kind, posted=Posted(one.kind, one.number, "", gone=True))

    # --- asking ---------------------------------------------------------------------------------------------------

    def find_existing(self, items: Sequence[Item]) -> dict[str, Posted]:
        with self._lock:
            self._look()
            return {item.mark: found for item in items if (found := self._found(item))}

    def _look(self) -> None:
        if self.blind:
            self.blind = False
            raise Temporary("The script wants no look now.", NOW)

    def _found(self, item: Item) -> Posted | None:
        if item.action is Action.CREATE:
            made = next((one for one in self.standing() if one.mark == item.mark), None)
            return _seen(made, item) if made else None
        body = json.loads(item.body)
        one = self.objects[body["number"]]
        if item.action is Action.REMOVE:
            return Posted(one.kind, one.number, "", gone=True) if one.gone else None
        return _seen(one, item) if not one.gone and one.revision == body["revision"] else None

    def versions(self, targets: Sequence[Posted]) -> dict[Thing, Posted]:
        found = {target.thing: self.objects[target.external_id] for target in targets}
        return {thing: one.posted for thing, one in found.items() if not one.gone}

    def examine(self, targets: Sequence[Posted], *, fresh: bool = True) -> dict[Thing, Found]:
        with self._lock:
            self._look()
            there = {target.thing: self.objects[target.external_id] for target in targets}
            return {thing: _found(one) for thing, one in there.items() if not one.gone}

    def side_of(self, item: Item) -> Side:
        return _side(json.loads(item.body)["cents"], remark="")

    def read(self, target: Posted) -> Standing | None:
        raise Refused("It shows no pages.")

    def describe_company(self) -> CompanyDescription:
        return CompanyDescription("1", "Larkfield in memory", "US", "USD")

    def list_references(self, dimensions: Sequence[Dimension]) -> list[Listing]:
        roles = {
            "2110": AccountRole.CARD,
            "1010": AccountRole.BANK,
            "6020": AccountRole.EXPENSE,
            "6110": AccountRole.EXPENSE,
        }
        accounts = (
            ReferenceRecord("account", number, f"Account {number}", number, True, number, role)
            for number, role in roles.items()
        )
        return [Listing("account", tuple(accounts))]

    def create_vendors(self, names: Sequence[str], currency: str = "") -> list[NewVendor]:
        return [NewVendor(name, ReferenceRecord("vendor", f"v-{name}", name, name, True), made=True) for name in names]

    def exchange_rate(self, currency: str, day: date) -> Decimal:
        raise Refused("It knows one currency.")

    def changes(self, kinds: Sequence[str], since: datetime) -> Changes:
        return Changes(Sighting(), None)

    def look_at(self, things: Sequence[Thing]) -> Sighting:
        return Sighting()

    def wrote(self, items: Sequence[Item], names: Names) -> dict[str, Standing]:
        return {}


class Consent:
    """Its sign-in, which lets everybody in."""

    def consent_url(self, state: str) -> str:
        return f"memory:?state={state}"

    def exchange(self, code: str, company: str) -> Grant:
        return Grant("access", "refresh", timedelta(hours=1), timedelta(days=100))

    def refresh(self, refresh_token: str) -> Grant:
        return self.exchange("", "")


def _item(key: str, write: Write) -> Item:
    document, target = write.document, write.target
    body: dict[str, Any] = {"mark": write.mark}
    if target is not None:
        body |= {"number": target.external_id, "version": target.version}
    if document is not None:
        sign = -1 if isinstance(document, CardCharge) and document.credit else 1
        body |= {"cents": sign * document.money.minor, "revision": document.note.split()[-1]}
        body["document"] = json.loads(json.dumps(asdict(document), default=str))
    kind = target.kind if target else "Purchase" if isinstance(document, CardCharge) else "Transfer"
    return Item(key, write.mark, json.dumps(body), write.action, kind)


def _found(one: Object) -> Found:
    return Found(one.posted, one.dated, Decimal(one.cents) / 100, _side(one.cents, one.remark), raw="", names={})


def _side(cents: int, remark: str) -> Side:
    return Side({"amount": str(cents), "remark": remark})


def _seen(one: Object, item: Item) -> Posted:
    """In the version that this write gave it; or, where it shows another revision of ours, in that of now."""
    body = json.loads(item.body)
    if one.revision != body["revision"]:
        return Posted(one.kind, one.number, str(one.version), outdated=True)
    given = int(body["version"]) + 1 if item.action is Action.UPDATE else 0
    return Posted(one.kind, one.number, str(given))


def _heard(say: Say, items: int) -> int:
    """Of so many items the first so many are spoken of."""
    match say:
        case Say.SILENCE | Say.BLIND:
            return 0
        case Say.HALF:
            return items // 2
        case _:
            return items


def _unsaid(say: Say) -> Outcome:
    if say is Say.LATER:
        return Outcome(OutcomeKind.THROTTLED, answer="Later.", retry_after=NOW)
    return Outcome(OutcomeKind.UNKNOWN, answer="No answer.")
