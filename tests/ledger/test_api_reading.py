"""What callers read: the list with its filters and pages, one transaction whole, and where each stands."""

import base64
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.models import JobState
from ledger.api.filters import FilterSerializer
from ledger.models import Card, CardTransaction, Category, Department, Entity, SourceDocument, Tag, TagGroup
from ledger.selectors.filters import Wanted, card_documents
from ledger.tenancy.context import acting_for
from tests.cast import Cast
from tests.conftest import connect_as
from tests.ledger.caller import API, DOOR, Issuer, charge, names, refusal
from tests.web.books import Books


def on(day: int, external_id: str, **values: Any) -> dict[str, Any]:
    return charge(external_id, cleared_at=f"2026-03-{day:02}T12:00:00-05:00", **values)


# --- pages -----------------------------------------------------------------------------------------------------------


def test_the_list_is_newest_first_and_says_when_it_ends(issuer: Issuer) -> None:
    issuer.post([on(2, "b"), on(1, "a"), on(3, "c"), on(3, "d")])
    answer = issuer.ask().json()
    assert (names(answer["results"]), answer["next_cursor"]) == (["d", "c", "b", "a"], None)


@pytest.mark.parametrize("size", [1, 2, 3, 4, 200])
def test_pages_of_any_size_make_the_same_list(issuer: Issuer, size: int) -> None:
    issuer.post([on(day, f"{day}-{number}") for day in (1, 2) for number in (1, 2)])
    assert names(issuer.list(page_size=size)) == ["2-2", "2-1", "1-2", "1-1"]


def test_what_comes_in_while_pages_are_turned_is_neither_repeated_nor_pushes_others_out(issuer: Issuer) -> None:
    issuer.post([on(day, f"c-{day}") for day in range(1, 7)])
    first = issuer.ask(page_size=3).json()
    issuer.post([on(9, "newer"), on(5, "between"), on(1, "older")])
    rest = issuer.ask(page_size=200, cursor=first["next_cursor"]).json()
    assert names(first["results"]) == ["c-6", "c-5", "c-4"]
    assert names(rest["results"]) == ["c-3", "c-2", "older", "c-1"]


def test_a_page_takes_as_many_statements_whatever_its_size_and_never_counts(issuer: Issuer, cast: Cast) -> None:
    books = Books(cast.larkfield)
    with acting_for(cast.larkfield.id):
        group = TagGroup.objects.create(name="Project")
        Tag.objects.create(group=group, name="Apollo")
    lines = [{"amount": "12.30", "department": "Product", "tags": {"Project": "Apollo"}}]
    issuer.post([charge(f"c-{n}", lines=lines, tags={"Project": "Apollo"}) for n in range(40)])
    issuer.post([charge(f"r-{n}", kind="refund", refund_of=f"c-{n}") for n in range(40)])
    with acting_for(cast.larkfield.id):
        books.wish(list(SourceDocument.objects.all()), JobState.WAITING)
    counts = []
    for size in (1, 10, 80):
        with CaptureQueriesContext(connection) as statements:
            assert len(issuer.ask(page_size=size).json()["results"]) == size
        counts.append(len(statements))
        assert not [one["sql"] for one in statements if "COUNT(" in one["sql"].upper()]
    assert counts[0] == counts[1] == counts[2] <= 20


@pytest.mark.parametrize(
    "cursor",
    [
        "x",
        "!!!",
        "é",
        "\0",
        "AAAA",
        base64.urlsafe_b64encode(b"2026-03-02|0").decode(),
        base64.urlsafe_b64encode(b"2026-03-02|99999999999999999999").decode(),
        base64.urlsafe_b64encode(b"2026-02-30|1").decode(),
        base64.urlsafe_b64encode(b"20260302|1").decode(),
        base64.urlsafe_b64encode(b"2026-03-02|1|1").decode(),
        base64.urlsafe_b64encode(b"2026-03-02|\xff").decode(),
        base64.urlsafe_b64encode("2026-03-02|١".encode()).decode(),
        base64.urlsafe_b64encode(b"1").decode(),
        base64.urlsafe_b64encode(b"2026-03-02|10").decode().rstrip("="),
        "A" * 201,
    ],
)
def test_what_is_no_cursor_of_the_list_is_refused(issuer: Issuer, cursor: str) -> None:
    assert set(refusal(issuer.ask(cursor=cursor), 400, "invalid")) == {"cursor"}


def test_a_cursor_of_another_order_is_refused(issuer: Issuer) -> None:
    issuer.post([charge("a"), charge("b")])
    cursor = issuer.ask(page_size=1).json()["next_cursor"]
    query = {"cursor": cursor, "updated_since": "2026-03-02T00:00:00Z"}
    assert set(refusal(issuer.ask(**query), 400, "invalid")) == {"cursor"}
    assert set(refusal(issuer.ask(f"{API}/vendors", cursor=cursor), 400, "invalid")) == {"cursor"}


