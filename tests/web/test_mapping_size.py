"""A mapping of thousands of rows: searched, not listed, in few statements."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.models import ConfigurationVersion, MappingEntry
from ledger.models import BankAccount, Card, Category, Department, Tag, TagGroup, Vendor
from tests.web.books import Books
from tests.web.browser import Browser, page
from tests.web.mapped import MATCH, sent


def fill(books: Books, number: int) -> None:
    """So many of everything, on both sides, and each mapped where that makes a difference."""
    texts = [f"Thing {number}-{index}" for index in range(number)]
    references = books.vendors(*texts)
    now = timezone.now() - timedelta(days=1)
    with books.open():
        entity = books.tenant.entity
        group = TagGroup.objects.create(name=f"Group {number}")
        categories = Category.objects.bulk_create(Category(name=text) for text in texts)
        Department.objects.bulk_create(Department(name=text) for text in texts)
        Tag.objects.bulk_create(Tag(group=group, name=text) for text in texts)
        Vendor.objects.bulk_create(Vendor(name=text, name_key=text.casefold()) for text in texts)
        BankAccount.objects.bulk_create(BankAccount(entity=entity, external_id=text, name=text) for text in texts)
        Card.objects.bulk_create(Card(entity=entity, external_id=text, last_four="0000", holder=text) for text in texts)
        vendors = Vendor.objects.order_by("-id")[: number // 2]
        version = ConfigurationVersion.objects.count() + 1
        ConfigurationVersion.objects.create(entity=entity, number=version, reason="Filled")
        MappingEntry.objects.bulk_create(
            MappingEntry(entity=entity, slot="vendor", vendor=vendor, target=target, since=version)
            for vendor, target in zip(vendors, references, strict=False)
        )
        MappingEntry.objects.bulk_create(
            MappingEntry(entity=entity, slot="category", category=one, target=books.accounts["6110"], since=version)
            for one in categories[: number // 2]
        )
    books.charge(*(f"{number}-{index}" for index in range(10)), cleared=now)


@pytest.mark.parametrize("part", ["accounts", "categories", "departments", "tags", "vendors", "cards", "banks"])
@pytest.mark.parametrize("matching", ["", MATCH], ids=["plain", "matching"])
def test_a_thousand_rows_take_as_many_statements_as_ten(books: Books, priya: Browser, part: str, matching: str) -> None:
    books.track("class", "Class", "Product")
    books.track("location", "Location", "Boston")
    counts, sizes = [], []
    for number in (10, 1000):
        fill(books, number)
        priya.get(books.part(part))
        with CaptureQueriesContext(connection) as statements:
            response = priya.get(books.part(part) + matching)
        assert response.status_code == 200
        counts.append(len(statements))
        sizes.append(len(response.content))
    assert counts[0] == counts[1] < 35
    assert sizes[1] < 250_000, "a page stays light"


def test_saving_a_thousand_matches_takes_few_statements(books: Books, priya: Browser) -> None:
    def saved(number: int) -> int:
        fill(books, number)
        address = books.part("vendors") + MATCH
        form = sent(priya.get(address), reason="Same names")
        with CaptureQueriesContext(connection) as statements:
            assert priya.post(address, **form).status_code == 302
        return len(statements)

    assert saved(10) + 1 >= saved(1000)
    with books.open():
        assert MappingEntry.objects.filter(slot="vendor", until__isnull=True).count() == 1010


def test_five_thousand_vendors_are_searched_not_listed(books: Books, priya: Browser) -> None:
    books.vendors(*(f"Supplier {number:04}" for number in range(5000)))
    with books.open():
        Vendor.objects.bulk_create(
            Vendor(name=f"Ours {number:04}", name_key=f"ours {number:04}") for number in range(5000)
        )
        first = Vendor.objects.order_by("name").first()
    assert first
    response = priya.get(books.part("vendors"))
    shown = page(response)
    assert len(response.content) < 120_000
    assert not shown.all("option")
    [field] = shown.all("input", name=f"vendor_{first.pk}")
    found = priya.partial(f"{field['hx-get']}&{field['name']}=supplier+421")
    assert [option["value"] for option in page(found).all("option")] == [
        f"Supplier 421{number}" for number in range(10)
    ]
    rows = books.rows(version=0, **{field["name"]: "supplier 4217"})
    assert priya.post(books.part("vendors"), **rows).status_code == 302, "nor is the search needed"
    assert books.mapped() == {"Ours 0000": "Supplier 4217"}


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("slot=category&category_1=off", ["6110 Office"]),
        ("slot=category&category_1=61", ["6110 Office"]),
        ("slot=card&card_1=flex", ["2110 Flex Card"]),
        ("slot=card&card_1=office", []),
        ("slot=category&category_1=%00", []),
        ("slot=category&category_1=%25", []),
        ("slot=category", []),
        ("slot=nonsense&x=off", []),
        ("slot=department&dimension=class&department_1_class=prod", ["Field:Product"]),
        ("slot=department&dimension=other&department_1_other=prod", []),
    ],
)
def test_the_search_offers_what_may_be_chosen(books: Books, priya: Browser, query: str, found: list[str]) -> None:
    books.track("class", "Class", "Field:Product")
    response = priya.partial(f"{books.mapping_path}targets?{query}")
    assert [option["value"] for option in page(response).all("option")] == found


def test_every_field_names_a_list_that_is_on_the_page_once(books: Books, priya: Browser) -> None:
    books.track("class", "Class", "Field:Product")
    for part in ("accounts", "categories", "departments"):
        shown = page(priya.get(books.part(part)))
        lists = [tag["id"] for tag in shown.all("datalist")]
        assert {tag["list"] for tag in shown.all("input") if "list" in tag} == set(lists)
        assert len(lists) == len(set(lists))
