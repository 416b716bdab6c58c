"""What another platform than Intuit's says, driven through the engine: one odd object stops nobody else, and money that
stands there otherwise than it was sent comes to a person's eyes."""

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone

from integrations import services
from integrations.conservation import prove
from integrations.mapping.reasons import ReasonCode
from integrations.models import Company, Decision, ExternalLink, JobState, Stance, SyncAttempt, SyncJob
from integrations.providers.registry import platform
from integrations.sync import engine, lane
from ledger.domain.documents import DocumentKind
from ledger.models import SourceDocument
from tests.integrations.conftest import Office
from tests.integrations.relay import Relay, standing_before
from tests.integrations.test_changes import outcomes, posted, reasons, recount, send_again
from tests.integrations.test_engine import let_time_pass, state_of, states
from tests.integrations.test_incoming import human
from tests.integrations.test_periods import close, october
from tests.integrations.test_undo import balance, undo


@pytest.fixture
def relay(books: Office, settings: Any) -> Iterator[Relay]:
    """The books of the sandbox, through somebody who speaks for it."""
    with standing_before(books.sandbox.url) as relay:
        settings.QUICKBOOKS = {**settings.QUICKBOOKS, "api_url": relay.url}
        platform.cache_clear()
        yield relay
        settings.QUICKBOOKS = {**settings.QUICKBOOKS, "api_url": books.sandbox.url}
        platform.cache_clear()


def changing(**values: Any) -> Callable[[str, Any], Any]:
    """Wherever an object of ours is shown."""

    def change(called: str, told: Any) -> Any:
        if isinstance(told, dict):
            told = {key: change(called, value) for key, value in told.items()}
            return told | values if "PrivateNote" in told else told
        return [change(called, one) for one in told] if isinstance(told, list) else told

    return change


def dearer(called: str, asked: Any) -> Any:
    """A cent more is booked for whatever is sent."""
    if isinstance(asked, dict):
        return {key: value + 0.01 if key == "Amount" else dearer(called, value) for key, value in asked.items()}
    return [dearer(called, one) for one in asked] if isinstance(asked, list) else asked


def link_of(document: SourceDocument) -> ExternalLink | None:
    with transaction.atomic():
        return ExternalLink.objects.filter(document=document).first()


# Other money.


@pytest.mark.parametrize("count", [1, 9])
def test_money_that_stands_there_otherwise_needs_a_person_and_is_not_posted_twice(
    books: Office, relay: Relay, count: int
) -> None:
    relay.asks = dearer
    documents = books.charge(*(f"c-{number}" for number in range(count)), amount="10.00")
    books.work()
    assert states() == {JobState.NEEDS_ATTENTION: count}
    for document in documents:
        [reason] = state_of(document.pk).reasons
        assert (reason.code, reason.subject) == (
            ReasonCode.OTHER_AMOUNT,
            "QuickBooks shows 10.01 where 10.00 was sent",
        )
        assert link_of(document) is not None, "it stands there"
    assert prove().differences == ()
    # Sent again it is changed to ours, and not made once more.
    relay.asks = lambda called, asked: asked
    for document in documents:
        send_again(document)
    books.work()
    assert states() == {JobState.DONE: count}
    assert [row["TotalAmt"] for row in books.sandbox.purchases()] == [10] * count


def test_it_needs_a_person_again_as_long_as_it_stands_there_otherwise(books: Office, relay: Relay) -> None:
    relay.asks = dearer
    [document] = books.charge("c-1", amount="10.00")
    for _ in range(3):
        books.work()
        assert reasons(document) == [ReasonCode.OTHER_AMOUNT]
        send_again(document)
    relay.asks = lambda called, asked: asked
    books.work()
    assert state_of(document.pk).state == JobState.DONE


def test_a_payment_that_stands_there_otherwise_needs_a_person_too(books: Office, relay: Relay) -> None:
    relay.asks = dearer
    document = books.record("c-1", "250.00", kind=DocumentKind.PAYMENT)
    books.work()
    assert state_of(document.pk).reasons[0].subject == "QuickBooks shows 250.01 where 250.00 was sent"
    relay.asks = lambda called, asked: asked
    send_again(document)
    books.work()
    [transfer] = books.sandbox.objects("Transfer")
    assert (transfer["Amount"], state_of(document.pk).state) == (250, JobState.DONE)


