"""What invoices, receipts, credits, refunds and estimates share: a customer, sold lines, tax, a number (§9.10)."""

from __future__ import annotations

from decimal import Decimal

from ..books.books import Books
from ..books.journal import Posting
from ..books.record import Record
from ..model.entity import COMMON, HEAD, address, refs, texts
from ..model.fields import Field, Kind, choice, day, flag, ignored, kept, part, ref, text
from ..model.money import from_units, to_units
from ..wire.json import Json
from ..wire.refusals import Refusal, business, missing
from . import custom_fields, dimensions, numbering, sales_lines, stock, tax, taxing, transactions
from .sales_lines import DISCOUNT, ITEM

RECEIVABLE = "Accounts Receivable"
#: Where what a customer pays may be held.
HELD_IN = ("Bank", "Other Current Asset", "Credit Card")


def email(name: str) -> Field:
    return part(name, Field("Address", Kind.EMAILS, limit=200), *ignored("Id", "Default", "Tag"))


FIELDS: tuple[Field, ...] = (
    text("DocNumber", 21),
    day("TxnDate"),
    ref("DepartmentRef", "Department"),
    ref("CurrencyRef", "Currency"),
    Field("ExchangeRate", Kind.RATE),
    text("PrivateNote", 4000),
    sales_lines.LINES,
    *tax.HEADER,
    ref("CustomerRef", "Customer"),
    part("CustomerMemo", text("value", 1000), *ignored("id", "name")),
    *(address(name) for name in ("BillAddr", "ShipAddr", "ShipFromAddr")),
    flag("FreeFormAddress"),
    ref("ClassRef", "Class"),
    ref("SalesTermRef", "Term"),
    day("ShipDate"),
    text("TrackingNum", 31),
    part("ShipMethodRef", text("value", 31), text("name", 31), *ignored("type")),
    flag("ApplyTaxAfterDiscount"),
    choice("PrintStatus", "NotSet", "NeedToPrint", "PrintComplete"),
    choice("EmailStatus", "NotSet", "NeedToSend", "EmailSent"),
    *(email(name) for name in ("BillEmail", "BillEmailCc", "BillEmailBcc")),
    ref("PaymentMethodRef", "PaymentMethod"),
    text("PaymentRefNum", 21),
    *HEAD,
    *kept("LinkedTxn", "TxnSource", "TransactionLocationType", "RecurDataRef", "RecurringInfo", "CustomField"),
    *kept("PONumber", "FOB", "TaxExemptionRef", "DeliveryInfo", "GovtTxnRefIdentifier", "ProjectRef"),
    *kept("ShippingTaxIncludedInTotalTax", "TxnSubType", "CreditCardPayment", "CheckPayment"),
    *ignored("TotalAmt", "HomeTotalAmt", "Balance", "HomeBalance", "AttachableRef", "TaxFormType", "TaxFormNum"),
    *ignored("TxnApprovalInfo", "Tag", "AutoDocNumber", "RemitToRef", "SalesRepRef", "TemplateRef", "FinanceCharge"),
    *ignored("PaymentType", "DiscountRate", "DiscountAmt", "TotalCostAmount", "HomeTotalCostAmount"),
    *ignored("CustomExtensions", "LessCIS", "DefaultTaxCodeRef"),
)
SEARCHABLE = {
    **COMMON,
    **texts("EmailStatus", "PrintStatus"),
    **refs("SalesTermRef", "ClassRef"),
    "CustomerRef": ("text", "party"),
    "TxnDate": ("date", "txn_date"),
    "DocNumber": ("text", "doc_number"),
    "TotalAmt": ("amount", "amount"),
}


def customer_of(books: Books, body: Json, *, required: bool = True) -> Record | None:
    if "CustomerRef" not in body:
        if required:
            raise missing("CustomerRef")
        return None
    return books.resolve(body["CustomerRef"], "Customer", field_name="CustomerRef")


def complete(
    books: Books, body: Json, before: Record | None, customer: Record | None, accounts: tuple[Record, ...] = ()
) -> Json:
    """The body with all that follows from its lines; the kind adds what is its own."""
    transactions.check_dates(books, body, before)
    if customer is not None:
        body.setdefault("CurrencyRef", dict(customer.body["CurrencyRef"]))
    transactions.check_currency(books, body, accounts, customer)
    _check_references(books, body)
    tax.complete_header(books, body)
    if books.company.country == "US":
        body.setdefault("ApplyTaxAfterDiscount", False)
    _reckon(books, body, before)
    _fill_in(body, customer, before)
    body["CustomField"] = custom_fields.of_sales(books, body)
    numbering.number(books, body, before)
    return body


def _check_references(books: Books, body: Json) -> None:
    for name, entity in (("DepartmentRef", "Department"), ("ClassRef", "Class")):
        dimensions.check_reference(books, body, name, entity)
    for name, entity in (("SalesTermRef", "Term"), ("PaymentMethodRef", "PaymentMethod")):
        books.resolve_in(body, name, entity)


