"""What is ordered from a vendor: posts nothing, and is closed by the bills that bring it (§9.10)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.entity import COMMON, HEAD, TRANSACTION, Entity, address, refs, texts
from ..model.fields import Field, Kind, bare, choice, day, flag, ignored, kept, part, ref, text
from ..model.money import to_units
from ..wire.json import Json
from ..wire.refusals import missing
from . import deposited, dimensions, selling, spending, transactions
from .term import due


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = {"POStatus": "Open", "EmailStatus": "NotSet", "PrintStatus": "NotSet", **draft}
    if "VendorRef" not in body:
        raise missing("VendorRef")
    vendor = books.resolve(body["VendorRef"], "Vendor", field_name="VendorRef")
    payable = transactions.control_account(books, body, "APAccountRef", "Accounts Payable")
    transactions.check_dates(books, body, before)
    body.setdefault("CurrencyRef", dict(vendor.body["CurrencyRef"]))
    transactions.check_currency(books, body, [payable], vendor)
    for name, entity in (("DepartmentRef", "Department"), ("ClassRef", "Class")):
        dimensions.check_reference(books, body, name, entity)
    term = books.resolve_in(body, "SalesTermRef", "Term")
    if term is not None:
        body.setdefault("DueDate", due(term.body, body["TxnDate"]))
    spending.reckon(books, body, before)
    if before is None and "VendorAddr" not in body and vendor.body.get("BillAddr"):
        body["VendorAddr"] = dict(vendor.body["BillAddr"])
    return body


def linked(earlier: Json, body: Json, found: list[tuple[str, int, int]]) -> Json:
    """Closed once as much has come as was ordered, open again when the bill goes away."""
    was_linked = bool(earlier.get("LinkedTxn"))
    arrived = sum(units for _, _, units in found)
    if found and arrived >= to_units(body["TotalAmt"]):
        body = {**body, "POStatus": "Closed"}
    elif was_linked and not body.get("ManuallyClosed"):
        body = {**body, "POStatus": "Open"}
    return deposited.linked(earlier, body, found)


PURCHASE_ORDER = Entity(
    name="PurchaseOrder",
    family="Transaction",
    operations=TRANSACTION,
    complete=complete,
    derived=selling.derived,
    linked=linked,
    fields=(
        ref("VendorRef", "Vendor"),
        ref("APAccountRef", "Account"),
        choice("POStatus", "Open", "Closed"),
        flag("ManuallyClosed"),
        text("DocNumber", 21),
        day("TxnDate"),
        day("DueDate"),
        day("ExpectedDate"),
        text("PrivateNote", 4000),
        text("Memo", 4000),
        ref("DepartmentRef", "Department"),
        ref("ClassRef", "Class"),
        ref("SalesTermRef", "Term"),
        ref("CurrencyRef", "Currency"),
        Field("ExchangeRate", Kind.RATE),
        *spending.HEADER,
        spending.LINES,
        address("VendorAddr"),
        address("ShipAddr"),
        ref("ShipTo", "Customer"),
        part("ShipMethodRef", text("value", 31), text("name", 31), *ignored("type")),
        *(selling.email(name) for name in ("POEmail", "BillEmail", "ReplyEmail")),
        choice("PrintStatus", "NotSet", "NeedToPrint", "PrintComplete"),
        choice("EmailStatus", "NotSet", "NeedToSend", "EmailSent"),
        bare("TaxCodeRef"),
        *HEAD,
        *kept("LinkedTxn", "CustomField", "FOB", "TxnSource", "TransactionLocationType", "RecurDataRef"),
        *kept("DropShipToEntity", "ProjectRef"),
        *ignored("TotalAmt", "HomeTotalAmt", "AttachableRef", "PurchaseOrderEx", "ReimbursableInfoRef", "TxnStatus"),
        *ignored("InventorySiteRef", "TemplateRef", "TxnSubType", "TaxFormType", "TaxFormNum", "Tag", "DeliveryInfo"),
        *ignored("TxnApprovalInfo", "RecurringInfo", "TotalCostAmount", "HomeTotalCostAmount", "CustomExtensions"),
    ),
    searchable={
        **COMMON,
        **texts("POStatus", "EmailStatus"),
        **refs("APAccountRef"),
        "VendorRef": ("text", "party"),
        "TxnDate": ("date", "txn_date"),
        "DueDate": ("date", "json_extract(body, '$.DueDate')"),
        "DocNumber": ("text", "doc_number"),
        "TotalAmt": ("amount", "amount"),
    },
)
