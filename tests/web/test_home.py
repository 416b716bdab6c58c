"""Home and the line at the foot: the answer, and figures of which every one ties out with the others."""

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.conservation import prove_and_remember
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import (
    Act,
    Connection,
    ConnectionState,
    Credential,
    Intervention,
    JobState,
    StateTotal,
    SyncJob,
)
from ledger.models import Card, Entity, EventKind, LedgerEvent, SourceDocument
from ledger.tenancy.context import acting_for, one_moment
from ledger.words import MoneyShown
from tests.cast import Cast
from tests.integrations.conftest import Office
from tests.web.books import CLEARED, Books
from tests.web.browser import Browser, page

MARCH = "?month=2026-03"
REFUSED = Reason(ReasonCode.REJECTED, "Account Period Closed")
NO_ACCOUNT = Reason(ReasonCode.NO_ACCOUNT_FOR_CATEGORY, "Software")
LEFT_OUT = Reason(ReasonCode.EXCLUDED_BY_PERSON, "Theo: mine")


def amount(money: MoneyShown | None) -> Decimal:
    if money is None:
        return Decimal(0)
    return Decimal(money.figure.replace(",", "")) * (-1 if money.negative else 1)


def items(text: str) -> int:
    return int(text.split()[0].replace(",", ""))


def home(browser: Browser, books: Books, query: str = MARCH) -> dict[str, Any]:
    response = browser.get(f"{books.path}/{query}")
    assert response.status_code == 200
    context: dict[str, Any] = response.context["page"]
    return context


def said(browser: Browser, books: Books, query: str = MARCH) -> str:
    text: str = page(browser.get(f"{books.path}/{query}")).text
    return text


def another_entity(books: Books, name: str, currency: str, *, connected: bool) -> tuple[str, Connection | None]:
    """The name of its card, and its connection."""
    with books.open():
        entity = Entity.objects.create(name=name, currency=currency, time_zone="America/New_York")
        card = Card.objects.create(entity=entity, external_id=f"card-{name}", last_four="0001", holder="Sam Ikeda")
        return card.external_id, books.connect(entity, f"93414500000{entity.pk}") if connected else None


# --- the answer ------------------------------------------------------------------------------------------------------


def test_whoever_has_connected_nothing_gets_one_sentence_and_one_button(priya: Browser, cast: Cast) -> None:
    shown = page(priya.get("/o/larkfield/"))
    assert "Is everything in the books? Not begun." in shown.text
    assert [link["href"] for link in shown.all("a", **{"data-kind": "primary"})] == ["/o/larkfield/connections/"]
    assert not shown.all("table")


def test_what_came_before_the_books_were_connected_is_not_begun(cast: Cast, priya: Browser) -> None:
    books = Books(cast.brightwell)
    books.charge("c-1", "c-2")
    nina = Browser(cast.brightwell.admin)
    with books.open():
        Connection.objects.all().delete()
    text = said(nina, books)
    assert "Not begun." in text
    assert "2 items wait here, and follow once it is." in text
    [block] = home(nina, books)["blocks"]
    assert columns(block, block["cells"])["none"] == Decimal("20.00")


def test_all_in_the_books_is_a_yes(books: Books, priya: Browser) -> None:
    books.wish(books.charge("c-1", "c-2", amount="1000.50"), JobState.DONE)
    books.wish(books.charge("c-3", amount="9.00"), JobState.EXCLUDED, LEFT_OUT)
    text = said(priya, books)
    assert "Yes: all 3 items." in text
    assert "$2,001.00 stands in QuickBooks. 1 item was left out on purpose, $9.00." in text
    assert "Nothing of this month needs you." in text
    assert "Nothing waits." in text


def test_on_its_way_is_almost(books: Books, priya: Browser) -> None:
    books.wish(books.charge("c-1"), JobState.WAITING)
    text = said(priya, books)
    assert "Almost: 1 item is on its way." in text
    assert "$10.00 will be there shortly. Nothing needs you." in text


def test_what_needs_somebody_comes_first_with_its_money(books: Books, priya: Browser) -> None:
    books.wish(books.charge("c-1"), JobState.NEEDS_ATTENTION, REFUSED)
    books.wish(books.charge("c-2", "c-3"), JobState.HELD, NO_ACCOUNT)
    books.wish(books.charge("c-4"), JobState.WAITING)
    shown = page(priya.get(f"{books.path}/{MARCH}"))
    assert "Not yet: 3 items need you." in shown.text
    assert "$30.00 will not arrive until someone acts. 1 item is on its way; it needs nothing from you." in shown.text
    [button] = shown.all("a", **{"data-kind": "primary"})
    assert button["href"] == f"{books.path}/failed/"


