"""What bills and vendor credits share: a vendor, expense lines, and the payable account (§9.8)."""

from __future__ import annotations

from ..books import links
from ..books.books import Books
from ..books.journal import Posting
from ..books.record import Record
from ..model.entity import COMMON, HEAD, address, refs
from ..model.fields import Field, Kind, day, ignored, kept, ref, text
from ..wire.json import Json
from ..wire.refusals import business, missing
from . import dimensions, spending, transactions

FIELDS: tuple[Field, ...] = (
    ref("VendorRef", "Vendor"),
    ref("APAccountRef", "Account"),
    text("DocNumber", 21),
    day("TxnDate"),
    text("PrivateNote", 4000),
    ref("DepartmentRef", "Department"),
    ref("CurrencyRef", "Currency"),
    Field("ExchangeRate", Kind.RATE),
    *spending.HEADER,
    address("VendorAddr"),
    spending.LINES,
    *HEAD,
    *kept("LinkedTxn", "TxnSource", "TransactionLocationType", "IncludeInAnnualTPAR", "RecurDataRef", "Memo"),
    *ignored("TotalAmt", "Balance", "HomeBalance", "HomeTotalAmt", "CustomField", "PayerRef", "RemitToAddr"),
    *ignored("AttachableRef", "TxnSubType", "TxnStatus", "TaxFormType", "TaxFormNum", "Tag", "TxnApprovalInfo"),
    *ignored("RecurringInfo", "ProjectRef", "TotalCostAmount", "HomeTotalCostAmount", "LessCIS", "CustomExtensions"),
    *ignored("BillEx", "VendorCreditEx", "FromAccountRef", "ToAccountRef"),
    *ignored("GlobalTaxModel", "ReplyEmail", "ShipAddr", "BillEmail"),
)
SEARCHABLE = {
    **COMMON,
    **refs("APAccountRef", "SalesTermRef"),
    "VendorRef": ("text", "party"),
    "TxnDate": ("date", "txn_date"),
    "DocNumber": ("text", "doc_number"),
    "TotalAmt": ("amount", "amount"),
    "Balance": ("amount", "open"),
}


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = dict(draft)
    if "VendorRef" not in body:
        raise missing("VendorRef")
    vendor = books.resolve(body["VendorRef"], "Vendor", field_name="VendorRef")
    payable = transactions.control_account(books, body, "APAccountRef", "Accounts Payable")
    transactions.check_dates(books, body, before)
    body.setdefault("CurrencyRef", dict(vendor.body["CurrencyRef"]))
    transactions.check_currency(books, body, [payable], vendor)
    dimensions.check_reference(books, body, "DepartmentRef", "Department")
    spending.reckon(books, body, before)
    return body


def postings(books: Books, body: Json, sign: int) -> list[Posting]:
    moved = spending.line_postings(books, body, sign)
    vendor, payable = transactions.number_of(body["VendorRef"]), body["APAccountRef"]["value"]
    return [*moved, transactions.against(payable, moved, party=vendor, memo=body.get("PrivateNote"))]


def guard_applied(books: Books, record: Record, operation: str) -> None:
    """Whether a paid document may be deleted is not known: refused, or the payment loses its link (§9.8)."""
    if operation == "delete" and books.switches.paid_delete == "refuse" and is_paid(books, record):
        raise business("You can't delete this transaction because it is linked to a payment. Unlink it first.")


def check_owner(books: Books, before: Record, body: Json) -> None:
    """A payment is of one name and one currency, and does not follow its bill to another (§9.9)."""
    moved = any(before.body.get(name) != body.get(name) for name in ("VendorRef", "CustomerRef", "CurrencyRef"))
    if moved and books.switches.paid_delete == "refuse" and is_paid(books, before):
        raise business("You can't change the name or currency of a transaction that is linked to a payment.")


def is_paid(books: Books, record: Record) -> bool:
    return any(name in PAYERS for name, _, _ in links.applied(books, *record.key))


PAYERS = ("BillPayment", "Payment")
