"""Card charges, refunds, checks and cash (§9.7)."""

from __future__ import annotations

from ..books.books import NAME_TYPES, Books
from ..books.journal import Posting
from ..books.record import Record
from ..model.entity import COMMON, HEAD, TRANSACTION, Entity, address, refs, texts
from ..model.fields import Field, Kind, choice, day, flag, ignored, kept, ref, text
from ..wire.json import Json
from ..wire.refusals import Refusal, business, missing
from . import dimensions, spending, transactions


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = dict(draft)
    account = _check_payment(books, body, before)
    transactions.check_dates(books, body, before)
    transactions.check_currency(books, body, [account], _check_payee(books, body))
    books.resolve_in(body, "PaymentMethodRef", "PaymentMethod")
    dimensions.check_reference(books, body, "DepartmentRef", "Department")
    spending.reckon(books, body, before)
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


def check_number(books: Books, body: Json, before: Record | None) -> None:
    """§4.4: cards and cash always, checks only while the company wants the warning."""
    number = body.get("DocNumber")
    if not number or (body["PaymentType"] == "Check" and not _warns_on_checks(books)):
        return
    holder = books.holder_of_number("Purchase", number, but=before)
    if holder is not None:
        raise transactions.number_taken(holder.body["DocNumber"], display_word(holder.body), holder.id)


def _warns_on_checks(books: Books) -> bool:
    return books.other_preference("WarnDuplicateCheckNumber") == "true"


def display_word(body: Json) -> str:
    if body["PaymentType"] == "Check":
        return "Check"
    return "Credit Card Credit" if body.get("Credit") else "Expense"


def journal(books: Books, record: Record) -> list[Posting]:
    """Debits the lines and credits what it was paid from; a refund runs the other way (§9.7)."""
    body = record.body
    moved = spending.line_postings(books, body, -1 if body.get("Credit") else 1)
    payee = transactions.number_of(body.get("EntityRef"))
    return [*moved, transactions.against(body["AccountRef"]["value"], moved, party=payee, memo=body.get("PrivateNote"))]


def derived(books: Books, record: Record) -> Json:
    kind = "3" if record.body["PaymentType"] == "Check" else "54"
    rows = [{**line, "CustomExtensions": []} for line in record.body["Line"]]
    return {"PurchaseEx": {"any": [transactions.name_value("TxnType", kind)]}, "CustomField": [], "Line": rows}


PURCHASE = Entity(
    name="Purchase",
    family="Transaction",
    operations=TRANSACTION,
    repeated=("PaymentType",),
    reported=("AccountRef",),
    # §4.2: a read of it that is echoed whole is taken by an update, and refused by a delete.
    not_on_delete=("PurchaseEx",),
    complete=complete,
    derived=derived,
    journal=journal,
    check_number=check_number,
    fields=(
        choice("PaymentType", "CreditCard", "Cash", "Check"),
        ref("AccountRef", "Account"),
        ref("EntityRef", "Name"),
        text("DocNumber", 21),
        day("TxnDate"),
        text("PrivateNote", 4000),
        flag("Credit"),
        ref("DepartmentRef", "Department"),
        ref("CurrencyRef", "Currency"),
        Field("ExchangeRate", Kind.RATE),
        *spending.HEADER,
        ref("PaymentMethodRef", "PaymentMethod"),
        address("RemitToAddr"),
        choice("PrintStatus", "NotSet", "NeedToPrint", "PrintComplete"),
        spending.LINES,
        *HEAD,
        *kept("TxnSource", "TransactionLocationType", "IncludeInAnnualTPAR", "RecurDataRef", "CheckPayment"),
        *ignored("AttachableRef", "TxnSubType", "TxnStatus", "TaxFormType", "TaxFormNum", "Tag", "TxnApprovalInfo"),
        *ignored("RecurringInfo", "ProjectRef", "TotalCostAmount", "HomeTotalCostAmount", "LessCIS"),
        *ignored("CustomExtensions"),
        *ignored("PaymentRefNum", "PurchaseEx"),
        *ignored("TotalAmt", "LinkedTxn", "CustomField", "HomeTotalAmt", "ShipAddr", "CreditCardPayment"),
    ),
    searchable={
        **COMMON,
        **texts("PaymentType"),
        **refs("EntityRef"),
        "TxnDate": ("date", "txn_date"),
        "DocNumber": ("text", "doc_number"),
        "TotalAmt": ("amount", "amount"),
    },
)
