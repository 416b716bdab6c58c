"""What somebody did in the books, on the pages: what is gone and what hangs on it, both sides of what was touched."""

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.models import ExternalLink, JobState, MappingEntry, Reference, Stance
from ledger.models import Category
from tests.web.books import Books
from tests.web.browser import Browser

NOON = datetime(2026, 11, 12, 17, tzinfo=UTC)


def retire(books: Books, number: str, **more: object) -> Reference:
    with books.open():
        Reference.objects.filter(number=number).update(active=False, inactive_since=NOON, **more)
        return Reference.objects.get(number=number)


def use(books: Books, target: Reference, *categories: str, card: bool = False) -> None:
    with books.open():
        for name in categories:
            category, _ = Category.objects.get_or_create(name=name)
            entry = {"slot": MappingSlot.CATEGORY, "category": category}
            MappingEntry.objects.create(entity=books.tenant.entity, target=target, since=1, **entry)
        if card:
            entry = {"slot": MappingSlot.CARD, "card": books.tenant.card}
            MappingEntry.objects.create(entity=books.tenant.entity, target=target, since=1, **entry)


def wait(books: Books, number: int, subject: str) -> None:
    documents = books.charge(*(f"waits-{n}" for n in range(number)))
    books.wish(documents, JobState.NEEDS_ATTENTION, Reason(ReasonCode.ACCOUNT_INACTIVE, subject))


@pytest.mark.parametrize("page", ["/", "/connections/"])
def test_what_is_gone_in_the_books_names_what_hangs_on_it(books: Books, priya: Browser, page: str) -> None:
    software = retire(books, "6020")
    use(books, software, "Software", "Travel")
    wait(books, 3, "6020 Software")
    told = "6020 Software was made inactive in QuickBooks on 12 Nov: 3 charges wait, 2 mappings use it."
    assert told in priya.get(f"{books.path}{page}").content.decode()


def test_a_merge_names_both(books: Books, priya: Browser) -> None:
    with books.open():
        into = Reference.objects.get(number="6110").external_id
    use(books, retire(books, "6020", merged_into=into), card=True)
    told = "6020 Software was merged into 6110 Office in QuickBooks on 12 Nov: 1 card uses it."
    assert told in priya.get(f"{books.path}/").content.decode()


def test_what_nothing_points_to_is_no_news(books: Books, priya: Browser) -> None:
    retire(books, "6020")
    assert "made inactive" not in priya.get(f"{books.path}/").content.decode()


def test_home_takes_as_many_statements_for_four_that_are_gone_as_for_one(books: Books, priya: Browser) -> None:
    counts = []
    for numbers in (["6020"], ["6110", "2120", "1010"]):
        for number in numbers:
            use(books, retire(books, number), f"Category of {number}")
        with CaptureQueriesContext(connection) as statements:
            priya.get(f"{books.path}/")
        counts.append(len(statements))
    assert counts[0] == counts[1]


def side(note: str, account: str) -> dict[str, object]:
    line = {"account": account, "amount": "10", "description": "Figma Inc", "values": []}
    return {
        "posted": {"kind": "Purchase", "external_id": "401", "version": "1"},
        "dated": "2026-11-12",
        "total": "10",
        "paid_from": "Flex Card",
        "vendor": "",
        "number": "FX-1",
        "note": note,
        "lines": [line],
        "content": note,
        "voided": False,
    }


@pytest.mark.parametrize(
    ("stance", "told"),
    [
        (Stance.EDITED, "Somebody changed it in QuickBooks; we noticed on 12 Nov, 12:00."),
        (Stance.VOIDED, "Somebody voided it in QuickBooks"),
        (Stance.GONE, "Somebody removed it in QuickBooks"),
    ],
)
def test_both_sides_of_what_was_touched_stand_side_by_side(
    books: Books, priya: Browser, stance: Stance, told: str
) -> None:
    [document] = books.charge("c-1")
    books.wish([document], JobState.DONE)
    with books.open():
        ExternalLink.objects.create(
            connection=books.connection,
            document=document,
            external_kind="Purchase",
            external_id="401",
            external_version="0",
            mark="FX-1",
            revision=1,
            configuration=1,
            posted_at=NOON,
            noticed_at=NOON,
            stance=stance,
            ours=side("Ours", "Software"),
            theirs=None if stance == Stance.GONE else side("Theirs", "Travel"),
        )
    page = priya.get(f"{books.path}/transactions/{document.public_id}/").content.decode()
    assert told in page
    assert "Software, Figma Inc: 10.00 USD" in page
    assert ("Travel, Figma Inc: 10.00 USD" in page) == (stance != Stance.GONE)
    home = priya.get(f"{books.path}/").content.decode()
    assert ("1 document was changed in the books" in home) == (stance != Stance.GONE)
