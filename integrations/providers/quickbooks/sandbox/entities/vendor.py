"""Vendors (§9.5)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.entity import HEAD, LIST, Entity, address
from ..model.fields import amount, day, flag, ignored, kept, ref, text
from ..model.money import from_units
from ..wire.json import Json
from . import names, tax


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = {"Vendor1099": False, **names.named(draft, before), "CurrencyRef": _currency(books, draft, before)}
    tax.check_code(books, body, "DefaultTaxCodeRef")
    names.check_references(books, body, {"TermRef": "Term", "APAccountRef": "Account"})
    names.check_given_up(books, body, before)
    return names.addressed(books, body, before)


def _currency(books: Books, draft: Json, before: Record | None) -> Json:
    """§9.5, one field log: a foreign currency was dropped in silence. Certainly so while there is but one."""
    single = not books.preference("CurrencyPrefs", "MultiCurrencyEnabled")
    if before is None and (single or books.switches.vendor_currency == "ignore"):
        return {"value": books.company.currency}
    return names.currency(books, draft, before)


def derived(books: Books, record: Record) -> Json:
    shown = {"Balance": from_units(-books.party_balance(record.id)), **names.shown(books, record)}
    if record.body.get("TaxIdentifier"):
        shown["TaxIdentifier"] = names.masked(record.body["TaxIdentifier"])
    return shown


#: What is open between us and them, positive for what a vendor is owed.
BALANCE = (
    "coalesce((SELECT -native FROM party_balance WHERE party_balance.realm = object.realm AND party = object.id), 0)"
)

VENDOR = Entity(
    name="Vendor",
    family="Name",
    names="Name",
    operations=LIST,
    activates=True,
    complete=complete,
    derived=derived,
    fields=(
        names.display_name(names.VENDOR_MARKS),
        *names.PERSON,
        *names.COMPANY,
        text("AcctNum", 100),
        text("TaxIdentifier", 20),
        flag("Vendor1099"),
        address("BillAddr"),
        address("ShipAddr"),
        text("Notes", 4000),
        ref("TermRef", "Term"),
        ref("APAccountRef", "Account"),
        amount("BillRate"),
        amount("CostRate"),
        amount("CreditLimit"),
        day("TaxIdEffectiveDate"),
        text("BusinessNumber", 10),
        text("GSTIN", 15),
        text("GSTRegistrationType", 15),
        text("TaxReportingBasis", 30),
        *kept("HasTPAR", "T4AEligible", "T5018Eligible", "VendorPaymentBankDetail", "IsSubContractor"),
        *HEAD,
        *ignored("Balance", "OpenBalanceDate", "TaxCountry", "ParentRef", "VendorTypeRef", "PrefillAccountRef"),
        *ignored("TDSEnabled", "TDSEntityTypeId", "TDSSectionTypeId", "TDSOverrideThreshold", "VendorEx"),
        *ignored("SubcontractorType", "CISRate", "Source", "CompanyRegistrationNumber", "AgencyVerificationStatus"),
        *ignored("AgencyVerificationStatusMsg", "AgencyVerificationTSUTC"),
    ),
    searchable={**names.PERSON_SEARCH, **names.COMPANY_SEARCH, "Balance": ("amount", BALANCE)},
)
