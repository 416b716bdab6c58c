"""The company's lists at hand: what was made there while they were read, or just before, stays known."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone

from integrations import services
from integrations.models import Reference, ReferenceKind
from tests.integrations.conftest import Office
from tests.integrations.meanwhile import after_call
from tests.integrations.test_vendors import make_vendors


def is_active(name: str) -> bool:
    with transaction.atomic():
        return Reference.objects.get(kind=ReferenceKind.VENDOR, name=name).active


def test_a_vendor_made_after_the_vendors_were_listed_stays_known(books: Office) -> None:
    make_vendors(books)
    books.record("c-1", merchant="Blue Bottle")
    # Company, preferences, accounts, vendors, and then the classes.
    with after_call(4, books.work):
        services.read_references(books.connection.pk)
    assert is_active("Blue Bottle")


@pytest.mark.parametrize(("made_ago", "known"), [(timedelta(0), True), (timedelta(hours=1), False)])
def test_a_vendor_that_lists_do_not_show_yet_stays_known_until_they_must(
    books: Office, made_ago: timedelta, *, known: bool
) -> None:
    moment = timezone.now() - made_ago
    with transaction.atomic():
        Reference.objects.create(
            company_id=books.connection.company_id,
            kind=ReferenceKind.VENDOR,
            external_id="999999",
            name="Blue Bottle",
            name_key="blue bottle",
            path="Blue Bottle",
            made_at=moment,
            read_at=moment,
        )
    services.read_references(books.connection.pk)
    assert is_active("Blue Bottle") is known
