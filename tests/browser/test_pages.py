"""Every page as a browser lays it out: on a phone, in light and dark, and for whoever does not see it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.utils import timezone
from playwright.sync_api import Dialog, Page, expect

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import JobState
from ledger.models import Category
from tests.browser.conftest import Visitors
from tests.browser.person import Person
from tests.cast import Cast
from tests.ports import free_ports
from tests.processes import answers, wait_until, web
from tests.web.books import Books

PHONE = 390
LIGHTS: tuple[Literal["light", "dark"], ...] = ("light", "dark")
GRAVE = {"serious", "critical"}
# What a merchant's terminal may send without a single place to break it.
UNBREAKABLE = "WWW.AMAZON-MARKETPLACE-PAYMENTS.EXAMPLE/2871"
REASONS = {
    JobState.HELD: [Reason(ReasonCode.NO_ACCOUNT_FOR_CATEGORY, "Software")],
    JobState.NEEDS_ATTENTION: [Reason(ReasonCode.REJECTED, f"{UNBREAKABLE} cannot be booked. " * 4)],
    JobState.EXCLUDED: [Reason(ReasonCode.REVERSED)],
}


@pytest.fixture
def furnished(transactional_db: None, cast: Cast) -> Books:
    """Something on every page: charges in each state, in dollars and in yen, small and large."""
    books, now = Books(cast.larkfield), timezone.now()
    for number, state in enumerate(JobState):
        charges = books.charge(f"{state}-1", f"{state}-2", merchant=UNBREAKABLE, amount=f"{10**number}.25", cleared=now)
        charges += books.charge(f"{state}-3", amount="98765432", currency="JPY", cleared=now)
        books.wish(charges, state, *REASONS.get(state, []))
    books.track("class", "Class", "Product", UNBREAKABLE)
    books.track("location", "Location", "Boston")
    with books.open():
        Category.objects.create(name=UNBREAKABLE, code="6110")
    return books


@pytest.fixture
def site(furnished: Books, tmp_path: Path) -> Iterator[str]:
    [port] = free_ports(1)
    server = web(tmp_path / "web.log", port)
    address = f"http://127.0.0.1:{port}"
    wait_until(lambda: answers(f"{address}/healthz"), 60, "answering")
    yield address
    server.stop()


def every_page(person: Person) -> Iterator[str]:
    """One after the other on the screen: the sign-in, each place, one record."""
    person.page.goto(person.address)
    yield person.path
    person.sign_in("priya@example.com", "a-long-password")
    for address in person.places():
        person.page.goto(address)
        yield person.path
    for address in person.parts_of_the_mapping():
        person.page.goto(f"{address}&match=name")
        yield address
    person.go_to("Transactions")
    person.follow(person.charge(UNBREAKABLE).first.get_by_role("link"))
    yield person.path


def test_no_page_is_wider_than_a_phone(site: str, visitors: Visitors) -> None:
    person = visitors.at(site, width=PHONE)
    widths = {path: person.width_of_page() for path in every_page(person)}
    assert len(widths) > 5
    assert widths == dict.fromkeys(widths, PHONE)
    assert person.witness.complaints == []


def test_no_page_keeps_anybody_out_in_light_or_dark(site: str, visitors: Visitors) -> None:
    person = visitors.at(site)
    obstacles = [f"{path}: {obstacle}" for path in every_page(person) for obstacle in grave_obstacles(person.page)]
    assert not obstacles, "\n".join(obstacles)


def grave_obstacles(page: Page) -> Iterator[str]:
    """By the rules of axe-core."""
    for light in LIGHTS:
        page.emulate_media(color_scheme=light)
        for violation in Axe().run(page).response["violations"]:
            if violation["impact"] in GRAVE:
                yield from (f"{light}: {violation['help']}: {node['html']}" for node in violation["nodes"])


def test_a_cause_stays_open_while_the_page_looks_again(site: str, visitors: Visitors) -> None:
    person = visitors.at(site)
    person.sign_in("priya@example.com", "a-long-password")
    person.go_to("Failed syncs")
    cause = person.open_cause("The books refused")
    with person.page.expect_response("**/failed/"):
        expect(cause.get_by_role("button", name="Send 3 again")).to_be_visible()
    # The answer has come; the page is put in its place a moment later.
    person.page.wait_for_timeout(300)
    expect(cause.get_by_role("button", name="Send 3 again")).to_be_visible()


def test_the_bar_counts_what_is_ticked_and_asks_for_a_reason_before_anything_is_lost(
    site: str, visitors: Visitors
) -> None:
    person = visitors.at(site)
    person.sign_in("priya@example.com", "a-long-password")
    person.go_to("Transactions")
    person.page.get_by_label("Choose all on this page").check()
    bar = person.page.get_by_role("group", name="With the chosen ones")
    expect(bar).to_contain_text("21 chosen, ")
    person.charge(UNBREAKABLE).first.get_by_role("checkbox").uncheck()
    expect(bar).to_contain_text("20 chosen, ")
    bar.get_by_role("button", name="Hold").click()
    expect(bar).to_contain_text("20 chosen, ")
    expect(bar.get_by_label("Reason")).to_be_focused()


def test_what_is_chosen_and_not_saved_is_not_left_without_asking(site: str, visitors: Visitors) -> None:
    person = visitors.at(site)
    person.sign_in("priya@example.com", "a-long-password")
    person.go_to("Mapping")
    asked: list[str] = []

    def stay(dialog: Dialog) -> None:
        asked.append(dialog.type)
        dialog.dismiss()

    person.page.on("dialog", stay)
    person.page.get_by_label("Reason").fill("Because")
    person.page.get_by_role("link", name="Categories").click()
    expect(person.page.get_by_label("Reason")).to_have_value("Because")
    assert asked == ["beforeunload"]
