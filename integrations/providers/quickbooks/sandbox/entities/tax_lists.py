"""Agencies, the rates they set, and the codes that lines carry (§9.6).

Codes and rates are made by the tax service alone; in the US three more codes are words: any tax, none, and the
document's own.
"""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.entity import COMMON, HEAD, Entity, flags, texts
from ..model.fields import bare, choice, day, flag, ignored, kept, label, lines, number, part, ref, text, whole
from ..wire.json import Json
from ..wire.refusals import Refusal, missing
from . import own_accounts
from .own_accounts import Own

#: Of every US company; kept under numbers that no list counts up to.
WORDS = {"TAX": -1, "NON": -2, "CustomSalesTax": -3}


def _agency(books: Books, draft: Json, before: Record | None) -> Json:
    if not draft.get("DisplayName"):
        raise missing("DisplayName")
    body = {"TaxTrackedOnPurchases": books.company.country != "US", "TaxTrackedOnSales": True, **draft}
    control = before.body["TaxTrackedOnSalesAccountRef"] if before else _control(books, body["DisplayName"])
    body.setdefault("TaxTrackedOnSalesAccountRef", control)
    body.setdefault("TaxOnPurchasesAccountRef", body["TaxTrackedOnSalesAccountRef"])
    return body


def _control(books: Books, agency: str) -> Json:
    """In the US each agency has a liability of its own; elsewhere one control account serves them all."""
    if books.company.country == "US":
        account = own_accounts.named(books, Own(f"{agency} Payable", "Other Current Liability", "SalesTaxPayable"))
    else:
        account = own_accounts.get(books, Own("VAT Control", "Other Current Liability", "GlobalTaxPayable"))
    return {"value": str(account.id)}


def _rate(books: Books, draft: Json, before: Record | None) -> Json:
    for name in ("Name", "RateValue", "AgencyRef"):
        if name not in draft:
            raise missing(name)
    books.resolve(draft["AgencyRef"], "TaxAgency", field_name="AgencyRef")
    if abs(draft["RateValue"]) > 100:
        raise Refusal("2080", "RateValue must be between 0 and 100", element="RateValue")
    fixed = {"Description": draft["Name"], "Active": True, "SpecialTaxType": "NONE", "DisplayType": "ReadOnly"}
    return {**fixed, **draft}


def _code(books: Books, draft: Json, before: Record | None) -> Json:
    if not draft.get("Name"):
        raise missing("Name")
    fixed = {"Description": draft["Name"], "Active": True, "Hidden": False, "Taxable": True, "TaxGroup": True}
    body = {**fixed, "SalesTaxRateList": {}, "PurchaseTaxRateList": {}, **draft}
    for name in ("SalesTaxRateList", "PurchaseTaxRateList"):
        body[name] = {"TaxRateDetail": body[name].get("TaxRateDetail", [])}
        for row in body[name]["TaxRateDetail"]:
            books.resolve(row["TaxRateRef"], "TaxRate", field_name="TaxRateRef")
    return body


def words(books: Books) -> None:
    """The codes of every US company that no rate stands behind."""
    for word, number_ in WORDS.items():
        body = {"Name": word, "Description": word, "Active": True, "Hidden": False, "Taxable": word != "NON"}
        now = int(books.now)
        books.restate(Record("TaxCode", number_, 0, True, now, now, {**body, "TaxGroup": False}))


_RATES = lines(
    "TaxRateDetail",
    ref("TaxRateRef", "TaxRate"),
    choice("TaxTypeApplicable", "TaxOnAmount", "TaxOnAmountPlusTax", "TaxOnTax"),
    whole("TaxOrder"),
    *ignored("TaxOnTaxOrder"),
)

TAX_AGENCY = Entity(
    name="TaxAgency",
    family="TaxAgency",
    names="TaxAgency",
    operations=frozenset({"create", "update"}),
    captured=False,
    complete=_agency,
    fields=(
        label("DisplayName", 100, forbidden=":\t\n\r"),
        text("TaxRegistrationNumber", 100),
        flag("TaxTrackedOnSales"),
        flag("TaxTrackedOnPurchases"),
        ref("TaxTrackedOnSalesAccountRef", "Account"),
        ref("TaxOnPurchasesAccountRef", "Account"),
        day("LastFileDate"),
        flag("TaxOnTax"),
        *kept("ReportingPeriod", "TaxAgencyConfig", "SalesTaxCountry"),
        *HEAD,
        *ignored("SalesTaxCodeRef", "SalesTaxReturnRef", "TaxAgencyExt", "CustomField", "AttachableRef", "Active"),
    ),
    searchable={**COMMON, "DisplayName": ("text", "name"), **flags("TaxTrackedOnSales", "TaxTrackedOnPurchases")},
)

TAX_RATE = Entity(
    name="TaxRate",
    family="TaxRate",
    names="TaxRate",
    activates=True,
    captured=False,
    complete=_rate,
    fields=(
        label("Name", 100),
        text("Description", 100),
        flag("Active"),
        number("RateValue"),
        bare("AgencyRef"),
        bare("TaxReturnLineRef"),
        choice("SpecialTaxType", "NONE", "ZERO_RATE", "FOREIGN_TAX", "REVERSE_CHARGE", "ADJUSTMENT_RATE"),
        choice("DisplayType", "ReadOnly", "HideInTransactionForms", "HideInPrintedForms", "HideInAll"),
        *kept("EffectiveTaxRate"),
        *HEAD,
        *ignored("TaxRateEx", "OriginalTaxRate", "CustomField", "AttachableRef"),
    ),
    searchable={
        **COMMON,
        **texts("Description", "SpecialTaxType", "DisplayType"),
        "Name": ("text", "name"),
        "Active": ("flag", "active"),
        "RateValue": ("number", "CAST(json_extract(body, '$.RateValue') AS REAL)"),
        "AgencyRef": ("text", "json_extract(body, '$.AgencyRef.value')"),
    },
)

TAX_CODE = Entity(
    name="TaxCode",
    family="TaxCode",
    names="TaxCode",
    activates=True,
    captured=False,
    first_id=2,
    words=WORDS,
    complete=_code,
    fields=(
        label("Name", 100),
        text("Description", 100),
        flag("Active"),
        flag("Hidden"),
        flag("Taxable"),
        flag("TaxGroup"),
        part("SalesTaxRateList", _RATES, *ignored("originatingGroupId")),
        part("PurchaseTaxRateList", _RATES, *ignored("originatingGroupId")),
        *kept("TaxCodeConfigType"),
        *HEAD,
        *ignored("AdjustmentTaxRateList", "TaxCodeEx", "CustomField", "AttachableRef"),
    ),
    searchable={
        **COMMON,
        **texts("Description"),
        **flags("Taxable", "TaxGroup", "Hidden"),
        "Name": ("text", "name"),
        "Active": ("flag", "active"),
    },
)
