"""What people do about documents: it is kept with who and why; and what they can do about what stands in the books."""

from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import connection as database
from django.db import transaction
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations import services
from integrations.mapping.reasons import ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.models import Decision, ExternalLink, Intervention, JobState, SyncJob
from integrations.providers.documents import Standing
from integrations.services import MappingKey
from integrations.sync import queue
from ledger.domain.documents import Stage
from ledger.models import LedgerEvent, SourceDocument
from tests.cast import somebody
from tests.integrations.conftest import Office
from tests.integrations.test_changes import posted, reasons, send_again
from tests.integrations.test_engine import state_of, states
from tests.integrations.test_kinds import accounts


def decide(decision: Decision, why: str = "") -> None:
    with transaction.atomic():
        services.decide(SyncJob.objects.all(), decision=decision, why=why, person=somebody())


def code_again() -> int:
    with transaction.atomic():
        return services.code_again(SyncJob.objects.all(), somebody())


def look(document: SourceDocument) -> Standing | None:
    with transaction.atomic():
        person = somebody()
    return services.look_there(document, person)


def kept() -> list[tuple[str, str, str]]:
    with transaction.atomic():
        return list(Intervention.objects.order_by("id").values_list("act", "actor", "why"))


def long_ago() -> None:
    with transaction.atomic():
        ExternalLink.objects.update(posted_at=timezone.now() - timedelta(hours=1))


def test_each_decision_is_kept_with_who_and_why(books: Office) -> None:
    books.record("c-1")
    queue.absorb_events()
    decide(Decision.HOLD, "a receipt is missing")
    books.work()
    decide(Decision.EXCLUDE, "paid twice")
    decide(Decision.NONE)
    decide(Decision.NONE)
    assert kept() == [
        ("held", "Priya Raman", "a receipt is missing"),
        ("excluded", "Priya Raman", "paid twice"),
        ("released", "Priya Raman", ""),
    ]


def test_who_sent_it_again_is_kept(office: Office) -> None:
    office.connect()
    document = office.record("c-1")
    office.work()
    assert state_of(document.pk).state == JobState.HELD
    send_again(document)
    assert kept() == [("sent_again", "Priya Raman", "")]


def test_what_stands_there_is_coded_again_by_the_mapping_of_today(books: Office) -> None:
    document = posted(books)
    with transaction.atomic():
        software = books.categories()["Software"]
    books.choose({MappingKey(MappingSlot.CATEGORY, software.pk): books.reference("6410")})
    books.work()
    assert accounts(books.sandbox.purchases()[0]) == [("Software", 12.3)], "a new mapping alone leaves it as it is"
    assert code_again() == 1
    books.work()
    [purchase] = books.sandbox.purchases()
    assert (accounts(purchase), purchase["SyncToken"]) == ([("Marketing", 12.3)], "1")
    assert state_of(document.pk).state == JobState.DONE
    with transaction.atomic():
        event = LedgerEvent.objects.latest("id")
    assert (event.actor, event.detail) == ("Priya Raman", "to be coded anew")


def test_coding_again_to_the_same_end_sends_nothing(books: Office) -> None:
    posted(books)
    assert code_again() == 1
    books.work()
    assert ([row["SyncToken"] for row in books.sandbox.purchases()], states()) == (["0"], {JobState.DONE: 1})


def test_nothing_is_coded_again_that_does_not_stand_there(office: Office) -> None:
    office.connect()
    office.record("c-1")
    office.record("c-2", stage=Stage.REVERSED)
    office.work()
    assert code_again() == 0


def test_the_statements_do_not_grow_with_the_documents(books: Office) -> None:
    counts = []
    for number in (5, 50):
        books.charge(*(f"{number}-{index}" for index in range(number)))
        books.work()
        with CaptureQueriesContext(database) as statements:
            code_again()
        counts.append(len(statements))
        books.work()
    assert counts[0] == counts[1]


# --- a look into the books -------------------------------------------------------------------------------------------


def test_a_look_shows_what_stands_there(books: Office) -> None:
    found = look(posted(books))
    assert found is not None
    assert (found.total, found.lines[0].account) == (Decimal("12.3"), "Software")


def test_what_a_look_finds_removed_needs_a_person_and_is_made_anew_by_their_word(books: Office) -> None:
    document = posted(books)
    long_ago()
    books.accountant().delete("Purchase")
    with pytest.raises(services.RemovedThere):
        look(document)
    assert (state_of(document.pk).state, reasons(document)) == (JobState.NEEDS_ATTENTION, [ReasonCode.GONE])
    assert kept() == [("found_removed", "Priya Raman", "")]
    books.work()
    assert books.sandbox.purchases() == []
    send_again(document)
    books.work()
    assert (len(books.sandbox.purchases()), states()) == (1, {JobState.DONE: 1})


def test_so_soon_after_it_was_sent_not_to_be_found_means_nothing(ready: Office) -> None:
    document = posted(ready)
    ready.accountant().delete("Purchase")
    assert look(document) is None
    assert states() == {JobState.DONE: 1}


def test_a_look_takes_nothing_from_what_is_on_its_way(ready: Office) -> None:
    document = posted(ready)
    long_ago()
    ready.accountant().delete("Purchase")
    code_again()
    queue.absorb_events()
    assert look(document) is None
    assert states() == {JobState.WAITING: 1}


def test_of_what_never_stood_there_nothing_can_be_looked_at(office: Office) -> None:
    office.connect()
    document: SourceDocument = office.record("c-1")
    office.work()
    with pytest.raises(services.NotPosted):
        look(document)