# --- filters ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def ledger(issuer: Issuer, cast: Cast) -> Issuer:
    """Larkfield with two cards of two entities, and a handful of transactions that differ in everything."""
    with acting_for(cast.larkfield.id):
        limited = Entity.objects.create(name="Larkfield Ltd", currency="GBP", time_zone="Europe/London")
        Card.objects.create(entity=limited, external_id="card-7730", last_four="7730", holder="Sam Ikeda")
        Category.objects.create(name="Meals")
        Department.objects.create(name="Sales")
    pending = {"stage": "pending", "authorised_at": "2026-03-05T12:00:00-05:00"}
    split = [{"amount": "10.00", "category": "Meals"}, {"amount": "2.30", "department": "Sales"}]
    issuer.post(
        [
            on(1, "small", amount="5.00"),
            on(2, "british", card="card-7730", currency="GBP", department="Sales"),
            on(3, "lunch", category="Meals", amount="30.00"),
            on(4, "split", category="", lines=split),
            on(4, "refund", kind="refund", amount="30.00"),
            {**charge("pending", **pending), "cleared_at": None},
        ]
    )
    return issuer


FILTERS = [
    ({"external_id": "lunch"}, ["lunch"]),
    ({"external_id": "none-such"}, []),
    ({"card": "card-7730"}, ["british"]),
    ({"card": "card-0000"}, []),
    ({"entity": "Larkfield Ltd"}, ["british"]),
    ({"entity": "Larkfield"}, []),
    ({"kind": "refund"}, ["refund"]),
    ({"kind": "fee"}, []),
    ({"stage": "pending"}, ["pending"]),
    ({"stage": "reversed"}, []),
    ({"category": "Meals"}, ["lunch", "split"]),
    ({"category": "Unheard of"}, []),
    ({"department": "Sales"}, ["british", "split"]),
    ({"department": "Unheard of"}, []),
    ({"dated_from": "2026-03-04"}, ["pending", "refund", "split"]),
    ({"dated_to": "2026-03-02"}, ["british", "small"]),
    ({"dated_from": "2026-03-02", "dated_to": "2026-03-03"}, ["british", "lunch"]),
    ({"dated_from": "2026-03-03", "dated_to": "2026-03-02"}, []),
    ({"dated_from": "0001-01-01", "dated_to": "9999-12-31", "kind": "refund"}, ["refund"]),
    ({"currency": "GBP"}, ["british"]),
    ({"currency": "USD", "amount_from": "30.00"}, ["lunch", "refund"]),
    ({"currency": "USD", "amount_to": "5"}, ["small"]),
    ({"currency": "USD", "amount_from": "5.00", "amount_to": "12.30"}, ["pending", "small", "split"]),
    ({"currency": "USD", "amount_from": "30", "kind": "refund"}, ["refund"]),
    ({"currency": "GBP", "amount_from": "12.31"}, []),
    ({"category": "Meals", "department": "Sales"}, ["split"]),
    ({"sync": "none", "kind": "refund"}, ["refund"]),
    ({"sync": "done"}, []),
    ({"recorded_since": "2000-01-01T00:00:00Z", "kind": "refund"}, ["refund"]),
    ({"recorded_since": "2999-01-01T00:00:00Z"}, []),
    ({"updated_since": "2999-01-01T00:00:00Z"}, []),
]


@pytest.mark.parametrize(("query", "found"), FILTERS, ids=[str(query) for query, _ in FILTERS])
def test_a_filter_leaves_what_it_names(ledger: Issuer, query: dict[str, str], found: list[str]) -> None:
    assert sorted(names(ledger.list(**query))) == found
    assert sorted(names(ledger.list(**query, page_size=1))) == found


def test_no_filter_is_left_untried() -> None:
    tried = {name for query, _ in FILTERS for name in query}
    assert tried == set(FilterSerializer().fields) - {"cursor", "page_size"}


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"updated_since": "2026-03-02"}, "updated_since"),
        ({"updated_since": "2026-03-02T00:00:00"}, "updated_since"),
        ({"updated_since": "0001-01-01T00:00:00Z"}, "updated_since"),
        ({"recorded_since": "9999-12-31T23:59:59-12:00"}, "recorded_since"),
        ({"dated_from": "2026-3-2"}, "dated_from"),
        ({"dated_from": "20260302"}, "dated_from"),
        ({"dated_to": "2026-02-30"}, "dated_to"),
        ({"dated_to": "2026-03-02T00:00:00Z"}, "dated_to"),
        ({"external_id": "a b"}, "external_id"),
        ({"external_id": ""}, "external_id"),
        ({"card": "\0"}, "card"),
        ({"card": "x" * 65}, "card"),
        ({"kind": "card_charge"}, "kind"),
        ({"stage": "posted"}, "stage"),
        ({"sync": "Held"}, "sync"),
        ({"currency": "usd"}, "currency"),
        ({"currency": "XXX", "amount_from": "1"}, "currency"),
        ({"amount_from": "1"}, "amount_from"),
        ({"amount_to": "1"}, "amount_to"),
        ({"currency": "USD", "amount_from": "-1"}, "amount_from"),
        ({"currency": "USD", "amount_to": "1e9"}, "amount_to"),
        ({"currency": "USD", "amount_to": "99999999999"}, "amount_to"),
        ({"page_size": "0"}, "page_size"),
        ({"page_size": "201"}, "page_size"),
        ({"page_size": "٥"}, "page_size"),
        ({"page_size": "9" * 5000}, "page_size"),
        ({"page_size": "1.0"}, "page_size"),
        ({"categroy": "Meals"}, "categroy"),
        ({"kind": ["charge", "refund"]}, "kind"),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_filter_that_cannot_be_is_refused_by_name(issuer: Issuer, query: dict[str, Any], field: str) -> None:
    assert set(refusal(issuer.ask(**query), 400, "invalid")) == {field}


