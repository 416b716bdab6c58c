"""What the names that transactions use have in common: how each is known, what belongs to it, and whose it is."""

from dataclasses import dataclass
from typing import Any

from ledger.models.cards import BankAccount, Card, Category, Department, Tag, TagGroup, Vendor
from ledger.models.tenants import Entity


@dataclass(frozen=True, slots=True)
class Noun:
    """A kind of entry in the directory. An entry is known by its own number, where it has one, and by its name.

    A name is one name however it is written, within its owner if the noun has one. `folded` is the column that keeps
    it so; where there is none, the service sees to it.
    """

    model: Any
    word: str
    number: str = ""
    name: str = ""
    owner: str = ""
    values: tuple[str, ...] = ()
    folded: str = ""

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.number, self.name)))

    @property
    def columns(self) -> tuple[str, ...]:
        """All that is told of an entry, its owner apart."""
        return (*self.keys, *self.values)


ENTITIES = Noun(Entity, "entity", name="name", values=("currency", "time_zone"))
CARDS = Noun(Card, "card", number="external_id", owner="entity", values=("last_four", "holder"))
BANK_ACCOUNTS = Noun(BankAccount, "bank account", number="external_id", owner="entity", values=("name",))
CATEGORIES = Noun(Category, "category", number="code", name="name")
DEPARTMENTS = Noun(Department, "department", number="code", name="name")
TAG_GROUPS = Noun(TagGroup, "tag group", name="name")
TAGS = Noun(Tag, "tag", name="name", owner="group")
VENDORS = Noun(
    Vendor, "vendor", number="external_id", name="name", values=("email", "phone", "currency"), folded="name_key"
)
