"""Card charges, refunds, checks and cash (§9.7)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .books import CURRENCIES, NAME_TYPES, Books, Record
from .entities import PURCHASE
from .money import from_units, to_units
from .reading import refuse_foreign, require_positive
from .refusals import Refusal, business, missing
from .wire import Json

#: §9.3: what may stand on an expense line; a sandbox took Bank as well.
LINE_TYPES = (
    *("Expense", "Other Expense", "Cost of Goods Sold", "Income", "Other Income", "Equity", "Fixed Asset"),
    *("Other Asset", "Other Current Asset", "Other Current Liability", "Long Term Liability", "Bank"),
)
CONTROL_TYPES = ("Accounts Receivable", "Accounts Payable")
CLOSED = (
    "The account period has closed and the account books cannot be updated through the QBO Services API. "
    "Please use the QBO website to make these changes."
)
_DETAIL = "AccountBasedExpenseLineDetail"


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = {name: value for name, value in draft.items() if value is not None}
    _check_payment(books, body, before)
    _check_dates(books, body, before)
    _check_payee(books, body)
    _check_currency(books, body)
    _check_dimensions(books, body)
    _complete_tax(books, body)
    body["Line"] = [_complete_line(books, body, line) for line in _numbered(body.get("Line"), before)]
    body["TotalAmt"] = from_units(sum(to_units(line["Amount"]) for line in body["Line"]))
    body.setdefault("PrintStatus", "NotSet")
    return body


def _check_payment(books: Books, body: Json, before: Record | None) -> None:
    kind = body.get("PaymentType")
    if not kind:
        raise missing("PaymentType")
    if before is not None and before.body["PaymentType"] != kind:
        raise business("You can't change the payment type of an existing transaction.")
    if "AccountRef" not in body:
        raise missing("AccountRef")
    account = books.resolve(body["AccountRef"], "Account", field_name="AccountRef")
    if account.body["AccountType"] not in _paid_from(books, kind):
        raise _wrong_type("AccountRef")
    if kind != "CreditCard":
        if body.get("Credit"):
            raise business("Only a credit card transaction can be a credit.")
        body.pop("Credit", None)


def _paid_from(books: Books, kind: str) -> tuple[str, ...]:
    if kind == "CreditCard":
        return ("Credit Card",)
    if kind == "Cash" and books.switches.cash_accounts == "assets":
        return ("Bank", "Other Current Asset")
    return ("Bank",)


def _wrong_type(element: str) -> Refusal:
    detail = "You need to select a different type of account for this transaction."
    return Refusal("6430", detail, element=element)


def _check_dates(books: Books, body: Json, before: Record | None) -> None:
    body.setdefault("TxnDate", books.today)
    check_open(books, body["TxnDate"])
    if before is not None:
        check_open(books, before.body["TxnDate"])


def check_open(books: Books, day: str) -> None:
    closed_until = books.preference("AccountingInfoPrefs", "BookCloseDate")
    if closed_until and day <= closed_until:
        raise Refusal("6210", CLOSED, element="TxnDate")


def _check_payee(books: Books, body: Json) -> None:
    payee = body.get("EntityRef")
    if payee is None:
        return
    payee.setdefault("type", "Vendor")
    if payee["type"] not in NAME_TYPES:
        raise Refusal("2170", f"Invalid Enumeration : {payee['type']}", element="EntityRef")
    books.resolve(payee, "Name", field_name="EntityRef")


def _check_currency(books: Books, body: Json) -> None:
    """§9.6: one currency for transaction, card account and payee; the home currency needs no rate."""
    home = books.company.currency
    currency = body.get("CurrencyRef", {}).get("value", home)
    body["CurrencyRef"] = {"value": currency}
    if not books.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        body.pop("ExchangeRate", None)
        if currency != home:
            raise refuse_foreign(currency, home)
        return
    if currency not in CURRENCIES:
        raise Refusal("2500", f"Invalid Reference Id : Currencies element id {currency} not found", element="")
    _check_one_currency(books, body, currency)
    if currency != home and "ExchangeRate" not in body:
        raise Refusal("2410", "Curreny, ExchangeRate is missing.", element="ExchangeRate")
    body.setdefault("ExchangeRate", 1)


def _check_one_currency(books: Books, body: Json, currency: str) -> None:
    account = books.resolve(body["AccountRef"], "Account", field_name="AccountRef")
    fits = account.body["CurrencyRef"]["value"] in (currency, books.company.currency)
    if body.get("EntityRef", {}).get("type") == "Vendor":
        vendor = books.resolve(body["EntityRef"], "Name", field_name="EntityRef")
        fits = fits and vendor.body["CurrencyRef"]["value"] == currency
    if not fits:
        raise business("You can only use one foreign currency per transaction.")


def _check_dimensions(books: Books, body: Json) -> None:
    if "PaymentMethodRef" in body:
        books.resolve(body["PaymentMethodRef"], "PaymentMethod", field_name="PaymentMethodRef")
    _check_dimension(books, body, "DepartmentRef", "Department", ("TrackDepartments",))


def _check_dimension(books: Books, owner: Json, name: str, target: str, preferences: tuple[str, ...]) -> None:
    if name not in owner:
        return
    if any(books.preference("AccountingInfoPrefs", each) for each in preferences):
        books.resolve(owner[name], target, field_name=name)
    elif books.switches.class_off == "drop":
        del owner[name]
    else:
        raise Refusal("5020", "Permission Denied Error : The feature is not turned on for this company", element=name)


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
    _check_dimension(books, detail, "ClassRef", "Class", ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine"))
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
        raise _wrong_type("AccountRef")


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
        raise Refusal(
            "6140",
            "Duplicate Document Number Error : You must specify a different number. This number has already been "
            f"used. DocNumber={holder.body['DocNumber']} is assigned to TxnType={display_word(holder.body)} "
            f"with TxnId={holder.id}",
        )


def _warns_on_checks(books: Books) -> bool:
    return books.other_preference("WarnDuplicateCheckNumber") == "true"


def display_word(body: Json) -> str:
    if body["PaymentType"] == "Check":
        return "Check"
    return "Credit Card Credit" if body.get("Credit") else "Expense"


def post(books: Books, body: Json, *, undo: bool = False) -> None:
    """Debits the lines and credits what it was paid from; a refund runs the other way (§9.7)."""
    sign = -1 if undo != bool(body.get("Credit")) else 1
    # Balances are in the home currency.
    rate = Decimal(body.get("ExchangeRate", 1))
    moved = 0
    for line in body["Line"]:
        units = sign * int(to_units(line["Amount"]) * rate)
        books.post(int(line[_DETAIL]["AccountRef"]["value"]), units)
        moved += units
    books.post(int(body["AccountRef"]["value"]), -moved)


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
