"""What is said to a platform and what comes back, in words that no platform owns."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import IO

from ledger.domain.money import Money


class OutcomeKind(StrEnum):
    """What became of a write. The set is closed: whatever a platform answers is one of these."""

    POSTED = "posted"
    ALREADY_THERE = "already_there"
    REJECTED = "rejected"
    THROTTLED = "throttled"
    CONFLICT = "conflict"
    ACCESS_LOST = "access_lost"
    UNKNOWN = "unknown"


# The document is in the books.
STANDS = (OutcomeKind.POSTED, OutcomeKind.ALREADY_THERE)


# Codes of outcomes that the platform never heard of: it failed on our side, or there was no room in our own pace.
NOT_SENT, OUT_OF_PACE = "not sent", "out of pace"


def was_held_back(kind: str, code: str) -> bool:
    """By an outcome's kind and code: it waited on our side and goes again by itself, which tells nothing of anybody."""
    return kind == OutcomeKind.THROTTLED and code in (NOT_SENT, OUT_OF_PACE)


class AccountRole(StrEnum):
    """What an account of the books can be used for here."""

    CARD = "card"
    BANK = "bank"
    EXPENSE = "expense"
    PAYABLE = "payable"
    POSTABLE = "postable"  # A charge may be booked there, though it is no expense: an asset, an income, a loan.
    OTHER = "other"


class Remedy(StrEnum):
    """Whom a rejection concerns: the person who keeps the books, or us; or what was to be changed is not there; or its
    day lies in a closed period."""

    BOOKS = "books"
    OURS = "ours"
    GONE = "gone"
    CLOSED = "closed"


class Stop(StrEnum):
    """Why a company takes nothing at all for now, though the grant lives."""

    DENIED = "denied"
    READ_ONLY = "read_only"
    RESET = "reset"


class DimensionLevel(StrEnum):
    """Where a document carries a dimension: once for all of it, or on each line."""

    HEADER = "header"
    LINE = "line"


@dataclass(frozen=True, slots=True)
class Dimension:
    """Something by which a company's books are analysed, beside accounts: QuickBooks' class, its location."""

    key: str
    label: str
    level: DimensionLevel


@dataclass(frozen=True, slots=True)
class DimensionValue:
    """One value of a dimension, by the platform's own id."""

    dimension: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Line:
    account: str
    amount: Decimal
    description: str
    dimensions: tuple[DimensionValue, ...] = ()


@dataclass(frozen=True, slots=True)
class CardCharge:
    """A charge on a card as it shall stand in the books, or, as `credit`, money that came back on it.

    `rate` is what one unit of its currency is worth in that of the books, where these are two.

    Amounts are above zero in both. Accounts and vendor are the platform's own ids. The note ends with the mark, and
    from the second revision on with its number, by which a look-up tells what stands there.
    """

    mark: str
    dated: date
    money: Money
    card_account: str
    vendor: str
    note: str
    lines: tuple[Line, ...]
    credit: bool = False
    dimensions: tuple[DimensionValue, ...] = ()
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Transfer:
    """Money that went from one account of the books to another: a card's statement paid from the bank."""

    mark: str
    dated: date
    money: Money
    from_account: str
    to_account: str
    note: str
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Reversal:
    """Takes back exactly what stands there: the same day, accounts and amounts, the other way round.

    `raw` is the object that it takes back, as the platform gave it.
    """

    mark: str
    note: str
    kind: str
    raw: str


@dataclass(frozen=True, slots=True)
class VendorBill:
    """What a vendor wants to be paid, or, as `credit`, owes back; amounts are above zero in both.

    `number` is the vendor's own, so the mark stands in the note only. Without `payables` the books take their own
    account of what is owed.
    """

    mark: str
    dated: date
    money: Money
    vendor: str
    number: str
    note: str
    lines: tuple[Line, ...]
    credit: bool = False
    due_on: date | None = None
    payables: str = ""
    dimensions: tuple[DimensionValue, ...] = ()
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """So much of a payment for this object of the books: a bill, or a credit that is used up by it."""

    target: "Thing"
    amount: Decimal