def _reckon(books: Books, body: Json, before: Record | None) -> None:
    lines = sales_lines.complete(books, body, before)
    rows = [taxing.Line(line, line[ITEM]) for line in sales_lines.sold(lines)]
    taxing.divide(books, body, rows, tax.SALES)
    off = sales_lines.discount(lines)
    due = taxing.settle(books, body, rows, tax.SALES, before=before, discount=off)
    total = sum(to_units(row.whole["Amount"]) for row in rows) - off + due
    if total < 0:
        raise business("Transaction amounts must be zero or greater.")
    body["Line"] = sales_lines.shown(lines)
    body["TotalAmt"] = from_units(total)
    if body.get("GlobalTaxCalculation") != "NotApplicable":
        body.setdefault("TxnTaxDetail", {"TotalTax": 0})


def _fill_in(body: Json, customer: Record | None, before: Record | None) -> None:
    """§2: addresses come from the customer, with the Ids they have there."""
    for name in ("BillAddr", "ShipAddr"):
        known = customer.body.get(name) or customer.body.get("BillAddr") if customer else None
        if before is None and name not in body and known:
            body[name] = dict(known)
    body.setdefault("PrintStatus", "NeedToPrint")
    body.setdefault("EmailStatus", "NotSet")
    if body["EmailStatus"] == "NeedToSend" and not body.get("BillEmail"):
        raise Refusal("6420", "An e-mail address is needed to send the transaction", element="BillEmail")


def derived(books: Books, record: Record) -> Json:
    """In the home currency, where there are others (§9.6)."""
    if not books.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        return {}
    rate = Decimal(record.body.get("ExchangeRate", 1))
    pairs = (("HomeTotalAmt", "TotalAmt"), ("HomeBalance", "Balance"))
    return {
        home: from_units(transactions.at_home({"ExchangeRate": rate}, to_units(record.body[name])))
        for home, name in pairs
        if name in record.body
    }


def postings(books: Books, body: Json, counter: str, sign: int = 1) -> list[Posting]:
    """Debits `counter` with the total; credits income and tax, debits what comes off; with sign -1 the other way."""
    party, memo = transactions.number_of(body.get("CustomerRef")), body.get("PrivateNote")
    total = transactions.posting(body, counter, sign * to_units(body["TotalAmt"]), party=party, memo=memo)
    lines = sales_lines.sold(body["Line"])
    earned = [_income(body, line, -sign) for line in lines]
    rows = [total, *earned, *taxing.postings(books, body, tax.SALES, -sign)]
    rows += _discounts(body, rows)
    left = sum(each.debit for each in rows)
    if left:
        rows[1] = rows[1]._replace(debit=rows[1].debit - left)
    goods = [each for line in lines for each in _goods(books, body, line, sign)]
    return [each for each in (*rows, *goods) if each.debit or each.native or each.quantity]


def _income(body: Json, line: Json, sign: int) -> Posting:
    detail = line[ITEM]
    return transactions.posting(
        body,
        detail["ItemAccountRef"]["value"],
        sign * to_units(line["Amount"]),
        **_dimensions(body, detail),
        party=transactions.number_of(body.get("CustomerRef")),
        memo=line.get("Description"),
        item=None if sales_lines.is_freight(line) else transactions.number_of(detail["ItemRef"]),
    )


def _dimensions(body: Json, detail: Json) -> dict[str, int | None]:
    class_ = detail.get("ClassRef") or body.get("ClassRef")
    return {
        "class_": transactions.number_of(class_),
        "department": transactions.number_of(body.get("DepartmentRef")),
    }


def _discounts(body: Json, rows: list[Posting]) -> list[Posting]:
    """What comes off is what the rest lacks to zero: so it holds to the cent also where tax is included."""
    lines = [line for line in body["Line"] if DISCOUNT in line]
    found: list[Posting] = []
    for at, line in enumerate(lines, 1):
        detail = line[DISCOUNT]
        account, more = detail["DiscountAccountRef"]["value"], _dimensions(body, detail)
        rest = transactions.against(account, [*rows, *found], **more)
        own = transactions.posting(body, account, (1 if rest.native >= 0 else -1) * to_units(line["Amount"]), **more)
        found.append(rest if at == len(lines) else own)
    return found


def _goods(books: Books, body: Json, line: Json, sign: int) -> list[Posting]:
    detail = line[ITEM]
    item = None if sales_lines.is_freight(line) else books.find("Item", int(detail["ItemRef"]["value"]))
    if item is None or not detail.get("Qty"):
        return []
    return stock.sold(books, item, Decimal(detail["Qty"]), sign, **_dimensions(body, detail))


def voided(books: Books, record: Record) -> Json:
    """§4.2: every amount is zero, and the note says so."""
    lines = [_emptied(line) for line in record.body["Line"]]
    return {**record.body, "PrivateNote": "Voided", "Line": lines, "TotalAmt": 0, "TxnTaxDetail": {"TotalTax": 0}}


def _emptied(line: Json) -> Json:
    row = {**line, "Amount": 0} if "Amount" in line else line
    if ITEM in row:
        kept = {name: value for name, value in row[ITEM].items() if name not in ("Qty", "UnitPrice", "TaxInclusiveAmt")}
        return {**row, ITEM: kept}
    if sales_lines.GROUP in row:
        detail = row[sales_lines.GROUP]
        return {**row, sales_lines.GROUP: {**detail, "Line": [_emptied(each) for each in detail["Line"]]}}
    return row