def test_counts_that_differ_are_said_in_red_with_the_way_to_the_rows(books: Books, priya: Browser) -> None:
    [document] = books.charge("c-1", cleared=timezone.now())
    books.wish([document], JobState.DONE)
    with books.open():
        SourceDocument.objects.filter(pk=document.pk).update(amount_minor=1234)
    shown = page(priya.get(f"{books.path}/"))
    assert "We cannot tell: two counts differ." in shown.text
    assert "What came from Flex and where it stands differ by $2.34." in shown.text
    assert "Does not tie out." in shown.text
    links = shown.all("a", href=f"{books.path}/difference/")
    assert len(links) == 3, "the button, the equation and the line at the foot"
    rows = page(priya.get(f"{books.path}/difference/"))
    for words in (
        "What came from Flex and where it stands differ.",
        "Figma Inc",
        "12.34 US dollars",
        "10.00 US dollars",
    ):
        assert words in rows.text


def test_a_total_that_went_wrong_by_itself_is_shown_without_rows(books: Books, priya: Browser) -> None:
    books.wish(books.charge("c-1"), JobState.DONE)
    with books.open():
        StateTotal.objects.update(minor=999)
    text = page(priya.get(f"{books.path}/difference/")).text
    assert "No single item differs: the running totals do." in text
    assert "March 2026" in text


def test_without_a_difference_its_page_says_so(books: Books, priya: Browser) -> None:
    books.wish(books.charge("c-1"), JobState.DONE)
    assert "Both sides are equal, to the cent." in page(priya.get(f"{books.path}/difference/")).text


def test_a_month_without_anything_says_so(books: Books, priya: Browser) -> None:
    books.wish(books.charge("c-1"), JobState.DONE)
    assert f"Nothing has come from Flex in {timezone.now():%B} yet." in said(priya, books, "")
    assert "Nothing came from Flex in that month." in said(priya, books, "?month=2019-01")


def test_another_months_trouble_is_named_so_that_one_in_order_is_not_taken_for_all(
    books: Books, priya: Browser
) -> None:
    books.wish(books.charge("c-1"), JobState.DONE)
    books.wish(books.charge("c-2", cleared=CLEARED - timedelta(days=30)), JobState.NEEDS_ATTENTION, REFUSED)
    text = said(priya, books)
    assert "Is everything of March 2026 in the books? Yes: the one item is." in text
    assert "January 2026 : 1 item, $10.00, needs you." in text
    assert "Not yet: 1 item needs you." in said(priya, books, "?month=2026-01")


@pytest.mark.parametrize("query", ["?month=", "?month=x", "?month=2026-13", "?month=%00", "?month=9999-12"])
def test_no_month_breaks_the_page(books: Books, priya: Browser, query: str) -> None:
    books.charge("c-1")
    assert priya.get(f"{books.path}/{query}").status_code == 200


def test_the_choice_of_months_leads_to_each_that_has_documents(books: Books, priya: Browser) -> None:
    for back in range(0, 300, 30):
        books.wish(books.charge(f"c-{back}", cleared=CLEARED - timedelta(days=back)), JobState.DONE)
    months = home(priya, books)["months"]
    known = [*months["tabs"], *months["older"]]
    assert len({month["url"] for month in known}) == len(known) >= 10
    assert [month["word"] for month in known if month["current"]] == ["March"]
    for month in known:
        assert priya.get(month["url"]).status_code == 200


# --- every figure ties out -------------------------------------------------------------------------------------------


