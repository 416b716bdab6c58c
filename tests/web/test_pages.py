"""The pages of an organisation: what they say, what they count, what they hide, and what they cost."""

import re
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from django.contrib.staticfiles import finders
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from django.utils.html import escape

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import ConnectionState, ExternalLink, JobState, Reference, SyncJob
from integrations.sync import queue
from ledger.models import Category, DocumentKind, Entity, SourceDocument
from tests.cast import Cast
from tests.integrations.conftest import NOON, Office
from tests.web.books import Books
from tests.web.browser import Browser, page

NO_CARD = Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards")
EURO = Reason(ReasonCode.OTHER_CURRENCY, "EUR")
CLOSED = Reason(ReasonCode.REJECTED, "Account Period Closed")


# --- the list --------------------------------------------------------------------------------------------------------


def test_an_organisation_without_charges_is_told_what_will_stand_here(books: Books, priya: Browser) -> None:
    shown = page(priya.get(f"{books.path}/transactions/"))
    assert "No transactions yet." in shown.text
    assert not shown.all("table")


def test_each_charge_stands_with_its_person_its_state_and_its_money(books: Books, priya: Browser) -> None:
    books.wish(books.charge("c-1", merchant="Figma Inc", amount="1234.50"), JobState.DONE)
    books.wish(books.charge("c-2", merchant="Air Canada", amount="9.00"), JobState.NEEDS_ATTENTION, CLOSED)
    text = page(priya.get(f"{books.path}/transactions/")).text
    for words in ("Figma Inc", "Owen Park", "In the books", "1,234.50 US dollars", "Air Canada", "Needs a person"):
        assert words in text
    assert "The books refused it: Account Period Closed" in text


ONE_OF_EACH = {
    JobState.NEEDS_ATTENTION: ("Needs a person", [CLOSED]),
    JobState.HELD: ("Held", [NO_CARD]),
    JobState.WAITING: ("On its way", []),
    JobState.RUNNING: ("On its way", []),
    JobState.UNKNOWN: ("On its way", []),
    JobState.DONE: ("In the books", []),
    JobState.EXCLUDED: ("Excluded", [Reason(ReasonCode.REVERSED)]),
}


@pytest.fixture
def one_of_each(books: Books) -> Books:
    for state, (_, reasons) in ONE_OF_EACH.items():
        books.wish(books.charge(f"c-{state}"), state, *reasons)
    books.charge("c-not-begun")
    return books


def test_the_tabs_count_every_charge_once_and_show_what_they_count(one_of_each: Books, priya: Browser) -> None:
    tabs = {tab["word"]: tab for tab in priya.get(f"{one_of_each.path}/transactions/").context["page"]["tabs"]}
    everything = tabs.pop("All")
    assert everything["count"] == sum(tab["count"] for tab in tabs.values()) == len(ONE_OF_EACH) + 1
    assert set(tabs) == {word for word, _ in ONE_OF_EACH.values()}
    for tab in [everything, *tabs.values()]:
        response = priya.get(tab["url"])
        assert len(response.context["page"]["rows"]) == tab["count"], tab["word"]
        assert [shown["word"] for shown in response.context["page"]["tabs"] if shown["current"]] == [tab["word"]]


def test_a_list_in_which_something_moves_looks_again_and_one_at_rest_does_not(books: Books, priya: Browser) -> None:
    documents = books.charge("c-1")
    books.wish(documents, JobState.WAITING)
    [section] = page(priya.get(f"{books.path}/transactions/")).all("section", id="transactions")
    assert section["hx-get"].startswith(f"{books.path}/transactions/")
    with books.open():
        SyncJob.objects.update(state=JobState.DONE)
    [section] = page(priya.get(f"{books.path}/transactions/")).all("section", id="transactions")
    assert "hx-get" not in section


