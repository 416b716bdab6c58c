"""What is said to a platform and what comes back, in words that no platform owns."""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum

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


class AccountRole(StrEnum):
    """What an account of the books can be used for here."""

    CARD = "card"
    EXPENSE = "expense"
    POSTABLE = "postable"  # A charge may be booked there, though it is no expense: an asset, an income, a loan.
    OTHER = "other"


class Remedy(StrEnum):
    """Whom a rejection concerns: the person who keeps the books, or us."""

    BOOKS = "books"
    OURS = "ours"


@dataclass(frozen=True, slots=True)
class Line:
    account: str
    amount: Decimal
    description: str


@dataclass(frozen=True, slots=True)
class CardCharge:
    """A charge on a card, as it shall stand in the books. Accounts and vendor are the platform's own ids."""

    mark: str
    dated: date
    money: Money
    card_account: str
    vendor: str
    note: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Item:
    """One document inside an envelope. `body` is exactly what is sent."""

    key: str
    mark: str
    body: str


@dataclass(frozen=True, slots=True)
class Envelope:
    """One write to the platform under one idempotency key; it is only ever repeated as it stands."""

    request_id: str
    batched: bool
    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Posted:
    """An object in the books."""

    kind: str
    external_id: str
    version: str


@dataclass(frozen=True, slots=True)
class Outcome:
    kind: OutcomeKind
    posted: Posted | None = None
    code: str = ""
    answer: str = ""
    remedy: Remedy = Remedy.BOOKS
    retry_after: timedelta | None = None

    def __post_init__(self) -> None:
        stands = self.kind in (OutcomeKind.POSTED, OutcomeKind.ALREADY_THERE)
        if stands is not (self.posted is not None):
            raise ValueError(f"{self.kind} with {self.posted!r}")


@dataclass(frozen=True, slots=True)
class CompanyDescription:
    external_id: str
    name: str
    country: str
    currency: str


@dataclass(frozen=True, slots=True)
class ReferenceRecord:
    """An account or a vendor of the platform."""

    kind: str
    external_id: str
    name: str
    path: str
    active: bool
    number: str = ""
    role: AccountRole = AccountRole.OTHER
    type_name: str = ""
    currency: str = ""


@dataclass(frozen=True, slots=True)
class Grant:
    """Tokens of one consent, with how long they live from now."""

    access_token: str
    refresh_token: str
    access_lives: timedelta
    refresh_lives: timedelta

    def __repr__(self) -> str:
        return "Grant(…)"  # Tokens stay out of logs and tracebacks.
