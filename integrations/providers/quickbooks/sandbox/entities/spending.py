"""Expense lines, which purchases, bills and vendor credits share: by account or by item (§9.3, §9.7)."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

from ..books.books import CONTROL_TYPES, Books
from ..books.journal import Posting
from ..books.record import Record
from ..model.fields import Field, amount, choice, ignored, kept, lines, number, part, ref, text, whole
from ..model.money import cents, from_units, to_units
from ..model.reading import require_positive
from ..wire.json import Json
from ..wire.refusals import Refusal, business, missing
from . import dimensions, stock, tax, taxing, transactions
from .line_kinds import rest

#: §9.3: what may stand on an expense line; a sandbox took Bank as well.
LINE_TYPES = (
    *("Expense", "Other Expense", "Cost of Goods Sold", "Income", "Other Income", "Equity", "Fixed Asset"),
    *("Other Asset", "Other Current Asset", "Other Current Liability", "Long Term Liability", "Bank"),
)
LARGEST_QUANTITY = 10**10
BY_ACCOUNT = "AccountBasedExpenseLineDetail"
BY_ITEM = "ItemBasedExpenseLineDetail"
#: As recorded answers have them.
_PRINTED = {
    BY_ACCOUNT: ("CustomerRef", "ClassRef", "AccountRef", "BillableStatus", "TaxCodeRef", "TaxInclusiveAmt"),
    BY_ITEM: ("CustomerRef", "BillableStatus", "ItemRef", "ClassRef", "UnitPrice", "Qty", "TaxCodeRef"),
}

_ON_EITHER: tuple[Field, ...] = (
    ref("ClassRef", "Class"),
    ref("CustomerRef", "Customer"),
    choice("BillableStatus", "NotBillable", "Billable"),
    *tax.ON_LINE,
    *kept("MarkupInfo"),
)
LINES = lines(
    "Line",
    *rest(
        text("Id", 20),
        text("Description", 4000),
        amount("Amount"),
        choice("DetailType", BY_ACCOUNT, BY_ITEM),
        part(BY_ACCOUNT, ref("AccountRef", "Account"), *_ON_EITHER, *ignored("ExpenseDetailLineDetailEx")),
        part(
            BY_ITEM,
            ref("ItemRef", "Item"),
            number("Qty"),
            number("UnitPrice"),
            *_ON_EITHER,
            *ignored("PriceLevelRef", "ItemAccountRef", "InventorySiteRef", "UnitCostPrice", "RatePercent", "UOMRef"),
            *ignored("TaxClassificationRef", "ItemBasedExpenseLineDetailEx"),
        ),
        whole("LineNum"),
        *kept("LinkedTxn"),
    ),
)


HEADER = tax.HEADER


def reckon(books: Books, body: Json, before: Record | None) -> None:
    """Completes the lines, and puts the tax and the total into the body."""
    tax.complete_header(books, body)
    body["Line"] = [_complete_line(books, body, line) for line in transactions.numbered(body.get("Line"), before)]
    rows = [taxing.Line(line, line[line["DetailType"]]) for line in body["Line"]]
    taxing.divide(books, body, rows, tax.PURCHASES)
    due = taxing.settle(books, body, rows, tax.PURCHASES, before=before)
    body["TotalAmt"] = from_units(to_units(transactions.total(body["Line"])) + due)


def _complete_line(books: Books, body: Json, line: Json) -> Json:
    if "Amount" not in line:
        raise missing("Amount")
    require_positive(line["Amount"], "Amount")
    kind = line.get("DetailType")
    if kind is None:
        raise missing("DetailType")
    if kind not in line:
        raise missing(kind)
    complete = partial(_by_account, books, body) if kind == BY_ACCOUNT else partial(_by_item, books)
    detail = _on_either(books, body, complete(line, dict(line[kind])))
    detail = {name: detail[name] for name in _PRINTED[kind] if name in detail} | detail
    kept = {name: line[name] for name in ("Id", "LineNum", "Description", "LinkedTxn") if name in line}
    return {**kept, "Amount": line["Amount"], "DetailType": kind, kind: detail}


def _by_account(books: Books, body: Json, line: Json, detail: Json) -> Json:
    if "AccountRef" not in detail:
        raise missing("AccountRef")
    account = books.resolve(detail["AccountRef"], "Account", field_name="AccountRef")
    _check_account(books, account)
    transactions.check_line_account(books, body, account)
    return detail


def _check_account(books: Books, account: Record) -> None:
    kind = account.body["AccountType"]
    if kind in CONTROL_TYPES and books.switches.payable_lines == "refuse":
        raise business("When you use Accounts Payable or Receivable, choose another kind of transaction.")
    if kind not in LINE_TYPES + CONTROL_TYPES:
        raise transactions.wrong_type("AccountRef")


def _by_item(books: Books, line: Json, detail: Json) -> Json:
    if "ItemRef" not in detail:
        raise missing("ItemRef")
    item = books.resolve(detail["ItemRef"], "Item", field_name="ItemRef")
    if not (item.body.get("ExpenseAccountRef") or item.body.get("AssetAccountRef")):
        raise business("Select a product or service that you purchase.")
    drop_zeros(line, detail)
    check_product(line["Amount"], detail)
    return detail


def drop_zeros(line: Json, detail: Json) -> None:
    """A library writes 0 where nobody has set a quantity, a price or a gross amount."""
    if abs(detail.get("Qty", 0)) >= LARGEST_QUANTITY:
        raise Refusal("2080", f"Number {detail['Qty']} is out of range", element="Qty")
    for name in ("Qty", "TaxInclusiveAmt"):
        if not detail.get(name):
            detail.pop(name, None)
    if line.get("Amount") and not detail.get("UnitPrice"):
        detail.pop("UnitPrice", None)


def check_product(amount: Decimal | int, detail: Json) -> None:
    """Quantity times price is the amount, where both are given (§10, code 6070)."""
    if "Qty" not in detail or "UnitPrice" not in detail:
        return
    if cents(Decimal(detail["Qty"]) * Decimal(detail["UnitPrice"])) != cents(Decimal(amount)):
        raise Refusal("6070", "Amount is not equal to UnitPrice * Qty. Supplied value:" + str(amount), element="")


def _on_either(books: Books, body: Json, detail: Json) -> Json:
    dimensions.check_reference(books, detail, "ClassRef", "Class")
    books.resolve_in(detail, "CustomerRef", "Customer")
    detail.setdefault("BillableStatus", "NotBillable")
    if detail["BillableStatus"] == "Billable" and "CustomerRef" not in detail:
        raise Refusal("6310", "A billable expense needs a customer", element="CustomerRef")
    return tax.complete_line(books, body, detail)


def line_postings(books: Books, body: Json, sign: int = 1) -> list[Posting]:
    """Debits what the lines name, and the tax on them; with sign -1 credits it."""
    lines = [_line_posting(books, body, line, sign) for line in body["Line"]]
    return [*lines, *taxing.postings(books, body, tax.PURCHASES, sign)]


def _line_posting(books: Books, body: Json, line: Json, sign: int) -> Posting:
    detail = line[line["DetailType"]]
    return transactions.posting(
        body,
        detail["AccountRef"]["value"] if "AccountRef" in detail else _account_of_item(books, detail),
        sign * to_units(line["Amount"]),
        party=transactions.number_of(detail.get("CustomerRef")),
        class_=transactions.number_of(detail.get("ClassRef")),
        department=transactions.number_of(body.get("DepartmentRef")),
        memo=line.get("Description"),
        item=transactions.number_of(detail.get("ItemRef")),
        quantity=_counted(books, detail, sign),
    )


def _item(books: Books, detail: Json) -> Record:
    item = books.find("Item", int(detail["ItemRef"]["value"]))
    assert item is not None, "an item is never removed"
    return item


def _account_of_item(books: Books, detail: Json) -> str:
    item = _item(books, detail)
    stocked = stock.is_counted(item) and item.body["AssetAccountRef"]
    return str((stocked or item.body.get("ExpenseAccountRef") or item.body["AssetAccountRef"])["value"])


def _counted(books: Books, detail: Json, sign: int) -> int | None:
    """What comes into the stock, or with sign -1 leaves it."""
    if "ItemRef" not in detail or not detail.get("Qty") or not stock.is_counted(_item(books, detail)):
        return None
    return sign * to_units(Decimal(detail["Qty"]))
