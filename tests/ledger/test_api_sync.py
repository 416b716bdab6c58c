"""Where a transaction stands on its way to the books, one by one and in sum, as the API tells it."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import ConnectionState, ExternalLink, JobState, SyncJob
from integrations.models.sync import STATES_WITH_REASON
from ledger.models import Entity
from tests.cast import Cast
from tests.ledger.caller import API, Issuer, charge, closing, names
from tests.web.books import Books

pytestmark = pytest.mark.django_db


@pytest.fixture
def books(cast: Cast) -> Books:
    return Books(cast.larkfield)


def test_what_is_not_connected_says_so(issuer: Issuer) -> None:
    issuer.post(charge())
    sync = issuer.read("c-1")["sync"]
    sentence = "Larkfield Inc. is not connected to its books yet."
    assert (sync["state"], sync["reasons"]) == ("none", [{"code": "not_connected", "sentence": sentence}])


def test_what_is_pending_has_not_begun_and_lacks_nothing(issuer: Issuer) -> None:
    issuer.post(charge(stage="pending"))
    sync = issuer.read("c-1")["sync"]
    assert (sync["state"], sync["reasons"]) == ("none", [])


def test_what_has_only_just_come_in_has_not_begun_and_lacks_nothing(issuer: Issuer, books: Books) -> None:
    books.charge("c-1")
    assert issuer.read("c-1")["sync"] == {
        "state": "none",
        "reasons": [],
        "external_id": None,
        "mark": None,
        "posted_at": None,
        "configuration_version": None,
        "why": {},
    }


def test_what_is_held_says_why_by_code_and_in_words(issuer: Issuer, books: Books) -> None:
    reasons = Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards"), Reason(ReasonCode.NO_ACCOUNT_FOR_CATEGORY, "Software")
    books.wish(books.charge("c-1"), JobState.HELD, *reasons)
    sync = issuer.read("c-1")["sync"]
    assert sync["state"] == "held"
    assert sync["reasons"] == [{"code": reason.code, "sentence": reason.sentence} for reason in reasons]


def test_what_is_posted_says_where_since_when_and_who_coded_it(issuer: Issuer, books: Books) -> None:
    [document] = books.charge("c-1")
    books.wish([document], JobState.DONE)
    posted_at = timezone.now()
    with books.open():
        SyncJob.objects.update(coding={"version": 4, "why": {"account": "Category Software is mapped to it."}})
        ExternalLink.objects.create(
            connection=books.connection,
            document=document,
            external_kind="Purchase",
            external_id="187",
            external_version="0",
            mark="FX-1",
            revision=1,
            fingerprint="x",
            configuration=4,
            posted_at=posted_at,
        )
    sync = issuer.read("c-1")["sync"]
    assert sync.pop("posted_at").startswith(posted_at.strftime("%Y-%m-%dT%H:%M:%S"))
    assert sync == {
        "state": "done",
        "reasons": [],
        "external_id": "187",
        "mark": "FX-1",
        "configuration_version": 4,
        "why": {"account": "Category Software is mapped to it."},
    }


def test_the_list_is_asked_for_a_state_as_people_see_it(issuer: Issuer, books: Books) -> None:
    """While access is lost nothing moves by itself: what waits needs a person."""
    for state in JobState:
        reasons = [Reason(ReasonCode.OUR_FAULT)] if state in STATES_WITH_REASON else []
        books.wish(books.charge(state), state, *reasons)
    books.charge("none")
    seen = {state: names(issuer.list(sync=state)) for state in [*JobState.values, "none"]}
    assert seen == {state: [state] for state in [*JobState.values, "none"]}
    with books.open():
        books.connection.state = ConnectionState.ACCESS_LOST
        books.connection.save()
    assert set(names(issuer.list(sync="needs_attention"))) == {"needs_attention", "waiting", "running", "unknown"}
    assert [issuer.list(sync=state) for state in ("waiting", "running", "unknown")] == [[], [], []]
    assert names(issuer.list(sync="done")) == ["done"]


def test_the_summary_counts_every_transaction_once(issuer: Issuer, books: Books) -> None:
    with books.open():
        Entity.objects.create(name="Larkfield Ltd", currency="GBP", time_zone="Europe/London")
    books.wish(books.charge("a", "b"), JobState.DONE)
    books.wish(books.charge("c"), JobState.HELD, Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards"))
    books.charge("d")
    inc, ltd = issuer.ask(f"{API}/sync").json()["entities"]
    assert (inc["entity"], inc["recorded"], sum(inc["states"].values())) == ("Larkfield Inc.", 4, 4)
    assert {state: count for state, count in inc["states"].items() if count} == {"done": 2, "held": 1, "none": 1}
    assert (inc["connection"]["state"], inc["connection"]["company"]) == ("live", "Old Books Inc.")
    assert (ltd["entity"], ltd["recorded"], ltd["connection"]) == ("Larkfield Ltd", 0, None)


@pytest.mark.parametrize("access", ConnectionState)
def test_the_summary_counts_what_the_list_finds(issuer: Issuer, books: Books, access: ConnectionState) -> None:
    for number, state in enumerate(JobState, start=1):
        reasons = [Reason(ReasonCode.OUR_FAULT)] if state in STATES_WITH_REASON else []
        books.wish(books.charge(*(f"{state}-{index}" for index in range(number))), state, *reasons)
    books.charge("arriving")
    issuer.post(charge("pending", stage="pending", cleared_at="", authorised_at="2026-11-20T12:00:00Z"))
    with books.open():
        books.connection.state = access
        books.connection.save()
    [inc] = issuer.ask(f"{API}/sync").json()["entities"]
    assert inc["states"] == {state: len(issuer.list(sync=state)) for state in inc["states"]}
    assert inc["recorded"] == len(issuer.list())


def test_the_summary_counts_by_rows_only_what_moves(issuer: Issuer, books: Books) -> None:
    """Whatever stands in the books is read from the running totals."""
    books.wish(books.charge("c-1"), JobState.DONE)
    with CaptureQueriesContext(connection) as statements:
        assert issuer.ask(f"{API}/sync").json()["entities"][0]["states"]["done"] == 1
    counts = [one["sql"] for one in statements if 'COUNT("integrations_syncjob"."id")' in one["sql"]]
    assert [one for one in counts if "IN ('running', 'unknown')" not in one] == []
    assert len(counts) == 1


def test_the_summary_takes_as_many_statements_whatever_is_in_it(issuer: Issuer, books: Books) -> None:
    counts = []
    for number in range(2):
        books.wish(books.charge(f"c-{number}"), JobState.DONE)
        with CaptureQueriesContext(connection) as statements:
            issuer.ask(f"{API}/sync")
        counts.append(len(statements))
        with books.open():
            Entity.objects.create(name=f"Larkfield {number}", currency="USD")
    assert counts[0] == counts[1] <= 17


@pytest.mark.django_db(transaction=True)
def test_what_arrives_while_the_summary_is_read_is_in_it_whole_or_not_at_all(issuer: Issuer, books: Books) -> None:
    arrived: list[str] = []

    def something_comes(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if "ledger_sourcetotal" in sql and not arrived:
            arrived.append("c-1")
            with ThreadPoolExecutor(1) as thread:
                thread.submit(closing(lambda: books.wish(books.charge("c-1"), JobState.RUNNING))).result()
        return result

    with connection.execute_wrapper(something_comes):
        [summary] = issuer.ask(f"{API}/sync").json()["entities"]
    assert arrived
    assert (summary["recorded"], set(summary["states"].values())) == (0, {0})
