"""What vendors, customers and employees share: one space of names, ways to reach them, one currency (§9.5)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.entity import COMMON, Sql, phone, texts
from ..model.fields import Field, Kind, flag, ignored, label, part, ref, text
from ..model.reading import refuse_foreign
from ..wire.json import Json
from ..wire.refusals import Refusal
from . import currencies

PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
#: §9.5: letters and digits of any script, and what one integrator's list allows beside them.
VENDOR_MARKS = " ,.?@&!#'~*_-;+()"


def display_name(marks: str = "") -> Field:
    """A colon, a tab or a new line can never stand in a name."""
    return Field("DisplayName", Kind.NAME, 500, forbidden=":\t\n\r", marks=marks, older_limit=100)


PERSON = (
    label("Title", 16),
    label("GivenName", 100),
    label("MiddleName", 100),
    label("FamilyName", 100),
    label("Suffix", 16),
    text("PrintOnCheckName", 110),
    flag("Active"),
    *(phone(name) for name in ("PrimaryPhone", "AlternatePhone", "Mobile", "Fax")),
    part("PrimaryEmailAddr", Field("Address", Kind.EMAILS, limit=100), *ignored("Id", "Default", "Tag")),
    *ignored("IntuitId", "Organization", "UserId", "V4IDPseudonym", "FullyQualifiedName", "OtherContactInfo"),
    *ignored("ContactName", "AltContactName", "OtherAddr", "CustomField", "AttachableRef"),
)
#: Of whoever is no employee.
COMPANY = (
    text("CompanyName", 100),
    part("WebAddr", Field("URI", Kind.WEB, limit=1000), *ignored("Id", "Default", "Tag")),
    ref("DefaultTaxCodeRef", "TaxCode"),
    ref("CurrencyRef", "Currency"),
)
PERSON_SEARCH: dict[str, Sql] = {
    **COMMON,
    **texts(*PARTS, "PrintOnCheckName"),
    "DisplayName": ("text", "name"),
    "Active": ("flag", "active"),
}
COMPANY_SEARCH: dict[str, Sql] = {
    **texts("CompanyName"),
    "PrimaryEmailAddr": ("text", "fold(json_extract(body, '$.PrimaryEmailAddr.Address'))"),
}


def named(draft: Json, before: Record | None) -> Json:
    """The draft with its display name, which cannot be taken away, and what follows from it."""
    name = draft.get("DisplayName") or (before.body["DisplayName"] if before is not None else "")
    name = name or " ".join(draft[each] for each in PARTS if draft.get(each))
    if not name:
        raise Refusal("6080", "At least one of DisplayName and the parts of a name must be given", element="")
    return {"PrintOnCheckName": name, "Active": True, **draft, "DisplayName": name}


def currency(books: Books, draft: Json, before: Record | None) -> Json:
    """§9.5: chosen once; what an update says of it is dropped in silence."""
    if before is not None:
        return dict(before.body["CurrencyRef"])
    home = books.company.currency
    wanted = draft.get("CurrencyRef", {}).get("value", home)
    if wanted != home and not books.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        raise refuse_foreign(wanted, home)
    currencies.require(books, wanted, "CurrencyRef")
    return {"value": wanted}


def masked(secret: str) -> str:
    """All but its last four characters."""
    return "X" * max(len(secret) - 4, 0) + secret[-4:]


def check_references(books: Books, body: Json, targets: dict[str, str]) -> None:
    for name, target in targets.items():
        books.resolve_in(body, name, target)
