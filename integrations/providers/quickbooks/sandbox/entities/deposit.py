"""Money taken to the bank: what customers have paid, and what came from anywhere else (§9.10)."""

from __future__ import annotations

from decimal import Decimal

from ..books import links
from ..books.books import NAME_TYPES, Books
from ..books.journal import Posting
from ..books.links import Application
from ..books.record import Record
from ..model.entity import COMMON, HEAD, TRANSACTION, Entity
from ..model.fields import Field, Kind, amount, bare, choice, day, ignored, kept, lines, part, ref, text, whole
from ..model.money import cents, from_units, to_units
from ..wire.json import Json
from ..wire.refusals import Refusal, business, missing, not_found
from . import dimensions, exchange, own_accounts, payables, selling, transactions
from .line_kinds import rest

DETAIL = "DepositLineDetail"
BANKED_IN = ("Bank", "Other Current Asset")
#: What can be taken to the bank, and which way it counts there.
SIGNS = {"Payment": 1, "SalesReceipt": 1, "RefundReceipt": -1}
_WORDS = {"ReceivePayment": "Payment"}


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = dict(draft)
    account = transactions.account(books, body, "DepositToAccountRef", BANKED_IN)
    transactions.check_dates(books, body, before)
    transactions.check_currency(books, body, [account])
    dimensions.check_reference(books, body, "DepartmentRef", "Department")
    sent = transactions.numbered(body.get("Line"), before)
    body["Line"] = [
        _linked(books, body, row, before) if links.sent(row) else _direct(books, body, {**row, "LineNum": at})
        for at, row in enumerate(sent, 1)
    ]
    _check_once(body)
    if books.company.country == "US":
        body.pop("GlobalTaxCalculation", None)
    total = sum(to_units(row["Amount"]) for row in body["Line"]) - _cash_back(books, body)
    if total < 0:
        raise business("The deposit total must be zero or greater.")
    return {**body, "TotalAmt": from_units(total)}


def _linked(books: Books, body: Json, line: Json, before: Record | None) -> Json:
    link = links.sent(line)[0]
    kind = _WORDS.get(link["TxnType"], link["TxnType"])
    if kind not in SIGNS:
        raise Refusal("2170", f"Invalid Enumeration : {link['TxnType']}", element="TxnType")
    target = books.get(books.entities[kind], link["TxnId"])
    _check_free(books, target, before)
    if target.body["CurrencyRef"] != body["CurrencyRef"]:
        raise business("You can only use one foreign currency per transaction.")
    full = SIGNS[kind] * to_units(target.body["TotalAmt"])
    if to_units(line.get("Amount", from_units(full))) != full:
        raise Refusal("6460", "The deposit line differs from the amount of its transaction", element="Amount")
    row = {"TxnId": str(target.id), "TxnType": kind, "TxnLineId": str(link.get("TxnLineId", "0"))}
    return {"Amount": from_units(full), "LinkedTxn": [row]}


def _check_once(body: Json) -> None:
    banked = [(link["TxnType"], link["TxnId"]) for line in body["Line"] for link in line.get("LinkedTxn", ())]
    if len(set(banked)) < len(banked):
        raise _already_banked()


def _already_banked() -> Refusal:
    return Refusal("620", "Transaction Link Error : The transaction has already been deposited.", element="LinkedTxn")


def _check_free(books: Books, target: Record, before: Record | None) -> None:
    """In no other deposit, and held where it waits for one."""
    own = before.id if before else None
    others = [payer for name, payer, _ in links.applied(books, target.entity, target.id) if name == "Deposit"]
    if any(payer != own for payer in others):
        raise _already_banked()
    account = books.find("Account", int(target.body["DepositToAccountRef"]["value"]))
    if account is None or account.body["AccountSubType"] != own_accounts.UNDEPOSITED.sub:
        raise Refusal("620", "Transaction Link Error : The transaction is not among the undeposited funds.", element="")


def _direct(books: Books, body: Json, line: Json) -> Json:
    if "Amount" not in line:
        raise missing("Amount")
    detail = dict(line.get(DETAIL, {}))
    if "AccountRef" not in detail:
        raise missing("AccountRef")
    account = books.resolve(detail["AccountRef"], "Account", field_name="AccountRef")
    transactions.check_line_account(books, body, account)
    transactions.check_owner(account, _entity(books, detail))
    books.resolve_in(detail, "PaymentMethodRef", "PaymentMethod")
    dimensions.check_reference(books, detail, "ClassRef", "Class")
    head = {name: line[name] for name in ("Id", "LineNum", "Description") if line.get(name)}
    return {**head, "Amount": from_units(cents(Decimal(line["Amount"]))), "DetailType": DETAIL, DETAIL: detail}


def _entity(books: Books, detail: Json) -> Record | None:
    """Whom the money came from."""
    entity = detail.get("Entity")
    if not entity:
        return None
    kind = str(entity.get("type") or "Customer").capitalize()
    if kind not in NAME_TYPES:
        raise Refusal("2170", f"Invalid Enumeration : {kind}", element="Entity")
    detail["Entity"] = {"value": entity["value"], "type": kind}
    return books.resolve(detail["Entity"], "Name", field_name="Entity")


