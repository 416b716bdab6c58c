"""The face that every platform shows to the engine. README.md in this folder is the walk for adding one."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Protocol

from integrations.providers.calls import CallKind, Gate, Limits
from integrations.providers.documents import (
    Change,
    Changes,
    CompanyDescription,
    Dimension,
    Envelope,
    File,
    Found,
    Grant,
    Item,
    Kind,
    Listing,
    NewVendor,
    Outcome,
    Posted,
    Side,
    Sighting,
    Standing,
    Thing,
    Upload,
    Write,
)


@dataclass(frozen=True, slots=True)
class FileLimits:
    """Of one call that carries files. `deadline`: so long the platform may be at work on it."""

    at_once: int
    bytes_at_once: int
    deadline: timedelta


@dataclass(frozen=True, slots=True)
class Capabilities:
    """How long a platform can be trusted.

    A write whose answer was lost may still be at work for `call_deadline`, and its result may be hidden from queries
    for `settling`; only after both does “not found” count. What waits for a token or for its pace leaves within
    `leaves_within` of being handed over, or not at all. A replay is trusted to add nothing for `replay_trusted`.
    An envelope holds up to `batch_size` writes, `singles` of them go one by one where no more wait, and calls of the
    `metered` kinds cost the customer money.
    What was changed can be asked for objects of these `kinds`, and for no longer than `remembers_changes`.
    """

    call_deadline: timedelta
    leaves_within: timedelta
    settling: timedelta
    replay_trusted: timedelta
    batch_size: int
    singles: int
    limits: Limits
    metered: frozenset[CallKind]
    remembers_changes: timedelta
    kinds: tuple[Kind, ...]
    files: FileLimits


class Files(Protocol):
    """Files that hang at objects of the books: for platforms that take them."""

    def load(self, files: Sequence[File]) -> list[Upload]:
        """Put them into as few uploads as the platform takes, in their order. Pure, like Provider.pack."""
        ...

    def attach(self, upload: Upload) -> dict[str, Outcome]:
        """Send it and say what became of each file, by key. Raises no ProviderError. Called from several threads."""
        ...

    def find_attached(self, files: Sequence[File]) -> dict[str, Posted]:
        """Which of these hang there, by File.key: told by their document, size and hash.

        What is not in the answer is not there, or cannot be seen yet. Raises Temporary, AccessLost or Refused.
        """
        ...

    def detach(self, there: Posted, request_id: str) -> Outcome:
        """Take a file away, in the version that is named. Safe to repeat: what is gone is gone."""
        ...


def portions(files: Sequence[File], number: int, size: int) -> Iterator[list[File]]:
    """In their order, as many together as fit into a call; one that is larger goes by itself."""
    some: list[File] = []
    for file in files:
        if some and (len(some) == number or sum(one.size for one in some) + file.size > size):
            yield some
            some = []
        some.append(file)
    if some:
        yield some


class TokenSource(Protocol):
    """Gives a valid access token. `rejected` is one that the platform has just refused, so it is not given again."""

    def __call__(self, rejected: str = "") -> str: ...


class Provider(Files, Protocol):
    capabilities: Capabilities

    def describe_company(self) -> CompanyDescription: ...

    def list_references(self, dimensions: Sequence[Dimension]) -> Iterable[Listing]:
        """Every account, every vendor and every value of these dimensions, inactive ones too: a listing of each."""
        ...

    def pack(self, writes: Sequence[Write], size: int) -> list[Envelope]:
        """Put so many writes at most into an envelope, in their order; with 1 each is a call of its own.

        Pure: nothing is sent, and a fresh key is drawn for each. Raises Refused for what builds upon an object that
        cannot be read.
        """
        ...

    def push(self, envelope: Envelope) -> dict[str, Outcome]:
        """Send it and say what became of each item, by key. Raises no ProviderError: every trouble is an outcome.

        Called from several threads at once.
        """
        ...

    def find_existing(self, items: Sequence[Item]) -> dict[str, Posted]:
        """Which of these writes are done, by mark: made, standing there as they were meant, or gone.

        What is not in the answer is not done, or cannot be seen yet. Raises Temporary, AccessLost or Refused.
        """
        ...

    def versions(self, targets: Sequence[Posted]) -> dict[Thing, Posted]:
        """How these objects stand there now; what is not in the answer is not there any more."""
        ...

    def read(self, target: Posted) -> Standing | None:
        """The object as it stands there, or None when it does not any more. Raises Temporary, AccessLost or Refused."""
        ...

    def examine(self, targets: Sequence[Posted], *, fresh: bool = True) -> dict[Thing, Found]:
        """How these objects stand there now, to be compared and built upon; what is not in the answer is not there any
        more. One call each if it must be `fresh`; else by sets, which may show them a little late.

        Raises Temporary, AccessLost or Refused.
        """
        ...

    def side_of(self, item: Item) -> Side:
        """What this write says, to be compared with what stands there. Pure."""
        ...

    def closed_to(self) -> date | None:
        """The last day of the closed books, if any are. Raises Temporary, AccessLost or Refused."""
        ...

    def reconciled(self, since: date, until: date) -> set[str]:
        """Ids of what is dated within these days and was reconciled with a statement: one call.

        Raises Temporary, AccessLost or Refused.
        """
        ...

    def create_vendors(self, names: Sequence[str], currency: str = "") -> list[NewVendor]:
        """See that the books know a vendor of each name, in this currency where that is not their own. One that they
        keep in another currency is refused. Safe to repeat: a platform takes a name only once.

        Raises Temporary, AccessLost, Stopped or Refused; those that were made before it are found by their names the
        next time.
        """
        ...

    def exchange_rate(self, currency: str, day: date) -> Decimal:
        """So many units of the books' currency for one of this one. Raises Temporary, AccessLost, Stopped, or Refused
        where the books have no rate."""
        ...

    def changes(self, kinds: Sequence[str], since: datetime) -> Changes:
        """What was changed, of these kinds, since then: one call. Raises Temporary, AccessLost or Refused."""
        ...

    def look_at(self, things: Sequence[Thing]) -> Sighting:
        """How these stand there now: one call for each kind, and a look at each that a query does not show.

        Raises Temporary, AccessLost or Refused.
        """
        ...

    def wrote(self, items: Sequence[Item], names: "Names") -> dict[str, Standing]:
        """What these writes were to leave there, by mark, as `look_at` would show it. Nothing is sent."""
        ...


Names = Callable[[set[Thing]], Mapping[Thing, str]]
"""What objects are called there, as far as we know it."""


class Webhooks(Protocol):
    """How the platform tells us by itself that something happened."""

    @property
    def ready(self) -> bool:
        """Whether we have what it takes to tell its messages from forged ones."""
        ...

    def verify(self, body: bytes, headers: Mapping[str, str]) -> bool:
        """Whether this body, to the byte, was signed by the platform."""
        ...

    def parse(self, body: bytes) -> list[Change]:
        """What happened to objects of the kinds that we follow, of whichever companies. Raises Unreadable."""
        ...


class OAuth(Protocol):
    def consent_url(self, state: str) -> str:
        """Where to send the person."""
        ...

    def exchange(self, code: str, company: str) -> Grant:
        """Raises Refused for a code that is not good (any more), Temporary when the platform does not answer."""
        ...

    def refresh(self, refresh_token: str) -> Grant:
        """Raises AccessLost when the grant is dead, Temporary otherwise."""
        ...


@dataclass(frozen=True, slots=True)
class Platform:
    """One accounting platform: its words, and how its parts are made."""

    name: str
    label: str
    short_label: str
    is_sandbox: bool
    oauth: Callable[[], OAuth]
    webhooks: Callable[[], Webhooks]
    provider: Callable[[str, str, TokenSource, Gate], Provider]
    """From the company's id on the platform, its country (empty before it was asked), a token source and a gate."""
    limits: Limits
    metered: frozenset[CallKind]
    vendor_name: Callable[[str, str], str]
    """How a vendor of this name is written in a company of this country; empty where it cannot be. Pure."""
    object_url: Callable[[str, str, str], str]
    """Where a person sees an object, from company, kind and id."""
