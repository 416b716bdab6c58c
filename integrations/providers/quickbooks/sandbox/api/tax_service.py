"""Makes a tax code together with its rates: the only way to either (§9.6)."""

from __future__ import annotations

from typing import Any

from ..books.books import Books
from ..books.record import Record
from ..model.fields import choice, ignored, lines, number, text
from ..registry import BY_NAME
from ..wire.json import Json
from ..wire.refusals import missing
from . import documents

FIELDS = (
    text("TaxCode", 100),
    text("TaxCodeId", 20),
    lines(
        "TaxRateDetails",
        text("TaxRateName", 100),
        text("TaxRateId", 20),
        number("RateValue"),
        text("TaxAgencyId", 20),
        choice("TaxApplicableOn", "Sales", "Purchase", "Adjustment", "Other"),
    ),
    *ignored("Id", "SyncToken", "domain", "sparse", "MetaData", "Fault", "status"),
)
_SIDES = {"Sales": "SalesTaxRateList", "Purchase": "PurchaseTaxRateList"}


def create(books: Books, payload: Any) -> Json:
    clean = books.reader.read(payload, FIELDS, "TaxService")
    for name in ("TaxCode", "TaxRateDetails"):
        if not clean.get(name):
            raise missing(name)
    rows = [_row(books, each) for each in clean["TaxRateDetails"]]
    code = documents.put(books, BY_NAME["TaxCode"], {"Name": clean["TaxCode"], **_lists(rows)})
    details = [_shown(side, rate) for side, rate in rows]
    return {"TaxCode": code.body["Name"], "TaxCodeId": str(code.id), "TaxRateDetails": details}


def _row(books: Books, detail: Json) -> tuple[str, Record]:
    """A rate that is there already, or a new one."""
    side = detail.get("TaxApplicableOn", "Sales")
    if detail.get("TaxRateId"):
        return side, books.resolve({"value": detail["TaxRateId"]}, "TaxRate", field_name="TaxRateId")
    for name in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if name not in detail:
            raise missing(name)
    payload = {
        "Name": detail["TaxRateName"],
        "RateValue": detail["RateValue"],
        "AgencyRef": {"value": detail["TaxAgencyId"]},
    }
    return side, documents.put(books, BY_NAME["TaxRate"], payload)


def _lists(rows: list[tuple[str, Record]]) -> Json:
    found: Json = {name: {"TaxRateDetail": []} for name in _SIDES.values()}
    for side, rate in rows:
        listed = found[_SIDES.get(side, "SalesTaxRateList")]["TaxRateDetail"]
        row = {"TaxRateRef": {"value": str(rate.id)}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": len(listed)}
        listed.append(row)
    return found


def _shown(side: str, rate: Record) -> Json:
    body = rate.body
    return {
        "TaxRateName": body["Name"],
        "TaxRateId": str(rate.id),
        "RateValue": body["RateValue"],
        "TaxAgencyId": body["AgencyRef"]["value"],
        "TaxApplicableOn": side,
    }