def test_other_money_that_is_found_after_a_lost_answer_needs_a_person(books: Office, relay: Relay) -> None:
    relay.asks = dearer
    books.sandbox.plan_fault(kind="drop_after_commit", entity="Purchase")
    document = books.record("c-1", "10.00")
    books.work()
    assert state_of(document.pk).state == JobState.UNKNOWN
    let_time_pass(seconds=0)
    books.work()
    assert reasons(document) == [ReasonCode.OTHER_AMOUNT]
    relay.asks = lambda called, asked: asked
    send_again(document)
    books.work()
    assert [row["TotalAmt"] for row in books.sandbox.purchases()] == [10]


def test_a_correction_whose_answer_is_lost_is_not_taken_for_done(books: Office, relay: Relay) -> None:
    """It bears the mark and the revision that stand there already."""
    relay.asks = dearer
    document = books.record("c-1", "10.00")
    books.work()
    relay.asks = lambda called, asked: asked
    books.sandbox.plan_fault(kind="drop_before", entity="Purchase")
    send_again(document)
    books.work()
    assert state_of(document.pk).state == JobState.UNKNOWN
    let_time_pass(minutes=5)
    books.work()
    assert state_of(document.pk).state == JobState.DONE
    assert [row["TotalAmt"] for row in books.sandbox.purchases()] == [10]


def test_other_money_that_somebody_worked_on_meanwhile_is_not_taken_for_mended(books: Office, relay: Relay) -> None:
    relay.asks = dearer
    document = books.record("c-1", "10.00")
    books.work()
    relay.asks = lambda called, asked: asked
    books.accountant().change("Purchase", PrivateNote=f"Looked at: {books.sandbox.purchases()[0]['PrivateNote']}")
    recount(books, 9)
    for asked_for in ([ReasonCode.CHANGED_THERE], []):
        send_again(document)
        books.work()
        assert reasons(document) == asked_for, "first with both sides shown, then by a person's word"
    assert [row["TotalAmt"] for row in books.sandbox.purchases()] == [10]


def test_who_mends_other_money_there_has_it_done_by_sending_again(books: Office, relay: Relay) -> None:
    relay.asks = dearer
    document = books.record("c-1", "10.00")
    books.work()
    relay.asks = lambda called, asked: asked
    recount(books, 10)
    send_again(document)
    books.work()
    [purchase], link = books.sandbox.purchases(), link_of(document)
    assert (purchase["TotalAmt"], state_of(document.pk).state) == (10, JobState.DONE)
    assert link
    assert link.external_version == purchase["SyncToken"]


def test_a_change_of_ours_does_not_take_the_platforms_money_for_somebodys(books: Office, relay: Relay) -> None:
    relay.asks = dearer
    document = books.record("c-1", "10.00")
    books.work()
    relay.asks = lambda called, asked: asked
    books.accountant().change("Purchase", PrivateNote="Looked at")
    books.record("c-1", "10.00", memo="Offsite")
    books.work()
    assert reasons(document) == [ReasonCode.CHANGED_THERE]
    send_again(document)
    books.work()
    assert [row["TotalAmt"] for row in books.sandbox.purchases()] == [10]


def test_what_was_taken_back_with_other_money_is_taken_back_once_more_by_sending_it_again(
    books: Office, relay: Relay
) -> None:
    before = balance(books)
    document = posted(books, "10.00")
    books.accountant().change("Purchase", PrivateNote="Looked at")
    relay.asks = dearer
    undo(document)
    books.work()
    assert reasons(document) == [ReasonCode.OTHER_AMOUNT]
    relay.asks = lambda called, asked: asked
    send_again(document)
    books.work()
    assert (reasons(document), balance(books)) == ([ReasonCode.UNDONE], before)
    send_again(document)
    books.work()
    assert ([row["TotalAmt"] for row in books.sandbox.purchases()], reasons(document)) == ([10], [])


def test_other_money_in_what_was_put_together_is_not_taken_for_what_was_agreed(books: Office, relay: Relay) -> None:
    document = posted(books, "10.00")
    books.accountant().change("Purchase", TxnDate="2026-11-03")
    relay.asks = dearer
    books.record("c-1", "12.00")
    books.work()
    assert reasons(document) == [ReasonCode.OTHER_AMOUNT]
    relay.asks = lambda called, asked: asked
    send_again(document)
    books.work()
    assert reasons(document) == [ReasonCode.CHANGED_THERE], "with both sides shown"
    send_again(document)
    books.work()
    assert [row["TotalAmt"] for row in books.sandbox.purchases()] == [12]


