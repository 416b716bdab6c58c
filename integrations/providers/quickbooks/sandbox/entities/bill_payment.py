"""Bills paid by check or card, with vendor credits applied on the way (§9.9)."""

from __future__ import annotations

from ..books.books import Books
from ..books.journal import Posting
from ..books.links import Application
from ..books.record import Record
from ..model.entity import COMMON, HEAD, TRANSACTION, Entity
from ..model.fields import Field, Kind, amount, choice, day, ignored, kept, lines, part, ref, text
from ..model.money import from_units, to_units
from ..model.reading import require_positive
from ..wire.json import Json
from ..wire.refusals import Refusal, business, missing
from . import dimensions, exchange, settling, transactions
from .line_kinds import rest

PRINT_STATUS = choice("PrintStatus", "NotSet", "NeedToPrint", "PrintComplete")
#: PayType: the part that goes with it, the account it names, and the type that account must have.
PAID_FROM = {
    "Check": ("CheckPayment", "BankAccountRef", "Bank"),
    "CreditCard": ("CreditCardPayment", "CCAccountRef", "Credit Card"),
}
#: TxnType of a line to which way it counts; any other is dropped in silence (§9.9).
#: A deposit on payables is money that a vendor gave back: a credit of theirs makes it good.
SIGNS = {"Bill": 1, "VendorCredit": -1, "JournalEntry": 1, "Deposit": 1}
SETTLING = settling.Kind(SIGNS, -1, lambda books, body, party: str(party) == body["VendorRef"]["value"])


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = dict(draft)
    if "VendorRef" not in body:
        raise missing("VendorRef")
    vendor = books.resolve(body["VendorRef"], "Vendor", field_name="VendorRef")
    source = _source(books, body)
    body["Line"] = _lines(body)
    settling.follow(books, body, "APAccountRef")
    payable = transactions.control_account(books, body, "APAccountRef", "Accounts Payable")
    transactions.check_dates(books, body, before)
    body.setdefault("CurrencyRef", dict(vendor.body["CurrencyRef"]))
    transactions.check_currency(books, body, [source, payable], vendor)
    dimensions.check_reference(books, body, "DepartmentRef", "Department")
    for row in body["Line"]:
        _check_target(books, body, vendor, row)
    SETTLING.check_open(books, body, before)
    _check_total(body)
    return body


def _source(books: Books, body: Json) -> Record:
    kind = body.get("PayType")
    if kind is None:
        raise missing("PayType")
    name, account, account_type = PAID_FROM[kind]
    if name not in body:
        raise missing(name)
    for other in {each[0] for each in PAID_FROM.values()} - {name}:
        body.pop(other, None)
    if kind == "Check":
        # §9.9: the default puts the payment into the user's print queue.
        body[name] = {"PrintStatus": "NeedToPrint", **body[name]}
    return transactions.account(books, body[name], account, (account_type,))


def _lines(body: Json) -> list[Json]:
    sent = body.get("Line")
    if not sent:
        raise Refusal("2020", "Required parameter Line/LinkedTxn is missing in the request", element="Line/LinkedTxn")
    rows = [settling.line(line, SIGNS) for line in sent]
    return [row for row in rows if row is not None]


def _check_target(books: Books, body: Json, vendor: Record, line: Json) -> None:
    """§9.9: of the payment's vendor and currency."""
    target = settling.target(books, line)
    owner = target.body.get("VendorRef", {}).get("value", str(vendor.id))
    if owner != str(vendor.id) or target.body["CurrencyRef"] != body["CurrencyRef"]:
        raise settling.cannot_link(target)


def _check_total(body: Json) -> None:
    if "TotalAmt" not in body:
        raise business("You must set a transaction amount.")
    require_positive(body["TotalAmt"], "TotalAmt")
    if settling.net(body["Line"], SIGNS) > to_units(body["TotalAmt"]):
        raise business("The amount applied is more than the amount of the payment.")


def journal(books: Books, record: Record) -> list[Posting]:
    """Payables fall by what the bills were booked at; what the rate has made of it since is gain or loss."""
    body = record.body
    vendor, memo = transactions.number_of(body["VendorRef"]), body.get("PrivateNote")
    name, account, _ = PAID_FROM[body["PayType"]]
    total = to_units(body["TotalAmt"])
    paid = transactions.posting(body, body[name][account]["value"], -total, party=vendor, memo=memo)
    home = SETTLING.home_of(books, record)
    payable = Posting(int(body["APAccountRef"]["value"]), home, total, party=vendor, memo=memo)
    return exchange.settled(books, [each for each in (payable, paid) if each.debit or each.native])


def applies(books: Books, body: Json) -> list[Application]:
    return settling.applications(body["Line"])


def voided(books: Books, record: Record) -> Json:
    return {**record.body, "PrivateNote": "Voided", "TotalAmt": from_units(0), "Line": []}


_OF_CHECK = ignored("PayeeAddr", "BillPaymentCheckEx")
_OF_CARD = ignored("BillPaymentCreditCardEx")

BILL_PAYMENT = Entity(
    name="BillPayment",
    family="Transaction",
    operations=TRANSACTION | {"void"},
    link_word="BillPaymentCheck",
    complete=complete,
    journal=journal,
    applies=applies,
    loosened=SETTLING.loosened,
    voided=voided,
    fields=(
        ref("VendorRef", "Vendor"),
        choice("PayType", "Check", "CreditCard"),
        part("CheckPayment", ref("BankAccountRef", "Account"), PRINT_STATUS, *kept("CheckDetail"), *_OF_CHECK),
        part(
            "CreditCardPayment", ref("CCAccountRef", "Account"), *kept("CCDetail"), *ignored("BillPaymentCreditCardEx")
        ),
        amount("TotalAmt"),
        ref("APAccountRef", "Account"),
        text("DocNumber", 21),
        day("TxnDate"),
        text("PrivateNote", 4000),
        ref("DepartmentRef", "Department"),
        ref("CurrencyRef", "Currency"),
        Field("ExchangeRate", Kind.RATE),
        lines("Line", *rest(amount("Amount"), *kept("LinkedTxn"))),
        *HEAD,
        *kept("ProcessBillPayment", "TransactionLocationType", "TxnSource"),
        *ignored("CustomField", "LinkedTxn", "PayerRef", "HomeTotalAmt", "TxnTaxDetail"),
    ),
    searchable={
        **COMMON,
        "VendorRef": ("text", "party"),
        "TxnDate": ("date", "txn_date"),
        "DocNumber": ("text", "doc_number"),
        "TotalAmt": ("amount", "amount"),
        "PayType": ("text", "fold(json_extract(body, '$.PayType'))"),
    },
)