@dataclass(frozen=True, slots=True)
class VendorPayment:
    """Money that settles bills, from a bank account or, `by_card`, from a card. Its parts of bills less those of
    credits come to it; without money it only sets a credit against bills."""

    mark: str
    dated: date
    money: Money
    vendor: str
    paid_from: str
    number: str
    note: str
    parts: tuple[Part, ...]
    by_card: bool = False
    payables: str = ""
    rate: Decimal | None = None


Document = CardCharge | Transfer | VendorBill | VendorPayment | Reversal


class Action(StrEnum):
    """A reversal leaves what stands there and posts its opposite beside it."""

    CREATE = "create"
    UPDATE = "update"
    REMOVE = "remove"
    REVERSE = "reverse"


@dataclass(frozen=True, slots=True)
class Posted:
    """An object in the books; `gone` when it was there and has been removed.

    `outdated`: it is ours, but shows another revision than the one that was to be written. `amiss` says in words how
    the money that it shows differs from what we sent. `changed_at` is when it came to this version by the platform's
    own clock, where it said so.
    """

    kind: str
    external_id: str
    version: str
    gone: bool = False
    outdated: bool = False
    amiss: str = ""
    changed_at: datetime | None = field(default=None, compare=False)

    @property
    def as_meant(self) -> bool:
        return not (self.outdated or self.amiss)

    @property
    def thing(self) -> "Thing":
        return Thing(self.kind, self.external_id)


@dataclass(frozen=True, slots=True)
class StandingLine:
    """One line of an object in the books, in the platform's own names."""

    account: str
    amount: Decimal
    description: str
    values: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Standing:
    """An object as it stands in the books right now, in the platform's own names, for a person to compare.

    `content` is the same for two that agree in everything that we write, whatever the names are by now. `voided`: it
    stands there still, and counts for nothing.
    """

    posted: Posted
    dated: str
    total: Decimal
    paid_from: str
    vendor: str
    number: str
    note: str
    lines: tuple[StandingLine, ...]
    content: str = ""
    voided: bool = False


@dataclass(frozen=True, slots=True)
class SideLine:
    """One line of a side, by the names of its fields. `key` is the platform's id of the line, where it has one."""

    key: str
    fields: dict[str, str]


@dataclass(frozen=True, slots=True)
class Side:
    """A document as one side has it, to be compared field by field: ids instead of names, texts as they are."""

    fields: dict[str, str]
    lines: tuple[SideLine, ...] = ()


@dataclass(frozen=True, slots=True)
class Found:
    """An object as it stands in the books right now, to be compared and built upon.

    `raw` is the platform's own, for nobody else to read; `names` are what the books call the ids in it,
    as vendor:61.
    """

    posted: Posted
    dated: date
    total: Decimal
    side: Side
    raw: str
    names: dict[str, str]


