"""The list as a CSV: every cent once, with all that an accountant asks of a transaction."""

import csv
from datetime import UTC, datetime
from io import StringIO

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.models import ExternalLink, JobState, SyncJob
from ledger.domain.documents import DocumentKind
from ledger.domain.lines import IncomingLine
from ledger.domain.money import Money
from ledger.domain.transactions import IncomingTransaction
from ledger.models import Category, SourceDocument, Tag, TagGroup, Vendor
from ledger.services.intake import record_transactions
from tests.cast import Cast
from tests.web.books import CLEARED, Books
from tests.web.browser import Browser

pytestmark = pytest.mark.django_db

POSTED = datetime(2026, 3, 3, 9, tzinfo=UTC)
ENTRY = [
    {"account": "6020 Software", "minor": 1000, "why": "", "values": []},
    {"account": "6110 Office", "minor": 230, "why": "", "values": []},
    {"account": "2110 Flex Card", "minor": -1230, "why": "", "values": []},
]


@pytest.fixture
def books(cast: Cast) -> Books:
    books = Books(cast.larkfield)
    with books.open():
        Category.objects.create(name="Meals")
        Vendor.objects.create(name="Figma Inc.", name_key="figma inc.")
        for group, name in (("Project", "Apollo"), ("Project", "Gemini"), ("=Region", "North")):
            Tag.objects.create(group=TagGroup.objects.get_or_create(name=group)[0], name=name)
    return books


def told(books: Books, external_id: str, minor: int = 1230, **values: object) -> SourceDocument:
    whole = {"category": "Software", "cleared_at": CLEARED} | values
    one = IncomingTransaction(external_id, "card-4471", Money(minor, "USD"), "Figma Inc", **whole)  # type: ignore[arg-type]
    with books.open():
        [recorded] = record_transactions(incoming=[one], actor="the test")
    assert recorded.document is not None, recorded.errors
    return recorded.document


def exported(books: Books, query: str = "") -> list[dict[str, str]]:
    answer = Browser(books.tenant.admin).get(f"{books.path}/transactions/export.csv{query}")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.DictReader(StringIO(text)))


SPLIT = (
    IncomingLine(Money(1000, "USD"), memo="Seats", tags={"Project": "Gemini"}),
    IncomingLine(Money(230, "USD"), category="Meals", department="Product"),
)


def post(books: Books, document: SourceDocument) -> None:
    """It stands in the books."""
    books.wish([document], JobState.DONE)
    with books.open():
        SyncJob.objects.update(coding={"account": "Split over 2 accounts", "entry": ENTRY})
        ExternalLink.objects.create(
            connection=books.connection,
            document=document,
            external_kind="purchase",
            external_id="145",
            mark="FX-7",
            revision=1,
            configuration=1,
            posted_at=POSTED,
        )


def test_a_split_is_a_row_for_each_line_with_what_that_line_says(books: Books) -> None:
    tags = {"Project": "Apollo", "=Region": "North"}
    original = Money(1100, "EUR")
    whole = {"memo": "March", "tags": tags, "original": original, "vendor": "Figma Inc.", "approved_by": "Theo"}
    post(books, told(books, "c-1", lines=SPLIT, **whole))
    first, second = exported(books)
    both = {"Id": "c-1", "Date": "2026-03-02", "Kind": "charge", "Stage": "cleared", "Merchant": "Figma Inc"}
    both |= {"Currency": "USD", "Entity": "Larkfield Inc.", "Card": "card-4471", "Person": "Owen Park"}
    both |= {"Vendor": "Figma Inc.", "Approved by": "Theo", "State": "In the books", "Reason": "", "Refund of": ""}
    both |= {"Number": "FX-7", "Document": "145", "Posted at": "2026-03-03T09:00:00+00:00", "'=Region": "North"}
    assert first == both | {
        **{"Line": "1 of 2", "Amount": "10.00", "Original amount": "11.00", "Original currency": "EUR"},
        **{"Category": "Software", "Department": "", "Memo": "Seats", "Account": "6020 Software", "Project": "Gemini"},
    }
    assert second == both | {
        **{"Line": "2 of 2", "Amount": "2.30", "Original amount": "", "Original currency": ""},
        **{
            "Category": "Meals",
            "Department": "Product",
            "Memo": "March",
            "Account": "6110 Office",
            "Project": "Apollo",
        },
    }


def test_what_is_not_split_is_one_row(books: Books) -> None:
    told(books, "r-1", -230, kind=DocumentKind.REFUND, refund_of="c-1", tags={"Project": "Apollo"})
    [row] = exported(books)
    assert (row["Line"], row["Amount"], row["Refund of"], row["Project"]) == ("", "-2.30", "c-1", "Apollo")
    assert (row["Account"], row["Number"], row["Document"], row["Posted at"]) == ("", "", "", "")


def test_a_split_that_was_changed_since_it_was_coded_does_not_borrow_accounts(books: Books) -> None:
    post(books, told(books, "c-1", lines=SPLIT))
    told(books, "c-1", lines=(IncomingLine(Money(1100, "USD")), IncomingLine(Money(130, "USD"))))
    assert [row["Account"] for row in exported(books)] == ["Split over 2 accounts"] * 2


def test_a_category_is_found_also_where_only_a_line_has_it(books: Books) -> None:
    told(books, "c-1", lines=SPLIT)
    told(books, "c-2")
    told(books, "c-3", category="Meals")
    with books.open():
        meals, product = Category.objects.get(name="Meals"), books.tenant.department
    assert {row["Id"] for row in exported(books, f"?category={meals.pk}")} == {"c-1", "c-3"}
    assert {row["Id"] for row in exported(books, f"?department={product.pk}")} == {"c-1"}
    assert {row["Id"] for row in exported(books, f"?category={meals.pk}&department={product.pk}")} == {"c-1"}


def test_a_tag_group_that_is_called_like_a_column_stands_apart(books: Books) -> None:
    with books.open():
        Tag.objects.create(group=TagGroup.objects.create(name="Department"), name="Sales")
    told(books, "c-1", department="Product", tags={"Department": "Sales"})
    [row] = exported(books)
    assert (row["Department"], row["Department (tag)"]) == ("Product", "Sales")


def test_ten_transactions_take_as_many_statements_as_one(books: Books) -> None:
    counts = []
    for number in (1, 10):
        for index in range(number):
            told(books, f"{number}-{index}", lines=SPLIT, tags={"Project": "Apollo"})
        with CaptureQueriesContext(connection) as captured:
            assert len(exported(books)) >= 2 * number
        counts.append(len(captured))
    assert counts[0] == counts[1]
