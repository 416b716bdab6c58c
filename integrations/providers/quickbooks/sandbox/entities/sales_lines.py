"""Lines of invoices, receipts, credits and estimates: items, bundles, remarks, a discount and a subtotal (§9.10)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from ..books.books import Books
from ..books.record import Record
from ..model.fields import Field, Kind, amount, bare, choice, day, flag, ignored, kept, number, part, ref, text, whole
from ..model.money import cents, fits, from_units, spelled_short, to_units
from ..model.reading import is_whole_id, too_large
from ..wire.json import Json
from ..wire.refusals import Refusal, business, missing
from . import dimensions, own_accounts, spending, tax, transactions
from .line_kinds import rest

ITEM, GROUP, DISCOUNT = "SalesItemLineDetail", "GroupLineDetail", "DiscountLineDetail"
REMARK, SUBTOTAL = "DescriptionOnly", "SubTotalLineDetail"
#: Stands for freight in the place of an item, and has no row in the list of items.
SHIPPING = "SHIPPING_ITEM_ID"
#: As recorded answers have them.
_PRINTED = ("ServiceDate", "ItemRef", "ClassRef", "UnitPrice", "Qty", "ItemAccountRef", "TaxCodeRef", "TaxInclusiveAmt")

_ITEM = part(
    ITEM,
    ref("ItemRef", "Item"),
    number("UnitPrice"),
    number("Qty"),
    ref("ItemAccountRef", "Account"),
    ref("ClassRef", "Class"),
    *tax.ON_LINE,
    day("ServiceDate"),
    *kept("MarkupInfo", "TaxClassificationRef", "DeferredRevenue", "RetainageAmount"),
    *ignored("PriceLevelRef", "RatePercent", "UOMRef", "InventorySiteRef", "UnitCostPrice", "DiscountRate"),
    *ignored("DiscountAmt", "SalesItemLineDetailEx"),
)
_DISCOUNT = part(
    DISCOUNT,
    flag("PercentBased"),
    number("DiscountPercent"),
    ref("DiscountAccountRef", "Account"),
    ref("ClassRef", "Class"),
    bare("TaxCodeRef"),
    *ignored("Discount", "DiscountRef", "ServiceDate", "DiscountLineDetailEx"),
)
_REMARK = part("DescriptionLineDetail", day("ServiceDate"), bare("TaxCodeRef"), *ignored("DescriptionLineDetailEx"))
_ANY: tuple[Field, ...] = (
    text("Id", 20),
    whole("LineNum"),
    text("Description", 4000),
    amount("Amount"),
    *kept("LinkedTxn"),
)
_INNER = Field("Line", Kind.LINES, parts=rest(*_ANY, choice("DetailType", ITEM, REMARK, SUBTOTAL), _ITEM, _REMARK))
LINES = Field(
    "Line",
    Kind.LINES,
    parts=rest(
        *_ANY,
        choice("DetailType", ITEM, GROUP, DISCOUNT, REMARK, SUBTOTAL, "DescriptionLineDetail"),
        _ITEM,
        _DISCOUNT,
        _REMARK,
        part(
            GROUP,
            ref("GroupItemRef", "Item"),
            number("Quantity"),
            day("ServiceDate"),
            _INNER,
            *ignored("UOMRef", "GroupLineDetailEx"),
        ),
    ),
)


def complete(books: Books, body: Json, before: Record | None) -> list[Json]:
    """Every line but the subtotal, in the order sent and numbered through; bundles hold the lines of their items."""
    sent = [row for row in body.get("Line") or () if row.get("DetailType") != SUBTOTAL]
    if not sent:
        raise Refusal("2020", "Required parameter Line is missing in the request", element="Line")
    rows = [_complete(books, body, row) for row in sent]
    return _numbered(rows, before)


def _complete(books: Books, body: Json, line: Json) -> Json:
    kind = line.get("DetailType")
    if kind is None:
        raise missing("DetailType")
    if kind == DISCOUNT:
        return _discount(books, body, line)
    if kind == GROUP:
        return _bundle(books, body, line)
    return _item(books, body, line) if kind == ITEM else _remark(line)


def _head(line: Json) -> Json:
    return {name: line[name] for name in ("Id", "Description", "LinkedTxn") if line.get(name)}


def _remark(line: Json) -> Json:
    return {**_head(line), "DetailType": REMARK, "DescriptionLineDetail": line.get("DescriptionLineDetail", {})}


def _item(books: Books, body: Json, line: Json) -> Json:
    detail = dict(line.get(ITEM, {}))
    item = _item_of(books, detail)
    spending.drop_zeros(line, detail)
    total = _amount(line, detail)
    if "Qty" in detail and "UnitPrice" not in detail:
        detail["UnitPrice"] = spelled_short(Decimal(total) / Decimal(detail["Qty"]))
    dimensions.check_reference(books, detail, "ClassRef", "Class")
    if not detail.get("TaxCodeRef") and item is not None and item.body.get("SalesTaxCodeRef"):
        detail["TaxCodeRef"] = {"value": item.body["SalesTaxCodeRef"]["value"]}
    detail["ItemAccountRef"] = {"value": _income(books, detail, item)}
    detail = tax.complete_line(books, body, detail, tax.SALES)
    detail = {name: detail[name] for name in _PRINTED if name in detail} | detail
    return {**_head(line), "Amount": total, "DetailType": ITEM, ITEM: detail}


def _item_of(books: Books, detail: Json) -> Record | None:
    """What a line without an item sells is the company's default item; freight is none."""
    reference = detail.get("ItemRef")
    if reference and reference["value"] == SHIPPING:
        return None
    if not reference:
        reference = detail["ItemRef"] = {"value": _default_item(books)}
    item = books.resolve(reference, "Item", field_name="ItemRef")
    if item.body.get("Type") in ("Category", "Group"):
        raise business("Select a product or service that you sell.")
    return item


