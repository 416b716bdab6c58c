"""Sales tax and VAT on lines and documents (§9.6)."""

from __future__ import annotations

from ..books.books import Books
from ..model.fields import Field, amount, choice, kept, ref
from ..wire.json import Json
from ..wire.refusals import Refusal, business

CALCULATION = choice("GlobalTaxCalculation", "TaxExcluded", "TaxInclusive", "NotApplicable")
HEADER: tuple[Field, ...] = (CALCULATION, *kept("TxnTaxDetail"))
ON_LINE: tuple[Field, ...] = (ref("TaxCodeRef", "TaxCode"), amount("TaxAmount"), amount("TaxInclusiveAmt"))


def check_code(books: Books, body: Json, name: str) -> None:
    """The tax code of a customer, a vendor or an item; in the US it may be one of the two words."""
    code = body.get(name, {}).get("value")
    if code is not None and not (books.company.country == "US" and code in ("TAX", "NON")):
        books.resolve(body[name], "TaxCode", field_name=name)


def complete_header(books: Books, body: Json) -> None:
    has_detail = body.pop("TxnTaxDetail", False)
    if books.company.country == "US":
        body.pop("GlobalTaxCalculation", None)
        return
    body.setdefault("GlobalTaxCalculation", "TaxExcluded")
    if body["GlobalTaxCalculation"] == "NotApplicable" and has_detail:
        raise Refusal("6170", "TxnTaxDetail cannot be used when tax is not applicable", element="TxnTaxDetail")


def complete_line(books: Books, body: Json, detail: Json) -> Json:
    code = detail.get("TaxCodeRef", {}).get("value")
    for name in ("TaxAmount", "TaxInclusiveAmt"):
        detail.pop(name, None)
    if books.company.country == "US":
        if code not in (None, "TAX", "NON"):
            raise Refusal("6100", f"Tax code {code} is not one of TAX and NON", element="TaxCodeRef")
        return {**detail, "TaxCodeRef": {"value": code or "NON"}}
    if code:
        books.resolve(detail["TaxCodeRef"], "TaxCode", field_name="TaxCodeRef")
    if body["GlobalTaxCalculation"] != "NotApplicable" and books.switches.vat_code == "required":
        raise business("Make sure all your transactions have a VAT rate before you save.")
    return detail