@pytest.mark.parametrize(
    ("words", "found"),
    [
        ("figma", {"Figma Inc"}),
        ("FIGMA", {"Figma Inc"}),
        ("seats", {"Figma Inc"}),
        ("owen", {"Figma Inc", "100% Coffee", "Łódź_Café"}),
        ("4471", {"Figma Inc", "100% Coffee", "Łódź_Café"}),
        ("··4471", {"Figma Inc", "100% Coffee", "Łódź_Café"}),
        ("675.10", {"Figma Inc"}),
        ("675.1", {"Figma Inc"}),
        ("675", set()),
        ("łódź", {"Łódź_Café"}),
        # Words are found by how they begin; signs are no words, and stand for nothing else.
        ("coff", {"100% Coffee"}),
        ("café łódź", {"Łódź_Café"}),
        ("figma café", set()),
        ("offee", set()),
        ("%", set()),
        ("_", set()),
        ("nothing like it", set()),
        ("' OR 1=1 --", set()),
    ],
)
def test_the_search_finds_merchants_people_memos_and_amounts(
    books: Books, priya: Browser, words: str, found: set[str]
) -> None:
    books.charge("c-1", merchant="Figma Inc", memo="Two seats", amount="675.10")
    books.charge("c-2", merchant="100% Coffee")
    books.charge("c-3", merchant="Łódź_Café")
    response = priya.get(f"{books.path}/transactions/?q={quote(words)}")
    assert {row["merchant"] for row in response.context["page"]["rows"]} == found
    assert [box["value"] for box in page(response).all("input", name="q")] == [words]
    assert ("Nothing found." in page(response).text) is not bool(found)


def test_what_was_found_is_counted_and_summed_by_currency_and_no_tab_counts_something_else(
    books: Books, priya: Browser
) -> None:
    books.charge("c-1", "c-2", merchant="Figma Inc", amount="10.50")
    books.charge("c-3", merchant="Figma Inc", amount="-1.00")
    books.charge("c-4", merchant="Figma Ltd", amount="7.00", currency="GBP")
    books.charge("c-5", merchant="Another", amount="99.00")
    response = priya.get(f"{books.path}/transactions/?q=figma")
    assert "4 found, £7.00 and $20.00" in page(response).text
    assert {tab["count"] for tab in response.context["page"]["tabs"]} == {None}


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("q=zebra", "No transaction matches “zebra”."),
        ("q=zebra&state=held", "No transaction in the state “Held” matches “zebra”."),
        ("since=2020-01-01&until=2020-01-31", "No transaction matches these filters."),
        ("since=2026-03-02&until=2026-03-01", "“From” lies after “To”."),
        ("state=held", "No transaction is here at the moment."),
    ],
)
def test_an_empty_list_says_why_it_is_empty(books: Books, priya: Browser, query: str, sentence: str) -> None:
    books.charge("c-1")
    assert sentence in page(priya.get(f"{books.path}/transactions/?{query}")).text


def test_sixty_charges_stand_on_two_pages_each_once(books: Books, priya: Browser) -> None:
    books.charge(*(f"c-{number:02}" for number in range(60)))
    first = priya.get(f"{books.path}/transactions/")
    [older] = page(first).all("a", rel="next")
    second = priya.get(older["href"])
    assert not page(second).all("a", rel="next")
    [newer] = page(second).all("a", rel="prev")
    assert priya.get(newer["href"]).context["page"]["rows"] == first.context["page"]["rows"]
    ids = [row["id"] for response in (first, second) for row in response.context["page"]["rows"]]
    assert (len(ids), len(set(ids))) == (60, 60)


@pytest.mark.parametrize("cursor", ["x", "2026-13-41~1", "12~1", "2026-03-02~", "~", "2026-03-02~99999999999999999999"])
def test_a_cursor_that_is_none_begins_at_the_beginning(books: Books, priya: Browser, cursor: str) -> None:
    books.charge("c-1")
    for way in ("after", "before"):
        assert len(priya.get(f"{books.path}/transactions/?{way}={quote(cursor)}").context["page"]["rows"]) == 1


@pytest.mark.parametrize(
    ("order", "amounts"),
    [("largest", ["30.00", "20.00", "10.00"]), ("smallest", ["10.00", "20.00", "30.00"]), ("no order", None)],
)
def test_the_list_stands_in_the_order_that_was_asked_for(
    books: Books, priya: Browser, order: str, amounts: list[str] | None
) -> None:
    for number, amount in enumerate(["20.00", "30.00", "10.00"]):
        books.charge(f"c-{number}", amount=amount)
    rows = priya.get(f"{books.path}/transactions/?order={quote(order)}").context["page"]["rows"]
    assert [row["money"].figure for row in rows] == (amounts or ["10.00", "30.00", "20.00"])


