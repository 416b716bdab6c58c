"""Vendors, and the name space they share with customers and employees (§9.5)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.entity import ADDRESS, COMMON, HEAD, LIST, Entity, phone, texts
from ..model.fields import Field, Kind, flag, ignored, label, part, ref, text
from ..model.money import from_units
from ..wire.json import Json
from ..wire.refusals import Refusal

_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = dict(draft)
    if before is not None and not body.get("DisplayName"):
        # A display name cannot be taken away (§9.5).
        body["DisplayName"] = before.body["DisplayName"]
    body["DisplayName"] = body.get("DisplayName") or " ".join(body[part] for part in _PARTS if body.get(part))
    if not body["DisplayName"]:
        raise Refusal("6080", "At least one of DisplayName and the parts of a name must be given", element="")
    body.setdefault("PrintOnCheckName", body["DisplayName"])
    body.setdefault("Vendor1099", False)
    body.setdefault("Active", True)
    body["CurrencyRef"] = _currency(books, draft, before)
    _check_references(books, body)
    return body


def _currency(books: Books, draft: Json, before: Record | None) -> Json:
    """§9.5, one field log: a foreign currency was dropped in silence, on create and on update."""
    if before is not None:
        return dict(before.body["CurrencyRef"])
    home = books.company.currency
    if books.switches.vendor_currency == "ignore":
        return {"value": home}
    return {"value": draft.get("CurrencyRef", {}).get("value", home)}


def _check_references(books: Books, body: Json) -> None:
    for name, target in (("TermRef", "Term"), ("APAccountRef", "Account")):
        if body.get(name):
            books.resolve(body[name], target, field_name=name)


def derived(books: Books, record: Record) -> Json:
    masked = record.body.get("TaxIdentifier")
    shown = {"TaxIdentifier": "X" * max(len(masked) - 4, 0) + masked[-4:]} if masked else {}
    return {"Balance": from_units(-books.party_balance(record.id)), **shown}


#: What is open between us and them, positive for what a vendor is owed.
BALANCE = (
    "coalesce((SELECT -native FROM party_balance WHERE party_balance.realm = object.realm AND party = object.id), 0)"
)
#: §9.5: digits, letters and common marks; a colon, a tab or a new line can never stand in a name.
PERSON = (
    Field("DisplayName", Kind.NAME, 500, forbidden=":\t\n\r", marks=" ,.?@&!#'~*_-;+()", older_limit=100),
    label("Title", 16),
    label("GivenName", 100),
    label("MiddleName", 100),
    label("FamilyName", 100),
    label("Suffix", 16),
    text("PrintOnCheckName", 110),
    flag("Active"),
    *(phone(name) for name in ("PrimaryPhone", "AlternatePhone", "Mobile", "Fax")),
    part("PrimaryEmailAddr", Field("Address", Kind.EMAIL, limit=100), *ignored("Id", "Default")),
)
PERSON_NAMES = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix", "PrintOnCheckName")
PERSON_SEARCH = {
    **COMMON,
    **texts(*PERSON_NAMES),
    "DisplayName": ("text", "name"),
    "Active": ("flag", "active"),
}

VENDOR = Entity(
    name="Vendor",
    family="Name",
    names="Name",
    operations=LIST,
    activates=True,
    complete=complete,
    derived=derived,
    fields=(
        *PERSON,
        text("CompanyName", 100),
        text("AcctNum", 100),
        text("TaxIdentifier", 20),
        flag("Vendor1099"),
        part("BillAddr", *ADDRESS),
        part("WebAddr", Field("URI", Kind.WEB, limit=1000), *ignored("Id", "Default")),
        text("Notes", 4000),
        ref("TermRef", "Term"),
        ref("APAccountRef", "Account"),
        ref("CurrencyRef", "Currency"),
        *HEAD,
        *ignored("Balance", "BillRate", "TaxReportingBasis", "V4IDPseudonym", "OtherContactInfo", "HasTPAR"),
        *ignored("CostRate", "VendorPaymentBankDetail", "GSTIN", "GSTRegistrationType", "BusinessNumber"),
    ),
    searchable={**PERSON_SEARCH, **texts("CompanyName"), "Balance": ("amount", BALANCE)},
    order=(
        *("Balance", "BillAddr", "TermRef", "APAccountRef", "AcctNum", "TaxIdentifier", "Vendor1099", "CurrencyRef"),
        *("domain", "sparse", "Id", "SyncToken", "MetaData", "Title", "GivenName", "MiddleName", "FamilyName"),
        *("Suffix", "CompanyName", "DisplayName", "PrintOnCheckName", "Active", "PrimaryPhone", "AlternatePhone"),
        *("Mobile", "Fax", "PrimaryEmailAddr", "WebAddr", "Notes"),
    ),
)

#: Customers and employees can be read and referred to; they hold names that vendors may not take.
CUSTOMER = Entity(
    name="Customer",
    family="Name",
    names="Name",
    activates=True,
    fields=(*PERSON, text("CompanyName", 100), *HEAD),
    searchable={**PERSON_SEARCH, **texts("CompanyName"), "FullyQualifiedName": ("text", "name")},
)
EMPLOYEE = Entity(
    name="Employee",
    family="Name",
    names="Name",
    activates=True,
    fields=(*PERSON, *HEAD),
    searchable=PERSON_SEARCH,
)
