"""What a customer has bought and will pay for later (§9.10)."""

from __future__ import annotations

from decimal import Decimal

from ..books import links
from ..books.books import Books
from ..books.journal import Posting
from ..books.links import Application
from ..books.record import Record
from ..model.entity import TRANSACTION, Entity, days
from ..model.fields import amount, day, flag, ignored, kept, ref
from ..model.money import from_units, to_units
from ..model.reading import require_positive
from ..wire.json import Json
from ..wire.refusals import business
from . import numbering, own_accounts, payables, selling, transactions
from .term import due

PAID_ONLINE = ("AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment")
_ALLOWED = ("AllowIPNPayment", *PAID_ONLINE)
_OFFERED = ("AllowOnlinePayPalPayment", "AllowOnlineAffirmPayment")
ORIGINS = ("Estimate", "ReimburseCharge", "TimeActivity", "StatementCharge", "ChargeCredit")


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = {**dict.fromkeys(_ALLOWED, False), **draft}
    customer = selling.customer_of(books, body)
    receivable = transactions.control_account(books, body, "ARAccountRef", selling.RECEIVABLE)
    selling.complete(books, body, before, customer, (receivable,))
    body.setdefault("DueDate", _due(books, body, customer))
    if body.get("Deposit"):
        require_positive(body["Deposit"], "Deposit")
        if to_units(body["Deposit"]) > to_units(body["TotalAmt"]):
            raise business("The deposit can't be more than the total of the invoice.")
        account = books.resolve_in(body, "DepositToAccountRef", "Account")
        body["DepositToAccountRef"] = {"value": str((account or own_accounts.get(books, own_accounts.UNDEPOSITED)).id)}
    check_origins(books, body)
    return body


def _due(books: Books, body: Json, customer: Record | None) -> str:
    """By its own terms, else by the customer's, else by those the company has chosen; these are not shown."""
    own = body.get("SalesTermRef") or (customer.body.get("SalesTermRef") if customer else None)
    term = own or books.preference("SalesFormsPrefs", "DefaultTerms")
    found = books.find("Term", int(term["value"])) if term else None
    return due(found.body, body["TxnDate"]) if found else str(body["TxnDate"])


def check_origins(books: Books, body: Json) -> None:
    """What it is made from must be there."""
    for link in links.sent(body):
        if link["TxnType"] == "Estimate":
            books.get(books.entities["Estimate"], link["TxnId"])


def applies(books: Books, body: Json) -> list[Application]:
    """An estimate that was taken up is closed by it."""
    estimates = (link for link in links.sent(body) if link["TxnType"] == "Estimate")
    return [Application("Estimate", int(link["TxnId"]), to_units(body["TotalAmt"])) for link in estimates]


def parted(books: Books, record: Record, key: links.Key) -> Json:
    """What was offered is there no longer; what was sold stays."""
    return record.body if books.find(*key) else links.without(record.body, key)


def opening(body: Json) -> Decimal | int:
    return from_units(to_units(body["TotalAmt"]) - to_units(body.get("Deposit", 0)))


def journal(books: Books, record: Record) -> list[Posting]:
    body, account = record.body, record.body["ARAccountRef"]["value"]
    rows = selling.postings(books, body, account)
    deposit = to_units(body.get("Deposit", 0))
    if not deposit:
        return rows
    paid = transactions.posting(body, body["DepositToAccountRef"]["value"], deposit)
    customer = transactions.number_of(body["CustomerRef"])
    return [*rows, paid, transactions.against(account, [paid], party=customer)]


def check_number(books: Books, body: Json, before: Record | None) -> None:
    numbering.check(books, "Invoice", body, before)


def voided(books: Books, record: Record) -> Json:
    return {name: value for name, value in selling.voided(books, record).items() if name != "Deposit"}


INVOICE = Entity(
    name="Invoice",
    family="Transaction",
    operations=TRANSACTION | {"void"},
    void_by_operation=True,
    open_name="Balance",
    hidden=frozenset({"ARAccountRef"}),
    opening=opening,
    origins=ORIGINS,
    complete=complete,
    derived=selling.derived,
    journal=journal,
    applies=applies,
    loosened=parted,
    check_number=check_number,
    guard=payables.guard_applied,
    voided=voided,
    fields=(
        *selling.FIELDS,
        *(flag(name) for name in (*_ALLOWED, *_OFFERED)),
        day("DueDate"),
        amount("Deposit"),
        ref("DepositToAccountRef", "Account"),
        ref("ARAccountRef", "Account"),
        *kept("EInvoiceStatus", "ECloudStatusTimeStamp", "CfdiUse", "Exportation", "GlobalInfo", "AutoPayEligible"),
        *ignored("TxnStatus", "invoiceStatus", "callToAction", "invoiceStatusLog", "InvoiceEx", "InvoiceLink"),
        *ignored("HomeAmtTotal"),
        *ignored("PaymentDetailsMessage", "ConvenienceFeeDetail", "EnabledSurchargeInfo", "InvoiceLinkExpiryDate"),
        *ignored("InvoiceLinkSecurityCode", "SchedulePayEligible", "ScheduledPaymentId", "GratuityEnabled"),
        *ignored("FinancingProductType", "SubscriptionPaymentsSetting", "TxnRetainageDetail"),
    ),
    searchable={**selling.SEARCHABLE, **days("DueDate", "ShipDate"), "Balance": ("amount", "open")},
)