def test_paging_keeps_tab_and_words(books: Books, priya: Browser) -> None:
    books.wish(books.charge(*(f"c-{number}" for number in range(60)), merchant="Figma & Co"), JobState.DONE)
    [older] = page(priya.get(f"{books.path}/transactions/?state=books&q=figma+%26")).all("a", rel="next")
    assert priya.get(older["href"]).context["page"]["rows"][0]["merchant"] == "Figma & Co"
    assert {"state=books", "q=figma+%26"} <= set(older["href"].split("?")[1].split("&"))


def test_htmx_gets_the_list_and_nothing_around_it(books: Books, priya: Browser) -> None:
    books.wish(books.charge("c-1"), JobState.WAITING)
    address = f"{books.path}/transactions/"
    part, whole = priya.partial(address), priya.get(address)
    assert part.content.decode().lstrip().startswith('<section class="moving-list" id="transactions"')
    assert not page(part).all("html")
    assert page(part).all("td") == page(whole).all("td")


def test_a_browser_does_not_take_the_part_for_the_page_when_it_goes_back(books: Books, priya: Browser) -> None:
    """Both have one address; a cache tells them apart by this header alone."""
    assert "HX-Request" in priya.get(f"{books.path}/transactions/").headers.get("Vary", "")


def test_a_session_that_ended_sends_htmx_to_sign_in(books: Books) -> None:
    assert Browser().partial(f"{books.path}/transactions/").status_code == 302


EVIL = '<script>alert("1")</script>'


def test_what_others_wrote_is_text_on_every_page(books: Books, priya: Browser, cast: Cast) -> None:
    with books.open():
        evil = Category.objects.create(name=EVIL)
        Reference.objects.update(name=EVIL, type_name=EVIL)
        Entity.objects.update(name=EVIL)
    [document] = books.charge("c-1", merchant=EVIL, memo=EVIL, category=evil.name)
    books.wish([document], JobState.NEEDS_ATTENTION, Reason(ReasonCode.REJECTED, EVIL))
    path = books.path
    for address in (
        f"{path}/transactions/",
        f"{path}/transactions/?q={quote(EVIL)}&state={quote(EVIL)}",
        f"{path}/transactions/?q={quote(EVIL + ' nowhere')}",
        f"{path}/transactions/{document.public_id}/",
        f"{path}/failed/",
        f"{path}/?month=2026-03",
        f"{path}/difference/",
        f"{path}/connections/",
        books.mapping_path,
        books.part("categories"),
        f"{books.part('vendors')}&q={quote(EVIL)}",
    ):
        shown = page(priya.get(address))
        assert (EVIL in shown.html, shown.inline) == (False, []), address
    assert escape(EVIL) in priya.get(f"{path}/transactions/").content.decode()


@pytest.mark.parametrize(
    "query",
    [
        *("q=%00", "state=%00", "page=%00", "q=%ED%A0%80", f"q={'x' * 5000}", f"q={'9' * 5000}"),
        *("q=NaN", "q=sNaN", "q=-Infinity", "q=1e400", "q=1e999999999", "q=1e-999999999", f"q={2**63}"),
    ],
    ids=lambda query: unquote(query)[:20],
)
def test_no_search_breaks_the_list(books: Books, priya: Browser, query: str) -> None:
    books.charge("c-1")
    assert priya.get(f"{books.path}/transactions/?{query}").status_code == 200


# --- one charge ------------------------------------------------------------------------------------------------------


def test_a_posted_charge_shows_both_sides_why_and_how_it_came_there(ready: Office) -> None:
    [document] = ready.charge("c-1", amount="675.10")
    ready.work()
    [purchase] = ready.sandbox.purchases()
    shown = page(Browser(ready.tenant.admin).get(f"/o/larkfield/transactions/{document.public_id}/"))
    for words in (
        "Category Software is mapped to it (version 1).",
        f"Posted, under mark {purchase['DocNumber']}",
        "Sent once, coded by version 1",
        "Recorded by the test",
        "Cleared on card ··4471",
        "It stands in the books as",
        "675.10 US dollars",
    ):
        assert words in shown.text
    sides = re.findall(r"<tr><th scope=\"row\">(.*?)</th><td>(.*?)</td><td>(.*?)</td></tr>", shown.html)
    assert ("Number", "c-1", purchase["DocNumber"]) in sides
    assert ("Vendor", "Figma Inc", purchase["EntityRef"]["name"]) in sides
    [books_link] = shown.all("a", target="_blank")
    assert "noopener" in books_link["rel"]