@pytest.fixture
def busy(books: Books) -> Books:
    """Two currencies, four entities, every state, refunds, what nobody absorbed yet, a shut door, no door at all."""
    later = CLEARED + timedelta(days=3)
    books.wish(books.charge("a-1", "a-2", amount="1000.10"), JobState.DONE)
    books.wish(books.charge("a-3", amount="-30.00", cleared=later), JobState.DONE)
    books.wish(books.charge("b-1", amount="5.05", cleared=later), JobState.NEEDS_ATTENTION, REFUSED)
    books.wish(books.charge("b-2", amount="-2.00"), JobState.NEEDS_ATTENTION, REFUSED)
    books.wish(books.charge("d-1", "d-2", amount="7.77"), JobState.HELD, NO_ACCOUNT)
    books.wish(books.charge("e-1", amount="0.99"), JobState.UNKNOWN)
    books.wish(books.charge("f-1", amount="50.00"), JobState.EXCLUDED, LEFT_OUT)
    books.wish(books.charge("g-1", amount="11.00", currency="GBP"), JobState.HELD, NO_ACCOUNT)
    books.charge("just-in", amount="3.33", cleared=later)
    card, _ = another_entity(books, "Larkfield Labs", "USD", connected=False)
    books.charge("h-1", "h-2", amount="20.00", card=card)
    card, tie = another_entity(books, "Larkfield UK", "GBP", connected=True)
    assert tie is not None
    books.wish(books.charge("i-1", "i-2", amount="8.00", currency="GBP", card=card), JobState.WAITING, tie=tie)
    books.wish(books.charge("i-3", amount="9.00", currency="GBP", card=card), JobState.DONE, tie=tie)
    another_entity(books, "Larkfield Quiet", "EUR", connected=True)
    with books.open():
        Connection.objects.filter(pk=tie.pk).update(state=ConnectionState.ACCESS_LOST)
        # Told again, and not absorbed: it stands on its way with what it says now, not in the books.
        document = SourceDocument.objects.get(external_id="a-2")
        SourceDocument.objects.filter(pk=document.pk).update(amount_minor=100011, revision=2)
        LedgerEvent.objects.create(document=document, kind="changed", actor="the issuer")
    # And another month, which must not be counted into this one.
    books.wish(books.charge("z-1", amount="99.00", cleared=CLEARED - timedelta(days=20)), JobState.HELD, NO_ACCOUNT)
    return books


def columns(block: dict[str, Any], row: list[dict[str, Any]]) -> dict[str, Decimal]:
    return {cell["key"] or "source": amount(cell["money"]) for cell in row}


def test_source_is_the_sum_of_the_terms_and_all_entities_the_sum_of_each(busy: Books, priya: Browser) -> None:
    blocks = {block["key"]: block for block in home(priya, busy)["blocks"]}
    assert set(blocks) == {"USD", "GBP", "EUR"}
    for block in blocks.values():
        whole = columns(block, block["cells"])
        assert block["balanced"]
        assert whole["source"] == sum(money for key, money in whole.items() if key != "source")
        counts = [items(cell["count"]) for cell in block["cells"]]
        assert counts[0] == sum(counts[1:])
        for key in whole if block["rows"] else ():
            assert whole[key] == sum(columns(block, row["cells"])[key] for row in block["rows"])
    dollars = columns(blocks["USD"], blocks["USD"]["cells"])
    assert dollars["way"] == Decimal("1004.43"), "unknown, just in, and told again"
    assert dollars["none"] == Decimal("40.00")
    assert columns(blocks["GBP"], blocks["GBP"]["cells"])["person"] == Decimal("16.00"), "behind a shut door"


def test_sentence_causes_and_ages_add_up_to_what_the_equation_leaves_open(busy: Books, priya: Browser) -> None:
    context = home(priya, busy)
    stuck: dict[str, Decimal] = {}
    waiting: dict[str, Decimal] = {}
    count = 0
    for block in context["blocks"]:
        cells = {cell["key"]: cell for cell in block["cells"]}
        symbol = cells[""]["money"].symbol
        stuck[symbol] = sum((amount(cells[key]["money"]) for key in ("held", "person", "none")), Decimal(0))
        waiting[block["key"]] = stuck[symbol] + amount(cells["way"]["money"])
        count += sum(items(cells[key]["count"]) for key in ("held", "person", "none"))
    assert f"Not yet: {count} items need you." == context["answer"]
    assert context["lead"].startswith(f"${stuck['$']} and £{stuck['£']} will not arrive")
    of_causes: dict[str, Decimal] = {}
    for money in (money for row in context["work"]["rows"] for money in row["money"]):
        of_causes[money.symbol] = of_causes.get(money.symbol, Decimal(0)) + amount(money)
    assert of_causes == {symbol: money for symbol, money in stuck.items() if money}
    assert items(context["work"]["count"]) == count == sum(items(row["notes"]) for row in context["work"]["rows"])
    of_ages = {table["currency"]: amount(table["total"]) for table in context["ages"]["tables"]}
    assert of_ages == {currency: money for currency, money in waiting.items() if money}
    for table in context["ages"]["tables"]:
        assert sum(amount(row["money"]) for row in table["rows"]) == amount(table["total"])


