"""A bill's whole life, and a receipt's, as the people see them who have to do with them."""

import re
from pathlib import Path

from playwright.sync_api import expect

from tests.browser.conftest import Visitors
from tests.browser.person import Person
from tests.browser.product import Product
from tests.papers import pdf, photo
from tests.processes import wait_until

PASSWORD = "larkfield-demo"
VENDOR, NUMBER = "Harbour Freight Lines", "20771"


def set_up(product: Product, visitors: Visitors) -> Person:
    priya = visitors.at(product.url)
    priya.sign_in("priya@larkfield.example", PASSWORD)
    priya.connect("Larkfield Inc.", company="Larkfield Inc.")
    priya.map_accounts(
        card="2110 Flex Card",
        default="6110 Office supplies",
        bank="1010 Operating checking",
        make_vendors=True,
        reason="Agreed with Theo",
    )
    return priya


def open_amounts(product: Product) -> list[float]:
    """What is open of each bill there."""
    return [bill["Balance"] for bill in product.books.objects("Bill")]


def test_a_bill_is_made_approved_posted_paid_in_part_and_in_full_and_undone(
    product: Product, visitors: Visitors
) -> None:
    priya = set_up(product, visitors)
    priya.make_bill(vendor=VENDOR, number=NUMBER, amount="900.00")
    address = priya.page.url
    priya.sees_before_long("It waits for Theo Brandt, who must approve it.")

    theo = visitors.at(product.url)
    theo.sign_in("theo@larkfield.example", PASSWORD)
    theo.go_to("Approvals")
    theo.page.get_by_role("checkbox", name=VENDOR).check()
    theo.follow(theo.page.get_by_role("button", name="Approve"))
    theo.is_told("1 item, $900.00, approved.")

    priya.sees_before_long("In the books")
    expect(priya.page.get_by_text("Theo Brandt approved")).to_be_visible()
    assert open_amounts(product) == [900.00]

    priya.pay("300.00")
    wait_until(lambda: open_amounts(product) == [600.00], 30, "paid in part")
    priya.pay("600.00")
    wait_until(lambda: open_amounts(product) == [0], 30, "paid in full")
    assert len(product.books.objects("BillPayment")) == 2

    for _ in range(2):
        priya.page.goto(address)
        priya.follow(priya.page.get_by_role("link", name="Payment", exact=True).last)
        priya.page.get_by_text("Void, or returned by the bank").click()
        priya.follow(priya.page.get_by_role("button", name="Make it void"))
    wait_until(lambda: open_amounts(product) == [900.00], 30, "open again")
    priya.page.goto(address)
    priya.follow(priya.page.get_by_role("button", name="Undo it"))
    priya.page.get_by_label("Reason").fill("It was somebody else’s bill")
    priya.follow(priya.page.get_by_role("button", name="Undo 1"))
    wait_until(lambda: product.books.objects("Bill") == [], 30, "undone")
    assert priya.witness.complaints == []
    assert theo.witness.complaints == []


def test_a_receipt_is_photographed_matched_attached_and_replaced(
    product: Product, visitors: Visitors, tmp_path: Path
) -> None:
    """A photo is said where to hang, a paper finds its charge itself; both come to hang in the books."""
    paper, shot, better = tmp_path / "hilton.pdf", tmp_path / "IMG_2041.HEIC", tmp_path / "better.pdf"
    paper.write_bytes(pdf("Hilton Garden Inn", "Total 612.90"))
    shot.write_bytes(photo("HEIF", (600, 800)))
    better.write_bytes(pdf("Figma Inc", "675.00, readable"))
    priya = set_up(product, visitors)

    priya.go_to("Receipts")
    priya.page.get_by_label("Add photos").set_input_files([paper, shot])
    priya.follow(priya.page.get_by_role("button", name="Add", exact=True))
    priya.is_told("Hung where it belongs: hilton.pdf.")
    expect(priya.page.get_by_role("heading", name="IMG_2041.jpg")).to_be_visible()
    priya.page.get_by_label("Find its charge or bill").fill("Figma")
    priya.follow(priya.page.get_by_role("button", name="Find"))
    priya.follow(priya.page.get_by_role("button", name=re.compile("Hang here.*Figma Inc")))
    priya.is_told("IMG_2041.jpg hangs at Figma Inc now")
    wait_until(lambda: names_there(product) == {"hilton", "IMG_2041"}, 60, "both attached")

    priya.go_to("Transactions")
    priya.follow(priya.page.get_by_role("link", name="Figma Inc"))
    priya.sees_before_long("1/1 in the books")
    priya.page.get_by_text("Replace", exact=False).first.click()
    priya.page.get_by_label("The file that takes its place").set_input_files(better)
    priya.follow(priya.page.get_by_role("button", name="Replace", exact=True))
    wait_until(lambda: names_there(product) == {"hilton", "better"}, 60, "replaced")
    assert priya.witness.complaints == []


def names_there(product: Product) -> set[str]:
    """Of the files in the books, without the sign that each has there."""
    there = [one["FileName"] for one in product.books.objects("Attachable")]
    return {name for name in ("hilton", "IMG_2041", "better") if any(one.startswith(name) for one in there)}