def test_what_people_did_stands_in_the_trail_with_who_and_why(ready: Office, theo: Browser) -> None:
    [document] = ready.charge("c-1")
    queue.absorb_events()
    address, decide = f"/o/larkfield/transactions/{document.public_id}/", "/o/larkfield/transactions/decide"
    theo.post(decide, chosen=[document.public_id], do="hold", why="wrong company")
    theo.post(decide, chosen=[document.public_id], do="release")
    shown = page(theo.get(address)).text
    assert "Held by Theo Brandt: wrong company" in shown
    assert "Released by Theo Brandt" in shown


def test_a_posted_charge_is_coded_again_from_its_page(ready: Office, priya: Browser) -> None:
    [document] = ready.charge("c-1")
    ready.work()
    address = f"/o/larkfield/transactions/{document.public_id}/"
    assert "Code it again" in page(priya.get(address)).text
    priya.post("/o/larkfield/transactions/decide", chosen=[document.public_id], do="code", page=address)
    shown = page(priya.get(address)).text
    assert "1 transaction coded again" in shown
    assert "Changed by Priya Raman: to be coded anew" in shown


def test_what_was_removed_in_the_books_stops_saying_that_it_stands_there(ready: Office, priya: Browser) -> None:
    [document] = ready.charge("c-1")
    ready.work()
    with transaction.atomic():
        ExternalLink.objects.update(posted_at=timezone.now() - timedelta(hours=1))
    ready.accountant().delete("Purchase")
    address = f"/o/larkfield/transactions/{document.public_id}/"
    assert priya.partial(f"{address}there").headers["HX-Refresh"] == "true"
    shown = page(priya.get(address)).text
    assert "What stood in the books for it was removed there. Sending it again makes it anew." in shown
    assert "In the books" not in shown.split("Ours and theirs")[0]


def test_where_a_change_was_refused_the_page_tells_what_stands_there(ready: Office) -> None:
    document = ready.record("c-1", "675.10")
    ready.work()
    ready.sandbox.plan_fault(kind="fault", entity="Purchase", code="6430", detail="Another account, please")
    ready.record("c-1", "99.00", category="", cleared_at=NOON - timedelta(days=2))
    ready.work()
    shown = page(Browser(ready.tenant.admin).get(f"/o/larkfield/transactions/{document.public_id}/"))
    sides = dict(re.findall(r"<tr><th scope=\"row\">(.*?)</th><td>.*?</td><td>(.*?)</td></tr>", shown.html))
    assert (sides["Account"], sides["Date"]) == ("6020 Software", "19 Nov 2026")
    [entry] = re.findall(r"It stands in the books as.*?</table>", shown.html, re.DOTALL)
    assert ("675.10" in entry, "99.00" in entry) == (True, False)


def test_a_charge_at_rest_says_why_and_how_to_mend_it(books: Books, priya: Browser) -> None:
    [document] = books.charge("c-1")
    books.wish([document], JobState.HELD, NO_CARD, EURO)
    shown = page(priya.get(f"{books.path}/transactions/{document.public_id}/"))
    assert NO_CARD.sentence in shown.text
    assert EURO.sentence in shown.text
    assert shown.all("a", href=books.part("accounts"))
    assert shown.all("form", action=f"{books.path}/failed/retry/{document.public_id}")
    assert "Check it again" in shown.text


@pytest.mark.parametrize("state", [JobState.WAITING, JobState.UNKNOWN, JobState.DONE, JobState.EXCLUDED, None])
def test_a_charge_that_nobody_can_mend_offers_no_button(books: Books, priya: Browser, state: JobState | None) -> None:
    [document] = books.charge("c-1")
    if state:
        books.wish([document], state, *ONE_OF_EACH[state][1])
    response = priya.get(f"{books.path}/transactions/{document.public_id}/")
    assert response.status_code == 200
    assert not page(response).all("form", action=f"{books.path}/failed/retry/{document.public_id}")


def test_a_charge_of_the_neighbour_is_not_found(books: Books, priya: Browser, cast: Cast) -> None:
    [theirs] = Books(cast.brightwell).charge("theirs")
    assert priya.get(f"{books.path}/transactions/{theirs.public_id}/").status_code == 404


# --- failed and held -------------------------------------------------------------------------------------------------


