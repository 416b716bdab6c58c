"""What an entity declares: its properties, what a query may ask, what may be done (§9)."""

from __future__ import annotations

from dataclasses import dataclass

from .fields import Field, ignored, part, text


@dataclass(frozen=True)
class Entity:
    name: str
    #: Ids are counted per family, as QuickBooks counts them per list.
    family: str
    fields: tuple[Field, ...]
    #: Property to kind and SQL expression of what WHERE and ORDERBY may name (§3).
    searchable: dict[str, tuple[str, str]]
    #: Order in which an answer prints its properties.
    order: tuple[str, ...] = ()
    #: Lists that must not hold one name twice share this word (§9.5).
    names: str | None = None
    writable: bool = True
    deletable: bool = False
    activates: bool = False
    #: The word in addresses and queries, where it is not the name itself (§3).
    address: str = ""
    #: What a sparse update must send again: as recorded, and as one integrator reports (§4.1).
    repeated: tuple[str, ...] = ()
    reported: tuple[str, ...] = ()
    #: Ids of some lists start far above those of others (§9.7).
    first_id: int = 1


HEAD = ignored("Id", "SyncToken", "sparse", "domain", "MetaData", "status")

ADDRESS = (
    *(text(f"Line{number}", 500) for number in range(1, 6)),
    text("City", 255),
    text("CountrySubDivisionCode", 255),
    text("Country", 255),
    text("PostalCode", 31),
    *ignored("Id", "Lat", "Long", "Note", "CountryCode"),
)

COMMON = {
    "Id": ("id", "id"),
    "MetaData.CreateTime": ("time", "created"),
    "MetaData.LastUpdatedTime": ("time", "updated"),
}


def phone(name: str) -> Field:
    return part(name, text("FreeFormNumber", 30), *ignored("Id", "DeviceType", "CountryCode", "AreaCode", "Default"))


def texts(*names: str) -> dict[str, tuple[str, str]]:
    return {name: ("text", f"fold(json_extract(body, '$.{name}'))") for name in names}