def test_a_correction_that_is_claimed_before_its_event_is_heard_is_written_once(books: Office, relay: Relay) -> None:
    relay.asks = dearer
    document = books.record("c-1", "10.00")
    books.work()
    send_again(document)
    with lane.held(books.connection.pk) as held:
        assert held is not None
        engine.drain(held)
    books.work()
    assert outcomes() == [("create", "posted"), ("update", "posted")]
    assert reasons(document) == [ReasonCode.OTHER_AMOUNT], "as long as it stands there otherwise"
    relay.asks = lambda called, asked: asked
    send_again(document)
    books.work()


# Odd objects.

ODD = [
    {"TxnDate": "19/11/2026"},
    {"SyncToken": "abc"},
    {"SyncToken": None},
    {"TotalAmt": "a lot"},
    {"Line": [{"Amount": "x", "DetailType": "y"}]},
    {"Line": [5]},
    {"Id": None},
]


@pytest.mark.parametrize("odd", ODD, ids=str)
def test_one_that_cannot_be_read_stops_only_its_own_change(books: Office, relay: Relay, odd: dict[str, Any]) -> None:
    document = posted(books)
    books.accountant().change("Purchase", TxnDate="2026-11-03")
    relay.tells = lambda called, told: changing(**odd)(called, told) if called.startswith("purchase/") else told
    books.record("c-1", "13.00")
    books.work()
    others = books.charge("c-2", "c-3")
    books.work()
    assert [state_of(one.pk).state for one in others] == [JobState.DONE, JobState.DONE]
    assert state_of(document.pk).state in (JobState.NEEDS_ATTENTION, JobState.DONE)
    relay.tells = lambda called, told: told
    send_again(document)
    books.work()
    assert states() == {JobState.DONE: 3}
    assert sorted(row["TotalAmt"] for row in books.sandbox.purchases()) == [12.3, 12.3, 13]


def test_a_merge_upon_lines_without_ids_keeps_theirs(books: Office, relay: Relay) -> None:
    document = posted(books)
    books.accountant().change("Purchase", TxnDate="2026-11-03")

    def without_ids(called: str, told: Any) -> Any:
        if called.startswith("purchase/"):
            for line in told["Purchase"]["Line"]:
                line.pop("Id")
        return told

    relay.tells = without_ids
    books.record("c-1", "13.00")
    books.work()
    [purchase] = books.sandbox.purchases()
    assert (purchase["TxnDate"], purchase["TotalAmt"]) == ("2026-11-03", 13)
    assert state_of(document.pk).state == JobState.DONE


def test_what_cannot_be_turned_round_stops_only_its_own_undoing(books: Office, relay: Relay) -> None:
    document = books.record("c-1", "250.00", kind=DocumentKind.PAYMENT)
    books.work()
    books.accountant().change("Transfer", TxnDate="2026-11-03")
    undo(document)
    relay.tells = without_the_account_it_came_from
    books.charge("c-2")
    books.work()
    assert states() == {JobState.NEEDS_ATTENTION: 1, JobState.DONE: 1}
    relay.tells = lambda called, told: told
    with transaction.atomic():
        SyncJob.objects.update(decision=Decision.NONE, decided_why="")
    send_again(document)
    books.work()
    assert states() == {JobState.DONE: 2}


def without_the_account_it_came_from(called: str, told: Any) -> Any:
    if called.startswith("transfer/"):
        told["Transfer"].pop("FromAccountRef")
    return told


def test_words_that_cannot_be_stored_are_stored_without_what_cannot(books: Office, relay: Relay) -> None:
    refusal = {"Fault": {"Error": [{"Message": "It is \x00so\ud83d", "code": "6000"}]}}
    relay.tells = lambda called, told: refusal if called == "purchase" else told
    document = books.record("c-1")
    books.work()
    [reason] = state_of(document.pk).reasons
    assert (reason.code, reason.subject) == (ReasonCode.REJECTED, "It is so?")
    relay.tells = lambda called, told: told
    send_again(document)
    books.work()
    assert states() == {JobState.DONE: 1}


def test_a_closing_date_that_cannot_be_read_stops_only_what_the_books_refuse_for_it(
    books: Office, relay: Relay
) -> None:

    def closed(called: str, told: Any) -> Any:
        if called.startswith("preferences"):
            told["Preferences"]["AccountingInfoPrefs"]["BookCloseDate"] = "end of June"
        return told

    relay.tells = closed
    books.sandbox.plan_fault(kind="fault", entity="Purchase", code="6210")
    document = books.record("c-1")
    books.work()
    assert reasons(document) == [ReasonCode.REJECTED]
    books.charge("c-2")
    send_again(document)
    books.work()
    assert states() == {JobState.DONE: 2}