def _default_item(books: Books) -> str:
    default = books.other_preference("SalesFormsPrefs.DefaultItem")
    if default:
        return default
    query = (
        "SELECT min(id) AS id FROM object WHERE realm = ? AND entity = 'Item' AND active = 1"
        " AND json_extract(body, '$.Type') = 'Service'"
    )
    found = books.db.execute(query, (books.realm,)).fetchone()["id"]
    if found is None:
        raise Refusal("6440", "A line needs a product or service", element="ItemRef")
    return str(found)


def _amount(line: Json, detail: Json) -> Decimal | int:
    if "Amount" not in line:
        if "Qty" not in detail or "UnitPrice" not in detail:
            raise missing("Amount")
        product = Decimal(detail["Qty"]) * Decimal(detail["UnitPrice"])
        total = from_units(cents(product))
        if not fits(Decimal(total)):
            raise too_large("Amount")
        return total
    spending.check_product(line["Amount"], detail)
    return from_units(cents(Decimal(line["Amount"])))


def _income(books: Books, detail: Json, item: Record | None) -> str:
    """The account at the time of posting: it stays on the line when the item is moved to another."""
    if item is None:
        return str(own_accounts.get(books, own_accounts.SHIPPING).id)
    sent = detail.get("ItemAccountRef")
    if sent and is_whole_id(sent["value"]) and books.find("Account", int(sent["value"])):
        return str(sent["value"])
    account = item.body.get("IncomeAccountRef")
    if not account:
        raise business("Select a product or service that you sell.")
    return str(account["value"])


def _discount(books: Books, body: Json, line: Json) -> Json:
    """§10: by per cent, or by amount; a line that says neither is incomplete."""
    detail = dict(line.get(DISCOUNT, {}))
    if detail.get("PercentBased"):
        if not detail.get("DiscountPercent"):
            raise Refusal("6090", "A discount by per cent needs DiscountPercent", element="DiscountPercent")
    elif "Amount" not in line:
        raise Refusal("6090", "A discount needs an amount", element="Amount")
    else:
        detail.pop("DiscountPercent", None)
    books.resolve_in(detail, "DiscountAccountRef", "Account")
    detail.setdefault("DiscountAccountRef", {"value": _discount_account(books)})
    detail["PercentBased"] = bool(detail.get("PercentBased"))
    return {"Amount": line.get("Amount", 0), "DetailType": DISCOUNT, DISCOUNT: detail}


