"""A real browser before the real product. Where a test fails, what was on the screen is kept beside its other files."""

from collections.abc import Generator, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Error, expect, sync_playwright

from tests.browser.chromium import Machine
from tests.browser.person import Person
from tests.browser.product import Product, running_product

DESKTOP = 1440
HEIGHT = 900
FLAGS = ["--disable-gpu", "--disable-background-networking"]
# Milliseconds, for a page as for its picture.
PATIENCE = 10_000

expect.set_options(timeout=PATIENCE)


class Visitors:
    """Whoever came to a page during the test, each in a browser window of their own."""

    def __init__(self, browser: Browser, folder: Path) -> None:
        self._browser, self._folder = browser, folder
        self._people: list[Person] = []

    def at(self, address: str, *, width: int = DESKTOP) -> Person:
        # Without motion a colour is what it will be, at once.
        window = self._browser.new_context(viewport={"width": width, "height": HEIGHT}, reduced_motion="reduce")
        self._people.append(Person(window.new_page(), address))
        return self._people[-1]

    def leave_evidence(self) -> str:
        """Where it lies, for the person who reads the report."""
        return "\n".join(
            self._evidence(person, self._folder / f"screen-{number}.png", self._folder / f"console-{number}.log")
            for number, person in enumerate(self._people, start=1)
        )

    def _evidence(self, person: Person, screen: Path, console: Path) -> str:
        console.write_text("\n".join([person.page.url, *person.witness.console, ""]))
        try:
            person.page.screenshot(path=screen, full_page=True, timeout=PATIENCE)
        except Error as trouble:
            return f"{console}, and no screen: {trouble.message}"
        return f"{screen}\n{console}"


@pytest.fixture
def visitors(tmp_path: Path) -> Iterator[Visitors]:
    """Ask for it after everything that touches the database: while it is open Django allows no query in this thread."""
    machine = Machine.here()
    if machine.browser is None:
        pytest.fail(machine.advice, pytrace=False)
    with sync_playwright() as playwright:
        # Chromium's own sandbox cannot be entered as root.
        browser = playwright.chromium.launch(
            executable_path=machine.browser, args=FLAGS, chromium_sandbox=not machine.is_root
        )
        yield Visitors(browser, tmp_path)
        browser.close()


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    with running_product(tmp_path) as product:
        yield product


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Function, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    visitors = item.funcargs.get("visitors")
    if report.when == "call" and report.failed and visitors is not None:
        report.sections.append(("What was on the screen", visitors.leave_evidence()))
    return report
