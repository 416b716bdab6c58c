"""The parts of the mapping: what each shows and takes, and how its rows are found."""

from datetime import timedelta

import pytest
from django.utils import timezone

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import Connection, JobState, MappingEntry
from integrations.words import FIX_IN_MAPPING
from ledger.models import Category, Tag, TagGroup, Vendor
from tests.cast import Cast
from tests.web.books import Books
from tests.web.browser import Browser, page
from tests.web.mapped import names, table, value

# --- parts -----------------------------------------------------------------------------------------------------------


def test_a_card_of_its_own_account_stands_apart_from_the_others(books: Books, priya: Browser) -> None:
    card = f"card_{books.tenant.card.pk}"
    assert priya.post(books.part("cards"), **books.rows(version=0, **{card: "2120"})).status_code == 302
    shown = page(priya.get(books.part("cards")))
    assert value(shown, card) == "2120 Company Visa"
    assert "1 of 1 card has an account of its own. The others post to the card account." in shown.text
    without = priya.post(books.mapping_path, **books.form(version=1, default="6110"))
    assert without.status_code == 302, "where cards have accounts of their own, the one for all may be missing"


def test_a_department_goes_to_a_value_of_each_dimension(books: Books, priya: Browser) -> None:
    books.track("class", "Class", "Product", "Sales:Product")
    books.track("location", "Location", "Boston")
    field = f"department_{books.tenant.department.pk}"
    chosen = {f"{field}_class": "Sales:Product", f"{field}_location": "boston"}
    said = priya.post(books.part("departments"), **books.rows(version=0, **chosen))
    with books.open():
        rows = MappingEntry.objects.select_related("target").order_by("dimension")
        assert [(row.dimension, row.target.path) for row in rows] == [
            ("class", "Sales:Product"),
            ("location", "Boston"),
        ]
    text = page(priya.land(said)).text
    assert "Department Product, Class: Sales:Product" in text
    assert "Department Product, Location: Boston" in text
    wrong = priya.post(books.part("departments"), **books.rows(version=1, **{f"{field}_location": "Product"}))
    assert "QuickBooks has no location “Product”" in page(wrong).text


def test_a_dimension_that_is_not_tracked_takes_nothing(books: Books, priya: Browser) -> None:
    books.track("class", "Class", "Product")
    field = f"department_{books.tenant.department.pk}_secret"
    priya.post(books.part("departments"), **books.rows(version=0, **{field: "Product"}))
    assert books.mapped() == {}


def test_tags_stand_by_group_and_a_group_can_be_seen_alone(books: Books, priya: Browser) -> None:
    books.track("class", "Class", "Apollo")
    with books.open():
        project, campaign = (TagGroup.objects.create(name=name) for name in ("Project", "Campaign"))
        Tag.objects.create(group=project, name="Apollo")
        Tag.objects.create(group=campaign, name="Spring")
    every = priya.get(books.part("tags"))
    assert [(row["name"], row["note"]) for row in table(every)["rows"]] == [
        ("Apollo", "Project"),
        ("Spring", "Campaign"),
    ]
    [group] = [group["url"] for group in table(every)["groups"] if group["word"] == "Campaign"]
    assert names(priya.get(group)) == ["Spring"]


def test_a_vendor_of_ours_goes_to_one_of_the_books(books: Books, priya: Browser) -> None:
    books.vendors("Figma Incorporated", "Slack")
    with books.open():
        figma = Vendor.objects.create(name="Figma", name_key="figma")
    priya.post(books.part("vendors"), **books.rows(version=0, **{f"vendor_{figma.pk}": "figma  incorporated"}))
    assert books.mapped() == {"Figma": "Figma Incorporated"}


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ("departments", "Old Books Inc. tracks nothing in QuickBooks that departments could go to"),
        ("tags", "Old Books Inc. tracks nothing in QuickBooks that tags could go to"),
        ("vendors", "No vendor has come in yet."),
        ("banks", "No bank account of this entity has come in yet."),
    ],
)
def test_a_part_that_makes_no_sense_says_so_in_a_sentence(books: Books, priya: Browser, part: str, says: str) -> None:
    shown = page(priya.get(books.part(part)))
    assert says in shown.text
    assert not shown.all("table")
    assert not shown.all("button", form="mapping")


def test_books_whose_lists_were_never_read_offer_to_read_them(books: Books, priya: Browser) -> None:
    with books.open():
        Connection.objects.update(references_read_at=None)
    for part in ("accounts", "categories"):
        shown = page(priya.get(books.part(part)))
        assert "The lists of Old Books Inc. were never read." in shown.text
        assert shown.all("form", action=f"{books.path}/connections/{books.connection.pk}/read")
        assert not shown.all("button", form="mapping")


