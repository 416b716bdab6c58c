"""What an entity declares: its properties, what a query may ask, what may be done with it, and its rules (§9)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING

from ..wire.json import Json
from .fields import Field, ignored, part, text
from .order import printed_order

if TYPE_CHECKING:
    from ..books.books import Books
    from ..books.journal import Posting
    from ..books.links import Application, Key
    from ..books.record import Record


#: The kind of a queryable property, and the SQL expression of its value.
Sql = tuple[str, str]


def _as_sent(books: Books, draft: Json, before: Record | None) -> Json:
    return draft


def _nothing(books: Books, record: Record) -> Json:
    return {}


def _anything(books: Books, record: Record, operation: str) -> None:
    return None


def _no_more(books: Books, record: Record, draft: Json, before: Record | None) -> None:
    return None


def _total(body: Json) -> Decimal | int:
    total: Decimal | int = body["TotalAmt"]
    return total


@dataclass(frozen=True)
class Entity:
    name: str
    #: Ids are counted per family, as QuickBooks counts them per list.
    family: str
    fields: tuple[Field, ...]
    #: Property to kind and SQL expression of what WHERE and ORDERBY may name (§3).
    searchable: dict[str, Sql]
    #: Lists that must not hold one name twice share this word (§9.5).
    names: str | None = None
    #: Of create, update, delete, void.
    operations: frozenset[str] = frozenset()
    #: An update may send a part of it; otherwise each is taken for the whole (§4.1).
    sparse: bool = True
    #: A void is spelled operation=void; otherwise operation=update&include=void (§4.2).
    void_by_operation: bool = False
    #: Made inactive instead of deleted, and hidden from a query that does not ask for it.
    activates: bool = False
    #: The word in addresses and queries, where it is not the name itself (§3).
    address: str = ""
    #: What a sparse update must send again: as recorded, and as one integrator reports (§4.1).
    repeated: tuple[str, ...] = ()
    reported: tuple[str, ...] = ()
    #: What a delete must not carry, though reads of it do.
    not_on_delete: tuple[str, ...] = ()
    #: Ids of some lists start far above those of others (§9.7).
    first_id: int = 1
    #: The word by which other transactions link to this one (§9.10).
    link_word: str = ""
    #: The property that holds what is still open of it; empty where nothing can be applied to it.
    open_name: str = ""
    #: Words of transactions it may be made from: a bill from a purchase order.
    origins: tuple[str, ...] = ()
    #: Left out of a query that does not name it beside the asterisk (§3).
    on_request: tuple[str, ...] = ()
    #: What of it can be open at all; of an invoice that carries a deposit, less than its total.
    opening: Callable[[Json], Decimal | int] = _total
    #: The body once more, from how it was and how it is linked now: by which entities, Ids and units.
    linked: Callable[[Json, Json, list[tuple[str, int, int]]], Json] | None = None
    #: Stored, but not shown.
    hidden: frozenset[str] = frozenset()
    #: Ids that are words, and the numbers they are kept under: TAX and NON (§9.6).
    words: Mapping[str, int] = field(default_factory=dict)
    #: Shown in change data capture (§6).
    captured: bool = True
    #: Set by what it says, never named by an Id (§9.6).
    anonymous: bool = False
    #: Shown and sent as an object of another kind within it, which also holds its Id.
    folded: bool = False
    #: Dated as a transaction is, but neither moves money nor promises any.
    of_time: bool = False
    #: One object of it per company, read without an Id in a list of its own.
    single: bool = False

    #: The body as it will stand in the books, from the properties sent (and, on an update, what stood there before);
    #: refuses what QuickBooks refuses. It may change `draft`, never what `before` holds.
    complete: Callable[[Books, Json, Record | None], Json] = _as_sent
    #: Properties that are shown but not stored.
    derived: Callable[[Books, Record], Json] = _nothing
    #: The balanced journal entry beneath a transaction, in units of the home currency.
    journal: Callable[[Books, Record], list[Posting]] | None = None
    #: What of it is applied to which other transactions.
    applies: Callable[[Books, Json], list[Application]] | None = None
    #: The body once what it is applied to has gone or become less.
    loosened: Callable[[Books, Record, Key], Json] | None = None
    #: Whether another holds the number already; not asked where the caller allows duplicates (§4.4).
    check_number: Callable[[Books, Json, Record | None], None] | None = None
    #: Refuses an update, delete or void of what others hang on.
    guard: Callable[[Books, Record, str], None] = _anything
    #: What a write of it brings along, from the properties sent and what stood there before: an opening balance.
    followed: Callable[[Books, Record, Json, Record | None], None] = _no_more
    #: The body after a void.
    voided: Callable[[Books, Record], Json] | None = None

    @cached_property
    def accepted(self) -> tuple[Field, ...]:
        """What a request may hold: also what the public schema knows and nothing here depends on."""
        known = {field.name for field in self.fields}
        return (*self.fields, *ignored(*(name for name in printed_order(self.name) if name not in known)))

    def shown_id(self, number: int) -> str:
        return next((word for word, each in self.words.items() if each == number), str(number))

    @property
    def linkable(self) -> bool:
        return bool(self.open_name) or self.linked is not None

    @cached_property
    def transacts(self) -> bool:
        return not self.of_time and any(field.name == "TxnDate" for field in self.fields)


LIST = frozenset({"create", "update"})
TRANSACTION = frozenset({"create", "update", "delete"})
HEAD = ignored("Id", "SyncToken", "sparse", "domain", "MetaData", "status")

ADDRESS = (
    *(text(f"Line{number}", 500) for number in range(1, 6)),
    text("City", 255),
    text("CountrySubDivisionCode", 255),
    text("Country", 255),
    text("PostalCode", 31),
    text("PostalCodeSuffix", 31),
    text("Lat", 31),
    text("Long", 31),
    text("Note", 500),
    text("Id", 20),
    *ignored("CountryCode", "County", "Tag"),
)

COMMON = {
    "Id": ("id", "id"),
    "MetaData.CreateTime": ("time", "created"),
    "MetaData.LastUpdatedTime": ("time", "updated"),
}


_PHONE = ("Id", "DeviceType", "CountryCode", "AreaCode", "ExchangeCode", "Extension", "Default", "Tag")


def phone(name: str) -> Field:
    return part(name, text("FreeFormNumber", 30), *ignored(*_PHONE))


def address(name: str) -> Field:
    return part(name, *ADDRESS)


def _at(name: str) -> str:
    return f"json_extract(body, '$.{name}')"


def texts(*names: str) -> dict[str, Sql]:
    return {name: ("text", f"fold({_at(name)})") for name in names}


def flags(*names: str) -> dict[str, Sql]:
    return {name: ("flag", f"coalesce({_at(name)}, 0)") for name in names}


def numbers(*names: str) -> dict[str, Sql]:
    return {name: ("number", f"CAST({_at(name)} AS REAL)") for name in names}


def days(*names: str) -> dict[str, Sql]:
    return {name: ("date", _at(name)) for name in names}


def refs(*names: str) -> dict[str, Sql]:
    """A reference is compared by its value."""
    return {name: ("text", _at(f"{name}.value")) for name in names}
