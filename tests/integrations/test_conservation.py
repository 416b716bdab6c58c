"""Nothing is dropped in silence: at every moment what came from Flex stands somewhere, to the cent."""

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from itertools import count
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations import conservation, services
from integrations.conservation import Line
from integrations.conservation.proof import Kind
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import (
    ConnectionState,
    ConservationProof,
    Decision,
    JobState,
    StateTotal,
    SyncJob,
    Term,
)
from integrations.models.totals import TERM_OF
from integrations.selectors import tenants_with_totals
from integrations.sync import lane, queue
from integrations.sync.queue import Configuration, Unsent
from integrations.tasks import fold_totals, prove_conservation
from ledger.domain.money import parse_amount
from ledger.domain.months import Month
from ledger.domain.transactions import IncomingTransaction
from ledger.models import DocumentKind, LedgerEvent, SourceDocument, SourceTotal, Stage
from ledger.services.intake import record_transactions
from ledger.services.totals import fold
from ledger.tenancy.context import acting_for, cleared
from tests.cast import Cast, somebody
from tests.conftest import connect_as
from tests.integrations.conftest import NOON, Office
from tests.web.books import Books

NOVEMBER = Month(2026, 11)
REFUSED = Reason(ReasonCode.REJECTED, "Account Period Closed")


def line(month: Month = NOVEMBER, currency: str = "USD") -> Line:
    with transaction.atomic():
        return conservation.by_currency(conservation.of_month(month)).get(currency, Line(currency))


def shown(month: Month = NOVEMBER) -> dict[str, tuple[int, Decimal]]:
    """The equation of one month in dollars: items and money by term; it must balance."""
    found = line(month)
    assert found.balanced, f"{found.source} came from Flex, {found.terms} stands somewhere"
    parts = {"source": found.source, **found.terms}
    return {name: (part.count, found.money(part).amount) for name, part in parts.items() if part}


def told_again(external_id: str, amount: str, **values: Any) -> None:
    """The issuer says something else of a charge that is on record."""
    one = IncomingTransaction(
        external_id=external_id,
        card="card-4471",
        money=parse_amount(amount, "USD"),
        merchant_name="Figma Inc",
        category="Software",
        **{"cleared_at": NOON, **values},
    )
    record_transactions(incoming=[one], actor="the test")


# --- where money is counted --------------------------------------------------------------------------------------


@pytest.fixture
def books(transactional_db: None, cast: Cast) -> Iterator[Books]:
    """Rows alone; here and not with `office`, since some tests break what `office` proves at its end."""
    with acting_for(cast.larkfield.id):
        yield Books(cast.larkfield)


@pytest.mark.parametrize("state", JobState)
def test_the_database_counts_each_state_under_the_term_that_the_pages_show(books: Books, state: JobState) -> None:
    reasons = [REFUSED] if state in (JobState.HELD, JobState.NEEDS_ATTENTION, JobState.EXCLUDED) else []
    books.wish(books.charge("c-1", amount="12.30"), state, *reasons)
    assert shown(Month(2026, 3)) == {"source": (1, Decimal("12.30")), TERM_OF[state]: (1, Decimal("12.30"))}


def test_what_is_pending_is_no_money_yet(ready: Office) -> None:
    told_again("c-1", "12.30", cleared_at=None, authorised_at=NOON, stage=Stage.PENDING)
    ready.work()
    assert shown() == {}
    told_again("c-1", "12.50", stage=Stage.CLEARED)
    assert shown() == {"source": (1, Decimal("12.50")), "way": (1, Decimal("12.50"))}
    ready.work()
    assert shown() == {"source": (1, Decimal("12.50")), "books": (1, Decimal("12.50"))}


def test_a_reversed_charge_is_on_its_way_until_it_is_out_of_the_books_and_then_excluded(ready: Office) -> None:
    ready.charge("c-1")
    ready.work()
    told_again("c-1", "12.30", stage=Stage.REVERSED)
    assert shown() == {"source": (1, Decimal("12.30")), "way": (1, Decimal("12.30"))}
    ready.work()
    assert shown() == {"source": (1, Decimal("12.30")), "excluded": (1, Decimal("12.30"))}


def test_a_new_amount_is_not_in_the_books_before_it_is_there(ready: Office) -> None:
    """The books hold the old amount; to count the new one as in the books would be a lie of two cents."""
    ready.charge("c-1", "c-2")
    ready.work()
    told_again("c-1", "12.32")
    in_between = {
        "source": (2, Decimal("24.62")),
        "books": (1, Decimal("12.30")),
        "way": (1, Decimal("12.32")),
    }
    assert shown() == in_between
    queue.absorb_events()
    assert shown() == in_between
    ready.work()
    assert shown() == {"source": (2, Decimal("24.62")), "books": (2, Decimal("24.62"))}