def test_the_days_add_up_to_the_month(busy: Books, priya: Browser) -> None:
    context = home(priya, busy)
    blocks = {block["key"]: block for block in context["blocks"]}
    assert [chart["currency"] for chart in context["charts"]] == ["USD", "GBP"]
    for chart in context["charts"]:
        whole = columns(blocks[chart["currency"]], blocks[chart["currency"]]["cells"])
        for place, key in enumerate([*(state.key for state in chart["legend"]), "source"]):
            assert sum(amount(row["cells"][place]) for row in chart["rows"]) == amount(chart["totals"][place])
            assert amount(chart["totals"][place]) == whole[key]


def test_the_badge_is_what_failed_in_this_month_and_in_all_others(busy: Books, priya: Browser) -> None:
    response = priya.get(f"{busy.path}/{MARCH}")
    [badge] = [item["badge"] for group in response.context["chrome"]["nav"] for item in group["items"] if item["badge"]]
    cells = [cell for block in response.context["page"]["blocks"] for cell in block["cells"]]
    here = sum(items(cell["count"]) for cell in cells if cell["key"] in ("held", "person"))
    elsewhere = sum(items(other["text"]) for other in response.context["page"]["elsewhere"])
    assert (badge, elsewhere) == (here + 1, 1)


def test_what_nobody_has_begun_is_no_failure(books: Books, priya: Browser) -> None:
    card, _ = another_entity(books, "Larkfield Labs", "USD", connected=False)
    books.charge("h-1", "h-2", amount="20.00", card=card)
    books.charge("h-3", amount="20.00", card=card, cleared=CLEARED - timedelta(days=20))
    shown = priya.get(f"{books.path}/{MARCH}").context
    assert shown["page"]["answer"] == "Not yet: 2 items are not begun."
    assert not any(item["badge"] for group in shown["chrome"]["nav"] for item in group["items"])
    [february] = shown["page"]["elsewhere"]
    assert (february["mark"], february["text"]) == ("none", "1 item, $20.00, not begun.")
    assert {month["mark"] for month in shown["page"]["months"]["tabs"]} == {"none", ""}


def test_the_bar_has_a_piece_for_each_term_with_money(busy: Books, priya: Browser) -> None:
    html = priya.get(f"{busy.path}/{MARCH}").content.decode()
    for key in ("books", "way", "held", "person", "excluded", "none"):
        assert f'fill="url(#piece-{key})"' in html
        assert f'id="piece-{key}"' in html


# --- entities, work, latest ------------------------------------------------------------------------------------------


def test_each_entity_says_how_its_connection_is_and_what_to_do(busy: Books, priya: Browser) -> None:
    with busy.open():
        Credential.objects.update(refresh_expires_at=timezone.now() + timedelta(days=9, hours=1))
    context = home(priya, busy)
    rows = {row["name"]: row["tie"] for block in context["blocks"] for row in block["rows"]}
    rows |= {block["name"]: block["tie"] for block in context["blocks"] if block["tie"]}
    told = {name: (tie["state"].word, tie["label"]) for name, tie in rows.items()}
    assert told == {
        "Larkfield Inc.": ("Access ends in 9 days", "Connect again"),
        "Larkfield Labs": ("Not connected", "Connect"),
        "Larkfield UK": ("Access lost", "Connect again"),
        "Larkfield Quiet": ("Access ends in 9 days", "Connect again"),
    }
    with busy.open():
        Credential.objects.update(refresh_expires_at=timezone.now() + timedelta(days=90))
    assert "QuickBooks Online, nothing sent yet, access until" in said(priya, busy)


def test_more_causes_than_are_shown_are_named_with_their_money(books: Books, priya: Browser) -> None:
    for number in range(9):
        books.wish(books.charge(f"c-{number}"), JobState.NEEDS_ATTENTION, Reason(ReasonCode.REJECTED, f"No. {number}"))
    work = home(priya, books)["work"]
    assert (len(work["rows"]), work["more"]["text"], work["more"]["money"]) == (
        6,
        "And 3 more causes, 3 items",
        "$30.00",
    )


