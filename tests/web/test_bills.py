"""The pages of bills: made, kept as a draft, submitted, changed, paid and made void by a person."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import JobState
from ledger.domain.documents import DocumentKind, Stage
from ledger.models import Bill, BillPayment, SourceDocument, Tag, TagGroup, TagUse, Vendor
from ledger.pages import page_of
from tests.cast import Cast
from tests.payables import Payables
from tests.web.books import Books
from tests.web.browser import Browser, Page, page

NEW = "/o/larkfield/bills/new"
LIST = "/o/larkfield/bills/"


@pytest.fixture
def payables(books: Books) -> Payables:
    return Payables(books.tenant)


def form(books: Books, *amounts: str, do: str = "open", **values: str) -> dict[str, str]:
    told = {
        "kind": "bill",
        "entity": str(books.tenant.entity.pk),
        "vendor": "Harbour Freight",
        "number": "10482",
        "dated": "2026-11-02",
        "due_on": "2026-11-16",
        "line-TOTAL_FORMS": str(len(amounts)),
        "line-INITIAL_FORMS": "0",
        "do": do,
    }
    for place, amount in enumerate(amounts):
        told |= {f"line-{place}-amount": amount, f"line-{place}-what": f"Part {place + 1}"}
    return {**told, **values}


def stands(books: Books) -> list[tuple[str, str, int]]:
    with books.open():
        rows = Bill.objects.select_related("document").order_by("document_id")
        return [(row.number, row.document.stage, row.document.amount_minor) for row in rows]


def shown(browser: Browser, document: SourceDocument) -> Page:
    return page(browser.get(page_of("larkfield", document)))


def test_a_bill_is_made_in_the_browser_and_comes_to_what_its_lines_come_to(
    books: Books, payables: Payables, theo: Browser
) -> None:
    landed = page(theo.land(theo.post(NEW, **form(books, "4,860.00", "583.20", "", **{"line-2-what": ""}))))
    assert "Harbour Freight, bill 10482" in landed.text
    assert "On its way to the books." in landed.text
    assert stands(books) == [("10482", Stage.CLEARED, 544_320)]


def test_a_draft_goes_nowhere_until_it_is_submitted(books: Books, payables: Payables, theo: Browser) -> None:
    landed = page(theo.land(theo.post(NEW, **form(books, "10.00", do="draft"))))
    assert "Kept as a draft" in landed.text
    [address] = [form["action"] for form in landed.all("form") if form.get("action", "").endswith("/submit")]
    theo.post(address)
    assert stands(books) == [("10482", Stage.CLEARED, 1_000)]


def test_a_line_more_is_asked_for_and_nothing_is_saved(books: Books, payables: Payables, theo: Browser) -> None:
    asked = page(theo.post(NEW, **form(books, "10.00", do="line")))
    assert len(asked.all("input", name="line-1-amount")) == 1
    assert asked.all("input", name="line-0-amount")[0]["value"] == "10.00"
    assert stands(books) == []


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ({"vendor": "Nobody"}, "There is no vendor “Nobody” yet."),
        ({"line-0-amount": "ten"}, "Part 1"),
        ({"line-0-amount": "-10.00"}, "Above zero; a credit is a document of its own."),
        ({"line-0-amount": "", "line-0-what": ""}, "A bill has at least one line."),
        ({"due_on": "2026-11-01"}, "It is due on 2026-11-01, before its own date."),
        ({"dated": "yesterday"}, "Enter a valid date."),
        ({"currency": "ZZZ"}, "ZZZ"),
        ({"kind": "loan"}, "Select a valid choice."),
        ({"line-TOTAL_FORMS": "5000"}, "A bill has at most 100 lines."),
    ],
)
def test_what_cannot_be_is_said_at_its_field_and_nothing_is_saved(
    books: Books, payables: Payables, theo: Browser, values: dict[str, str], sentence: str
) -> None:
    response = theo.post(NEW, **form(books, "10.00", **values))
    assert response.status_code == 422
    assert sentence in page(response).text or sentence in response.content.decode()
    assert stands(books) == []


def test_an_unknown_vendor_is_added_at_a_tick(books: Books, theo: Browser) -> None:
    assert theo.post(NEW, **form(books, "10.00", vendor="  Blue   Crane ", add_vendor="on")).status_code == 302
    with books.open():
        assert Vendor.objects.get().name == "Blue Crane"


def test_the_same_number_of_a_vendor_is_warned_about_before_anything_is_sent(
    books: Books, payables: Payables, theo: Browser
) -> None:
    payables.bill("b-1", "10.00", number="10482")
    warned = theo.post(NEW, **form(books, "10.00"))
    assert (warned.status_code, len(stands(books))) == (422, 1)
    assert "Harbour Freight has a bill with this number, of 2 Nov 2026." in page(warned).text
    landed = page(theo.land(theo.post(NEW, **form(books, "10.00", another="on"))))
    assert "Harbour Freight has another bill with this number, of 2 Nov 2026." in landed.text


def test_changing_a_bill_keeps_what_the_form_does_not_ask(books: Books, payables: Payables, theo: Browser) -> None:
    with books.open():
        group = TagGroup.objects.create(name="Project")
        Tag.objects.create(group=group, name="Apollo")
    lines = payables.incoming("b-1", "10.00").lines
    document = payables.bill("b-1", "10.00", lines=(_tagged(lines[0]),), custom={"po": "3381"}, approved_by="Lena")
    address = f"{page_of('larkfield', document)}edit"
    asked = page(theo.get(address))
    filled = {field["name"]: field.get("value", "") for field in asked.all("input") if "name" in field}
    theo.post(address, **form(books, "12.00", **{"line-0-was": filled["line-0-was"], "line-INITIAL_FORMS": "1"}))
    with books.open():
        row = Bill.objects.select_related("document").get()
        assert (row.document.amount_minor, row.custom, row.approved_by) == (1_200, {"po": "3381"}, "Lena")
        assert [use.tag.name for use in TagUse.objects.select_related("tag")] == ["Apollo"]


def _tagged(line: Any) -> Any:
    return type(line)(line.money, line.category, tags={"Project": "Apollo"})


def test_a_bill_is_paid_in_part_from_its_page_and_the_payment_made_void(
    books: Books, payables: Payables, theo: Browser
) -> None:
    document = payables.bill("b-1", "100.00")
    address = page_of("larkfield", document)
    paid = page(theo.land(theo.post(f"{address}pay", amount="60", dated="2026-11-10", source="", number="ACH 1")))
    assert "$60.00 recorded" in paid.text
    assert "40.00 US dollars" in shown(theo, document).text
    with books.open():
        payment = BillPayment.objects.select_related("document").get()
    theo.post(f"{page_of('larkfield', payment.document)}void")
    assert "Void payment" in shown(theo, document).text


def test_an_over_payment_is_refused_in_words(books: Books, payables: Payables, theo: Browser) -> None:
    document = payables.bill("b-1", "100.00")
    told = page(theo.land(theo.post(f"{page_of('larkfield', document)}pay", amount="100.01", dated="2026-11-10")))
    assert "Bill “b-1” is open with $100.00, less than $100.01." in told.text


def test_a_credit_is_used_from_the_page_of_a_bill(books: Books, payables: Payables, theo: Browser) -> None:
    payables.bill("k-1", "25.00", kind=DocumentKind.VENDOR_CREDIT)
    document = payables.bill("b-1", "100.00")
    theo.post(f"{page_of('larkfield', document)}pay", amount="75", dated="2026-11-10", **{"credit:k-1": "25"})
    with books.open():
        payment = SourceDocument.objects.get(kind=DocumentKind.BILL_PAYMENT)
    assert payment.amount_minor == -7_500
    assert "Settled 2" in page(theo.get(LIST)).text


def test_a_bill_with_a_payment_is_not_made_void(books: Books, payables: Payables, theo: Browser) -> None:
    document = payables.bill("b-1", "100.00")
    payables.pay("p-1", {"b-1": "60.00"})
    told = page(theo.land(theo.post(f"{page_of('larkfield', document)}void")))
    assert "$60.00 of it is settled. Make its payments void first." in told.text


def test_the_list_says_what_is_owed_and_what_is_late(payables: Payables, theo: Browser) -> None:
    payables.bill("b-1", "100.00", number="1")
    payables.bill("b-2", "10.00", number="2", stage=Stage.PENDING)
    payables.bill("b-3", "40.00", number="3")
    payables.pay("p-1", {"b-3": "40.00"})
    text = page(theo.get(LIST)).text
    assert "$100.00 is open in 1 bill, of it $100.00 overdue." in text
    assert "All 3" in text
    assert "Drafts 1" in text
    assert "No. 3" not in page(theo.get(f"{LIST}?tab=open")).text
    assert "No. 2" in page(theo.get(f"{LIST}?q=2")).text


def test_a_first_bill_is_asked_for_where_there_is_none(books: Books, theo: Browser) -> None:
    assert "No bills yet." in page(theo.get(LIST)).text


@pytest.mark.parametrize("query", ["?after=x", "?after=2026-13-01.1", "?tab=none", "?after=2026-11-02.", "?q=%00"])
def test_an_address_that_means_nothing_shows_the_list(payables: Payables, theo: Browser, query: str) -> None:
    payables.bill("b-1", "1.00")
    assert theo.get(f"{LIST}{query}").status_code == 200


def test_the_list_is_walked_page_by_page_without_a_gap(payables: Payables, theo: Browser) -> None:
    payables.tell(*(payables.incoming(f"b-{one}", "1.00", number=f"no-{one:03}") for one in range(120)))
    seen: list[str] = []
    address: str | None = LIST
    while address:
        shown_page = page(theo.get(address))
        seen += [f"no-{one:03}" for one in range(120) if f"no-{one:03}" in shown_page.text]
        older = shown_page.all("a", rel="next")
        address = f"{LIST}{older[0]['href']}" if older else None
    assert sorted(seen) == [f"no-{one:03}" for one in range(120)]


def test_fifty_bills_take_as_many_statements_as_two(payables: Payables, cast: Cast, theo: Browser) -> None:
    counts = []
    for number in (2, 48):
        payables.tell(*(payables.incoming(f"{number}-{one}", "1.00") for one in range(number)))
        with CaptureQueriesContext(connection) as statements:
            theo.get(LIST)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_the_tabs_of_the_transactions_count_no_bills(books: Books, payables: Payables, theo: Browser) -> None:
    books.charge("c-1")
    before = page(theo.get("/o/larkfield/transactions/"))
    document = payables.bill("b-1", "10.00")
    payables.bill("b-2", "10.00", stage=Stage.PENDING)
    payables.pay("p-1", {"b-1": "4.00"})
    books.wish([document], JobState.HELD, Reason(ReasonCode.NO_VENDOR, "Harbour Freight"))
    after = page(theo.get("/o/larkfield/transactions/"))
    assert "All 1" in before.text
    assert "All 1" in after.text
    assert "Held" not in after.text


def test_all_that_is_wrong_is_said_at_once(books: Books, theo: Browser) -> None:
    text = page(theo.post(NEW, **form(books, "ten", "-1", vendor="Nobody"))).text
    assert "There is no vendor “Nobody” yet." in text
    assert "Above zero; a credit is a document of its own." in text


def test_a_form_that_is_sent_twice_records_once(books: Books, payables: Payables, theo: Browser) -> None:
    once = page(theo.get(NEW)).all("input", name="once")[0]["value"]
    told = form(books, "100.00", once=once, number="")
    theo.post(NEW, **told)
    assert "nothing was recorded twice" in page(theo.land(theo.post(NEW, **told))).text
    assert len(stands(books)) == 1
    with books.open():
        document = SourceDocument.objects.get()
    once = shown(theo, document).all("input", name="once")[0]["value"]
    paid = {"amount": "30", "dated": "2026-11-10", "once": once}
    for amount in ("30", "30", "50"):
        landed = page(theo.land(theo.post(f"{page_of('larkfield', document)}pay", **{**paid, "amount": amount})))
    assert "nothing was recorded twice" in landed.text
    with books.open():
        assert [one.amount_minor for one in SourceDocument.objects.filter(kind=DocumentKind.BILL_PAYMENT)] == [-3_000]


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        ({"amount": "ten", "dated": "2026-11-10"}, "ten"),
        ({"amount": "10", "dated": "tomorrow"}, "Say on which day the money leaves."),
        ({"amount": "10", "dated": "2026-11-10", "source": "bank:no\0ne"}, "There is no bank account “none”."),
        ({"amount": "10", "dated": "2026-11-10", "credit:b\0": "1"}, "There is no bill “b”."),
        ({"amount": "-10", "dated": "2026-11-10"}, "takes more than nothing"),
    ],
)
def test_what_cannot_be_paid_is_said_and_nothing_is_recorded(
    books: Books, payables: Payables, theo: Browser, told: dict[str, str], sentence: str
) -> None:
    document = payables.bill("b-1", "100.00")
    answer = theo.post(f"{page_of('larkfield', document)}pay", **told)
    assert sentence in page(theo.land(answer)).text
    with books.open():
        assert not BillPayment.objects.exists()


def test_words_with_signs_of_addresses_are_kept_from_page_to_page(payables: Payables, theo: Browser) -> None:
    payables.tell(*(payables.incoming(f"b-{one}", "1.00", number=f"a&b#{one}") for one in range(60)))
    [older] = page(theo.get(f"{LIST}?q=a%26b%23")).all("a", rel="next")
    assert "10 bills on this page" in page(theo.get(f"{LIST}{older['href']}")).text