def test_a_change_of_the_day_moves_the_money_to_the_other_month_on_both_sides(ready: Office) -> None:
    ready.charge("c-1")
    ready.work()
    told_again("c-1", "12.30", cleared_at=datetime(2026, 10, 31, 12, tzinfo=UTC))
    assert (shown(), shown(Month(2026, 10))["way"]) == ({}, (1, Decimal("12.30")))
    ready.work()
    assert shown(Month(2026, 10))["books"] == (1, Decimal("12.30"))


def test_refunds_count_as_items_and_lessen_the_money(ready: Office) -> None:
    ready.charge("c-1", amount="100.00")
    told_again("r-1", "-30.00", kind=DocumentKind.REFUND)
    ready.work()
    assert shown() == {"source": (2, Decimal("70.00")), "books": (2, Decimal("70.00"))}


def test_without_books_nothing_is_begun_and_with_them_everything_is_on_its_way(office: Office) -> None:
    office.charge("c-1")
    assert shown()["none"] == (1, Decimal("12.30"))
    queue.absorb_events()
    assert shown()["none"] == (1, Decimal("12.30"))
    office.connect()
    assert shown() == {"source": (1, Decimal("12.30")), "way": (1, Decimal("12.30"))}


def test_what_moves_behind_a_door_that_is_shut_needs_a_person(ready: Office) -> None:
    ready.charge("c-1")
    ready.work()
    ready.sandbox.control("POST", "tokens/revoke")
    ready.charge("c-2")
    ready.work()
    assert shown() == {
        "source": (2, Decimal("24.60")),
        "books": (1, Decimal("12.30")),
        "person": (1, Decimal("12.30")),
    }


def test_what_a_person_holds_or_leaves_out_is_counted_so(ready: Office) -> None:
    ready.charge("c-1", "c-2", "c-3")
    queue.absorb_events()
    with transaction.atomic():
        first, second, _ = SyncJob.objects.order_by("id")
        admin = ready.tenant.admin
        services.decide(SyncJob.objects.filter(pk=first.pk), decision=Decision.HOLD, why="Later", person=admin)
        services.decide(SyncJob.objects.filter(pk=second.pk), decision=Decision.EXCLUDE, why="Mine", person=admin)
    ready.work()
    amount = (1, Decimal("12.30"))
    assert shown() == {"source": (3, Decimal("36.90")), "held": amount, "excluded": amount, "books": amount}


def test_the_neighbours_money_is_not_counted(books: Books, cast: Cast) -> None:
    books.charge("c-1")
    with cleared(), acting_for(cast.brightwell.id):
        assert shown(Month(2026, 3)) == {}
        assert conservation.prove().documents == 0


# --- what it costs ---------------------------------------------------------------------------------------------------


def test_a_list_writes_one_row_for_a_day_and_a_claim_writes_none(ready: Office) -> None:
    ready.charge(*(f"c-{number}" for number in range(300)))
    queue.absorb_events()
    with lane.held(ready.connection.pk) as held:
        assert held is not None
        with transaction.atomic():
            before = (SourceTotal.objects.count(), StateTotal.objects.count())
        queue.give_back(held, queue.claim(held, 200))
        with transaction.atomic():
            assert (SourceTotal.objects.count(), StateTotal.objects.count()) == before == (1, 1)


def test_reading_takes_one_statement_and_proving_four_whatever_there_is(books: Books) -> None:
    for number in (1, 100):
        books.wish(books.charge(*(f"{number}-{index}" for index in range(number))), JobState.DONE)
        with transaction.atomic(), CaptureQueriesContext(connection) as reading:
            conservation.of_days(Month(2026, 3))
        with transaction.atomic(), CaptureQueriesContext(connection) as proving:
            conservation.prove()
        assert (len(reading), len([query for query in proving if "SAVEPOINT" not in query["sql"]])) == (1, 4)


def test_folding_makes_one_row_of_many_and_changes_no_sum(books: Books) -> None:
    for number in range(60):
        books.wish(books.charge(f"c-{number}"), JobState.DONE)
    before = shown(Month(2026, 3))
    with cleared():
        assert tenants_with_totals(60) == {books.tenant.id}
        fold_totals(books.tenant.id)
        assert tenants_with_totals(1) == set()
    assert shown(Month(2026, 3)) == before
    with transaction.atomic():
        assert (SourceTotal.objects.count(), StateTotal.objects.count()) == (1, 1)
    books.wish(books.charge("one more"), JobState.DONE)
    assert fold(SourceTotal) == 2, "the folded row goes into the next one"
    assert shown(Month(2026, 3))["books"] == (61, Decimal("610.00"))


def test_a_fold_takes_no_more_at_once_than_it_may(books: Books) -> None:
    for number in range(12):
        books.charge(f"c-{number}")
    assert [fold(SourceTotal, limit=5) for _ in range(4)] == [5, 6, 3, 0]
    assert shown(Month(2026, 3))["way"][0] == 12


