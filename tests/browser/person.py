"""Somebody at a browser. They know what stands on the screen: names, labels, words; and nothing of how it is made."""

from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, expect

from tests.browser.witness import Witness
from tests.processes import wait_until


class Person:
    def __init__(self, page: Page, address: str) -> None:
        self.page = page
        self.address = address
        self.witness = Witness(page)

    # --- everywhere --------------------------------------------------------------------------------------------------

    def sign_in(self, email: str, password: str) -> None:
        self.page.goto(self.address)
        self.page.get_by_label("E-mail").fill(email)
        self.page.get_by_label("Password").fill(password)
        self.follow(self.page.get_by_role("button", name="Sign in"))

    def go_to(self, place: str) -> None:
        self.follow(self._places.get_by_role("link", name=place))
        expect(self._places.get_by_role("link", name=place)).to_have_attribute("aria-current", "page")

    def follow(self, door: Locator) -> None:
        """Press it, and look no more at the page it stood on."""
        with self.page.expect_navigation():
            door.click()

    def places(self) -> list[str]:
        """The address of each that the navigation offers."""
        return [link.evaluate("link => link.href") for link in self._places.get_by_role("link").all()]

    def parts_of_the_mapping(self) -> list[str]:
        self.go_to("Mapping")
        parts = self.page.get_by_role("navigation", name="Parts of the mapping")
        return [link.evaluate("link => link.href") for link in parts.get_by_role("link").all()]

    @property
    def path(self) -> str:
        return urlsplit(self.page.url).path

    def width_of_page(self) -> int:
        """In pixels, with what one would have to scroll sideways for."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth")
        return width

    def is_told(self, words: str) -> None:
        expect(self.page.get_by_role("status").filter(has_text=words)).to_be_visible()

    @property
    def _places(self) -> Locator:
        return self.page.get_by_role("navigation", name="Places")

    # --- set-up ------------------------------------------------------------------------------------------------------

    def connect(self, entity: str, *, company: str) -> None:
        """To the platform's own page and back."""
        self.go_to("Connections")
        self.follow(self.page.get_by_role("region", name=entity).get_by_role("button", name="Connect QuickBooks"))
        self.page.get_by_text(company, exact=True).click()
        self.follow(self.page.get_by_role("button", name="Connect", exact=True))
        self.is_told(f"{entity} is connected")

    def map_accounts(self, *, card: str, default: str, reason: str, bank: str = "", make_vendors: bool = False) -> None:
        self.go_to("Mapping")
        self.page.get_by_label("Card account").fill(card)
        self.page.get_by_label("Default account").fill(default)
        self.page.get_by_label("Payments are made from").fill(bank)
        self.page.get_by_label("Make vendors in").set_checked(make_vendors)
        self.page.get_by_label("Reason").fill(reason)
        self.follow(self.page.get_by_role("button", name="Save as version"))
        self.is_told("Saved as version")

    # --- work --------------------------------------------------------------------------------------------------------

    def charge(self, merchant: str) -> Locator:
        """Its row among the transactions."""
        return self.page.get_by_role("row").filter(has=self.page.get_by_role("link", name=merchant))

    def cause(self, title: str) -> Locator:
        """What stands under this title among the failed syncs."""
        return self.page.get_by_role("group").filter(has=self.page.get_by_role("heading", name=title))

    def open_cause(self, title: str) -> Locator:
        """The first one is open already, and stays so."""
        cause = self.cause(title)
        expect(cause).to_be_visible()
        if not cause.get_by_role("table").is_visible():
            cause.get_by_role("heading", name=title).click()
        return cause

    # --- bills and receipts ------------------------------------------------------------------------------------------

    def make_bill(self, *, vendor: str, number: str, amount: str) -> None:
        self.go_to("Bills")
        self.follow(self.page.get_by_role("link", name="New bill"))
        self.page.get_by_label("Vendor", exact=True).fill(vendor)
        self.page.get_by_label("number").fill(number)
        line = self.page.get_by_role("group", name="Line 1")
        line.get_by_label("What").fill("Line haul")
        line.get_by_label("Amount").fill(amount)
        self.follow(self.page.get_by_role("button", name="Submit"))

    def pay(self, amount: str) -> None:
        form = self.page.get_by_role("group").filter(has_text="Record a payment").first
        if not form.get_by_label("Amount").is_visible():
            form.get_by_text("Record a payment").click()
        form.get_by_label("Amount").fill(amount)
        self.follow(form.get_by_role("button", name="Record the payment"))

    def sees_before_long(self, words: str, within: float = 30) -> None:
        """On a page that does not look again by itself."""

        def there() -> bool:
            self.page.reload()
            return self.page.get_by_role("main").get_by_text(words).first.is_visible()

        wait_until(there, within, words)