@pytest.mark.parametrize("odd", [{"Id": {}}, {"Id": None}], ids=str)
def test_an_account_that_cannot_be_read_for_once_is_not_taken_for_gone(
    books: Office, relay: Relay, odd: dict[str, Any]
) -> None:
    def told(called: str, told: Any) -> Any:
        for row in told.get("QueryResponse", {}).get("Account", []):
            row |= odd if row.get("AcctNum") == "6020" else {}
        return told

    relay.tells = told
    services.read_references(books.connection.pk)
    document = books.record("c-1")
    books.work()
    assert state_of(document.pk).reasons == ()
    assert state_of(document.pk).state == JobState.DONE


# Changes that come in.


def ask_for_changes(office: Office) -> bool:
    """As when the hour is over."""
    with transaction.atomic():
        Company.objects.update(changes_due_at=timezone.now())
    return services.ask_for_changes(office.connection.company_id)


def edited(office: Office, *external_ids: str) -> list[SourceDocument]:
    """Posted, and then changed there by somebody."""
    documents = office.charge(*external_ids)
    office.work()
    for purchase in office.sandbox.purchases():
        human(office, "edit", "Purchase", purchase["Id"], changes={"PrivateNote": "Mine now"})
    return documents


def stance(document: SourceDocument) -> str | None:
    link = link_of(document)
    return link.stance if link else None


def test_what_we_wrote_and_cannot_read_any_more_hides_no_change_there(books: Office) -> None:
    odd, other = edited(books, "c-1", "c-2")
    with transaction.atomic():
        SyncAttempt.objects.filter(job__document=odd).update(body='{"Line": [5]}')
    assert ask_for_changes(books)
    assert (stance(odd), stance(other)) == (Stance.EDITED, Stance.EDITED)
    links = link_of(odd), link_of(other)
    assert [one.ours is None for one in links if one] == [True, False]


@pytest.mark.parametrize(
    ("changes", "marked"),
    [({"TotalAmt": "a lot"}, Stance.AS_POSTED), ({"Id": None}, Stance.AS_POSTED), ({}, Stance.EDITED)],
    ids=str,
)
def test_where_all_that_is_ours_is_looked_at_one_that_cannot_be_read_hides_no_other(
    books: Office, relay: Relay, changes: dict[str, Any], marked: Stance
) -> None:
    odd, other = edited(books, "c-1", "c-2")
    link = link_of(odd)
    assert link is not None

    def told(called: str, told: Any) -> Any:
        shown = [told.get("Purchase"), *(told.get("QueryResponse", {}).get("Purchase") or [])]
        for row in shown:
            if row and row["Id"] == link.external_id:
                row |= changes
        return told

    relay.tells = told
    long_ago = timezone.now() - timedelta(days=40)
    with transaction.atomic():
        Company.objects.update(changes_read_to=long_ago)
    assert ask_for_changes(books)
    assert (stance(odd), stance(other)) == (marked, Stance.EDITED)
    assert read_to() > long_ago + timedelta(days=30)


@pytest.mark.parametrize("time", [None, "yesterday"])
def test_changes_without_a_time_are_asked_for_again_from_where_they_were(
    books: Office, relay: Relay, time: str | None
) -> None:
    relay.tells = lambda called, told: told | {"time": time} if called == "cdc" else told
    before = read_to()
    for _ in range(2):
        assert ask_for_changes(books)
        assert read_to() == before
    relay.tells = lambda called, told: told
    assert ask_for_changes(books)
    assert read_to() > before


def read_to() -> datetime:
    with transaction.atomic():
        moment = Company.objects.get().changes_read_to
    assert moment is not None
    return moment


def test_a_look_up_in_vain_leaves_a_trace_of_what_went_wrong_and_no_words(
    books: Office, relay: Relay, caplog: pytest.LogCaptureFixture
) -> None:
    books.sandbox.plan_fault(kind="drop_after_commit", entity="Purchase")
    document = books.record("c-1")
    books.work()
    let_time_pass(seconds=0)
    relay.tells = lambda called, told: ["Somebody's secret"] if called == "query" else told
    books.work()
    [line] = [one.getMessage() for one in caplog.records if "cannot be asked" in one.getMessage()]
    assert "Temporary at" in line
    assert "TypeError at" in line
    assert "client.py:" in line
    assert "secret" not in caplog.text
    relay.tells = lambda called, told: told
    let_time_pass(seconds=0)
    books.work()
    assert state_of(document.pk).state == JobState.DONE


