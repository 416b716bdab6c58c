"""Products and services (§9.6)."""

from __future__ import annotations

from ..books.books import Books
from ..books.record import Record
from ..model.entity import COMMON, HEAD, LIST, Entity, flags, numbers, texts
from ..model.fields import bare, choice, day, flag, ignored, kept, label, lines, number, part, ref, text
from ..model.money import from_units, to_units
from ..wire.json import Json
from ..wire.refusals import Refusal, business, missing
from . import dimensions, opening, subscription, tax, transactions, trees

TYPES = ("Service", "NonInventory", "Inventory", "Category", "Group")
#: What a sale may be booked to: also a liability, for what is only held for somebody.
SALES_TYPES = (
    *("Income", "Other Income", "Expense", "Other Expense", "Cost of Goods Sold", "Equity"),
    *("Other Current Liability", "Long Term Liability", "Other Current Asset", "Fixed Asset", "Other Asset"),
)
PURCHASE_TYPES = (*SALES_TYPES, "Credit Card")
INVENTORY_ACCOUNTS = {
    "IncomeAccountRef": ("Income",),
    "ExpenseAccountRef": ("Cost of Goods Sold",),
    "AssetAccountRef": ("Other Current Asset",),
}
BUNDLE = 50


def complete(books: Books, draft: Json, before: Record | None) -> Json:
    if not draft.get("Name"):
        raise missing("Name")
    kind = _type(draft, before)
    if kind == "Inventory" and "QtyOnHand" not in draft and (before is None or before.body["Type"] != kind):
        raise Refusal("6520", "The tracked inventory item must have a quantity", element="QtyOnHand")
    parent = _parent(books, kind, draft, before)
    body = {"Active": True, **_COMPLETIONS[kind](books, {**draft, "Type": kind})}
    return trees.placed(books, "Item", body, parent)


def _type(draft: Json, before: Record | None) -> str:
    default = before.body["Type"] if before else "Inventory" if draft.get("TrackQtyOnHand") else "Service"
    kind = str(draft.get("Type", default))
    if before is not None and kind != default and (default in _FIXED or kind in ("Category", "Group")):
        raise business(f"The type of this item cannot be changed from {default} to {kind}.")
    return kind


def _parent(books: Books, kind: str, draft: Json, before: Record | None) -> Record | None:
    """A category stands in categories only; what is sold may stand in either."""
    parent = trees.parent_of(books, "Item", draft, before)
    refused = ("Group",) if kind != "Category" else tuple(each for each in TYPES if each != "Category")
    if parent is not None and parent.body["Type"] in refused:
        raise Refusal("6150", f"An item of the type {kind} cannot stand below this one", element="ParentRef")
    return parent


def _sold(books: Books, body: Json) -> Json:
    """A service or a product that is not counted needs an account for what is bought or sold."""
    if not body.get("IncomeAccountRef") and not body.get("ExpenseAccountRef"):
        raise missing("IncomeAccountRef")
    _check_account(books, body, "IncomeAccountRef", SALES_TYPES)
    _check_account(books, body, "ExpenseAccountRef", PURCHASE_TYPES)
    for name in ("AssetAccountRef", "QtyOnHand", "InvStartDate"):
        body.pop(name, None)
    return _priced(books, {**body, "TrackQtyOnHand": False})


def _counted(books: Books, body: Json) -> Json:
    if books.switches.plan_gates == "strict" and books.plan not in subscription.WITH_TRACKING:
        raise subscription.off("Type")
    for name in (*INVENTORY_ACCOUNTS, "InvStartDate"):
        if name not in body:
            raise missing(name)
    for name, kinds in INVENTORY_ACCOUNTS.items():
        _check_account(books, body, name, kinds)
    if body.get("TrackQtyOnHand") is False:
        raise business("An inventory item tracks its quantity.")
    counted = {name: value for name, value in body.items() if name != "QtyOnHand"}
    return _priced(books, {**counted, "TrackQtyOnHand": True})


def derived(books: Books, item: Record) -> Json:
    counted = item.body["Type"] == "Inventory"
    return {"QtyOnHand": from_units(books.in_stock(item.id)[0])} if counted else {}


def followed(books: Books, item: Record, draft: Json, before: Record | None) -> None:
    """What is there on the first day, or what somebody says to be there now; of what is given up nothing is left."""
    if item.body["Type"] != "Inventory":
        return
    wanted = draft.get("QtyOnHand") if item.active else 0
    if wanted is not None and to_units(wanted) != books.in_stock(item.id)[0]:
        day = item.body["InvStartDate"] if before is None else books.today
        opening.quantity(books, item, wanted, day)