# --- at once ---------------------------------------------------------------------------------------------------------

ROUNDS = 12


def test_intake_engine_folding_and_reading_at_once_lose_nothing_and_wait_for_nobody_forever(ready: Office) -> None:
    """New charges and changed amounts come in while they are absorbed, claimed, settled and folded; and at each of
    these moments both sides are equal."""
    tenant, tie = ready.tenant, ready.connection.pk
    with transaction.atomic():
        version = queue.current_version(tenant.entity.pk)
    done = threading.Event()

    def at_work(job: Callable[[int], None]) -> None:
        try:
            with acting_for(tenant.id):
                for turn in count():
                    if done.is_set():
                        return
                    job(turn)
        finally:
            done.set()
            connection.close()

    def carry(turn: int) -> None:
        queue.absorb_events()
        with lane.held(tie) as held:
            if held is None:
                return
            jobs = queue.claim(held, 40)
            configuration = Configuration(tenant.entity.pk, version)
            unsent = [
                Unsent(job.pk, job.wanted_revision, () if place % 3 else (REFUSED,)) for place, job in enumerate(jobs)
            ]
            queue.settle_unsent(held, configuration, unsent)

    def send_again(turn: int) -> None:
        with transaction.atomic():
            services.send_again(SyncJob.objects.filter(state=JobState.NEEDS_ATTENTION), somebody())

    def look(turn: int) -> None:
        with transaction.atomic():
            found = conservation.by_currency(conservation.of_month(NOVEMBER)).get("USD", Line("USD"))
        assert found.balanced, found

    def fold_both(turn: int) -> None:
        fold(SourceTotal)
        fold(StateTotal)

    def take_in(who: int) -> Callable[[int], None]:
        def record(turn: int) -> None:
            if turn == ROUNDS:
                done.set()
                return
            # Both tell the same charges in opposite orders, with other amounts each time.
            ids = [f"c-{turn}-{number}" for number in range(20)] + [f"c-{turn - 1}-{number}" for number in range(20)]
            ready.charge(*(ids if who else reversed(ids)), amount=f"{turn + 1}.{who}{turn % 10}")

        return record

    jobs = [take_in(0), take_in(1), carry, carry, send_again, look, fold_both, fold_both]
    with ThreadPoolExecutor(len(jobs)) as threads:
        for running in [threads.submit(at_work, job) for job in jobs]:
            running.result()
    assert line().source.count >= 20 * ROUNDS
    ready.work()
    assert conservation.prove().differences == ()


def test_of_two_that_tell_a_job_of_two_revisions_the_later_money_stays(ready: Office) -> None:
    """Whoever absorbs the earlier event may be the slower one, and then writes last."""
    [document] = ready.charge("c-1")
    queue.absorb_events()
    with transaction.atomic():
        slow = SourceDocument.objects.get(pk=document.pk)
    told_again("c-1", "99.00")
    queue.absorb_events()
    with transaction.atomic():
        queue.wish(ready.connection, [slow])
    assert shown() == {"source": (1, Decimal("99.00")), "way": (1, Decimal("99.00"))}


# --- what is found ---------------------------------------------------------------------------------------------------


@contextmanager
def as_owner(books: Books, *untriggered: str) -> Iterator[Any]:
    """The one who could do it: with the triggers of these tables switched off meanwhile."""
    with cleared():
        connect_as("owner")
        with transaction.atomic(), connection.cursor() as cursor:
            for table in untriggered:
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute("SELECT set_config('app.tenant', %s, true)", [str(books.tenant.id)])
            yield cursor
            for table in untriggered:
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
        connect_as("app")


@pytest.mark.parametrize(
    ("statement", "table", "kinds"),
    [
        ("UPDATE ledger_sourcetotal SET minor = minor + 1", "", {Kind.SOURCE, Kind.EQUATION}),
        ("UPDATE integrations_statetotal SET minor = minor - 1", "", {Kind.STATE, Kind.EQUATION}),
        ("DELETE FROM integrations_statetotal", "", {Kind.STATE, Kind.EQUATION}),
        ("UPDATE integrations_statetotal SET term = 'excluded'", "", {Kind.STATE}),
        ("UPDATE ledger_sourcedocument SET amount_minor = 1", "ledger_sourcedocument", {Kind.SOURCE, Kind.TOLD}),
        ("UPDATE integrations_syncjob SET state = 'waiting'", "integrations_syncjob", {Kind.STATE}),
        ("UPDATE integrations_syncjob SET told_minor = 1", "integrations_syncjob", {Kind.STATE, Kind.TOLD}),
        ("DELETE FROM integrations_syncjob", "integrations_syncjob", {Kind.STATE, Kind.TOLD}),
        # With every trigger in place: a document that nobody told the engine about, and a wish that went missing.
        ("UPDATE ledger_sourcedocument SET amount_minor = 1", "", {Kind.TOLD, Kind.EQUATION}),
        ("DELETE FROM integrations_syncjob", "", {Kind.TOLD, Kind.EQUATION}),
    ],
)
def test_whoever_tampers_with_a_row_is_found(books: Books, statement: str, table: str, kinds: set[Kind]) -> None:
    books.wish(books.charge("c-1", "c-2"), JobState.DONE)
    assert conservation.prove().differences == ()
    with as_owner(books, *filter(None, [table])) as cursor:
        cursor.execute(statement)
        assert cursor.rowcount > 0
    assert {difference.kind for difference in conservation.prove().differences} == kinds
    assert line(Month(2026, 3)).balanced is (Kind.EQUATION not in kinds)