def test_an_unknown_part_is_the_first(books: Books, priya: Browser) -> None:
    assert page(priya.get(f"{books.mapping_path}?part=%00nonsense&page=x&group=²&before=-1")).all(
        "input", name="card_account"
    )


# --- finding rows ----------------------------------------------------------------------------------------------------


def test_rows_stand_by_what_was_spent_and_the_share_is_money(books: Books, priya: Browser) -> None:
    now = timezone.now() - timedelta(days=2)
    with books.open():
        for name in ("Meals", "Ads"):
            Category.objects.create(name=name)
    books.charge("c-1", amount="960.00", category="Meals", cleared=now)
    books.charge("c-2", amount="39.99", category="Software", cleared=now)
    books.charge("c-3", amount="0.01", category="Ads", cleared=now)
    books.charge("c-4", amount="5.00", category="", cleared=now)
    books.charge("c-5", amount="777.00", category="Ads", cleared=now - timedelta(days=90))
    with books.open():
        meals = Category.objects.get(name="Meals")
    priya.post(books.part("categories"), **books.rows(version=0, **{f"category_{meals.pk}": "6110"}))
    response = priya.get(books.part("categories"))
    assert [(row["name"], row["money"].figure) for row in table(response)["rows"]] == [
        ("Meals", "960.00"),
        ("Software", "39.99"),
        ("Ads", "0.01"),
    ]
    words = "96% of the charges of the last 90 days with a category is mapped; $40.00 is not. $5.00 has no category"
    assert words in page(response).text


def test_all_but_a_cent_is_not_everything(books: Books, priya: Browser) -> None:
    now = timezone.now() - timedelta(days=2)
    with books.open():
        Category.objects.create(name="Meals")
    books.charge("c-1", amount="99999.00", category="Software", cleared=now)
    books.charge("c-2", amount="0.01", category="Meals", cleared=now)
    priya.post(books.part("categories"), **books.rows(version=0, **{books.software: "6110"}))
    assert (
        "99% of the charges of the last 90 days with a category is mapped; $0.01 is not."
        in page(priya.get(books.part("categories"))).text
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=meals", ["Meals"]),
        ("q=7-TRAVEL", ["Travel"]),
        ("q=office", ["Software"]),
        ("q=%25", []),
        ("show=open", ["Meals", "Travel"]),
        ("show=open&q=software", []),
        ("show=broken", []),
        ("show=nonsense", ["Meals", "Software", "Travel"]),
    ],
)
def test_rows_are_found_by_name_number_target_and_what_they_lack(
    books: Books, priya: Browser, query: str, found: list[str]
) -> None:
    with books.open():
        Category.objects.create(name="Meals")
        Category.objects.create(name="Travel", code="7-travel")
    priya.post(books.part("categories"), **books.rows(version=0, **{books.software: "6110"}))
    response = priya.get(f"{books.part('categories')}&{query}")
    assert names(response) == found
    if not found:
        assert "No category" in page(response).text


def test_a_held_category_leads_to_its_own_row(books: Books, priya: Browser) -> None:
    [document] = books.charge("c-1")
    books.wish([document], JobState.HELD, Reason(ReasonCode.NO_ACCOUNT_FOR_CATEGORY, "Software"))
    for address in (f"{books.path}/failed/", f"{books.path}/transactions/{document.public_id}/"):
        [link] = [a["href"] for a in page(priya.get(address)).all("a") if a.get("href", "").endswith("q=Software")]
        assert names(priya.get(link)) == ["Software"]


@pytest.mark.parametrize("code", FIX_IN_MAPPING)
def test_every_reason_that_the_mapping_mends_leads_to_a_page(books: Books, priya: Browser, code: ReasonCode) -> None:
    books.wish(books.charge("c-1"), JobState.HELD, Reason(code, "Figma & Co {x}"))
    [cause] = priya.get(f"{books.path}/failed/").context["page"]["causes"]
    assert cause["fix_url"].startswith(f"{books.mapping_path}?")
    assert priya.get(cause["fix_url"]).status_code == 200


def test_whoever_can_only_read_the_mapping_is_told_whom_to_ask(books: Books, theo: Browser) -> None:
    assert "To have it changed, ask Priya Raman." in page(theo.get(books.part("categories"))).text


def test_before_anything_is_connected_the_mapping_says_what_comes_first(cast: Cast, priya: Browser) -> None:
    response = priya.get("/o/larkfield/mapping/", follow=True)
    assert "Connect an entity first" in page(response).text