def _cash_back(books: Books, body: Json) -> int:
    back = body.get("CashBack")
    if not back or not back.get("Amount"):
        body.pop("CashBack", None)
        return 0
    transactions.account(books, back, "AccountRef", (*BANKED_IN, "Equity", "Expense", "Credit Card"))
    return to_units(back["Amount"])


def journal(books: Books, record: Record) -> list[Posting]:
    body = record.body
    rows = [_posting(books, body, line) for line in body["Line"]]
    if body.get("CashBack"):
        back = body["CashBack"]
        rows.append(transactions.posting(body, back["AccountRef"]["value"], to_units(back["Amount"])))
    account, memo = body["DepositToAccountRef"]["value"], body.get("PrivateNote")
    if len({_rate(books, body, line) for line in body["Line"]} | {body.get("ExchangeRate", 1)}) == 1:
        return [*rows, transactions.against(account, rows, memo=memo)]
    banked = transactions.posting(body, account, to_units(body["TotalAmt"]), memo=memo)
    return exchange.settled(books, [*rows, banked])


def _rate(books: Books, body: Json, line: Json) -> Decimal | int:
    link = line["LinkedTxn"][0] if "LinkedTxn" in line else None
    target = books.find(link["TxnType"], int(link["TxnId"])) if link else None
    rate: Decimal | int = (target.body if target else body).get("ExchangeRate", 1)
    return rate


def _posting(books: Books, body: Json, line: Json) -> Posting:
    units = -to_units(line["Amount"])
    if "LinkedTxn" in line:
        link = line["LinkedTxn"][0]
        target = books.find(link["TxnType"], int(link["TxnId"]))
        if target is None:
            raise not_found()
        party = transactions.number_of(target.body.get("CustomerRef"))
        # What waits for the bank stands in the books at the rate it came in at.
        return transactions.posting(target.body, target.body["DepositToAccountRef"]["value"], units, party=party)
    detail = line[DETAIL]
    return transactions.posting(
        body,
        detail["AccountRef"]["value"],
        units,
        party=transactions.number_of(detail.get("Entity")),
        class_=transactions.number_of(detail.get("ClassRef")),
        department=transactions.number_of(body.get("DepartmentRef")),
        memo=line.get("Description"),
    )


def applies(books: Books, body: Json) -> list[Application]:
    rows = [(line["LinkedTxn"][0], line["Amount"]) for line in body["Line"] if "LinkedTxn" in line]
    return [Application(link["TxnType"], int(link["TxnId"]), to_units(amount_)) for link, amount_ in rows]


DEPOSIT = Entity(
    name="Deposit",
    family="Transaction",
    operations=TRANSACTION,
    complete=complete,
    derived=selling.derived,
    journal=journal,
    guard=payables.guard_applied,
    applies=applies,
    fields=(
        ref("DepositToAccountRef", "Account"),
        part("CashBack", ref("AccountRef", "Account"), amount("Amount"), text("Memo", 4000)),
        choice("GlobalTaxCalculation", "TaxExcluded", "TaxInclusive", "NotApplicable"),
        text("DocNumber", 21),
        day("TxnDate"),
        ref("DepartmentRef", "Department"),
        ref("CurrencyRef", "Currency"),
        Field("ExchangeRate", Kind.RATE),
        text("PrivateNote", 4000),
        lines(
            "Line",
            *rest(
                text("Id", 20),
                whole("LineNum"),
                text("Description", 4000),
                amount("Amount"),
                choice("DetailType", DETAIL, "DescriptionOnly"),
                part(
                    DETAIL,
                    ref("Entity", "Name"),
                    ref("ClassRef", "Class"),
                    ref("AccountRef", "Account"),
                    ref("PaymentMethodRef", "PaymentMethod"),
                    text("CheckNum", 21),
                    bare("TaxCodeRef"),
                    *kept("TxnType", "TaxApplicableOn"),
                    *ignored("DepositLineDetailEx"),
                ),
                *kept("LinkedTxn"),
            ),
        ),
        *HEAD,
        *kept("TxnSource", "TransactionLocationType", "RecurDataRef"),
        *ignored("TotalAmt", "HomeTotalAmt", "LinkedTxn", "CustomField", "AttachableRef", "TxnStatus", "DepositEx"),
        *ignored("TxnTaxDetail", "TxnSubType", "TaxFormType", "TaxFormNum", "Tag", "TxnApprovalInfo", "ProjectRef"),
        *ignored("RecurringInfo", "TotalCostAmount", "HomeTotalCostAmount", "CustomExtensions"),
    ),
    searchable={
        **COMMON,
        "TxnDate": ("date", "txn_date"),
        "DocNumber": ("text", "doc_number"),
        "TotalAmt": ("amount", "amount"),
        "DepositToAccountRef": ("text", "json_extract(body, '$.DepositToAccountRef.value')"),
    },
)
