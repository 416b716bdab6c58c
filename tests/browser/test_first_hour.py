"""The product's promise, as the person sees it to whom it was made: from the first sign-in to a mended failure."""

from decimal import Decimal

from playwright.sync_api import expect

from tests.browser.conftest import Visitors
from tests.browser.product import Product
from tests.processes import wait_until

# Milliseconds; a page that looks again by itself does so every three seconds.
SOON = 20_000


def test_from_the_first_sign_in_to_a_mended_failure_every_charge_comes_to_stand_in_the_books(
    product: Product, visitors: Visitors
) -> None:
    priya = visitors.at(product.url)
    priya.sign_in("priya@larkfield.example", "larkfield-demo")
    priya.connect("Larkfield Inc.", company="Larkfield Inc.")
    # Slow enough that she sees the charges leave.
    product.books.plan_fault(kind="delay", entity="batch", seconds=3)
    priya.map_accounts(card="2110 Flex Card", default="6110 Office supplies", reason="Agreed with Theo")

    priya.go_to("Transactions")
    expect(priya.charge("Figma Inc")).to_contain_text("On its way")
    expect(priya.charge("Figma Inc")).to_contain_text("In the books", timeout=SOON)
    expect(priya.charge("Figma Inc")).to_contain_text("6110 Office supplies")

    product.close_books_until("2099-12-31")
    charge = product.charge("Kinokuniya", "1234.56")
    wait_until(lambda: product.state_of(charge) == "held", 20, "held")
    priya.go_to("Failed syncs")
    closed = priya.open_cause("Dated where the books are closed, to 31 Dec 2099")
    expect(closed.get_by_role("row", name="Kinokuniya")).to_contain_text("1,234.56 US dollars")
    expect(closed).to_contain_text("They leave once the books are reopened")

    product.open_books()
    priya.follow(closed.get_by_role("button", name="Check 1 again"))
    priya.is_told("1 item tried again.")
    priya.go_to("Transactions")
    expect(priya.charge("Kinokuniya")).to_contain_text("In the books", timeout=SOON)

    assert product.in_the_books().count(Decimal("1234.56")) == 1
    assert len(product.in_the_books()) == 11
    assert priya.witness.complaints == []
