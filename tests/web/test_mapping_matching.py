"""Matching by name, and going back to an earlier version."""

from typing import Any

import pytest

from integrations.models import ConfigurationVersion
from ledger.models import Category, Department
from tests.web.books import Books
from tests.web.browser import Browser, page
from tests.web.mapped import MATCH, names, sent, table

# --- matching --------------------------------------------------------------------------------------------------------


@pytest.fixture
def unmatched(books: Books) -> Books:
    """150 departments; the books have a class for 120 of them, one by its number, and two for one more."""
    books.track("class", "Class", *(f"Field:team {number}" for number in range(120)), "A:Twin", "B:Twin")
    with books.open():
        teams = [Department(name=f"Team  {number}") for number in range(148)]
        Department.objects.bulk_create([*teams, Department(name="Twin")])
    return books


def test_a_match_is_a_suggestion_and_nothing_is_saved_by_looking(unmatched: Books, priya: Browser) -> None:
    response = priya.get(unmatched.part("departments") + MATCH)
    assert "120 of 150 without a target matched; 30 left." in page(response).text
    assert len(names(response)) == 100
    fields = [cell for row in table(response)["rows"] for cell in row["cells"]]
    assert {(field["value"].startswith("Field:team "), field["suggested"]) for field in fields} == {(True, True)}
    assert unmatched.versions() == []
    assert unmatched.mapped() == {}


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
