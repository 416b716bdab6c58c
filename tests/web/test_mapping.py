"""Saving the mapping: versions, what is refused, and two who save at once."""

import pytest
from django.utils import timezone

from integrations.mapping.slots import MappingSlot
from integrations.models import ConfigurationVersion, JobState, Reference
from integrations.providers.documents import AccountRole
from ledger.models import BankAccount, Card, Category, Entity, Tag, TagGroup, Vendor
from tests.cast import Cast
from tests.web.books import Books
from tests.web.browser import Browser, page
from tests.web.mapped import NO_CARD, errors, names, value

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
