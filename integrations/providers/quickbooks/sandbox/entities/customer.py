"""Customers, and the jobs and projects below them (§9.5)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.entity import HEAD, LIST, Entity, address
from ..model.fields import amount, bare, choice, day, flag, ignored, kept, label, ref, text
from ..model.money import from_units
from ..wire.json import Json
from ..wire.refusals import Refusal, business
from . import names, tax, trees


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    parent = trees.parent_of(books, "Customer", draft, before)
    if draft.get("Job") and parent is None:
        raise Refusal("6150", "ParentRef is required if Job is true", element="ParentRef")
    body = {"Taxable": True, "BillWithParent": False, "PreferredDeliveryMethod": "Print", "IsProject": False}
    body |= names.named(_on_checks(draft), before)
    body["CurrencyRef"] = dict(parent.body["CurrencyRef"]) if parent else names.currency(books, draft, before)
    if before is not None and body["CurrencyRef"] != before.body["CurrencyRef"]:
        raise business("A customer has the currency of the one it stands below, and keeps the one it has.")
    tax.check_code(books, body, "DefaultTaxCodeRef")
    names.check_references(books, body, {"SalesTermRef": "Term", "PaymentMethodRef": "PaymentMethod"})
    names.check_given_up(books, body, before)
    return trees.placed(books, "Customer", names.addressed(books, body, before), parent)


def _on_checks(draft: Json) -> Json:
    """Unlike a vendor, a customer is by default written to by the name of the company."""
    company = draft.get("CompanyName")
    return {"PrintOnCheckName": company, **draft} if company else draft


def derived(books: Books, record: Record) -> Json:
    own = books.party_balance(record.id)
    shown = {
        "Balance": from_units(own),
        "BalanceWithJobs": from_units(own + _below(books, record)),
        "ClientEntityId": "0",
        **names.shown(books, record),
    }
    tax_number = record.body.get("PrimaryTaxIdentifier")
    return {**shown, "PrimaryTaxIdentifier": names.masked(tax_number)} if tax_number else shown


def _below(books: Books, record: Record) -> int:
    return sum(books.party_balance(child.id) + _below(books, child) for child in books.children(record))


#: What is open between us and them, positive for what a customer owes.
BALANCE = (
    "coalesce((SELECT native FROM party_balance WHERE party_balance.realm = object.realm AND party = object.id), 0)"
)

CUSTOMER = Entity(
    name="Customer",
    family="Name",
    names="Name",
    operations=LIST,
    activates=True,
    complete=complete,
    derived=derived,
    fields=(
        names.display_name(),
        *names.PERSON,
        *names.COMPANY,
        flag("Taxable"),
        address("BillAddr"),
        address("ShipAddr"),
        text("Notes", 2000),
        flag("Job"),
        flag("BillWithParent"),
        bare("ParentRef", "Customer"),
        ref("SalesTermRef", "Term"),
        ref("PaymentMethodRef", "PaymentMethod"),
        ref("ARAccountRef", "Account"),
        choice("PreferredDeliveryMethod", "Print", "Email", "None"),
        label("ResaleNum", 16),
        text("PrimaryTaxIdentifier", 20),
        text("SecondaryTaxIdentifier", 20),
        text("TaxExemptionReasonId", 3),
        flag("IsProject"),
        amount("CreditLimit"),
        text("BusinessNumber", 10),
        text("GSTIN", 15),
        text("GSTRegistrationType", 15),
        day("OpenBalanceDate"),
        *kept("CustomerTypeRef", "JobInfo"),
        *HEAD,
        *ignored("Balance", "BalanceWithJobs", "Level", "RootCustomerRef", "SalesRepRef", "TaxGroupCodeRef"),
        *ignored("TaxRateRef", "CCDetail", "PriceLevelRef", "AcctNum", "OverDueBalance", "TotalRevenue"),
        *ignored("TotalExpense", "TDSEnabled", "CustomerEx", "IsCISContractor", "ClientCompanyId", "ClientEntityId"),
        *ignored("Source", "TaxRegime", "FullName"),
    ),
    searchable={
        **names.PERSON_SEARCH,
        **names.COMPANY_SEARCH,
        "DisplayName": ("text", "fold(json_extract(body, '$.DisplayName'))"),
        "FullyQualifiedName": ("text", "name"),
        "Balance": ("amount", BALANCE),
        "Job": ("flag", "coalesce(json_extract(body, '$.Job'), 0)"),
        "ParentRef": ("text", "json_extract(body, '$.ParentRef.value')"),
    },
)
