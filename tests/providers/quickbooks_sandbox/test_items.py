"""Products and services: five types, their accounts, what is in stock, and what is refused."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from .client import UK, Company, Json, Server, fresh

pytestmark = pytest.mark.apart


@pytest.fixture
def stocked(us: Company) -> Json:
    """An inventory item of ten, with accounts of its own."""
    asset = {"AccountType": "Other Current Asset", "AccountSubType": "Inventory"}
    goods = {"AccountType": "Cost of Goods Sold", "AccountSubType": "SuppliesMaterialsCogs"}
    accounts = [us.create("Account", {"Name": fresh("A"), **kind})["Id"] for kind in (asset, goods)]
    return {
        **{"Name": fresh("Pump"), "Type": "Inventory", "TrackQtyOnHand": True, "QtyOnHand": 10},
        **{"InvStartDate": "2026-01-01", "UnitPrice": 15, "PurchaseCost": "2.5", "IncomeAccountRef": us.ref("4000")},
        **{"AssetAccountRef": {"value": accounts[0]}, "ExpenseAccountRef": {"value": accounts[1]}},
    }


def _service(us: Company, **changes: object) -> Json:
    body = {"Name": fresh("Design"), "Type": "Service", "IncomeAccountRef": us.ref("4100"), **changes}
    return {name: value for name, value in body.items() if value is not None}


def _sparse(made: Json, **changes: object) -> Json:
    return {"Id": made["Id"], "SyncToken": made["SyncToken"], "sparse": True, **changes}


def test_a_service_is_answered_as_recorded(us: Company) -> None:
    made = us.create("Item", _service(us))
    account = {"value": us.account("4100"), "name": "Services revenue"}
    assert list(made.items())[:7] == [
        *(("Name", made["Name"]), ("Active", True), ("FullyQualifiedName", made["Name"]), ("Taxable", False)),
        *(("UnitPrice", 0), ("Type", "Service"), ("IncomeAccountRef", account)),
    ]
    assert (made["PurchaseCost"], made["TrackQtyOnHand"]) == (0, False)
    assert us.read("Item", made["Id"]) == made


def test_a_query_tells_the_sku_only_where_it_is_asked_for(us: Company) -> None:
    made = us.create("Item", _service(us, Sku=fresh("SKU")))
    where = f"from Item where Sku = '{made['Sku']}'"
    assert us.query(f"select *, Sku {where}")["Item"] == [made]
    assert "Sku" not in us.query(f"select * {where}")["Item"][0]
    assert us.read("Item", made["Id"])["Sku"] == made["Sku"]


def test_a_query_may_always_tell_the_sku(own: Callable[..., Server]) -> None:
    us = own(SANDBOX_ITEM_SKU="always").company()
    made = us.create("Item", _service(us, Sku="S-1"))
    assert us.query("select * from Item where Sku = 'S-1'")["Item"] == [made]


def test_items_stand_in_categories(us: Company) -> None:
    trees = us.create("Item", {"Name": fresh("Trees"), "Type": "Category"})
    assert not {"UnitPrice", "Taxable", "TrackQtyOnHand", "SubItem"} & set(trees)
    fir = us.create("Item", _service(us, SubItem=True, ParentRef={"value": trees["Id"]}))
    assert (fir["SubItem"], fir["Level"]) == (True, 1)
    assert fir["FullyQualifiedName"] == f"{trees['Name']}:{fir['Name']}"
    again = _service(us, Name=fir["Name"], ParentRef={"value": trees["Id"]})
    assert us.fault(us.post("item", again))["Detail"].endswith(f"Id={fir['Id']}")
    assert us.create("Item", _service(us, Name=fir["Name"]))["FullyQualifiedName"] == fir["Name"]
    inside = {"Name": fresh("C"), "Type": "Category", "ParentRef": {"value": fir["Id"]}}
    assert us.fault(us.post("item", inside))["code"] == "6150"


def test_a_bundle_names_what_it_holds(us: Company) -> None:
    inner = us.create("Item", _service(us))
    lines = [{"ItemRef": {"value": inner["Id"]}, "Qty": 3}]
    made = us.create("Item", {"Name": fresh("Set"), "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": lines}})
    (line,) = made["ItemGroupDetail"]["ItemGroupLine"]
    assert (line["ItemRef"]["name"], line["Qty"], made["PrintGroupedItems"]) == (inner["Name"], 3, False)
    nested = [{"ItemRef": {"value": made["Id"]}, "Qty": 1}]
    wrong = {"Name": fresh("Set"), "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": nested}}
    assert us.fault(us.post("item", wrong))["code"] == "6000"


def test_what_is_in_stock_on_the_first_day_is_posted_against_opening_equity(us: Company, stocked: Json) -> None:
    before = us.postings()
    made = us.create("Item", stocked)
    (asset,) = us.query(f"select * from Account where Id = '{stocked['AssetAccountRef']['value']}'")["Account"]
    assert us.moved(before) == {asset["Name"]: "25.00", "3000": "-25.00"}
    assert (made["QtyOnHand"], made["InvStartDate"], asset["CurrentBalance"]) == (10, "2026-01-01", 25)


def test_another_quantity_is_posted_and_the_same_one_is_not(us: Company, stocked: Json) -> None:
    made = us.create("Item", stocked)
    before = us.postings()
    echoed = us.create("Item", {**made, "Description": "unchanged"})
    assert us.moved(before) == {}
    fewer = us.create("Item", _sparse(echoed, QtyOnHand=4))
    assert (fewer["QtyOnHand"], us.moved(before)["3000"]) == (4, "15.00")
    more = us.create("Item", _sparse(fewer, QtyOnHand="6"))
    assert (more["QtyOnHand"], us.moved(before)["3000"]) == (6, "10.00")
    gone = us.create("Item", _sparse(more, Active=False))
    assert (gone["QtyOnHand"], us.moved(before)["3000"]) == (0, "25.00")


def test_items_are_found_by_what_is_known_of_them(us: Company, stocked: Json) -> None:
    made = us.create("Item", {**stocked, "QtyOnHand": 7654, "Description": fresh("d")})
    for condition in (
        *(f"Name = '{made['Name']}'", f"Description = '{made['Description']}'", "QtyOnHand = '7654'"),
        f"Type = 'Inventory' and FullyQualifiedName LIKE '{made['Name']}%'",
    ):
        assert [row["Id"] for row in us.query(f"select * from Item where {condition}")["Item"]] == [made["Id"]]


@pytest.mark.parametrize(
    ("label", "changes", "code"),
    [
        ("no name", {"Name": None}, "2020"),
        ("no account", {"IncomeAccountRef": None}, "2020"),
        ("an account that is not there", {"IncomeAccountRef": {"value": "99999"}}, "2500"),
        ("an unknown type", {"Type": "Wish"}, "2170"),
        ("a long name", {"Name": "x" * 101}, "2050"),
        ("a colon in the name", {"Name": "a:b"}, "2040"),
        ("an unknown property", {"Colour": "red"}, "2010"),
        ("a parent that is not there", {"ParentRef": {"value": "99999"}}, "2500"),
        ("a price that is no number", {"UnitPrice": "much"}, "2080"),
    ],
)
def test_a_wrong_item_is_refused(us: Company, label: str, changes: Json, code: str) -> None:
    assert us.fault(us.post("item", _service(us, **changes)))["code"] == code


@pytest.mark.parametrize("account", ["1010", "1200", "2000"])
def test_a_sale_is_not_booked_to_bank_or_control_accounts(us: Company, account: str) -> None:
    assert us.fault(us.post("item", _service(us, IncomeAccountRef=us.ref(account))))["code"] == "6430"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("QtyOnHand", "6520"),
        *((name, "2020") for name in ("InvStartDate", "IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef")),
    ],
)
def test_what_is_counted_needs_a_quantity_a_day_and_three_accounts(
    us: Company, stocked: Json, name: str, code: str
) -> None:
    assert us.fault(us.post("item", {key: value for key, value in stocked.items() if key != name}))["code"] == code


def test_what_is_counted_is_booked_to_accounts_of_its_kind(us: Company, stocked: Json) -> None:
    for name, account in (("IncomeAccountRef", "6110"), ("ExpenseAccountRef", "6110"), ("AssetAccountRef", "1010")):
        assert us.fault(us.post("item", {**stocked, name: us.ref(account)}))["code"] == "6430"


def test_inventory_needs_a_plan_that_has_it(us: Company, stocked: Json) -> None:
    us.server.control(f"companies/{us.realm}/preferences", {"OfferingSku": "QuickBooks Online Essentials"})
    assert us.fault(us.post("item", stocked))["code"] == "5020"


def test_what_is_counted_stays_counted(us: Company, stocked: Json) -> None:
    made = us.create("Item", stocked)
    assert us.fault(us.post("item", _sparse(made, Type="Service")))["code"] == "6000"


def test_outside_the_us_an_item_says_whether_tax_is_in_its_prices(sandbox: Server) -> None:
    uk = sandbox.company(UK)
    made = uk.create("Item", _service(uk))
    assert (made["SalesTaxIncluded"], made["PurchaseTaxIncluded"]) == (False, False)


def test_the_stock_is_valued_item_by_item(sandbox: Server) -> None:
    model = sandbox.company("9341450000000037")
    rows = model.call("GET", "reports/InventoryValuationSummary").json()["Rows"]["Row"]
    items = model.query("select * from Item where Type = 'Inventory'")["Item"]
    shown = {row["ColData"][0]["id"]: [cell["value"] for cell in row["ColData"][1:]] for row in rows[:-1]}
    assert shown == {
        item["Id"]: [
            f"{item['QtyOnHand']:.2f}",
            f"{item['QtyOnHand'] * item['PurchaseCost']:.2f}",
            f"{item['PurchaseCost']:.2f}",
        ]
        for item in items
    }
    account = model.query("select * from Account where Name = 'Inventory Asset'")["Account"][0]
    assert rows[-1]["Summary"]["ColData"][2]["value"] == f"{account['CurrentBalance']:.2f}"
    assert model.call("GET", "reports/InventoryValuationSummary?report_date=2001-01-01").json()["Rows"] == {}
