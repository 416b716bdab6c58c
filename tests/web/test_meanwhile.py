"""Charges move while a page is being read. Whatever it has missed, it must go on looking for."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import connection

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import JobState, SyncJob
from tests.web.books import Books
from tests.web.browser import Browser, Page, page

REFUSED = Reason(ReasonCode.REJECTED, "The period is closed")


@contextmanager
def meanwhile(act: Callable[[], Any], after: int) -> Iterator[list[str]]:
    """Somebody else acts once so many statements of ours have been answered. Yields our statements."""
    ours: list[str] = []
    acting = False

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal acting
        answer = execute(sql, *rest)
        if not acting:
            ours.append(sql)
            if len(ours) == after:
                acting = True
                act()
                acting = False
        return answer

    with connection.execute_wrapper(watch):
        yield ours


def at_each_moment(priya: Browser, address: str, before: Callable[[], Any], then: Callable[[], Any]) -> list[Page]:
    """The page as it comes out when that happens after its first statement, its second, and so on."""
    found: list[Page] = []
    statements = 1
    while len(found) < statements:
        before()
        with meanwhile(then, after=len(found) + 1) as ours:
            answer = priya.get(address)
        assert answer.status_code == 200
        found.append(page(answer))
        statements = len(ours)
    assert len(found) > 10
    return found


def looks_again(shown: Page) -> bool:
    return any("hx-get" in attributes for _, attributes in shown.tags)


@pytest.fixture
def come_to(books: Books) -> Callable[..., None]:
    """The one charge there is comes to this state."""
    books.wish(books.charge("c-1"), JobState.RUNNING)

    def change(state: JobState, *reasons: Reason) -> None:
        with books.open():
            SyncJob.objects.update(state=state, reasons=[reason.as_json() for reason in reasons])

    return change


def test_a_charge_refused_meanwhile_stands_among_the_failed_or_the_page_looks_again(
    books: Books, come_to: Callable[..., None], priya: Browser
) -> None:
    pages = at_each_moment(
        priya,
        f"{books.path}/failed/",
        before=lambda: come_to(JobState.RUNNING),
        then=lambda: come_to(JobState.NEEDS_ATTENTION, REFUSED),
    )
    assert all(REFUSED.subject in shown.text or looks_again(shown) for shown in pages)


def test_a_charge_that_arrives_meanwhile_stands_in_the_books_or_the_list_looks_again(
    books: Books, come_to: Callable[..., None], priya: Browser
) -> None:
    pages = at_each_moment(
        priya,
        f"{books.path}/transactions/",
        before=lambda: come_to(JobState.RUNNING),
        then=lambda: come_to(JobState.DONE),
    )
    assert all("On its way" not in shown.text or looks_again(shown) for shown in pages)
