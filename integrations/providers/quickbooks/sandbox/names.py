"""Vendors, and the name space they share with customers and employees (§9.5)."""

from __future__ import annotations

from .books import Books, Record
from .refusals import Refusal
from .wire import Json

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
    return {"Balance": 0} | ({"TaxIdentifier": "X" * max(len(masked) - 4, 0) + masked[-4:]} if masked else {})
