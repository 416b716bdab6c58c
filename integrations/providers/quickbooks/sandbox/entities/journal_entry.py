"""Entries an accountant writes line by line (§9.10)."""

from __future__ import annotations

from ..books.books import NAME_TYPES, Books
from ..books.journal import Posting
from ..books.record import Record
from ..model.entity import COMMON, HEAD, TRANSACTION, Entity, flags
from ..model.fields import Field, Kind, amount, choice, day, flag, ignored, kept, lines, part, ref, text, whole
from ..model.money import to_units
from ..model.reading import require_positive
from ..wire.json import Json
from ..wire.refusals import Refusal, missing
from . import dimensions, payables, transactions
from .line_kinds import rest

DETAIL = "JournalEntryLineDetail"


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    body = dict(draft)
    transactions.check_dates(books, body, before)
    rows = transactions.numbered(body.get("Line"), before, first=0)
    body["Line"] = [row for row in (_line(books, body, row) for row in rows) if row is not None]
    transactions.check_currency(books, body, _accounts(books, body))
    if sum(_signed(line) for line in body["Line"]):
        raise Refusal("2300", "Total Debits and Credits are not equal", element="")
    body.setdefault("Adjustment", False)
    return body


def _line(books: Books, body: Json, line: Json) -> Json | None:
    if line.get("DetailType") == "DescriptionOnly":
        return line
    if "Amount" not in line:
        raise missing("Amount")
    require_positive(line["Amount"], "Amount")
    if line.get("DetailType") != DETAIL or DETAIL not in line:
        raise missing(DETAIL)
    return {**line, DETAIL: _detail(books, dict(line[DETAIL]))}


def _detail(books: Books, detail: Json) -> Json:
    if "PostingType" not in detail:
        raise Refusal("2260", "Posting type must be Debit or Credit", element="PostingType")
    if "AccountRef" not in detail:
        raise missing("AccountRef")
    account = books.resolve(detail["AccountRef"], "Account", field_name="AccountRef")
    transactions.check_owner(account, _name(books, detail))
    for field, entity in (("ClassRef", "Class"), ("DepartmentRef", "Department")):
        dimensions.check_reference(books, detail, field, entity)
    return detail


def _name(books: Books, detail: Json) -> Record | None:
    entity = detail.get("Entity")
    if entity is None:
        return None
    kind = entity.get("Type") or "Vendor"
    if kind not in NAME_TYPES:
        raise Refusal("2170", f"Invalid Enumeration : {kind}", element="Type")
    if "EntityRef" not in entity:
        raise missing("EntityRef")
    detail["Entity"] = {"Type": kind, "EntityRef": {"value": entity["EntityRef"]["value"], "type": kind}}
    return books.resolve(detail["Entity"]["EntityRef"], "Name", field_name="EntityRef")


def _accounts(books: Books, body: Json) -> list[Record]:
    found = (books.find("Account", int(line[DETAIL]["AccountRef"]["value"])) for line in _posting_lines(body))
    return [account for account in found if account is not None]


def _posting_lines(body: Json) -> list[Json]:
    return [line for line in body["Line"] if DETAIL in line]


def _signed(line: Json) -> int:
    if DETAIL not in line:
        return 0
    return to_units(line["Amount"]) * (1 if line[DETAIL]["PostingType"] == "Debit" else -1)


def journal(books: Books, record: Record) -> list[Posting]:
    """As written; what rounding leaves in the home currency is put on the last line."""
    postings = [_posting(record.body, line) for line in _posting_lines(record.body)]
    left = sum(each.debit for each in postings)
    return [*postings[:-1], postings[-1]._replace(debit=postings[-1].debit - left)] if postings else []


def _posting(body: Json, line: Json) -> Posting:
    detail = line[DETAIL]
    return transactions.posting(
        body,
        detail["AccountRef"]["value"],
        _signed(line),
        party=transactions.number_of(detail.get("Entity", {}).get("EntityRef")),
        class_=transactions.number_of(detail.get("ClassRef")),
        department=transactions.number_of(detail.get("DepartmentRef")),
        memo=line.get("Description") or body.get("PrivateNote"),
    )


def check_number(books: Books, body: Json, before: Record | None) -> None:
    number = body.get("DocNumber")
    if not number or books.other_preference("WarnDuplicateJournalNumber") != "true":
        return
    holder = books.holder_of_number("JournalEntry", number, but=before)
    if holder is not None:
        raise transactions.number_taken(holder.body["DocNumber"], "Journal Entry", holder.id)


def derived(books: Books, record: Record) -> Json:
    return {"TotalAmt": 0}


JOURNAL_ENTRY = Entity(
    name="JournalEntry",
    family="Transaction",
    operations=TRANSACTION,
    link_word="JournalEntry",
    complete=complete,
    derived=derived,
    journal=journal,
    guard=payables.guard_applied,
    check_number=check_number,
    fields=(
        text("DocNumber", 21),
        day("TxnDate"),
        text("PrivateNote", 4000),
        flag("Adjustment"),
        ref("CurrencyRef", "Currency"),
        Field("ExchangeRate", Kind.RATE),
        lines(
            "Line",
            *rest(
                text("Id", 20),
                text("Description", 4000),
                amount("Amount"),
                choice("DetailType", DETAIL, "DescriptionOnly"),
                part(
                    DETAIL,
                    choice("PostingType", "Debit", "Credit"),
                    ref("AccountRef", "Account"),
                    part("Entity", text("Type", 20), ref("EntityRef", "Name")),
                    ref("ClassRef", "Class"),
                    ref("DepartmentRef", "Department"),
                    ref("TaxCodeRef", "TaxCode"),
                    choice("BillableStatus", "NotBillable", "Billable", "HasBeenBilled"),
                    choice("TaxApplicableOn", "Sales", "Purchase"),
                    amount("TaxAmount"),
                    amount("TaxInclusiveAmt"),
                    *ignored("JournalCodeRef", "TaxRateRef", "JournalEntryLineDetailEx"),
                ),
                whole("LineNum"),
                *kept("DescriptionLineDetail"),
            ),
        ),
        *HEAD,
        *kept("TxnTaxDetail", "TransactionLocationType", "RecurDataRef", "TxnSource", "GlobalTaxCalculation"),
        *ignored("TotalAmt", "HomeTotalAmt", "CustomField", "LinkedTxn", "DepartmentRef", "TaxRateRef"),
        *ignored("JournalCodeRef", "CustomExtensions"),
    ),
    searchable={
        **COMMON,
        **flags("Adjustment"),
        "TxnDate": ("date", "txn_date"),
        "DocNumber": ("text", "doc_number"),
    },
)
