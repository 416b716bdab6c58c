"""What vendors, customers and employees share: one space of names, ways to reach them, one currency (§9.5)."""

from __future__ import annotations

import hashlib

from ..books.books import Books
from ..books.record import Record
from ..model.entity import COMMON, Sql, phone, texts
from ..model.fields import Field, Kind, flag, ignored, label, part, ref, text
from ..model.reading import refuse_foreign
from ..wire.json import Json
from ..wire.refusals import Refusal
from . import currencies

_ADDRESSES = ("BillAddr", "ShipAddr", "PrimaryAddr")
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


def shown(books: Books, record: Record) -> Json:
    """What every name is answered with beside what is stored of it."""
    digest = hashlib.sha1(f"{books.realm}:{record.id}".encode(), usedforsecurity=False).hexdigest()
    return {"V4IDPseudonym": f"002098{digest[:32]}"}


def addressed(books: Books, body: Json, before: Record | None) -> Json:
    """An address has an Id of its own, and keeps it."""
    return {**body, **{name: _with_id(books, name, body[name], before) for name in _ADDRESSES if name in body}}


def _with_id(books: Books, name: str, address: Json, before: Record | None) -> Json:
    if "Id" in address:
        return address
    known = before.body.get(name, {}).get("Id") if before is not None else None
    return {"Id": known or str(books.next_number("Address", 2)), **address}


def check_given_up(books: Books, body: Json, before: Record | None) -> None:
    """§10, code 6220: whoever owes us or is owed stays."""
    if before is None or not before.active or body["Active"] or books.switches.owing_names == "allow":
        return
    if books.party_balance(before.id):
        raise Refusal("6220", f"{before.title} has an open balance and cannot be deleted", element="")


def masked(secret: str) -> str:
    """All but its last four characters."""
    return "X" * max(len(secret) - 4, 0) + secret[-4:]


def check_references(books: Books, body: Json, targets: dict[str, str]) -> None:
    for name, target in targets.items():
        books.resolve_in(body, name, target)