@pytest.fixture
def stuck(books: Books) -> Books:
    books.wish(books.charge("held-1", "held-2", amount="1000.10"), JobState.HELD, NO_CARD)
    books.wish(books.charge("refused", amount="5.05"), JobState.NEEDS_ATTENTION, CLOSED)
    books.wish(books.charge("euro", amount="7.00", currency="EUR"), JobState.HELD, NO_CARD, EURO)
    books.wish(books.charge("euro-2", amount="8.00", currency="EUR"), JobState.HELD, EURO)
    books.wish(books.charge("moving", amount="0.99"), JobState.WAITING)
    books.wish(books.charge("posted", amount="50.00"), JobState.DONE)
    return books


def sums(causes: list[dict[str, Any]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for money in (money for cause in causes for money in cause["money"]):
        found[money.symbol] = found.get(money.symbol, Decimal(0)) + Decimal(money.figure.replace(",", ""))
    return found


def test_the_causes_add_up_to_the_headline(stuck: Books, priya: Browser) -> None:
    response = priya.get(f"{stuck.path}/failed/")
    causes = response.context["page"]["causes"]
    assert "€15.00 and $2,005.25 in 5 items will not reach QuickBooks until someone acts." in page(response).text
    assert "$50.00 is in." in page(response).text
    assert sums(causes) == {"€": Decimal("15.00"), "$": Decimal("2005.25")}
    assert {cause["title"]: cause["count"] for cause in causes} == {
        "No account in the books is chosen for the cards": 3,
        "The books refused: Account Period Closed": 1,
        "Charges in EUR": 1,
    }


def test_more_causes_than_a_page_shows_still_add_up_to_the_headline(books: Books, priya: Browser) -> None:
    for number in range(60):
        books.wish(books.charge(f"c-{number}"), JobState.NEEDS_ATTENTION, Reason(ReasonCode.REJECTED, f"No. {number}"))
    response = priya.get(f"{books.path}/failed/")
    assert "$600.00 in 60 items" in page(response).text
    shown = sums(response.context["page"]["causes"])["$"]
    assert shown == 600 or f"${600 - shown}" in page(response).text, "the rest is neither shown nor named"


def test_nothing_stuck_is_said_in_one_sentence(books: Books, priya: Browser) -> None:
    text = page(priya.get(f"{books.path}/failed/")).text
    assert "Everything that was sent is in QuickBooks, or on its way." in text
    assert "Nothing needs a person." in text


def test_the_button_of_a_cause_sends_as_many_as_it_says_and_no_others(stuck: Books, priya: Browser) -> None:
    causes = {cause["title"]: cause for cause in priya.get(f"{stuck.path}/failed/").context["page"]["causes"]}
    refused = causes["The books refused: Account Period Closed"]
    assert refused["retry_label"] == "Send 1 again"
    said = priya.land(priya.post(refused["retry_url"], **dict(refused["retry_fields"])))
    assert "1 item tried again." in page(said).text
    assert stuck.states() == ["held", "held", "waiting", "held", "held", "waiting", "done"]


def test_what_is_held_can_be_checked_again_but_its_mend_comes_first(stuck: Books, priya: Browser) -> None:
    causes = priya.get(f"{stuck.path}/failed/").context["page"]["causes"]
    held = [cause for cause in causes if cause["state"].key == "held"]
    assert [(cause["retry_label"], cause["retry_kind"]) for cause in held] == [
        ("Check 3 again", "plain"),
        ("Check 1 again", "plain"),
    ]


def test_one_charge_is_sent_again_alone(stuck: Books, priya: Browser) -> None:
    with stuck.open():
        job = SyncJob.objects.filter(state=JobState.NEEDS_ATTENTION).select_related("document").get()
    priya.post(f"{stuck.path}/failed/retry/{job.document.public_id}")
    assert stuck.states() == ["held", "held", "waiting", "held", "held", "waiting", "done"]


@pytest.mark.parametrize(
    "state", [JobState.WAITING, JobState.RUNNING, JobState.UNKNOWN, JobState.DONE, JobState.EXCLUDED]
)
def test_what_is_not_at_rest_is_not_sent_again(books: Books, priya: Browser, state: JobState) -> None:
    [document] = books.charge("c-1")
    books.wish([document], state, *ONE_OF_EACH[state][1])
    said = priya.land(priya.post(f"{books.path}/failed/retry/{document.public_id}"))
    assert "Nothing was left to send." in page(said).text
    assert books.states() == [state]


@pytest.mark.parametrize(
    ("code", "subject", "status"),
    [("no_such_code", "", 404), ("", "", 404), ("rejected", "\0", 404), ("rejected", "x", 302)],
)
def test_a_cause_that_does_not_exist_sends_nothing(
    stuck: Books, priya: Browser, code: str, subject: str, status: int
) -> None:
    before = stuck.states()
    assert priya.post(f"{stuck.path}/failed/retry", code=code, subject=subject).status_code == status
    assert stuck.states() == before


def test_an_accountant_of_another_organisation_neither_sees_nor_sends(stuck: Books, cast: Cast) -> None:
    nina = Browser(cast.brightwell.admin)
    before = stuck.states()
    assert nina.get(f"{stuck.path}/failed/").status_code == 404
    assert nina.post(f"{stuck.path}/failed/retry", code=NO_CARD.code, subject=NO_CARD.subject).status_code == 404
    Books(cast.brightwell)
    nina.post("/o/brightwell/failed/retry", code=NO_CARD.code, subject=NO_CARD.subject)
    assert "Figma" not in nina.get("/o/brightwell/failed/").content.decode()
    assert stuck.states() == before


def test_a_refused_charge_that_is_sent_again_twice_is_posted_once(ready: Office) -> None:
    ready.sandbox.plan_fault(kind="fault", entity="Purchase", code="6430")
    [document] = ready.charge("c-1")
    ready.work()
    assert ready.sandbox.purchases() == []
    browser = Browser(ready.tenant.admin)
    for _ in range(2):
        assert browser.post(f"/o/larkfield/failed/retry/{document.public_id}").status_code == 302
    ready.work()
    browser.post(f"/o/larkfield/failed/retry/{document.public_id}")
    ready.work()
    assert len(ready.sandbox.purchases()) == 1
    with transaction.atomic():
        assert SyncJob.objects.get().state == JobState.DONE


# --- cost ------------------------------------------------------------------------------------------------------------


def fill_list(books: Books, number: int) -> str:
    documents = books.charge(*(f"{number}-{index}" for index in range(number)))
    books.wish(documents[::2], JobState.DONE)
    books.wish(documents[1::2], JobState.HELD, NO_CARD)
    return f"{books.path}/transactions/"


def fill_failed(books: Books, number: int) -> str:
    documents = books.charge(*(f"{number}-{index}" for index in range(number)))
    for index, document in enumerate(documents):
        books.wish([document], JobState.NEEDS_ATTENTION, Reason(ReasonCode.REJECTED, f"{number} {index // 2}"))
    return f"{books.path}/failed/"


def fill_mapping(books: Books, number: int) -> str:
    with books.open():
        for index in range(number):
            Category.objects.create(name=f"{number} {index}")
    return books.part("categories")


def fill_connections(books: Books, number: int) -> str:
    with books.open():
        for index in range(number):
            entity = Entity.objects.create(name=f"{number} {index}", currency="USD")
            books.connect(entity, f"{number}{index:03}")
    return f"{books.path}/connections/"


@pytest.mark.parametrize("fill", [fill_list, fill_failed, fill_mapping, fill_connections])
def test_forty_rows_take_as_many_statements_as_ten(
    books: Books, priya: Browser, fill: Callable[[Books, int], str]
) -> None:
    priya.post(books.mapping_path, **books.form(version=0, card="2110"))
    counts = []
    for number in (10, 30):
        address = fill(books, number)
        priya.get(address)
        with CaptureQueriesContext(connection) as statements:
            assert priya.get(address).status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] < 33


# --- every page ------------------------------------------------------------------------------------------------------

PAGES = [
    "{path}/",
    "{path}/?month=2026-03",
    "{path}/difference/",
    "{path}/transactions/",
    "{path}/transactions/?q=nothing",
    "{path}/transactions/{charge}/",
    "{path}/failed/",
    "{path}/connections/",
    "{mapping}",
    "{mapping}?part=categories",
    "{mapping}?part=departments",
    "{mapping}?part=tags",
    "{mapping}?part=vendors&match=name",
    "{mapping}?part=cards",
    "{mapping}?part=banks",
    "/connect/quickbooks/callback?state=forged",
    "/accounts/logout/",
    "/accounts/email/",
    "/accounts/password/change/",
    "/accounts/password/reset/",
    "/accounts/signup/",
    "/accounts/inactive/",
    "/no-such-page",
    "/api/docs/",
]
SIGNED_OUT = ["/accounts/login/", "/accounts/password/reset/", "/accounts/signup/"]


@pytest.fixture
def answers(stuck: Books, priya: Browser) -> Callable[[str], Any]:
    [document] = stuck.charge("refused")

    def ask(pattern: str) -> Any:
        browser = Browser() if pattern in SIGNED_OUT else priya
        address = pattern.format(path=stuck.path, charge=document.public_id, mapping=stuck.mapping_path)
        response = browser.get(address)
        if response.status_code == 302:
            response = browser.land(response)
        assert response.status_code in (200, 400, 404)
        return response

    return ask


every_page = pytest.mark.parametrize("pattern", sorted({*PAGES, *SIGNED_OUT}))


@every_page
def test_a_page_runs_and_draws_nothing_but_our_own_files(answers: Callable[[str], Any], pattern: str) -> None:
    response = answers(pattern)
    policy = response.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "unsafe" not in policy
    assert page(response).inline == []
    fetched = [tag.get("src") or tag["href"] for name in ("script", "link", "img") for tag in page(response).all(name)]
    assert [address for address in fetched if not address.startswith(("/", "data:"))] == []


@every_page
def test_every_file_that_a_page_asks_for_exists(answers: Callable[[str], Any], pattern: str) -> None:
    asked = set(re.findall(r"/static/([^\"'\s)?#]+)", answers(pattern).content.decode()))
    assert asked
    assert {file for file in asked if finders.find(unquote(file)) is None} == set()


@every_page
def test_every_form_knows_where_it_goes_and_carries_its_token(answers: Callable[[str], Any], pattern: str) -> None:
    shown = page(answers(pattern))
    forms = [form for form in shown.all("form") if form.get("method", "get").lower() == "post"]
    assert [form for form in forms if form.get("action") == ""] == []
    assert len(shown.all("input", name="csrfmiddlewaretoken")) >= len(forms)


@every_page
def test_every_label_and_reference_within_a_page_points_to_something(
    answers: Callable[[str], Any], pattern: str
) -> None:
    shown = page(answers(pattern))
    ids = [attributes["id"] for _, attributes in shown.tags if attributes.get("id")]
    assert len(ids) == len(set(ids)), "an id is given twice"
    named = {
        reference
        for _, attributes in shown.tags
        for name in ("for", "aria-labelledby", "aria-describedby", "popovertarget", "form")
        for reference in attributes.get(name, "").split()
    }
    assert named <= set(ids)


def test_every_file_that_a_stylesheet_asks_for_exists() -> None:
    root = Path(finders.find("css/app.css")).parent
    for sheet in root.rglob("*.css"):
        asked = re.findall(r"url\([\"']?([^\"')]+)", sheet.read_text())
        missing = [file for file in asked if not file.startswith("data:") and not (sheet.parent / file).exists()]
        assert missing == [], sheet.name


def test_many_entities_without_access_take_as_many_statements_as_one(books: Books, priya: Browser) -> None:
    """Half of them not connected, half locked out, each with a charge of its own."""
    counts = []
    for number in range(4):
        with books.open():
            for kind in ("unconnected", "locked-out"):
                entity = Entity.objects.create(name=f"{kind} {number}", currency="USD")
                document = SourceDocument.objects.create(
                    entity=entity,
                    kind=DocumentKind.CHARGE,
                    external_id=f"{kind}-{number}",
                    amount_minor=100,
                    currency="USD",
                    dated="2026-03-02",
                )
                if kind == "locked-out":
                    tie = books.connect(entity, f"93414500{number}")
                    tie.state = ConnectionState.ACCESS_LOST
                    tie.save()
                    now = timezone.now()
                    SyncJob.objects.create(
                        connection=tie, document=document, wanted_revision=1, rung_at=now, due_at=now
                    )
        with CaptureQueriesContext(connection) as statements:
            response = priya.get(f"{books.path}/failed/")
        counts.append(len(statements))
        assert f"${2 * (number + 1)}.00 in {2 * (number + 1)} items" in page(response).text
    assert len(set(counts)) == 1