@dataclass(frozen=True, slots=True)
class LinePart:
    """A line of a merged document: their line by its key, ours by its place, or theirs with these fields of ours."""

    key: str = ""
    ours: int | None = None
    take: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Merge:
    """Their object as it stands, with these fields and lines of ours put in. The note is given whole."""

    raw: str
    take: frozenset[str]
    lines: tuple[LinePart, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Write:
    """One thing to be done to the books. An update sends the whole document over the one that stands there, or merged
    into it. The target of a reversal is what it takes back."""

    action: Action
    mark: str
    document: Document | None = None
    target: Posted | None = None
    merge: Merge | None = None

    def __post_init__(self) -> None:
        if (self.document is None) is not (self.action is Action.REMOVE):
            raise ValueError(f"{self.action} with {self.document!r}")
        if (self.target is None) is not (self.action is Action.CREATE):
            raise ValueError(f"{self.action} of {self.target!r}")


@dataclass(frozen=True, slots=True)
class Item:
    """One write inside an envelope. `body` is exactly what is sent, `kind` the platform's word for the object."""

    key: str
    mark: str
    body: str
    action: Action = Action.CREATE
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One write to the platform under one idempotency key; it is only ever repeated as it stands, but for the items of
    which it is known by then what became of them."""

    request_id: str
    batched: bool
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: OutcomeKind
    posted: Posted | None = None
    code: str = ""
    answer: str = ""
    remedy: Remedy = Remedy.BOOKS
    retry_after: timedelta | None = None
    stop: Stop | None = None

    def __post_init__(self) -> None:
        if (self.kind in STANDS) is not (self.posted is not None):
            raise ValueError(f"{self.kind} with {self.posted!r}")


@dataclass(frozen=True, slots=True)
class File:
    """A file that shall hang at an object of the books.

    `sign` says what is in it; its beginning stands in the name, and a look-up tells it by that. `content` opens it,
    anew each time.
    """

    name: str
    content_type: str
    size: int
    sign: str
    target: Posted
    content: Callable[[], IO[bytes]]

    @property
    def key(self) -> str:
        """The file at its document: by it a look-up answers."""
        return f"{self.target.kind}/{self.target.external_id}/{self.sign}"


@dataclass(frozen=True, slots=True)
class FileItem:
    """One file inside an upload; `body` is exactly what is said of it beside its content."""

    key: str
    body: str
    file: File


@dataclass(frozen=True, slots=True)
class Upload:
    """Several files in one call, for several documents; it is only ever repeated as it stands."""

    request_id: str
    items: tuple[FileItem, ...]


@dataclass(frozen=True, slots=True)
class CompanyDescription:
    external_id: str
    name: str
    country: str
    currency: str
    dimensions: tuple[Dimension, ...] = ()
    closed_to: date | None = None
    several_currencies: bool = False


@dataclass(frozen=True, slots=True)
class ReferenceRecord:
    """An account, a vendor or a value of a dimension, as the platform has it."""

    kind: str
    external_id: str
    name: str
    path: str
    active: bool
    number: str = ""
    role: AccountRole = AccountRole.OTHER
    type_name: str = ""
    currency: str = ""
    dimension: str = ""
    changed_at: datetime | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Listing:
    """All accounts, all vendors, or all values of a dimension. If it is not `whole`, something in it could not be read:
    what it lacks may be there all the same."""

    kind: str
    records: tuple[ReferenceRecord, ...]
    dimension: str = ""
    whole: bool = True


@dataclass(frozen=True, slots=True)
class NewVendor:
    """What became of the wish that the books know a vendor of this name: the vendor, or the refusal in words.

    Without both nobody can say: it is looked up by its name the next time. Or its turn did not come at all.
    """

    name: str
    vendor: ReferenceRecord | None = None
    refusal: str = ""
    made: bool = False
    tried: bool = True


@dataclass(frozen=True, slots=True)
class Grant:
    """Tokens of one consent, with how long they live from now, and the consent itself where the platform tells."""

    access_token: str
    refresh_token: str
    access_lives: timedelta
    refresh_lives: timedelta
    consent_lives: timedelta | None = None

    def __repr__(self) -> str:
        return "Grant(…)"  # Tokens stay out of logs and tracebacks.


# --- what happens there without us ----------------------------------------------------------------------------------


class Topic(StrEnum):
    """What an object of the platform is to us."""

    DOCUMENT = "document"
    ACCOUNT = "account"
    VENDOR = "vendor"
    VALUE = "value"
    COMPANY = "company"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of object whose changes we follow, by the platform's own word; values say of which dimension they are."""

    name: str
    topic: Topic
    dimension: str = ""


class Operation(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    DELETED = "deleted"
    MERGED = "merged"
    VOIDED = "voided"


@dataclass(frozen=True, slots=True)
class Change:
    """The platform told that something happened to an object, by its own clock; what it is now must be asked.

    A merge names what went into the object. `delivery` is the platform's own name for the message.
    """

    company: str
    kind: str
    external_id: str
    operation: Operation
    happened_at: datetime
    absorbed: str = ""
    delivery: str = ""


@dataclass(frozen=True, slots=True)
class Thing:
    """An object of the platform, by its own word and id."""

    kind: str
    external_id: str


@dataclass(frozen=True, slots=True)
class Sighting:
    """How objects stand there now, and when the company's own settings were last changed, if it told of them."""

    references: tuple[ReferenceRecord, ...] = ()
    documents: tuple[Standing, ...] = ()
    gone: tuple[Thing, ...] = ()
    settings_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Changes:
    """What was changed since a moment, up to `read_to` by the platform's clock, where it tells the time. None was seen
    if they are too many."""

    seen: Sighting | None
    read_to: datetime | None