# Preferences that somebody has no right to see, or that show no currency.
UNTOLD = [
    {"Fault": {"Error": [{"Message": "No rights", "Detail": "Ask the admin", "code": "5020"}], "type": "Validation"}},
    {"Preferences": {"CurrencyPrefs": {}, "AccountingInfoPrefs": {}}},
]


def not_described(untold: dict[str, Any]) -> Callable[[str, Any], Any]:
    return lambda called, told: untold if called.startswith("preferences") else told


@pytest.mark.parametrize("untold", UNTOLD, ids=["refused", "unreadable"])
def test_a_company_that_does_not_describe_itself_is_taken_as_it_was_known(
    books: Office, relay: Relay, untold: dict[str, Any]
) -> None:
    close(books, "2026-10-31")
    services.read_references(books.connection.pk)
    held = october(books)
    books.work()
    relay.tells = not_described(untold)
    send_again(held)
    other = books.record("c-2")
    books.work()
    assert (reasons(held), state_of(other.pk).state) == ([ReasonCode.PERIOD_CLOSED], JobState.DONE)
    assert doubted() is False, "and it is not asked at every drain"
    relay.tells = lambda called, told: told
    close(books, None)
    send_again(held)
    books.work()
    assert states() == {JobState.DONE: 2}


@pytest.mark.parametrize("untold", UNTOLD, ids=["refused", "unreadable"])
def test_what_closed_books_refuse_goes_to_a_person_where_the_company_does_not_say_how_far_they_are_closed(
    books: Office, relay: Relay, untold: dict[str, Any]
) -> None:
    close(books, "2026-10-31")
    relay.tells = not_described(untold)
    refused = october(books)
    books.work()
    assert reasons(refused) == [ReasonCode.REJECTED]
    assert relay.heard.count("POST purchase") == 1
    other = books.record("c-2")
    books.work()
    assert state_of(other.pk).state == JobState.DONE
    relay.tells = lambda called, told: told
    send_again(refused)
    books.work()
    assert reasons(refused) == [ReasonCode.PERIOD_CLOSED]


@pytest.mark.parametrize("untold", UNTOLD, ids=["refused", "unreadable"])
def test_settings_that_are_not_shown_keep_no_other_change_waiting(
    books: Office, relay: Relay, untold: dict[str, Any]
) -> None:
    close(books, "2026-10-31")
    [document] = edited(books, "c-1")
    relay.tells = not_described(untold)
    before = read_to()
    assert ask_for_changes(books)
    assert stance(document) == Stance.EDITED
    assert read_to() > before
    relay.tells = lambda called, told: told
    close(books, None)
    assert ask_for_changes(books)
    with transaction.atomic():
        assert Company.objects.get().settings_changed_at is not None


def doubted() -> bool:
    with transaction.atomic():
        return Company.objects.get().doubted


def test_numbers_as_texts_and_texts_as_numbers_need_no_look(books: Office, relay: Relay) -> None:
    def written(called: str, told: Any) -> Any:
        if isinstance(told, dict):
            return {
                key: int(value)
                if key in ("Id", "SyncToken", "bId")
                else str(value)
                if "Am" in key
                else written("", value)
                for key, value in told.items()
            }
        return [written("", one) for one in told] if isinstance(told, list) else told

    relay.tells = written
    books.charge(*(f"c-{number}" for number in range(12)), amount="10.00")
    books.work()
    assert states() == {JobState.DONE: 12}
    assert {called.partition(" ")[0] for called in relay.heard} == {"POST"}
    assert "POST query" not in relay.heard
    books.record("c-1", "11.00")
    books.work()
    assert states() == {JobState.DONE: 12}


def test_items_that_come_back_in_another_order_are_each_their_own(books: Office, relay: Relay) -> None:
    def turned(called: str, told: Any) -> Any:
        if called == "batch" and "BatchItemResponse" in told:
            told["BatchItemResponse"].reverse()
        return told

    relay.tells = turned
    books.charge(*(f"c-{number}" for number in range(12)))
    books.work()
    assert states() == {JobState.DONE: 12}
