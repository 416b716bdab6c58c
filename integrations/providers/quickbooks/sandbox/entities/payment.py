"""What a customer has paid, applied to invoices and entries, with credit memos taken off on the way (§9.10)."""

from __future__ import annotations

from ..books.books import Books
from ..books.journal import Posting
from ..books.links import Application
from ..books.record import Record
from ..model.entity import COMMON, HEAD, TRANSACTION, Entity
from ..model.fields import Field, Kind, amount, bare, day, flag, ignored, kept, lines, ref, text
from ..model.money import from_units, to_units
from ..model.reading import require_positive
from ..wire.json import Json
from ..wire.refusals import business
from . import deposited, dimensions, exchange, own_accounts, selling, settling, transactions
from .line_kinds import rest

#: TxnType of a line to which way it counts; any other is dropped in silence, as payments of bills do (§9.9).
SIGNS = {"Invoice": 1, "CreditMemo": -1, "JournalEntry": 1}
SETTLING = settling.Kind(SIGNS, 1, lambda books, body, party: _is_family(books, _payer(books, body), str(party)))


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = {"ProcessPayment": False, **draft}
    customer = selling.customer_of(books, body)
    assert customer is not None, "it is required"
    transactions.check_dates(books, body, before)
    rows = [settling.line(line, SIGNS) for line in body.get("Line") or ()]
    body["Line"] = [row for row in rows if row is not None]
    settling.follow(books, body, "ARAccountRef")
    accounts = _accounts(books, body)
    body.setdefault("CurrencyRef", dict(customer.body["CurrencyRef"]))
    transactions.check_currency(books, body, accounts, customer)
    books.resolve_in(body, "PaymentMethodRef", "PaymentMethod")
    dimensions.check_reference(books, body, "DepartmentRef", "Department")
    for row in body["Line"]:
        _check_target(books, body, customer, row)
    SETTLING.check_open(books, body, before)
    _check_total(body)
    return body


def _payer(books: Books, body: Json) -> Record:
    found = books.find("Customer", int(body["CustomerRef"]["value"]))
    assert found is not None, "a customer is never removed while a payment names it"
    return found


def _accounts(books: Books, body: Json) -> list[Record]:
    if "DepositToAccountRef" not in body:
        body["DepositToAccountRef"] = {"value": str(own_accounts.get(books, own_accounts.UNDEPOSITED).id)}
    held = transactions.account(books, body, "DepositToAccountRef", selling.HELD_IN)
    return [held, transactions.control_account(books, body, "ARAccountRef", selling.RECEIVABLE)]


def _check_target(books: Books, body: Json, customer: Record, line: Json) -> None:
    """Of the customer, of a job of theirs or of whom they are a job of."""
    target = settling.target(books, line)
    owner = target.body.get("CustomerRef", {}).get("value")
    if target.body.get("CurrencyRef") != body["CurrencyRef"] or not _is_family(books, customer, owner):
        raise settling.cannot_link(target)


def _is_family(books: Books, customer: Record, owner: str | None) -> bool:
    if owner is None or owner == str(customer.id):
        return True
    other = books.find("Customer", int(owner))
    return other is not None and bool({_top(books, customer), customer.id} & {_top(books, other), other.id})


def _top(books: Books, customer: Record) -> int:
    while customer.body.get("ParentRef"):
        parent = books.find("Customer", int(customer.body["ParentRef"]["value"]))
        if parent is None:
            break
        customer = parent
    return customer.id


def _check_total(body: Json) -> None:
    if "TotalAmt" not in body:
        body["TotalAmt"] = from_units(max(settling.net(body["Line"], SIGNS), 0))
    require_positive(body["TotalAmt"], "TotalAmt")
    if settling.net(body["Line"], SIGNS) > to_units(body["TotalAmt"]):
        raise business("The amount applied is more than the amount of the payment.")
    body["UnappliedAmt"] = settling.unapplied(body["Line"], SIGNS, body["TotalAmt"])


