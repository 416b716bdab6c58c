"""Card charges, refunds, checks and cash (§9.7)."""

from __future__ import annotations

from typing import Any

from . import dimensions, transactions
from .accounts import CONTROL_TYPES
from .books import NAME_TYPES, Books, Posting, Record
from .money import from_units, to_units
from .postables import PURCHASE
from .reading import require_positive
from .refusals import Refusal, business, missing
from .wire import Json

#: §9.3: what may stand on an expense line; a sandbox took Bank as well.
LINE_TYPES = (
    *("Expense", "Other Expense", "Cost of Goods Sold", "Income", "Other Income", "Equity", "Fixed Asset"),
    *("Other Asset", "Other Current Asset", "Other Current Liability", "Long Term Liability", "Bank"),
)
_DETAIL = "AccountBasedExpenseLineDetail"


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = {name: value for name, value in draft.items() if value is not None}
    account = _check_payment(books, body, before)
    transactions.check_dates(books, body, before)
    transactions.check_currency(books, body, [account], _check_payee(books, body))
    if "PaymentMethodRef" in body:
        books.resolve(body["PaymentMethodRef"], "PaymentMethod", field_name="PaymentMethodRef")
    dimensions.check_reference(books, body, "DepartmentRef", "Department")
    _complete_tax(books, body)
    body["Line"] = [_complete_line(books, body, line) for line in _numbered(body.get("Line"), before)]
    body["TotalAmt"] = from_units(sum(to_units(line["Amount"]) for line in body["Line"]))
    body.setdefault("PrintStatus", "NotSet")
    return body


def _check_payment(books: Books, body: Json, before: Record | None) -> Record:
    kind = body.get("PaymentType")
    if not kind:
        raise missing("PaymentType")
    if before is not None and before.body["PaymentType"] != kind:
        raise business("You can't change the payment type of an existing transaction.")
    account = transactions.account(books, body, "AccountRef", _paid_from(books, kind))
    if kind != "CreditCard":
        if body.get("Credit"):
            raise business("Only a credit card transaction can be a credit.")
        body.pop("Credit", None)
    return account


def _paid_from(books: Books, kind: str) -> tuple[str, ...]:
    if kind == "CreditCard":
        return ("Credit Card",)
    if kind == "Cash" and books.switches.cash_accounts == "assets":
        return ("Bank", "Other Current Asset")
    return ("Bank",)


def _check_payee(books: Books, body: Json) -> Record | None:
    payee = body.get("EntityRef")
    if payee is None:
        return None
    payee.setdefault("type", "Vendor")
    if payee["type"] not in NAME_TYPES:
        raise Refusal("2170", f"Invalid Enumeration : {payee['type']}", element="EntityRef")
    return books.resolve(payee, "Name", field_name="EntityRef")


def _complete_tax(books: Books, body: Json) -> None:
    has_detail = body.pop("TxnTaxDetail", False)
    if books.company.country == "US":
        body.pop("GlobalTaxCalculation", None)
        return
    body.setdefault("GlobalTaxCalculation", "TaxExcluded")
    if body["GlobalTaxCalculation"] == "NotApplicable" and has_detail:
        raise Refusal("6170", "TxnTaxDetail cannot be used when tax is not applicable", element="TxnTaxDetail")


def _numbered(lines: Any, before: Record | None) -> list[Json]:
    """A line keeps its identity by Id; one without is new (§4.1)."""
    if not lines:
        raise Refusal("2250", "At least one line is needed", element="Line")
    known = {line["Id"] for line in before.body["Line"]} if before else set()
    highest = max((int(number) for number in known), default=0)
    numbered = []
    for line in lines:
        number = line.get("Id")
        if number in known:
            known.discard(number)
        else:
            highest += 1
            number = str(highest)
        numbered.append({**line, "Id": number})
    return numbered


def _complete_line(books: Books, body: Json, line: Json) -> Json:
    if "Amount" not in line:
        raise missing("Amount")
    require_positive(line["Amount"], "Amount")
    if "DetailType" not in line:
        raise missing("DetailType")
    if line["DetailType"] not in line:
        raise missing(line["DetailType"])
    if line["DetailType"] != _DETAIL:
        item = line[line["DetailType"]].get("ItemRef") or {"value": "0"}
        books.resolve(item, "Item", field_name="ItemRef")
    detail = _complete_detail(books, body, dict(line[_DETAIL]))
    kept = {name: line[name] for name in ("Id", "Description") if name in line}
    return {**kept, "Amount": line["Amount"], "DetailType": _DETAIL, _DETAIL: detail}


def _complete_detail(books: Books, body: Json, detail: Json) -> Json:
    if "AccountRef" not in detail:
        raise missing("AccountRef")
    account = books.resolve(detail["AccountRef"], "Account", field_name="AccountRef")
    _check_line_account(books, account)
    dimensions.check_reference(books, detail, "ClassRef", "Class")
    if "CustomerRef" in detail:
        books.resolve(detail["CustomerRef"], "Customer", field_name="CustomerRef")
    detail.setdefault("BillableStatus", "NotBillable")
    if detail["BillableStatus"] == "Billable" and "CustomerRef" not in detail:
        raise Refusal("6310", "A billable expense needs a customer", element="CustomerRef")
    return _taxed(books, body, detail)


def _check_line_account(books: Books, account: Record) -> None:
    kind = account.body["AccountType"]
    if kind in CONTROL_TYPES and books.switches.payable_lines == "refuse":
        raise business("When you use Accounts Payable or Receivable, choose another kind of transaction.")
    if kind not in LINE_TYPES + CONTROL_TYPES:
        raise transactions.wrong_type("AccountRef")


def _taxed(books: Books, body: Json, detail: Json) -> Json:
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


def check_number(books: Books, body: Json, before: Record | None) -> None:
    """§4.4: cards and cash always, checks only while the company wants the warning."""
    number = body.get("DocNumber")
    if not number or (body["PaymentType"] == "Check" and not _warns_on_checks(books)):
        return
    holder = books.holder_of_number(PURCHASE, number, but=before.id if before else None)
    if holder is not None:
        raise transactions.number_taken(holder.body["DocNumber"], display_word(holder.body), holder.id)


def _warns_on_checks(books: Books) -> bool:
    return books.other_preference("WarnDuplicateCheckNumber") == "true"


def display_word(body: Json) -> str:
    if body["PaymentType"] == "Check":
        return "Check"
    return "Credit Card Credit" if body.get("Credit") else "Expense"


def postings(body: Json) -> list[Posting]:
    """Debits the lines and credits what it was paid from; a refund runs the other way (§9.7)."""
    sign = -1 if body.get("Credit") else 1
    moved = [
        (int(line[_DETAIL]["AccountRef"]["value"]), sign * transactions.at_home(body, line["Amount"]))
        for line in body["Line"]
    ]
    return [*moved, (int(body["AccountRef"]["value"]), -sum(units for _, units in moved))]


def derived(books: Books, record: Record) -> Json:
    kind = "3" if record.body["PaymentType"] == "Check" else "54"
    value = {"Name": "TxnType", "Value": kind}
    extra = {
        "name": "{http://schema.intuit.com/finance/v3}NameValue",
        "declaredType": "com.intuit.schema.finance.v3.NameValue",
        "scope": "javax.xml.bind.JAXBElement$GlobalScope",
        "value": value,
        "nil": False,
        "globalScope": True,
        "typeSubstituted": False,
    }
    rows = [{**line, "CustomExtensions": []} for line in record.body["Line"]]
    return {"PurchaseEx": {"any": [extra]}, "CustomField": [], "Line": rows}