@pytest.mark.parametrize("kind", [*EventKind, *Act])
def test_whatever_happened_is_told_in_words(books: Books, priya: Browser, kind: EventKind | Act) -> None:
    [document] = books.charge("c-1")
    books.wish([document], JobState.DONE)
    with books.open():
        if isinstance(kind, EventKind):
            LedgerEvent.objects.create(document=document, kind=kind, actor="Dana", handled_at=timezone.now())
        else:
            Intervention.objects.create(job=SyncJob.objects.get(), act=kind, actor="Dana")
    [told] = [one["what"] for one in home(priya, books)["latest"] if one["who"] == "Dana"]
    assert "1 item" in told


def test_the_latest_happenings_stand_with_who_what_and_money(ready: Office) -> None:
    ready.charge("c-1", "c-2", amount="675.10")
    ready.work()
    with transaction.atomic():
        Entity.objects.update(name="Larkfield Inc.")
    text = page(Browser(ready.tenant.admin).get("/o/larkfield/?month=2026-11")).text
    for words in (
        "Sync 2 items reached the books of Larkfield Inc.",
        "the test recorded 2 items",
        "Priya Raman saved version 1 of the mapping of Larkfield Inc.: Test",
        "Priya Raman connected Larkfield Inc. to",
        "1,350.20 US dollars",
    ):
        assert words in text


def test_the_night_s_proof_is_told_and_where_it_failed_leads_to_the_rows(books: Books, priya: Browser) -> None:
    books.wish(books.charge("c-1"), JobState.DONE)
    assert "counted anew" not in said(priya, books)
    with acting_for(books.tenant.id):
        prove_and_remember()
    assert "Every row counted anew:" in said(priya, books)


def test_a_page_in_which_something_moves_looks_again(books: Books, priya: Browser) -> None:
    documents = books.charge("c-1")
    books.wish(documents, JobState.WAITING)
    [section] = page(priya.get(f"{books.path}/{MARCH}")).all("div", id="home")
    assert section["hx-get"] == f"{books.path}/{MARCH}"
    with books.open():
        SyncJob.objects.update(state=JobState.DONE)
    [section] = page(priya.get(f"{books.path}/{MARCH}")).all("div", id="home")
    assert "hx-get" not in section


# --- who comes here --------------------------------------------------------------------------------------------------


def test_signing_in_leads_home_and_home_is_first_among_the_places(books: Books, priya: Browser) -> None:
    response = priya.land(priya.get("/"))
    assert response.request["PATH_INFO"] == "/o/larkfield/"
    first = response.context["chrome"]["nav"][0]["items"][0]
    assert (first["label"], first["current"]) == ("Home", True)


def test_nothing_of_the_neighbour_is_counted(busy: Books, cast: Cast) -> None:
    theirs = Books(cast.brightwell)
    theirs.wish(theirs.charge("theirs", amount="77.77"), JobState.DONE)
    context = home(Browser(cast.brightwell.admin), theirs)
    [block] = context["blocks"]
    assert [amount(cell["money"]) for cell in block["cells"][:2]] == [Decimal("77.77"), Decimal("77.77")]


# --- the line at the foot --------------------------------------------------------------------------------------------

FOOT = ["{path}/", "{path}/transactions/", "{path}/failed/", "{path}/connections/", "{mapping}"]


@pytest.mark.parametrize("pattern", FOOT)
def test_every_page_of_the_sync_says_at_its_foot_where_this_months_money_stands(
    books: Books, priya: Browser, pattern: str
) -> None:
    books.wish(books.charge("c-1", amount="40.00", cleared=timezone.now()), JobState.DONE)
    books.wish(books.charge("c-2", amount="2.00", cleared=timezone.now()), JobState.HELD, NO_ACCOUNT)
    books.wish(books.charge("old"), JobState.DONE)
    address = pattern.format(path=books.path, mapping=books.mapping_path)
    foot = re.search(r'<footer class="foot-line".*?</footer>', priya.get(address).content.decode(), re.DOTALL)
    assert foot
    text = re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", foot[0]))
    assert "42.00 US dollars from Flex = 40.00 40.00 US dollars in the books" in text
    assert "+ 2.00 2.00 US dollars held" in text
    assert "Difference 0.00" in text