def journal(books: Books, record: Record) -> list[Posting]:
    """Receivables fall by what the invoices were booked at; what the rate has made of it since is gain or loss."""
    body = record.body
    customer, memo = transactions.number_of(body["CustomerRef"]), body.get("PrivateNote")
    total = to_units(body["TotalAmt"])
    held = transactions.posting(body, body["DepositToAccountRef"]["value"], total, party=customer, memo=memo)
    home = SETTLING.home_of(books, record)
    receivable = Posting(int(body["ARAccountRef"]["value"]), -home, -total, party=customer, memo=memo)
    return exchange.settled(books, [each for each in (held, receivable) if each.debit or each.native])


def applies(books: Books, body: Json) -> list[Application]:
    return settling.applications(body["Line"])


def derived(books: Books, record: Record) -> Json:
    """Each line tells of what it is applied to, in the way of Java (§2)."""
    return {"Line": [{**line, "LineEx": {"any": _extra(books, line)}} for line in record.body["Line"]]}


def _extra(books: Books, line: Json) -> list[Json]:
    link = line["LinkedTxn"][0]
    found = books.find(link["TxnType"], int(link["TxnId"]))
    body = found.body if found else {}
    facts = {"txnId": link["TxnId"]}
    if "Balance" in body:
        facts["txnOpenBalance"] = f"{body['Balance']:.2f}"
    if body.get("DocNumber"):
        facts["txnReferenceNumber"] = body["DocNumber"]
    return [transactions.name_value(name, value) for name, value in facts.items()]


def voided(books: Books, record: Record) -> Json:
    return {**record.body, "PrivateNote": "Voided", "TotalAmt": 0, "UnappliedAmt": 0, "Line": []}


PAYMENT = Entity(
    name="Payment",
    family="Transaction",
    operations=TRANSACTION | {"void"},
    complete=complete,
    derived=derived,
    journal=journal,
    applies=applies,
    loosened=SETTLING.loosened,
    linked=deposited.linked,
    guard=deposited.guard,
    voided=voided,
    hidden=frozenset({"ARAccountRef"}),
    fields=(
        ref("CustomerRef", "Customer"),
        ref("ARAccountRef", "Account"),
        bare("DepositToAccountRef", "Account"),
        ref("PaymentMethodRef", "PaymentMethod"),
        text("PaymentRefNum", 21),
        amount("TotalAmt"),
        flag("ProcessPayment"),
        text("DocNumber", 21),
        day("TxnDate"),
        ref("DepartmentRef", "Department"),
        ref("CurrencyRef", "Currency"),
        Field("ExchangeRate", Kind.RATE),
        text("PrivateNote", 4000),
        lines("Line", *rest(amount("Amount"), *kept("LinkedTxn"))),
        *HEAD,
        *kept("CreditCardPayment", "CheckPayment", "TxnSource", "TransactionLocationType", "RecurDataRef"),
        *kept("TaxExemptionRef", "PaymentExtendedType", "ProjectRef"),
        *ignored("UnappliedAmt", "LinkedTxn", "CustomField", "AttachableRef", "TxnStatus", "TxnTaxDetail", "Tag"),
        *ignored("RemitToRef", "PaymentType", "PaymentEx", "TxnSubType", "TaxFormType", "TaxFormNum", "HomeTotalAmt"),
        *ignored("TxnApprovalInfo", "RecurringInfo", "TotalCostAmount", "HomeTotalCostAmount", "BillEmail"),
        *ignored("EmailStatus", "DeliveryInfo", "PrintStatus"),
    ),
    searchable={
        **COMMON,
        "CustomerRef": ("text", "party"),
        "TxnDate": ("date", "txn_date"),
        "DocNumber": ("text", "fold(json_extract(body, '$.DocNumber'))"),
        "PaymentRefNum": ("text", "fold(json_extract(body, '$.PaymentRefNum'))"),
        "TotalAmt": ("amount", "amount"),
        "UnappliedAmt": ("number", "CAST(json_extract(body, '$.UnappliedAmt') AS REAL)"),
        "PaymentMethodRef": ("text", "json_extract(body, '$.PaymentMethodRef.value')"),
        "DepositToAccountRef": ("text", "json_extract(body, '$.DepositToAccountRef.value')"),
    },
)
