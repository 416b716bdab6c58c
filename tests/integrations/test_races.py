"""Two things at once: a change between two statements of ours is neither lost nor torn in two."""

from django.db import transaction

from integrations.mapping.slots import MappingSlot
from integrations.models import Connection, SyncJob
from integrations.services import MappingKey
from integrations.sync import gather, queue
from tests.integrations.conftest import Office
from tests.integrations.meanwhile import after_reading


def test_of_two_that_absorb_one_document_the_slower_does_not_take_the_newer_wish_back(books: Office) -> None:
    """The slower has an event of the first revision in hand; the second comes, and is absorbed by somebody else."""
    books.record("c-1", "13.00")

    def newer() -> None:
        books.record("c-1", "14.00")
        queue.absorb_events()

    with after_reading("ledger_sourcedocument", newer):
        queue.absorb_events()
    with transaction.atomic():
        assert SyncJob.objects.get().wanted_revision == 2
    books.work()
    assert [row["TotalAmt"] for row in books.sandbox.purchases()] == [14]


def test_a_split_that_is_changed_while_it_is_read_is_read_whole(books: Office) -> None:
    """The lines of one revision under the amount of another would stand in the books as neither."""
    books.record("c-1", "60.00", lines=[("10.00", {}), ("50.00", {})])
    queue.absorb_events()

    def newer() -> None:
        books.record("c-1", "75.00", lines=[("25.00", {}), ("50.00", {})])

    with transaction.atomic():
        connection = Connection.objects.select_related("company").get()
        jobs = list(SyncJob.objects.all())
    with after_reading("ledger_cardtransaction", newer):
        gathered = gather.gather(connection, jobs)
    [facts] = gathered.facts.values()
    assert facts.money.minor == sum(line.money.minor for line in facts.lines)
    books.work()


def test_a_mapping_saved_while_it_is_read_is_read_whole_under_its_own_number(books: Office) -> None:
    books.record("c-1")
    queue.absorb_events()
    [software, marketing] = [books.tenant.category.pk, books.reference("6410")]
    with transaction.atomic():
        connection = Connection.objects.select_related("company").get()
        jobs = list(SyncJob.objects.all())
        former = gather.mapping_of(connection, [])

    def newer() -> None:
        books.choose({MappingKey(MappingSlot.CATEGORY, software): marketing})

    with after_reading("integrations_configurationversion", newer):
        gathered = gather.gather(connection, jobs)
    assert (gathered.mapping.version, gathered.mapping.accounts) == (former.version, former.accounts)
    books.work()
