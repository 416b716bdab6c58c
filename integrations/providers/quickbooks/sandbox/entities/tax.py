"""Tax codes on lines and documents (§9.6); what they come to is reckoned in taxing.py."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.fields import Field, amount, bare, choice, flag, ignored, lines, number, part
from ..wire.json import Json
from ..wire.refusals import Refusal, business
from .line_kinds import rest

SALES, PURCHASES = "Sales", "Purchase"
DETAIL = part(
    "TxnTaxDetail",
    bare("TxnTaxCodeRef"),
    amount("TotalTax"),
    lines(
        "TaxLine",
        *rest(
            amount("Amount"),
            part(
                "TaxLineDetail",
                bare("TaxRateRef"),
                flag("PercentBased"),
                number("TaxPercent"),
                amount("NetAmountTaxable"),
                *ignored("TaxInclusiveAmount", "OverrideDeltaAmount", "ServiceDate", "TaxLineDetailEx"),
            ),
        ),
    ),
    *ignored("DefaultTaxCodeRef", "TaxReviewStatus", "UseAutomatedSalesTax"),
)
HEADER: tuple[Field, ...] = (choice("GlobalTaxCalculation", "TaxExcluded", "TaxInclusive", "NotApplicable"), DETAIL)
ON_LINE: tuple[Field, ...] = (bare("TaxCodeRef"), amount("TaxAmount"), amount("TaxInclusiveAmt"))


def check_code(books: Books, body: Json, name: str) -> None:
    """The tax code of a customer, a vendor or an item; in the US it may be one of the two words."""
    code = body.get(name, {}).get("value")
    if code is not None and not (books.company.country == "US" and code in ("TAX", "NON")):
        books.resolve(body[name], "TaxCode", field_name=name)


def complete_header(books: Books, body: Json) -> None:
    """Leaves in TxnTaxDetail what the caller says of the tax, for taxing.py to keep or to replace."""
    detail = body.get("TxnTaxDetail", {})
    if books.company.country == "US":
        body.pop("GlobalTaxCalculation", None)
        return
    body.setdefault("GlobalTaxCalculation", "TaxExcluded")
    if body["GlobalTaxCalculation"] == "NotApplicable" and any(detail.values()):
        raise Refusal("6170", "TxnTaxDetail cannot be used when tax is not applicable", element="TxnTaxDetail")


def complete_line(books: Books, body: Json, detail: Json, side: str = PURCHASES) -> Json:
    """The detail with a code that may stand there; what was sent of the gross amount stays only where it counts."""
    code = detail.get("TaxCodeRef", {}).get("value")
    detail.pop("TaxAmount", None)
    if books.company.country == "US":
        detail.pop("TaxInclusiveAmt", None)
        if code not in (None, "TAX", "NON"):
            raise Refusal("6100", f"Tax code {code} is not one of TAX and NON", element="TaxCodeRef")
        return {**detail, "TaxCodeRef": {"value": code or "NON"}}
    if body["GlobalTaxCalculation"] != "TaxInclusive":
        detail.pop("TaxInclusiveAmt", None)
    if code:
        _check_side(books.resolve(detail["TaxCodeRef"], "TaxCode", field_name="TaxCodeRef"), body, side)
    elif body["GlobalTaxCalculation"] != "NotApplicable" and books.switches.vat_code == "required":
        raise business("Make sure all your transactions have a VAT rate before you save.")
    return detail


def _check_side(code: Record, body: Json, side: str) -> None:
    """A code without rates for purchases is for sales only, and the other way round."""
    taxed = body["GlobalTaxCalculation"] != "NotApplicable" and code.body["Taxable"]
    if taxed and not code.body[f"{side}TaxRateList"]["TaxRateDetail"]:
        where = "purchases" if side == PURCHASES else "sales"
        raise business(f"The tax code {code.body['Name']} cannot be used on {where}.")