def test_who_asks_for_changes_gets_them_in_their_order(issuer: Issuer, cast: Cast) -> None:
    issuer.post([on(3, "a"), on(2, "b"), on(1, "c")])
    long_ago = timezone.now() - timedelta(days=9)
    with acting_for(cast.larkfield.id):
        SourceDocument.objects.update(updated_at=long_ago, recorded_at=long_ago)
    since = (timezone.now() - timedelta(minutes=1)).isoformat()
    assert issuer.list(updated_since=since) == []
    issuer.post(on(1, "c", memo="First"))
    issuer.post([on(3, "a", memo="Second"), on(4, "d")])
    assert names(issuer.list(updated_since=since, page_size=1))[0] == "c"
    assert set(names(issuer.list(updated_since=since, page_size=1))) == {"a", "c", "d"}
    assert names(issuer.list(recorded_since=since)) == ["d"]


MANY_DOCUMENTS = """
    INSERT INTO ledger_sourcedocument (tenant_id, entity_id, kind, stage, external_id, public_id, amount_minor,
                                       currency, dated, revision, recorded_at, updated_at)
    SELECT %s, %s, 'card_charge', 'cleared', 'many-' || n, gen_random_uuid(), n, 'USD', date '2026-03-02' - n / 10, 1,
           now() - n * interval '1 hour', now() - n * interval '1 hour' FROM generate_series(1, 3000) n
"""
MANY_TRANSACTIONS = """
    INSERT INTO ledger_cardtransaction (tenant_id, document_id, card_id, category_id, cleared_at, merchant_name,
        merchant_category_code, merchant_city, merchant_country, original_currency, refund_of_external_id, memo, custom,
        approved_by)
    SELECT tenant_id, id, %s, %s, recorded_at, 'Figma', '', '', '', '', '', '', '{}', '' FROM ledger_sourcedocument
"""


@pytest.fixture
def many(transactional_db: None, cast: Cast) -> Cast:
    """Enough that the database looks for an index and knows its figures; none of it on the card that is asked for."""
    larkfield = cast.larkfield
    with acting_for(larkfield.id), transaction.atomic(), connection.cursor() as cursor:
        rare = Category.objects.create(name="Rare")
        cursor.execute(MANY_DOCUMENTS, [larkfield.id, larkfield.entity.pk])
        card = Card.objects.create(entity=larkfield.entity, external_id="many", last_four="0000", holder="Many")
        cursor.execute(MANY_TRANSACTIONS, [card.pk, larkfield.category.pk])
        newest = CardTransaction.objects.order_by("-pk").values("pk")[:9]
        CardTransaction.objects.filter(pk__in=newest).update(category=rare)
    connect_as("owner")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_sourcedocument, ledger_cardtransaction")
    connect_as("app")
    return cast


def plan(wanted: Wanted) -> str:
    return str(card_documents(wanted).order_by("-dated", "-id")[:50].explain())


def test_filters_keep_their_index_under_the_policies(many: Cast) -> None:
    """Asked as the application. What the policies hold back from an index is a filter over all rows instead."""
    hour_ago = timezone.now() - timedelta(hours=1)
    with acting_for(many.larkfield.id), transaction.atomic():
        plans = [
            ("ledger_sourcedocument_latest", plan(Wanted())),
            ("ledger_sourcedocument_card_external_id", plan(Wanted(external_id="many-7"))),
            ("ledger_sourcedocument_amount", plan(Wanted(currency="USD", amount_from=100, amount_to=105))),
            ("ledger_sourcedocument_updated", plan(Wanted(updated_since=hour_ago))),
            ("ledger_sourcedocument_recorded", plan(Wanted(recorded_since=hour_ago))),
            ("ledger_cardtransaction_card", plan(Wanted(card="card-4471"))),
            ("Index Cond: (id = ANY", plan(Wanted(category="Rare"))),
            ("ledger_sourcedocument_latest", plan(Wanted(category="Software"))),
        ]
    for condition, shown in plans:
        assert condition in shown, shown


def test_nothing_of_the_neighbour_is_listed(issuer: Issuer, neighbour: Issuer) -> None:
    neighbour.post(charge("theirs"))
    assert issuer.list(DOOR) == []
    assert issuer.ask(f"{API}/sync").json()["entities"][0]["entity"] == "Larkfield Inc."
    assert names(neighbour.list()) == ["theirs"]
