"""Closed books on the pages: the policy is chosen, the effect shown, and a person decides where each is asked for."""

from datetime import date

import pytest

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import (
    Company,
    ConfigurationVersion,
    Connection,
    ConnectionState,
    Intervention,
    JobState,
    SyncJob,
)
from tests.web.books import Books
from tests.web.browser import Browser, page

ASKED = Reason(ReasonCode.PERIOD_ASKED, "31 Oct 2026")
KEPT = Reason(ReasonCode.PERIOD_KEPT, "31 Oct 2026")
CLOSED = Reason(ReasonCode.PERIOD_CLOSED, "31 Oct 2026")


@pytest.fixture
def closed(books: Books) -> Books:
    with books.open():
        Company.objects.update(closed_to=date(2026, 10, 31))
    return books


def policies(books: Books) -> list[str]:
    with books.open():
        return list(ConfigurationVersion.objects.order_by("number").values_list("closed_periods", flat=True))


def test_the_policy_is_saved_as_a_version_and_gone_back_from(closed: Books, priya: Browser) -> None:
    form = closed.form(version=0, card="2110") | {"switches": "on", "closed_periods": "ask"}
    priya.post(closed.mapping_path, **form)
    priya.post(closed.mapping_path, **(form | {"version": "1", "closed_periods": "first_open_day"}))
    shown = page(priya.get(closed.mapping_path))
    assert shown.all("option", value="first_open_day", selected="")
    assert "The books of Old Books Inc. are closed to 31 Oct 2026." in shown.text
    assert "What is dated in a closed period: post it on the first open day" in shown.text
    priya.post(f"{closed.mapping_path}revert", to="1", seen="2", why="Too early")
    assert policies(closed) == ["ask", "first_open_day", "ask"]


@pytest.mark.parametrize("posted", [{}, {"closed_periods": ""}, {"closed_periods": "whenever"}])
def test_what_is_no_policy_changes_none(closed: Books, priya: Browser, posted: dict[str, str]) -> None:
    form = closed.form(version=0, card="2110") | {"switches": "on", "closed_periods": "ask"}
    priya.post(closed.mapping_path, **form)
    del form["closed_periods"]
    priya.post(closed.mapping_path, **(form | {"version": "1", "default": "6110 Office"} | posted))
    assert policies(closed) == ["ask", "ask"]


def test_another_policy_sends_what_is_held_on_its_way(closed: Books, priya: Browser) -> None:
    closed.wish(closed.charge("c-1"), JobState.HELD, CLOSED)
    form = closed.form(version=0, card="2110") | {"switches": "on", "closed_periods": "first_open_day"}
    said = priya.land(priya.post(closed.mapping_path, **form))
    assert "1 charge that waited is tried again" in page(said).text
    assert closed.states() == ["waiting"]


def test_a_person_chooses_on_the_page_of_the_document(closed: Books, priya: Browser) -> None:
    [document] = closed.charge("c-1")
    closed.wish([document], JobState.NEEDS_ATTENTION, ASKED)
    address = f"{closed.path}/transactions/{document.public_id}/"
    shown = page(priya.get(address))
    assert "The books are closed to 31 Oct 2026: post it on the first open day, or keep it held?" in shown.text
    assert shown.all("button", name="do", value="keep")
    assert "Post it on 1 Nov 2026" in shown.text
    said = priya.post(f"{closed.path}/transactions/decide", chosen=str(document.public_id), do="first_open_day")
    assert "1 transaction sent to the first open day" in page(priya.land(said)).text
    with closed.open():
        job = SyncJob.objects.get()
        assert (job.state, job.period_choice) == (JobState.WAITING, "first_open_day")
        assert Intervention.objects.get().act == "moved"
    assert "Sent to the first open day by Priya Raman" in page(priya.get(address)).text
    assert "sent 1 item to the first open day" in page(priya.get(f"{closed.path}/")).text


def test_what_is_kept_can_still_be_posted(closed: Books, priya: Browser) -> None:
    [document] = closed.charge("c-1")
    closed.wish([document], JobState.HELD, KEPT)
    text = page(priya.get(f"{closed.path}/transactions/{document.public_id}/")).text
    assert "Post it on 1 Nov 2026" in text
    assert "Keep it until the books are reopened" not in text


def test_where_the_policy_holds_nothing_is_asked(closed: Books, priya: Browser) -> None:
    [document] = closed.charge("c-1")
    closed.wish([document], JobState.HELD, CLOSED)
    text = page(priya.get(f"{closed.path}/transactions/{document.public_id}/")).text
    assert "It is dated in a closed period: the books are closed to 31 Oct 2026." in text
    assert "Post it on" not in text
    priya.post(f"{closed.path}/transactions/decide", chosen=str(document.public_id), do="first_open_day")
    assert closed.states() == ["held"]


def test_a_moved_posting_shows_both_days(closed: Books, priya: Browser) -> None:
    [document] = closed.charge("c-1")
    closed.wish([document], JobState.WAITING)
    told = "Dated 2 Mar 2026, posted 1 Nov 2026: books closed to 31 Oct 2026."
    with closed.open():
        SyncJob.objects.update(coding={"dated": "2026-11-01", "own_day": "2026-03-02", "why": {"dated": told}})
    assert told in page(priya.get(f"{closed.path}/transactions/{document.public_id}/")).text


def test_home_and_connections_say_how_far_the_books_are_closed(closed: Books, priya: Browser) -> None:
    assert "books closed to 31 Oct 2026" in page(priya.get(f"{closed.path}/")).text
    assert "Books closed to 31 Oct" in page(priya.get(f"{closed.path}/connections/")).text


@pytest.mark.parametrize(
    ("state", "word", "cause"),
    [
        (ConnectionState.DENIED, "Turned away", "The books of Old Books Inc. turned us away"),
        (ConnectionState.READ_ONLY, "Subscription ended", "The subscription of Old Books Inc. has ended"),
        (ConnectionState.RESET, "Company was reset", "The company Old Books Inc. was reset"),
    ],
)
def test_a_company_that_takes_nothing_is_named_wherever_it_matters(
    books: Books, priya: Browser, state: ConnectionState, word: str, cause: str
) -> None:
    books.wish(books.charge("c-1"), JobState.WAITING)
    with books.open():
        Connection.objects.update(state=state, problem="Renew it there.")
    assert cause in page(priya.get(f"{books.path}/failed/")).text
    assert word in page(priya.get(f"{books.path}/")).text
    shown = page(priya.get(f"{books.path}/connections/")).text
    assert word in shown
    assert ("Try again now" in shown) is (state is not ConnectionState.RESET)
    assert ("Reconnect QuickBooks" in shown) is (state is not ConnectionState.READ_ONLY)


def test_a_transaction_in_doubt_says_what_is_done_about_it(books: Books, priya: Browser) -> None:
    [document] = books.charge("c-1")
    books.wish([document], JobState.UNKNOWN)
    shown = page(priya.get(f"{books.path}/transactions/{document.public_id}/")).text
    assert "The line broke after we had sent. We look in QuickBooks first; nothing is sent twice." in shown
