"""What rules and planner read of a row: lines inherit from the whole, a refund from its charge."""

from datetime import UTC, datetime

import pytest
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext

from integrations.mapping.facts import Approval, LineFacts, TransactionFacts
from integrations.models import JobState
from integrations.sync.facts import facts_of
from integrations.sync.marks import mark_of
from ledger.domain.documents import DocumentKind
from ledger.domain.money import Money
from ledger.models import Category, Department, SourceDocument, Tag, TagGroup
from ledger.tenancy.context import acting_for
from tests.cast import Cast
from tests.integrations.conftest import Office
from tests.integrations.test_engine import state_of
from tests.processes import ControlPlane


@pytest.fixture
def issuer(cast: Cast, settings: object) -> Office:
    """Only tells what happened; nothing is connected."""
    with acting_for(cast.larkfield.id), transaction.atomic():
        Category.objects.create(name="Travel")
        Department.objects.create(name="Sales team")
        for group, tags in {"Project": ["Apollo", "Zeus"], "Grant": ["City"]}.items():
            made = TagGroup.objects.create(name=group)
            Tag.objects.bulk_create(Tag(group=made, name=name) for name in tags)
    return Office(cast.larkfield, ControlPlane("http://127.0.0.1:9"))


def facts(office: Office, *documents: SourceDocument) -> list[TransactionFacts]:
    with transaction.atomic():
        found = facts_of([document.pk for document in documents])
    return [one for document in documents if isinstance(one := found[document.pk], TransactionFacts)]


def said(line: LineFacts) -> tuple[int, str, str, list[str], str]:
    return (
        line.money.minor,
        line.category.name if line.category else "",
        line.department.name if line.department else "",
        sorted(tag.name for tag in line.tags),
        line.memo,
    )


@pytest.fixture(autouse=True)
def _as_larkfield(cast: Cast) -> object:
    with acting_for(cast.larkfield.id):
        yield


def test_what_was_not_split_is_one_line(issuer: Office) -> None:
    document = issuer.record("c-1", department="Product", memo="Seats", tags={"Project": "Apollo"})
    [fact] = facts(issuer, document)
    assert [said(line) for line in fact.lines] == [(1230, "Software", "Product", ["Apollo"], "Seats")]
    assert (fact.money, fact.mark, fact.holder) == (Money(1230, "USD"), mark_of(document.public_id), "Owen Park")


@pytest.mark.parametrize(
    ("of_line", "inherited"),
    [
        ({}, ("Software", "Product", ["Apollo", "City"], "Seats")),
        ({"category": "Travel"}, ("Travel", "Product", ["Apollo", "City"], "Seats")),
        ({"department": "Sales team"}, ("Software", "Sales team", ["Apollo", "City"], "Seats")),
        ({"memo": "Train"}, ("Software", "Product", ["Apollo", "City"], "Train")),
        ({"tags": {"Project": "Zeus"}}, ("Software", "Product", ["City", "Zeus"], "Seats")),
    ],
)
def test_a_line_has_what_the_whole_has_but_for_what_it_says_itself(
    issuer: Office, of_line: dict[str, object], inherited: tuple[str, str, list[str], str]
) -> None:
    document = issuer.record(
        "c-1",
        department="Product",
        memo="Seats",
        tags={"Project": "Apollo", "Grant": "City"},
        lines=[("2.30", of_line), ("10.00", {})],
    )
    [fact] = facts(issuer, document)
    assert said(fact.lines[0]) == (230, *inherited)
    assert said(fact.lines[1]) == (1000, "Software", "Product", ["Apollo", "City"], "Seats")


@pytest.mark.parametrize(
    ("category", "lines", "expected"),
    [
        ("", [], ["Travel"]),
        ("Software", [], ["Software"]),
        ("", [("2.30", {}), ("10.00", {"category": "Software"})], ["Travel", "Software"]),
    ],
)
@pytest.mark.parametrize("first", ["charge", "refund"])
def test_a_refund_without_a_category_has_that_of_its_charge_whichever_came_first(
    issuer: Office, category: str, lines: list[tuple[str, dict[str, str]]], expected: list[str], first: str
) -> None:
    if first == "charge":
        issuer.record("c-1", category="Travel")
    refund = issuer.record("r-1", kind=DocumentKind.REFUND, category=category, refund_of="c-1", lines=lines)
    if first == "refund":
        issuer.record("c-1", category="Travel")
    with transaction.atomic():
        charge = SourceDocument.objects.get(external_id="c-1")
    [fact] = facts(issuer, refund)
    assert [line.category.name if line.category else "" for line in fact.lines] == expected
    assert fact.refund_of == mark_of(charge.public_id)


def test_an_approval_is_of_the_day_where_the_entity_is(issuer: Office) -> None:
    at = datetime(2026, 11, 20, 3, 0, tzinfo=UTC)
    [fact] = facts(issuer, issuer.record("c-1", approved_by="Priya Raman", approved_at=at))
    assert fact.approval == Approval("Priya Raman", at.date().replace(day=19)), "in New York it was still the 19th"


def test_a_handful_of_statements_reads_any_number(issuer: Office) -> None:
    counts = []
    for number in (2, 30):
        lines = [("2.30", {"tags": {"Project": "Zeus"}}), ("10.00", {"category": "Travel"})]
        documents = issuer.charge(*(f"{number}-{index}" for index in range(number)), lines=lines)
        with CaptureQueriesContext(database) as statements:
            facts(issuer, *documents)
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_a_refund_that_waited_for_a_category_is_sent_once_its_charge_comes(ready: Office) -> None:
    ready.map(card="2110", Software="6020")
    refund = ready.record("r-1", "5.00", kind=DocumentKind.REFUND, category="", refund_of="c-1")
    ready.work()
    assert state_of(refund.pk).state == JobState.HELD
    ready.record("c-1", category="Software")
    ready.work()
    assert state_of(refund.pk).state == JobState.DONE
    ready.tie_out()


def test_a_refund_that_stands_under_the_default_follows_the_charge_that_comes_after_it(books: Office) -> None:
    books.record("r-1", "5.00", kind=DocumentKind.REFUND, category="", refund_of="c-1")
    books.work()
    assert books.sandbox.postings()["6110"] == -5
    books.record("c-1", "20.00", category="Software")
    books.work()
    assert books.sandbox.postings() == {"2110": -15, "6020": 15}