def test_the_foot_of_an_entitys_page_is_that_entitys(busy: Books, priya: Browser) -> None:
    card, tie = another_entity(busy, "Larkfield Two", "USD", connected=True)
    busy.wish(busy.charge("two", amount="5.00", card=card, cleared=timezone.now()), JobState.DONE, tie=tie)
    busy.wish(busy.charge("one", amount="6.00", cleared=timezone.now()), JobState.DONE)
    lines = {
        address: priya.get(address).context["chrome"]["line"]
        for address in (f"{busy.path}/connections/", busy.mapping_path)
    }
    assert [amount(line["lines"][0]["source"]) for line in lines.values()] == [Decimal("11.00"), Decimal("6.00")]
    assert lines[busy.mapping_path]["of"].startswith("Larkfield Inc., ")


def test_a_month_without_charges_is_said_at_the_foot(books: Books, priya: Browser) -> None:
    assert "Nothing has come from Flex in" in page(priya.get(f"{books.path}/failed/")).text


def test_more_currencies_than_fit_are_counted(books: Books, priya: Browser) -> None:
    for currency in ("USD", "EUR", "GBP", "CAD"):
        books.wish(books.charge(currency, currency=currency, cleared=timezone.now()), JobState.HELD, NO_ACCOUNT)
    line = priya.get(f"{books.path}/failed/").context["chrome"]["line"]
    assert (len(line["lines"]), line["more"]) == (2, 2)


def test_a_list_that_looks_again_brings_its_foot_along(books: Books, priya: Browser) -> None:
    books.wish(books.charge("c-1", cleared=timezone.now()), JobState.WAITING)
    part = page(priya.partial(f"{books.path}/transactions/"))
    [foot] = part.all("footer")
    assert (foot["id"], foot["hx-swap-oob"]) == ("line", "true")


# --- cost, and one moment --------------------------------------------------------------------------------------------


def test_two_thousand_documents_take_as_many_statements_as_ten(books: Books, priya: Browser) -> None:
    counts = []
    for number in (10, 1990):
        documents = books.charge(*(f"{number}-{index}" for index in range(number)))
        third = number // 3
        books.wish(documents[:third], JobState.DONE)
        books.wish(documents[third : 2 * third], JobState.HELD, NO_ACCOUNT)
        books.wish(documents[2 * third :], JobState.WAITING)
        priya.get(f"{books.path}/{MARCH}")
        with CaptureQueriesContext(connection) as statements:
            assert priya.get(f"{books.path}/{MARCH}").status_code == 200
        counts.append(len(statements))
    assert counts[0] == counts[1] < 40


def test_ten_entities_take_as_many_statements_as_one(books: Books, priya: Browser) -> None:
    counts = []
    for number in range(2):
        for index in range(1 + 9 * number):
            card, tie = another_entity(books, f"Larkfield {number} {index}", "USD", connected=True)
            books.wish(books.charge(f"{number}-{index}", card=card), JobState.DONE, tie=tie)
        with CaptureQueriesContext(connection) as statements:
            context = home(priya, books)
        counts.append(len(statements))
    assert len(context["blocks"][0]["rows"]) == 12
    assert counts[0] == counts[1]


@pytest.mark.django_db(transaction=True)
def test_the_figures_of_a_page_are_of_one_moment(cast: Cast) -> None:
    with acting_for(cast.larkfield.id):
        with one_moment(), transaction.atomic():
            assert isolation() == "repeatable read"
        with transaction.atomic():
            assert isolation() == "read committed"


@pytest.mark.django_db(transaction=True)
def test_what_arrives_while_home_is_read_is_on_it_whole_or_not_at_all(cast: Cast) -> None:
    books = Books(cast.larkfield)
    books.wish(books.charge("c-1"), JobState.DONE)
    arrived: list[str] = []

    def something_comes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if "ledger_sourcetotal" in sql and not arrived:
            arrived.append("c-2")
            in_another_thread(lambda: books.wish(books.charge("c-2"), JobState.HELD, NO_ACCOUNT))
        return result

    with connection.execute_wrapper(something_comes):
        context = home(Browser(cast.larkfield.admin), books)
    assert arrived
    assert context["answer"] == "Yes: the one item is."
    assert (context["work"]["rows"], context["ages"]["tables"]) == ([], [])
    assert home(Browser(cast.larkfield.admin), books)["answer"] == "Not yet: 1 item needs you."


def in_another_thread(what: Callable[[], None]) -> None:
    def run() -> None:
        try:
            what()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(run).result()


def isolation() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW transaction_isolation")
        level: str = cursor.fetchone()[0]
    return level