def _discount_account(books: Books) -> str:
    chosen = books.preference("SalesFormsPrefs", "DefaultDiscountAccount")
    found = books.find("Account", int(chosen)) if chosen and is_whole_id(str(chosen)) else None
    return str((found or own_accounts.get(books, own_accounts.DISCOUNTS)).id)


def _bundle(books: Books, body: Json, line: Json) -> Json:
    """What is sent without the lines of its items gets them from the bundle itself."""
    detail = dict(line.get(GROUP, {}))
    if "GroupItemRef" not in detail:
        raise missing("GroupItemRef")
    bundle = books.resolve(detail["GroupItemRef"], "Item", field_name="GroupItemRef")
    quantity = detail.setdefault("Quantity", 1)
    inner = detail.get("Line") or _components(books, bundle, Decimal(quantity))
    detail["Line"] = [_complete(books, body, row) for row in inner if row.get("DetailType") != SUBTOTAL]
    return {**_head(line), "Amount": transactions.total(_items_in(detail["Line"])), "DetailType": GROUP, GROUP: detail}


def _components(books: Books, bundle: Record, quantity: Decimal) -> list[Json]:
    rows = []
    for each in bundle.body.get("ItemGroupDetail", {}).get("ItemGroupLine", ()):
        item = books.find("Item", int(each["ItemRef"]["value"]))
        assert item is not None, "an item is never removed"
        price, count = item.body.get("UnitPrice", 0), spelled_short(Decimal(each.get("Qty", 1)) * quantity)
        amount_ = from_units(cents(Decimal(count) * Decimal(price)))
        detail = {"ItemRef": {"value": str(item.id)}, "Qty": count, "UnitPrice": price}
        rows.append({"Amount": amount_, "DetailType": ITEM, ITEM: detail})
    return rows


def _items_in(lines: list[Json]) -> list[Json]:
    return [line for line in lines if ITEM in line]


def _numbered(rows: list[Json], before: Record | None) -> list[Json]:
    """A line keeps its Id, one without is new; neither a discount nor a subtotal has one."""
    known = {line["Id"] for line in (every(before.body["Line"]) if before else ()) if "Id" in line}
    highest = max((int(number_) for number_ in known), default=0)
    for at, row in enumerate((row for row in every(rows) if DISCOUNT not in row), 1):
        if row.get("Id") in known:
            known.discard(row["Id"])
        else:
            highest += 1
            row["Id"] = str(highest)
        row["LineNum"] = at
    return [_ordered(row) for row in rows]


def _ordered(row: Json) -> Json:
    if GROUP in row:
        row[GROUP]["Line"] = [_ordered(each) for each in row[GROUP]["Line"]]
    return {name: row[name] for name in ("Id", "LineNum", "Description", "LinkedTxn") if name in row} | row


def every(lines: list[Json]) -> Iterator[Json]:
    """All lines, those within bundles after the bundle."""
    for line in lines:
        yield line
        if GROUP in line:
            yield from line[GROUP]["Line"]


def sold(lines: list[Json]) -> list[Json]:
    """The lines that sell an item."""
    return [line for line in every(lines) if ITEM in line]


def is_freight(line: Json) -> bool:
    return bool(line[ITEM]["ItemRef"]["value"] == SHIPPING)


def subtotal(lines: list[Json]) -> int:
    return sum(to_units(line["Amount"]) for line in sold(lines) if not is_freight(line))


def discount(lines: list[Json]) -> int:
    """In units; a discount by per cent is reckoned from what the lines come to."""
    whole_, off = subtotal(lines), 0
    for line in lines:
        if DISCOUNT in line:
            if line[DISCOUNT]["PercentBased"]:
                line["Amount"] = from_units(
                    cents(from_units(whole_) * Decimal(line[DISCOUNT]["DiscountPercent"]) / 100)
                )
            off += to_units(line["Amount"])
    return off


def shown(lines: list[Json]) -> list[Json]:
    """As answers have them: items, the subtotal, then what comes off or on."""
    after = [line for line in lines if DISCOUNT in line or (ITEM in line and is_freight(line))]
    first = [line for line in lines if line not in after]
    amount_ = from_units(subtotal(lines))
    return [*first, {"Amount": amount_, "DetailType": SUBTOTAL, SUBTOTAL: {}}, *after]
