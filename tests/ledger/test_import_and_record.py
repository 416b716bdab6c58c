"""A file about what is on record already: what it has no column for stays, and no row overwrites another."""

from typing import Any

import pytest
from django.db import transaction

from ledger.imports.fields import Field
from ledger.models import Tag, TagGroup, Vendor
from ledger.tenancy.context import acting_for
from tests.cast import Cast
from tests.ledger.caller import Issuer, charge
from tests.ledger.importing import HEADER, Importer, counts

pytestmark = pytest.mark.django_db

NARROW = "id,date,merchant,amount,currency,card"
BY_ID = {Field.EXTERNAL_ID: "id"}
WHOLE: dict[str, Any] = {
    "authorised_at": "2026-03-01T10:00:00-05:00",
    "memo": "Two seats",
    "merchant_city": "Boston",
    "merchant_country": "US",
    "merchant_category_code": "5734",
    "vendor": "Figma Inc.",
    "department": "Product",
    "tags": {"Project": "Apollo"},
    "custom_fields": {"Trip": "Boston"},
    "original_amount": "11.00",
    "original_currency": "EUR",
    "lines": [
        {"amount": "12.00", "category": "Software", "department": "", "memo": "Seats", "tags": {"Project": "Gemini"}},
        {"amount": "0.30", "category": "", "department": "Product", "memo": "", "tags": {}},
    ],
    "approved_by": "Theo Brandt",
    "approved_at": "2026-03-02T11:00:00-05:00",
}


@pytest.fixture
def priya(cast: Cast) -> Importer:
    with acting_for(cast.larkfield.id), transaction.atomic():
        project = TagGroup.objects.create(name="Project")
        for name in ("Apollo", "Gemini", "Mercury"):
            Tag.objects.create(group=project, name=name)
        Vendor.objects.create(name="Figma Inc.", name_key="figma inc.")
    return Importer(cast.larkfield)


def test_a_file_leaves_alone_what_it_has_no_column_for(priya: Importer, issuer: Issuer) -> None:
    issuer.post(charge(**WHOLE))
    before = issuer.read("c-1")
    assert counts(priya.take(f"{NARROW}\nc-1,2026-03-02,Figma Inc,12.30,USD,card-4471\n")) == (0, 1, 0, 0)
    assert issuer.read("c-1") == before


def test_what_it_tells_otherwise_is_changed_and_nothing_else(priya: Importer, issuer: Issuer) -> None:
    issuer.post(charge(**WHOLE))
    before = issuer.read("c-1")
    file = f"{NARROW},memo,project\nc-1,2026-03-03,Figma,12.30,USD,card-4471,Three seats,Mercury\n"
    assert counts(priya.take(file)) == (0, 0, 1, 0)
    after = issuer.read("c-1")
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"merchant_name", "dated", "cleared_at", "memo", "tags", "revision", "updated_at"}
    assert after["tags"] == {"Project": "Mercury"}
    # A column that is there and empty says that there is none.
    assert counts(priya.take(f"{HEADER}\nc-1,2026-03-03,Figma,12.30,USD,card-4471,\n")) == (0, 0, 1, 0)
    assert (issuer.read("c-1")["category"], issuer.read("c-1")["lines"]) == ("", before["lines"])


def test_another_amount_of_a_split_is_refused_with_the_way_out(priya: Importer, issuer: Issuer) -> None:
    issuer.post(charge(**WHOLE))
    job = priya.take(f"{NARROW}\nc-1,2026-03-02,Figma Inc,12.40,USD,card-4471\n")
    told = "It is split in 2 here, which add up to another amount than $12.40. Change the split where it was made."
    assert priya.causes(job) == [(told, 1, 2)]


@pytest.mark.parametrize("rows", [20, 1200], ids=["in one slice", "in another slice"])
def test_a_row_never_overwrites_an_earlier_one_of_its_file(priya: Importer, rows: int) -> None:
    """A column that is distinct at first (an authorisation code, an order) is no id, and no purchase may be lost."""
    told = [f"c-{number},2026-03-02,Staples,10,USD,card-4471," for number in range(rows)]
    job = priya.take("\n".join([HEADER, *told, told[7], "c-7,2026-03-09,Amazon,99,USD,card-4471,"]), columns=BY_ID)
    assert counts(job) == (rows, 1, 0, 1)
    [(sentence, _, line)] = priya.causes(job)
    assert (line, sentence[:5]) == (rows + 3, "“…” w")
    assert sentence.endswith("If ids repeat here, they are none: choose no column for the id.")
    # In another file the same row is a change.
    assert counts(priya.take("\n".join([HEADER, "c-7,2026-03-09,Amazon,99,USD,card-4471,"]))) == (0, 0, 1, 0)
