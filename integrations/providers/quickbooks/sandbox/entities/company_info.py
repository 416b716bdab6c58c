"""The company itself: one object, changed but never made (§9.1)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.entity import COMMON, HEAD, Entity, address, phone, texts
from ..model.fields import Field, Kind, ignored, part, text
from ..wire.json import Json

_WRITABLE = (
    text("CompanyName", 1024),
    text("LegalName", 1024),
    *(address(name) for name in ("CompanyAddr", "CustomerCommunicationAddr", "LegalAddr", "ShipAddr")),
    *(
        part(name, Field("Address", Kind.EMAIL, limit=100), *ignored("Id", "Default", "Tag"))
        for name in ("CompanyEmailAddr", "CustomerCommunicationEmailAddr", "Email")
    ),
    *(
        part(name, Field("URI", Kind.WEB, limit=1000), *ignored("Id", "Default", "Tag"))
        for name in ("WebAddr", "CompanyURL")
    ),
    *(phone(name) for name in ("PrimaryPhone", "Mobile", "Fax")),
)
#: The real one shows these also where there is nothing in them.
_ALWAYS = ("PrimaryPhone", "WebAddr")


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    """A full update clears what can be written and is absent; the names stay, and so does what only Intuit sets."""
    assert before is not None, "a company is never seeded without its facts"
    stays = ("CompanyName", "LegalName")
    writable = {field.name for field in _WRITABLE} - set(stays)
    fixed = {name: value for name, value in before.body.items() if name not in writable}
    placed = {name: {**_id_of(before, name), **value} for name, value in draft.items() if name.endswith("Addr")}
    return {**{name: {} for name in _ALWAYS}, **fixed, **draft, **placed}


def _id_of(before: Record, name: str) -> Json:
    number = before.body.get(name, {}).get("Id")
    return {"Id": number} if number else {}


COMPANY_INFO = Entity(
    name="CompanyInfo",
    family="CompanyInfo",
    operations=frozenset({"update"}),
    fields=(
        *_WRITABLE,
        *HEAD,
        *ignored("OtherContactInfo", "CompanyFileName", "FlavorStratum", "SampleFile", "CompanyUserId"),
        *ignored("CompanyUserAdminEmail", "CompanyStartDate", "EmployerId", "FiscalYearStartMonth", "QBVersion"),
        *ignored("TaxYearStartMonth", "Country", "OtherAddr", "LastImportedTime", "LastSyncTime"),
        *ignored("SupportedLanguages", "DefaultTimeZone", "MultiByteCharsSupported", "NameValue"),
        *ignored("FifoCalculationStatus", "CompanyInfoEx", "CustomField", "AttachableRef", "Metadata", "Domain"),
    ),
    searchable={**COMMON, **texts("CompanyName", "LegalName", "Country")},
    complete=complete,
    single=True,
)
