"""Closed periods: read ahead, held, moved in the open or asked for; and never a silent redate."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import transaction

from integrations import services, tasks
from integrations.mapping.periods import ClosedPolicy, PeriodChoice
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import Act, Company, Intervention, JobState, SyncAttempt, SyncJob
from integrations.selectors import companies_worth_a_look
from integrations.services import Choices
from integrations.sync import lane, queue
from ledger.models import SourceDocument, Stage
from ledger.tenancy.context import cleared
from tests.integrations.conftest import Office
from tests.integrations.test_engine import state_of

OCTOBER = datetime(2026, 10, 28, 17, 0, tzinfo=UTC)
CLOSED = Reason(ReasonCode.PERIOD_CLOSED, "31 Oct 2026")
MOVED = "Dated 28 Oct 2026, posted 1 Nov 2026: books closed to 31 Oct 2026."


def close(office: Office, until: str | None) -> None:
    """A person closes the books, or opens them, and we are not told."""
    office.sandbox.control("POST", f"companies/{office.sandbox.US}/human", act="close-books", date=until)


def decide_on(office: Office, policy: ClosedPolicy) -> None:
    with transaction.atomic():
        version = queue.current_version(office.tenant.entity.pk)
    services.save_mapping(
        entity=office.tenant.entity,
        choices=Choices(closed_periods=policy),
        seen_version=version,
        reason="As agreed with Theo",
        person=office.tenant.admin,
    )


def known_to_be_closed_to(office: Office) -> date | None:
    with transaction.atomic():
        return Company.objects.get(pk=office.connection.company_id).closed_to


def october(office: Office, external_id: str = "c-1", **values: Any) -> SourceDocument:
    return office.record(external_id, cleared_at=OCTOBER, authorised_at=OCTOBER, **values)


def calls(office: Office) -> int:
    with transaction.atomic():
        return SyncAttempt.objects.count()


def test_what_is_dated_in_a_closed_period_is_held_before_anything_is_sent(books: Office) -> None:
    close(books, "2026-10-31")
    services.read_references(books.connection.pk)
    document = october(books)
    books.work()
    assert (state_of(document.pk).state, state_of(document.pk).reasons) == (JobState.HELD, (CLOSED,))
    assert calls(books) == 0


def test_books_closed_behind_our_back_are_read_anew_after_the_first_refusal(books: Office) -> None:
    close(books, "2026-10-31")
    documents = [october(books, "c-1"), october(books, "c-2")]
    books.work()
    books.work()
    assert [state_of(one.pk).reasons for one in documents] == [(CLOSED,), (CLOSED,)]
    assert known_to_be_closed_to(books) == date(2026, 10, 31)


def test_by_the_policy_a_refused_charge_goes_to_the_first_open_day_and_says_so(books: Office) -> None:
    decide_on(books, ClosedPolicy.FIRST_OPEN_DAY)
    close(books, "2026-10-31")
    document = october(books)
    books.work()
    state = state_of(document.pk)
    assert (state.state, state.reasons) == (JobState.DONE, ())
    [purchase] = books.sandbox.purchases()
    assert purchase["TxnDate"] == "2026-11-01"
    assert MOVED in purchase["PrivateNote"]
    assert (state.coding["dated"], state.coding["own_day"]) == ("2026-11-01", "2026-10-28")
    assert state.coding["why"]["dated"] == MOVED


def test_reopened_books_wake_what_was_held(books: Office) -> None:
    close(books, "2026-10-31")
    document = october(books)
    books.work()
    close(books, None)
    services.read_references(books.connection.pk)
    books.work()
    assert state_of(document.pk).state == JobState.DONE
    assert books.sandbox.purchases()[0]["TxnDate"] == "2026-10-28"


@pytest.mark.parametrize("batched", [False, True])
def test_a_refusal_that_the_closing_date_does_not_explain_goes_to_a_person(books: Office, *, batched: bool) -> None:
    books.sandbox.plan_fault(kind="fault", entity="Purchase", code="6210", detail="Closed, for reasons of its own")
    documents = [october(books, f"c-{number}") for number in range(12 if batched else 1)]
    books.work()
    refused = [state for state in (state_of(one.pk) for one in documents) if state.state == JobState.NEEDS_ATTENTION]
    assert [reason.code for state in refused for reason in state.reasons] == [ReasonCode.REJECTED]
    assert "Closed, for reasons of its own" in refused[0].reasons[0].subject
    assert len(books.sandbox.purchases()) == len(documents) - 1


def test_where_each_is_asked_for_a_person_chooses_and_the_trail_keeps_it(books: Office) -> None:
    decide_on(books, ClosedPolicy.ASK)
    close(books, "2026-10-31")
    documents = [october(books, "c-1"), october(books, "c-2"), october(books, "c-3")]
    books.work()
    assert {state_of(one.pk).state for one in documents} == {JobState.NEEDS_ATTENTION}
    moved, kept = SyncJob.objects.filter(document=documents[0]), SyncJob.objects.filter(document=documents[1])
    person = books.tenant.admin
    with transaction.atomic():
        assert services.choose_period(moved, choice=PeriodChoice.FIRST_OPEN_DAY, person=person) == 1
        assert services.choose_period(kept, choice=PeriodChoice.KEEP, person=person) == 1
    books.work()
    assert [state_of(one.pk).state for one in documents] == [JobState.DONE, JobState.HELD, JobState.NEEDS_ATTENTION]
    assert state_of(documents[1].pk).reasons == (Reason(ReasonCode.PERIOD_KEPT, "31 Oct 2026"),)
    with transaction.atomic():
        acts = list(Intervention.objects.order_by("id").values_list("act", "actor"))
        assert services.choose_period(moved, choice=PeriodChoice.KEEP, person=person) == 0, "it stands in the books"
    assert acts == [(Act.MOVED, str(person)), (Act.KEPT, str(person))]
    with transaction.atomic():
        assert services.choose_period(kept, choice=PeriodChoice.FIRST_OPEN_DAY, person=person) == 1, "on second thought"
    books.work()
    assert [purchase["TxnDate"] for purchase in books.sandbox.purchases()] == ["2026-11-01"] * 2


def test_another_policy_decides_what_was_held(books: Office) -> None:
    close(books, "2026-10-31")
    document = october(books)
    books.work()
    assert state_of(document.pk).reasons == (CLOSED,)
    decide_on(books, ClosedPolicy.FIRST_OPEN_DAY)
    books.work()
    assert state_of(document.pk).coding["why"]["dated"] == MOVED


def test_what_stands_in_a_closed_period_is_left_as_it_is_until_the_books_are_reopened(books: Office) -> None:
    changed, removed = october(books, "c-1"), october(books, "c-2")
    books.work()
    close(books, "2026-10-31")
    october(books, "c-1", amount="99.00")
    october(books, "c-2", stage=Stage.REVERSED)
    books.work()
    shut = (Reason(ReasonCode.POSTED_IN_CLOSED, "31 Oct 2026"),)
    assert [state_of(one.pk).reasons for one in (changed, removed)] == [shut, shut]
    assert [purchase["TotalAmt"] for purchase in books.sandbox.purchases()] == [12.3, 12.3]
    close(books, None)
    services.read_references(books.connection.pk)
    books.work()
    assert [state_of(one.pk).state for one in (changed, removed)] == [JobState.DONE, JobState.EXCLUDED]
    assert [purchase["TotalAmt"] for purchase in books.sandbox.purchases()] == [99]


def test_what_was_moved_stays_where_it_is_when_it_changes_after_the_books_were_reopened(books: Office) -> None:
    decide_on(books, ClosedPolicy.FIRST_OPEN_DAY)
    close(books, "2026-10-31")
    october(books)
    books.work()
    close(books, None)
    services.read_references(books.connection.pk)
    october(books, amount="99.00")
    books.work()
    [purchase] = books.sandbox.purchases()
    assert (purchase["TotalAmt"], purchase["TxnDate"], MOVED in purchase["PrivateNote"]) == (99, "2026-11-01", True)
    with transaction.atomic():
        assert list(SyncAttempt.objects.exclude(remark="").values_list("remark", flat=True)) == [MOVED, MOVED]


def test_books_reopened_unseen_are_found_out_by_looking_again(books: Office) -> None:
    close(books, "2026-10-31")
    document = october(books)
    books.work()
    with transaction.atomic():
        [tie] = companies_worth_a_look()
    assert services.look_again(tie) == 0
    close(books, None)
    with cleared():
        tasks.look_at_companies(books.tenant.id)
    books.work()
    assert state_of(document.pk).state == JobState.DONE
    with transaction.atomic():
        assert companies_worth_a_look() == [], "and nobody is asked for nothing"


def test_books_reopened_while_charges_are_planned_are_not_missed(books: Office) -> None:
    close(books, "2026-10-31")
    services.read_references(books.connection.pk)
    document = october(books)
    queue.absorb_events()
    with lane.held(books.connection.pk) as held:
        assert held is not None
        jobs = queue.claim(held, 10)
        planned_by = queue.Configuration(books.tenant.entity.pk, 2, date(2026, 10, 31))
        close(books, None)
        services.read_references(books.connection.pk)
        queue.settle_unsent(held, planned_by, [queue.Unsent(jobs[0].pk, 1, (CLOSED,))])
    books.work()
    assert state_of(document.pk).state == JobState.DONE
