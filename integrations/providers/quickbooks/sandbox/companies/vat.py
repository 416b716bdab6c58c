"""The codes and rates of value added tax that a company in the United Kingdom begins with (§9.6)."""

from __future__ import annotations

from typing import NamedTuple

from ..books.books import Books
from ..wire.json import Json
from .planting import put


class Code(NamedTuple):
    name: str
    #: In per cent, of each rate; what reverses itself has two on purchases.
    sales: tuple[str, ...] = ()
    purchases: tuple[str, ...] = ()
    taxable: bool = True


#: In the order of their Ids, from 2 on.
CODES = (
    Code("20.0% S", ("20",), ("20",)),
    Code("5.0% R", ("5",), ("5",)),
    Code("0.0% Z", ("0",), ("0",)),
    Code("Exempt", ("0",), ("0",)),
    Code("No VAT", taxable=False),
    Code("20.0% RC SG", ("0",), ("20", "-20")),
    Code("20.0% EC S", ("0",)),
)


def plant(books: Books) -> None:
    agency = put(books, "TaxAgency", {"DisplayName": "HM Revenue & Customs (VAT)", "TaxTrackedOnPurchases": True})
    for code in CODES:
        lists = {"SalesTaxRateList": code.sales, "PurchaseTaxRateList": code.purchases}
        rates = {name: _rates(books, code, str(agency.id), name, each) for name, each in lists.items()}
        put(books, "TaxCode", {"Name": code.name, "Taxable": code.taxable, **rates})


def _rates(books: Books, code: Code, agency: str, name: str, percents: tuple[str, ...]) -> Json:
    """A rate of its own for each side, so that the return can tell them apart."""
    side = " (Purchases)" if name.startswith("Purchase") else ""
    rows = []
    for at, percent in enumerate(percents):
        mark = f" {at + 1}" if at else ""
        payload = {"Name": f"{code.name}{side}{mark}", "RateValue": percent, "AgencyRef": {"value": agency}}
        rate = put(books, "TaxRate", payload)
        rows.append({"TaxRateRef": {"value": str(rate.id)}, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": 0})
    return {"TaxRateDetail": rows}
