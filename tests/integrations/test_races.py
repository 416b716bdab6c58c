"""Two things at once: a change between two statements of ours is neither lost nor torn in two."""

from django.db import transaction

from integrations.models import SyncJob
from integrations.sync import queue
from tests.integrations.conftest import Office
from tests.integrations.meanwhile import after_the_first


def test_of_two_that_absorb_one_document_the_slower_does_not_take_the_newer_wish_back(books: Office) -> None:
    """The slower has an event of the first revision in hand; the second comes, and is absorbed by somebody else."""
    books.record("c-1", "13.00")

    def newer() -> None:
        books.record("c-1", "14.00")
        queue.absorb_events()

    with after_the_first("ledger_sourcedocument", newer):
        queue.absorb_events()
    with transaction.atomic():
        assert SyncJob.objects.get().wanted_revision == 2
    books.work()
    assert [row["TotalAmt"] for row in books.sandbox.purchases()] == [14]
