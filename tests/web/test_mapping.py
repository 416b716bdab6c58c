"""The mapping, part by part: what it shows, what it takes, what it refuses, and what it leaves alone."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.models import ConfigurationVersion, Connection, JobState, MappingEntry, Reference
from integrations.providers.documents import AccountRole
from integrations.words import FIX_IN_MAPPING
from ledger.models import BankAccount, Card, Category, Department, Entity, Tag, TagGroup, Vendor
from tests.cast import Cast
from tests.web.books import Books
from tests.web.browser import Browser, Page, page

NO_CARD = Reason(ReasonCode.NO_CARD_ACCOUNT, "the cards")


def errors(shown: Page) -> list[str]:
    """The fields that have an error under them."""
    return [tag["id"].removesuffix("_error") for tag in shown.all("p") if tag.get("class") == "error" and "id" in tag]


def value(shown: Page, name: str) -> str:
    [field] = shown.all("input", name=name)
    return field["value"]


def table(response: Any) -> dict[str, Any]:
    context: dict[str, Any] = response.context["page"]["table"]
    return context


def names(response: Any) -> list[str]:
    return [row["name"] for row in table(response)["rows"]]


# --- saving ----------------------------------------------------------------------------------------------------------


def test_saving_makes_the_next_version_with_who_and_why(books: Books, priya: Browser) -> None:
    first = priya.post(books.mapping_path, **books.form(version=0, card="2110", reason="At last"))
    rows = books.rows(version=1, reason="Simpler", **{books.software: "6020"})
    second = priya.post(books.part("categories"), **rows)
    third = priya.post(books.part("categories"), **(rows | {"version": "2", "reason": "Undone", books.software: ""}))
    assert (first.status_code, second.status_code, third.status_code) == (302, 302, 302)
    assert books.versions() == [
        (1, "Priya Raman", "At last"),
        (2, "Priya Raman", "Simpler"),
        (3, "Priya Raman", "Undone"),
    ]
    assert books.mapped() == {"card_account": "2110"}
    text = page(priya.land(third)).text
    for words in (
        "Version 2 , Priya Raman",
        "“Simpler”",
        "Card account: 2110 Flex Card",
        "Category Software: 6020 Software “Simpler”",
        "Category Software: 6020 Software to nothing",
    ):
        assert words in text


def test_each_account_of_the_first_part_stands_under_its_own_slot(books: Books, priya: Browser) -> None:
    accounts = {"card": "2110", "default": "6110", "fees": "6020", "cashback": "6110", "bank": "1010"}
    priya.post(books.mapping_path, **books.form(version=0, **accounts), create_vendors="on", switches="create_vendors")
    assert books.mapped() == {
        "card_account": "2110",
        "default": "6110",
        "fees": "6020",
        "cashback": "6110",
        "bank": "1010",
    }
    shown = page(priya.get(books.mapping_path))
    assert value(shown, "bank") == "1010 Checking"
    assert shown.all("input", name="create_vendors", checked="")
    assert "Missing vendors are made" in shown.text


def test_the_switch_is_changed_by_the_part_that_shows_it_and_by_no_other(books: Books, priya: Browser) -> None:
    def creating() -> list[bool]:
        with books.open():
            return list(ConfigurationVersion.objects.order_by("number").values_list("create_vendors", flat=True))

    on = books.form(version=0, card="2110") | {"switches": "create_vendors", "create_vendors": "on"}
    priya.post(books.mapping_path, **on)
    priya.post(books.part("categories"), **books.rows(version=1, **{books.software: "6020"}))
    priya.post(books.mapping_path, **books.form(version=2, card="2110"), switches="create_vendors")
    assert creating() == [True, True, False]


def test_what_one_part_does_not_show_stays_as_it_was(books: Books, priya: Browser) -> None:
    priya.post(books.part("categories"), **books.rows(version=0, **{books.software: "6020"}))
    priya.post(books.mapping_path, **books.form(version=1, card="2110"))
    with books.open():
        other = Category.objects.create(name="Meals")
    priya.post(books.part("categories"), **books.rows(version=2, **{f"category_{other.pk}": "6110"}))
    assert books.mapped() == {"card_account": "2110", "Software": "6020", "Meals": "6110"}


def test_saving_what_stands_already_makes_no_version(books: Books, priya: Browser) -> None:
    priya.post(books.mapping_path, **books.form(version=0, card="2110"))
    said = priya.land(priya.post(books.mapping_path, **books.form(version=1, card="2110")))
    assert "Nothing was changed" in page(said).text
    assert [number for number, _, _ in books.versions()] == [1]


def test_saving_sends_what_waited_for_it_on_its_way(books: Books, priya: Browser) -> None:
    books.wish(books.charge("c-1", "c-2"), JobState.HELD, NO_CARD)
    said = priya.land(priya.post(books.mapping_path, **books.form(version=0, card="2110", default="6110")))
    assert "Saved as version 1. 2 charges that waited are tried again." in page(said).text
    assert books.states() == ["waiting", "waiting"]


def test_after_saving_one_stands_where_one_was(books: Books, priya: Browser) -> None:
    address = f"{books.part('categories')}&show=open&q=soft"
    said = priya.post(address, **books.rows(version=0, **{books.software: "6020"}))
    assert said.headers["Location"] == address


def test_an_accountant_reads_the_mapping_and_cannot_save_it(books: Books, theo: Browser, priya: Browser) -> None:
    priya.post(books.mapping_path, **books.form(version=0, card="2120"))
    priya.post(books.mapping_path, **books.form(version=1, card="2110"))
    shown = page(theo.get(books.mapping_path))
    assert not shown.all("button", form="mapping")
    assert "Revert to this version" not in shown.text
    for address in (books.mapping_path, books.part("categories")):
        assert theo.post(address, **books.form(version=2, card="2120")).status_code == 403
    assert books.mapped() == {"card_account": "2110"}


# --- what is refused -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("values", "says"),
    [
        ({"reason": ""}, "Say why"),
        ({"reason": "   "}, "Say why"),
        ({"version": ""}, "Load it again"),
        ({"version": "-1"}, "Load it again"),
        ({"version": "7"}, "Load it again"),
        ({"version": "²"}, "Load it again"),
        ({"version": "9" * 5000}, "Load it again"),
        ({"card_account": ""}, "one must be chosen"),
        ({"card_account": "nonsense"}, "QuickBooks has no account “nonsense”."),
        ({"card_account": "9" * 5000}, "has no account"),
        ({"default": "a\0b"}, "has no account “a b”"),
    ],
)
def test_a_form_that_lacks_something_is_shown_again_and_changes_nothing(
    books: Books, priya: Browser, values: dict[str, str], says: str
) -> None:
    response = priya.post(books.mapping_path, **(books.form(version=0, card="2110", fees="6020") | values))
    assert response.status_code == 422
    assert says in page(response).text
    assert books.versions() == []
    assert value(page(response), "fees") == "6020 Software", "what was chosen is lost"


def test_a_reason_with_a_nul_character_breaks_nothing(books: Books, priya: Browser) -> None:
    assert priya.post(books.mapping_path, **books.form(version=0, card="2110", reason="a\0b")).status_code == 302


@pytest.mark.parametrize(
    ("slot", "text", "says"),
    [
        (MappingSlot.CARD_ACCOUNT, "6110", "6110 Office is not a credit card account. In QuickBooks it is of type"),
        (MappingSlot.CARD_ACCOUNT, "1200 Receivables", "not a credit card account"),
        (MappingSlot.DEFAULT, "2110", "of a kind that charges cannot be booked to"),
        (MappingSlot.FEES, "1200", "of a kind that charges cannot be booked to"),
        (MappingSlot.BANK, "6110", "not a bank account"),
    ],
)
def test_an_account_of_the_wrong_kind_is_refused(
    books: Books, priya: Browser, slot: MappingSlot, text: str, says: str
) -> None:
    response = priya.post(books.mapping_path, **(books.form(version=0, card="2110") | {slot.value: text}))
    assert response.status_code == 422
    assert errors(page(response)) == [slot.value]
    assert says in page(response).text
    assert books.versions() == []


def test_a_name_that_two_accounts_bear_asks_which(books: Books, priya: Browser) -> None:
    with books.open():
        Reference.objects.filter(number="6020").update(name="Office", name_key="office", path="Labs:Office")
    response = priya.post(books.part("categories"), **books.rows(version=0, **{books.software: "office"}))
    assert response.status_code == 422
    assert "“office” can be 6020 Labs:Office or 6110 Office." in page(response).text
    assert value(page(response), books.software) == "office"


def test_an_inactive_account_cannot_be_chosen(books: Books, priya: Browser) -> None:
    with books.open():
        Reference.objects.filter(number="6110").update(active=False)
    response = priya.post(books.mapping_path, **books.form(version=0, card="2110", default="6110"))
    assert response.status_code == 422
    assert "6110 Office is inactive in QuickBooks." in page(response).text


def test_what_became_inactive_shows_at_its_row_its_tab_and_its_filter(books: Books, priya: Browser) -> None:
    priya.post(books.part("categories"), **books.rows(version=0, **{books.software: "6020"}))
    with books.open():
        Category.objects.create(name="Meals")
        Reference.objects.filter(number="6020").update(active=False)
    response = priya.get(f"{books.mapping_path}?show=broken")
    assert names(response) == ["Software"], "whoever looks for it need not know in which part it is"
    assert "6020 Software is inactive in QuickBooks. Choose another" in page(response).text
    assert errors(page(response)) == [books.software]
    assert [part["broken"] for part in response.context["page"]["parts_nav"] if part["label"] == "Categories"] == [1]


def test_a_row_left_alone_does_not_keep_others_from_being_saved(books: Books, priya: Browser) -> None:
    priya.post(books.part("categories"), **books.rows(version=0, **{books.software: "6020"}))
    with books.open():
        meals = Category.objects.create(name="Meals")
        Reference.objects.filter(number="6020").update(active=False)
    rows = books.rows(version=1, **{books.software: "6020 Software", f"category_{meals.pk}": "6110"})
    assert priya.post(books.part("categories"), **rows).status_code == 302
    assert books.mapped() == {"Software": "6020", "Meals": "6110"}


@pytest.mark.parametrize("whose", ["another company of ours", "the neighbour"])
def test_an_account_of_other_books_is_unknown(books: Books, priya: Browser, cast: Cast, whose: str) -> None:
    elsewhere = Books(cast.brightwell)
    if whose == "the neighbour":
        with elsewhere.open():
            Reference.objects.filter(number="2110").update(name="Theirs", path="Theirs")
    else:
        with books.open():
            other = books.connect(Entity.objects.create(name="Third", currency="USD"), "9341450000000999")
            made = {"company": other.company, "kind": "account", "external_id": "1", "name": "Theirs"}
            paths = {"path": "Theirs", "name_key": "theirs", "role": AccountRole.CARD, "read_at": timezone.now()}
            Reference.objects.create(**made, **paths)
    response = priya.post(books.mapping_path, **(books.form(version=0) | {"card_account": "Theirs"}))
    assert response.status_code == 422
    assert "QuickBooks has no account “Theirs”" in page(response).text


@pytest.mark.parametrize("part", ["categories", "cards", "departments", "tags", "vendors", "banks"])
def test_rows_that_are_not_ours_to_map_are_refused(books: Books, priya: Browser, cast: Cast, part: str) -> None:
    theirs = Books(cast.brightwell, "9341450000000666")
    books.track("class", "Class", "Office")
    books.vendors("Office")
    with theirs.open():
        entity = cast.brightwell.entity
        group = TagGroup.objects.create(name="Project")
        ids = {
            "categories": f"category_{cast.brightwell.category.pk}",
            "cards": f"card_{cast.brightwell.card.pk}",
            "departments": f"department_{cast.brightwell.department.pk}_class",
            "tags": f"tag_{Tag.objects.create(group=group, name='Apollo').pk}_class",
            "vendors": f"vendor_{Vendor.objects.create(name='Figma', name_key='figma').pk}",
            "banks": f"bank_account_{BankAccount.objects.create(entity=entity, external_id='b', name='B').pk}",
        }
    with books.open():
        # So that the part has a table at all.
        Tag.objects.create(group=TagGroup.objects.create(name="Project"), name="Gemini")
        Vendor.objects.create(name="Slack", name_key="slack")
        BankAccount.objects.create(entity=books.tenant.entity, external_id="b", name="B")
    response = priya.post(books.part(part), **books.rows(version=0, **{ids[part]: ""}))
    assert response.status_code == 422
    assert "Load it again" in page(response).text
    assert books.versions() == []


def test_a_number_that_names_nothing_is_refused_though_it_is_zero(books: Books, priya: Browser) -> None:
    response = priya.post(books.part("categories"), **books.rows(version=0, category_0="6110"))
    assert (response.status_code, books.versions()) == (422, [])


def test_a_value_of_what_is_not_tracked_any_more_is_no_broken_line(books: Books, priya: Browser) -> None:
    """The books ask for none of it, so there is nothing that a person should mend."""
    [product] = books.track("class", "Class", "Product")
    field = f"department_{books.tenant.department.pk}_class"
    priya.post(books.part("departments"), **books.rows(version=0, **{field: "Product"}))
    with books.open():
        Reference.objects.filter(pk=product.pk).update(active=False)
        books.connection.company.dimensions = []
        books.connection.company.save()
    shown = priya.get(f"{books.mapping_path}?show=broken").context["page"]
    assert ([part["broken"] for part in shown["parts_nav"] if part["broken"]], shown["part"]) == ([], "accounts")


def test_a_card_of_another_entity_is_not_among_the_cards(books: Books, priya: Browser) -> None:
    with books.open():
        elsewhere = Entity.objects.create(name="Larkfield Labs", currency="USD")
        card = Card.objects.create(entity=elsewhere, external_id="card-9", last_four="0009", holder="Ada Wong")
    assert names(priya.get(books.part("cards"))) == ["··4471"]
    response = priya.post(books.part("cards"), **books.rows(version=0, **{f"card_{card.pk}": "2110"}))
    assert response.status_code == 422


# --- two at once -----------------------------------------------------------------------------------------------------


def test_of_two_people_who_save_at_once_the_second_is_told(books: Books, priya: Browser) -> None:
    hers = books.form(version=0, card="2110", reason="Hers")
    mine = books.form(version=0, card="2120", reason="Mine")
    assert priya.post(books.mapping_path, **hers).status_code == 302
    said = priya.post(books.mapping_path, **mine)
    assert said.status_code == 409
    assert "Version 1 was saved meanwhile" in page(said).text
    assert "Mine" in said.content.decode(), "what was chosen and typed stays in the form"
    assert value(page(said), "card_account") == "2120 Company Visa"
    assert books.mapped() == {"card_account": "2110"}
    priya.post(books.mapping_path, **{**mine, "version": value(page(said), "version")})
    assert books.mapped() == {"card_account": "2120"}, "saving once more is a decision"


def test_saving_once_more_leaves_alone_what_only_the_other_changed(books: Books, priya: Browser) -> None:
    priya.post(books.mapping_path, **books.form(version=0, card="2110", default="6110"))
    priya.post(books.mapping_path, **books.form(version=1, card="2110", default="6020", reason="Hers"))
    mine = books.form(version=1, card="2120", default="6110", reason="Mine")
    said = page(priya.post(books.mapping_path, **mine))
    assert (value(said, "card_account"), value(said, "default")) == ("2120 Company Visa", "6020 Software")
    again = {name: value(said, name) for name in ("card_account", "default", "fees", "cashback", "bank", "version")}
    assert priya.post(books.mapping_path, **again, reason="Mine").status_code == 302
    assert books.mapped() == {"card_account": "2120", "default": "6020"}


def test_a_switch_left_alone_stays_as_the_other_set_it(books: Books, priya: Browser) -> None:
    switch = {"switches": "create_vendors"}
    priya.post(books.mapping_path, **(books.form(version=0, card="2110") | switch))
    priya.post(books.mapping_path, **(books.form(version=1, card="2110") | switch | {"create_vendors": "on"}))
    said = priya.post(books.mapping_path, **(books.form(version=1, card="2120") | switch))
    assert said.status_code == 409
    assert page(said).all("input", name="create_vendors", checked="")


def test_mending_a_form_does_not_make_one_overlook_what_was_saved_meanwhile(books: Books, priya: Browser) -> None:
    """The form that is shown again must still say which version its choices were made from."""
    priya.post(books.mapping_path, **books.form(version=0, card="2110", reason="Hers"))
    again = page(priya.post(books.mapping_path, **books.form(version=0, card="2120", reason="")))
    seen = int(value(again, "version"))
    assert priya.post(books.mapping_path, **books.form(version=seen, card="2120", reason="Mine")).status_code == 409
    assert books.mapped() == {"card_account": "2110"}


def test_another_part_saved_meanwhile_is_noticed_and_both_stand_in_the_end(books: Books, priya: Browser) -> None:
    priya.post(books.mapping_path, **books.form(version=0, card="2110"))
    mine = books.rows(version=0, **{books.software: "6020"})
    said = priya.post(books.part("categories"), **mine)
    assert said.status_code == 409
    assert value(page(said), books.software) == "6020"
    priya.post(books.part("categories"), **(mine | {"version": "1"}))
    assert books.mapped() == {"card_account": "2110", "Software": "6020"}


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


# --- matching --------------------------------------------------------------------------------------------------------


@pytest.fixture
def unmatched(books: Books) -> Books:
    """150 departments; the books have a class for 120 of them, one by its number, and two for one more."""
    books.track("class", "Class", *(f"Field:team {number}" for number in range(120)), "A:Twin", "B:Twin")
    with books.open():
        teams = [Department(name=f"Team  {number}") for number in range(148)]
        Department.objects.bulk_create([*teams, Department(name="Twin")])
    return books


MATCH = "&match=name&show=suggested"


def test_a_match_is_a_suggestion_and_nothing_is_saved_by_looking(unmatched: Books, priya: Browser) -> None:
    response = priya.get(unmatched.part("departments") + MATCH)
    assert "120 of 150 without a target matched; 30 left." in page(response).text
    assert len(names(response)) == 100
    fields = [cell for row in table(response)["rows"] for cell in row["cells"]]
    assert {(field["value"].startswith("Field:team "), field["suggested"]) for field in fields} == {(True, True)}
    assert unmatched.versions() == []
    assert unmatched.mapped() == {}


def sent(response: Any, **more: str) -> dict[str, str]:
    """What a browser would send from this page."""
    shown = page(response)
    fields = [tag for tag in shown.all("input") if "list" in tag or tag.get("name") in ("version", "matched")]
    return {tag["name"]: tag["value"] for tag in fields} | more


def test_one_save_takes_the_matches_of_all_pages(unmatched: Books, priya: Browser) -> None:
    address = unmatched.part("departments") + MATCH
    form = sent(priya.get(address), reason="Same names")
    field = next(name for name in form if name.startswith("department_"))
    said = priya.post(address, **(form | {field: ""}))
    assert said.headers["Location"] == unmatched.part("departments")
    assert len(unmatched.mapped()) == 119, "what one emptied is not saved"
    text = page(priya.land(said)).text
    assert "Saved as version 1." in text
    assert "and 111 more" in text


def test_without_the_tick_only_what_is_in_sight_is_saved(unmatched: Books, priya: Browser) -> None:
    address = unmatched.part("departments") + MATCH
    form = sent(priya.get(address), reason="Same names")
    del form["matched"]
    priya.post(address, **form)
    assert len(unmatched.mapped()) == 100


def test_matches_that_changed_since_one_looked_are_not_saved(unmatched: Books, priya: Browser) -> None:
    address = unmatched.part("departments") + MATCH
    form = sent(priya.get(address), reason="Same names")
    unmatched.track("class", "Class", "Field:team 147")
    said = priya.post(address, **form)
    assert said.status_code == 409
    assert "What the names match has changed since you looked." in page(said).text
    assert unmatched.versions() == []


def test_a_row_that_has_a_target_is_not_matched_anew(books: Books, priya: Browser) -> None:
    with books.open():
        Category.objects.create(name="Anything", code="6110")
    priya.post(books.part("categories"), **books.rows(version=0, **{books.software: "6110"}))
    response = priya.get(books.part("categories") + MATCH)
    assert names(response) == ["Anything"], "Software is called like 6020, and somebody chose 6110"
    assert "1 of 1 without a target matched; 0 left." in page(response).text


def test_where_nothing_matches_it_says_so(books: Books, priya: Browser) -> None:
    with books.open():
        Category.objects.update(name="Nothing like it")
    text = page(priya.get(books.part("categories") + MATCH)).text
    assert "0 of 1 without a target matched; 1 left. None is called like something in QuickBooks" in text


# --- back ------------------------------------------------------------------------------------------------------------


@pytest.fixture
def three_versions(books: Books, priya: Browser) -> Books:
    on = {"switches": "create_vendors", "create_vendors": "on"}
    priya.post(books.mapping_path, **(books.form(version=0, card="2110", default="6110") | on))
    priya.post(books.part("categories"), **books.rows(version=1, **{books.software: "6020"}))
    last = books.form(version=2, card="2120") | {"switches": "create_vendors"}
    priya.post(books.mapping_path, **last)
    assert books.mapped() == {"card_account": "2120", "Software": "6020"}
    return books


def back(books: Books, priya: Browser, to: int, seen: int, why: str = "It was right") -> Any:
    return priya.post(f"{books.mapping_path}revert?part=categories", to=str(to), seen=str(seen), why=why)


def test_going_back_is_a_new_version_and_nothing_is_lost(three_versions: Books, priya: Browser) -> None:
    said = back(three_versions, priya, to=1, seen=3)
    assert three_versions.mapped() == {"card_account": "2110", "default": "6110"}
    assert three_versions.versions()[-1] == (4, "Priya Raman", "Back to version 1: It was right")
    with three_versions.open():
        assert ConfigurationVersion.objects.get(number=4).create_vendors
    text = page(priya.land(said)).text
    for words in (
        "“Back to version 1: It was right”",
        "Card account: 2120 Company Visa to 2110 Flex Card",
        "Category Software: 6020 Software to nothing",
        "Missing vendors are made",
    ):
        assert words in text
    back(three_versions, priya, to=3, seen=4)
    assert three_versions.mapped() == {"card_account": "2120", "Software": "6020"}


@pytest.mark.parametrize(
    ("to", "seen", "why", "status", "says"),
    [
        (1, 3, "  ", 422, "Say why you go back to version 1."),
        (1, 2, "Mine", 409, "Version 3 was saved meanwhile, so nothing was changed."),
        (9, 3, "Mine", 404, ""),
        (0, 3, "Mine", 404, ""),
    ],
)
def test_going_back_wants_a_reason_and_sees_what_is_newer(
    three_versions: Books, priya: Browser, to: int, seen: int, why: str, status: int, says: str
) -> None:
    response = back(three_versions, priya, to, seen, why)
    assert response.status_code == status
    assert says in page(response).text
    assert len(three_versions.versions()) == 3


def test_going_back_to_what_stands_makes_no_version(three_versions: Books, priya: Browser) -> None:
    back(three_versions, priya, to=3, seen=3)
    assert len(three_versions.versions()) == 3


def test_every_version_can_be_reached_and_gone_back_to(books: Books, priya: Browser) -> None:
    for number in range(7):
        priya.post(books.mapping_path, **books.form(version=number, card=("2110", "2120")[number % 2]))
    seen: list[int] = []
    address = books.mapping_path
    while address:
        history = priya.get(address).context["page"]["history"]
        seen += [version["number"] for version in history["versions"]]
        address = history["older_url"]
    assert seen == [7, 6, 5, 4, 3, 2, 1]


# --- size ------------------------------------------------------------------------------------------------------------


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


def test_whoever_can_only_read_the_mapping_is_told_whom_to_ask(books: Books, theo: Browser) -> None:
    assert "To have it changed, ask Priya Raman." in page(theo.get(books.part("categories"))).text


def test_before_anything_is_connected_the_mapping_says_what_comes_first(cast: Cast, priya: Browser) -> None:
    response = priya.get("/o/larkfield/mapping/", follow=True)
    assert "Connect an entity first" in page(response).text