def _priced(books: Books, body: Json) -> Json:
    included = {} if books.company.country == "US" else {"SalesTaxIncluded": False, "PurchaseTaxIncluded": False}
    for name in ("SalesTaxCodeRef", "PurchaseTaxCodeRef"):
        tax.check_code(books, body, name)
    books.resolve_in(body, "PrefVendorRef", "Vendor")
    dimensions.check_reference(books, body, "ClassRef", "Class")
    return {"Taxable": False, "UnitPrice": 0, "PurchaseCost": 0, **included, **body}


def _category(books: Books, body: Json) -> Json:
    return {name: body[name] for name in ("Name", "Type", "Active", "ParentRef") if name in body}


def _bundle(books: Books, body: Json) -> Json:
    rows = body.get("ItemGroupDetail", {}).get("ItemGroupLine", [])
    if len(rows) > BUNDLE:
        raise business(f"A bundle holds at most {BUNDLE} items.")
    detail = {"ItemGroupLine": [_component(books, row) for row in rows]}
    names = ("Name", "Sku", "Description", "Type", "Active", "PrintGroupedItems", "ParentRef")
    kept = {name: body[name] for name in names if name in body}
    return {"Taxable": False, "UnitPrice": 0, "PrintGroupedItems": False, **kept, "ItemGroupDetail": detail}


def _component(books: Books, row: Json) -> Json:
    if "ItemRef" not in row:
        raise missing("ItemRef")
    item = books.resolve(row["ItemRef"], "Item", field_name="ItemRef")
    if item.body["Type"] in ("Group", "Category"):
        raise business("A bundle holds products and services only.")
    return {"Qty": 1, **row, "ItemRef": {"value": row["ItemRef"]["value"], "type": item.body["Type"]}}


def _check_account(books: Books, body: Json, name: str, kinds: tuple[str, ...]) -> None:
    account = books.resolve_in(body, name, "Account")
    if account is not None and account.body["AccountType"] not in kinds:
        raise transactions.wrong_type(name)


#: How much there is of an item.
_IN_STOCK = "coalesce((SELECT quantity FROM stock WHERE stock.realm = object.realm AND stock.item = object.id), 0)"
_FIXED = ("Inventory", "Category", "Group")
_COMPLETIONS = {
    "Service": _sold,
    "NonInventory": _sold,
    "Inventory": _counted,
    "Category": _category,
    "Group": _bundle,
}

ITEM = Entity(
    name="Item",
    family="Item",
    names="Item",
    operations=LIST,
    activates=True,
    complete=complete,
    derived=derived,
    followed=followed,
    on_request=("Sku",),
    fields=(
        label("Name", 100, forbidden=":\t\n\r"),
        text("Sku", 100),
        text("Description", 4000),
        flag("Active"),
        flag("SubItem"),
        bare("ParentRef", "Item"),
        flag("Taxable"),
        flag("SalesTaxIncluded"),
        number("UnitPrice"),
        number("RatePercent"),
        choice("Type", *TYPES),
        ref("IncomeAccountRef", "Account"),
        text("PurchaseDesc", 1000),
        flag("PurchaseTaxIncluded"),
        number("PurchaseCost"),
        ref("ExpenseAccountRef", "Account"),
        ref("AssetAccountRef", "Account"),
        ref("PrefVendorRef", "Vendor"),
        flag("TrackQtyOnHand"),
        number("QtyOnHand"),
        number("ReorderPoint"),
        text("ManPartNum", 100),
        ref("SalesTaxCodeRef", "TaxCode"),
        ref("PurchaseTaxCodeRef", "TaxCode"),
        ref("ClassRef", "Class"),
        day("InvStartDate"),
        flag("PrintGroupedItems"),
        part(
            "ItemGroupDetail",
            lines("ItemGroupLine", ref("ItemRef", "Item"), number("Qty"), *ignored("UOMRef")),
        ),
        *kept("AbatementRate", "ReverseChargeRate", "ServiceType", "ItemCategoryType", "TaxClassificationRef"),
        *kept("UQCDisplayText", "UQCId", "DeferredRevenue", "Source"),
        *HEAD,
        *ignored("Level", "FullyQualifiedName", "PercentBased", "PaymentMethodRef", "UOMSetRef", "COGSAccountRef"),
        *ignored("AvgCost", "QtyOnPurchaseOrder", "QtyOnSalesOrder", "DepositToAccountRef", "BuildPoint"),
        *ignored("SpecialItem", "SpecialItemType", "ItemAssemblyDetail", "ItemEx", "CustomExtensions", "CustomField"),
        *ignored("AttachableRef"),
    ),
    searchable={
        **COMMON,
        **texts("Name", "Type", "Sku", "Description"),
        **numbers("UnitPrice", "PurchaseCost"),
        "QtyOnHand": ("amount", _IN_STOCK),
        **flags("SubItem", "PrintGroupedItems", "TrackQtyOnHand", "Taxable"),
        "ParentRef": ("text", "json_extract(body, '$.ParentRef.value')"),
        "FullyQualifiedName": ("text", "name"),
        "Active": ("flag", "active"),
    },
)