def test_two_errors_that_cancel_each_other_out_are_found_all_the_same(books: Books) -> None:
    one, other = books.charge("c-1", "c-2")
    books.wish([one, other], JobState.DONE)
    with transaction.atomic():
        for document, minor in ((one, 999), (other, 1001)):
            SourceDocument.objects.filter(pk=document.pk).update(amount_minor=minor)
    assert line(Month(2026, 3)).balanced
    [difference] = conservation.prove().differences
    assert (difference.kind, difference.counted.count) == (Kind.TOLD, 2)


def test_nobody_writes_at_a_job_what_it_was_told_but_the_document(books: Books) -> None:
    books.wish(books.charge("c-1", amount="12.30"), JobState.DONE)
    with transaction.atomic():
        SyncJob.objects.update(told_minor=1, told_currency="EUR")
        assert list(SyncJob.objects.values_list("told_minor", "told_currency")) == [(1230, "USD")]


def test_an_event_that_was_handled_without_a_wish_is_found(books: Books) -> None:
    books.charge("c-1")
    assert line(Month(2026, 3)).balanced
    with transaction.atomic():
        LedgerEvent.objects.update(handled_at=timezone.now())
    assert line(Month(2026, 3)).difference.count == 1
    assert {difference.kind for difference in conservation.prove().differences} == {Kind.TOLD, Kind.EQUATION}


# --- who is told -----------------------------------------------------------------------------------------------------


def test_the_night_remembers_its_proof_and_cries_where_it_fails(books: Books, caplog: pytest.LogCaptureFixture) -> None:
    books.wish(books.charge("c-1"), JobState.DONE)
    with cleared():
        prove_conservation(books.tenant.id)
    assert not caplog.records
    with transaction.atomic():
        SourceDocument.objects.update(amount_minor=1)
    with cleared():
        prove_conservation(books.tenant.id)
    assert "Conservation does not hold" in caplog.text
    with transaction.atomic():
        proofs = ConservationProof.objects.order_by("id")
        assert [bool(proof.differences) for proof in proofs] == [False, True]


def test_the_command_prints_both_sides_and_fails_where_they_differ(books: Books) -> None:
    books.wish(books.charge("c-1", amount="1234.50"), JobState.DONE)
    said = StringIO()
    with cleared():
        call_command("prove_conservation", "larkfield", stdout=said)
    assert "2026-03  Larkfield Inc." in said.getvalue()
    assert said.getvalue().count("1,234.50") == 2
    assert "Ties out to the cent: 1 documents" in said.getvalue()
    with transaction.atomic():
        SourceDocument.objects.update(amount_minor=1)
    with cleared(), pytest.raises(SystemExit) as ended:
        call_command("prove_conservation", stdout=said)
    assert ended.value.code == 1
    assert "Does not tie out" in said.getvalue()


def test_rows_that_were_there_before_the_totals_are_added_up_by_the_migration(books: Books, cast: Cast) -> None:
    books.wish(books.charge("c-1", "c-2"), JobState.DONE)
    books.wish(books.charge("c-3"), JobState.NEEDS_ATTENTION, REFUSED)
    with transaction.atomic():
        tie = books.connection
        tie.state = ConnectionState.ACCESS_LOST
        tie.save()
    before = shown(Month(2026, 3))
    with cleared():
        neighbour = Books(cast.brightwell)
        neighbour.charge("theirs")
        connect_as("owner")
        call_command("migrate", "integrations", "0004", verbosity=0)
        call_command("migrate", "ledger", "0010", verbosity=0)
        call_command("migrate", verbosity=0)
        connect_as("app")
    assert (
        shown(Month(2026, 3))
        == before
        == {
            "source": (3, Decimal("30.00")),
            "books": (2, Decimal("20.00")),
            Term.PERSON: (1, Decimal("10.00")),
        }
    )
    assert conservation.prove().differences == ()
    with cleared(), acting_for(cast.brightwell.id):
        assert conservation.prove().differences == ()
