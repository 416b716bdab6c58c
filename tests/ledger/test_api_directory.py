"""Keeping the names that transactions use: cards, accounts, categories, departments, tags, vendors."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger.api.urls import urlpatterns
from ledger.models import Category, Entity, Vendor
from ledger.tenancy.context import acting_for
from tests.cast import Cast
from tests.ledger.caller import API, Issuer, charge, closing, refusal

# A whole entry of each noun, and the number n of many that differ.
ENTRIES: dict[str, Callable[[int], dict[str, str]]] = {
    "cards": lambda n: {
        "external_id": f"card-{n}",
        "entity": "Larkfield Inc.",
        "last_four": f"{n:04}",
        "holder": f"Person {n}",
    },
    "bank-accounts": lambda n: {"external_id": f"bank-{n}", "entity": "Larkfield Inc.", "name": "Operating account"},
    "categories": lambda n: {"name": f"Category {n}", "code": f"K{n}"},
    "departments": lambda n: {"name": f"Department {n}", "code": f"RHF{n}"},
    "tag-groups": lambda n: {"name": f"Group {n}"},
    "tags": lambda n: {"group": "Project", "name": f"Tag {n}"},
    "vendors": lambda n: {
        "name": f"Vendor {n}",
        "external_id": f"V-{n}",
        "email": "billing@example.com",
        "phone": "+1 212 555 0100",
        "currency": "USD",
    },
}
NOUNS = list(ENTRIES)
# What of an entry may become otherwise, and what it is known by then.
CHANGES = {
    "cards": {"holder": "Owen Park", "last_four": "9999"},
    "bank-accounts": {"name": "Savings account"},
    "categories": {"name": "Renamed"},
    "departments": {"name": "Renamed"},
    "vendors": {"name": "Renamed", "email": "", "phone": "1", "currency": "EUR"},
}
OPTIONAL = {
    "cards": {"holder"},
    "categories": {"code"},
    "departments": {"code"},
    "vendors": {"external_id", "email", "phone", "currency"},
}
# Those that have a name and a number of their own.
NUMBERED = [("departments", "code"), ("categories", "code"), ("vendors", "external_id")]


@pytest.fixture(autouse=True)
def project(issuer: Issuer) -> None:
    """The group of the tags."""
    assert issuer.post({"name": "Project"}, at=f"{API}/tag-groups").status_code == 201


def enter(issuer: Issuer, noun: str, *entries: dict[str, Any]) -> list[tuple[str, str]]:
    """Key and result of each."""
    answer = issuer.post(list(entries), at=f"{API}/{noun}")
    assert answer.status_code in (200, 201, 207), answer.content[:500]
    return [(result["key"], result["result"]) for result in answer.json()["results"]]


def listed(issuer: Issuer, noun: str, **query: Any) -> list[dict[str, str]]:
    return issuer.list(f"{API}/{noun}", **query)


# --- every noun ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("noun", NOUNS)
def test_an_entry_is_read_back_as_it_was_sent(issuer: Issuer, noun: str) -> None:
    entry = ENTRIES[noun](7)
    response = issuer.post(entry, at=f"{API}/{noun}")
    assert response.status_code == 201
    [result] = response.json()["results"]
    assert (result["result"], result["errors"]) == ("created", {})
    assert result["key"] in entry.values()
    assert listed(issuer, noun)[-1] == entry


@pytest.mark.parametrize("noun", NOUNS)
def test_the_same_again_adds_nothing(issuer: Issuer, noun: str) -> None:
    issuer.post(ENTRIES[noun](7), at=f"{API}/{noun}")
    before = listed(issuer, noun)
    again = issuer.post(ENTRIES[noun](7), at=f"{API}/{noun}")
    assert (again.status_code, again.json()["existing"]) == (200, 1)
    assert listed(issuer, noun) == before


@pytest.mark.parametrize(("noun", "values"), CHANGES.items(), ids=list(CHANGES))
def test_other_values_change_an_entry(issuer: Issuer, noun: str, values: dict[str, str]) -> None:
    issuer.post([ENTRIES[noun](7), ENTRIES[noun](8)], at=f"{API}/{noun}")
    changed = {**ENTRIES[noun](7), **values}
    answer = issuer.post(changed, at=f"{API}/{noun}")
    assert (answer.status_code, answer.json()["changed"]) == (200, 1)
    assert listed(issuer, noun)[-2:] == [changed, ENTRIES[noun](8)]


@pytest.mark.parametrize("noun", NOUNS)
def test_a_thousand_entries_are_taken_in_one_call_in_as_many_statements_as_ten(issuer: Issuer, noun: str) -> None:
    make, counts = ENTRIES[noun], []
    for numbers in (range(1000, 1010), range(2000, 3000)):
        with CaptureQueriesContext(connection) as statements:
            assert issuer.post([make(n) for n in numbers], at=f"{API}/{noun}").json()["created"] == len(numbers)
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 14
    with CaptureQueriesContext(connection) as statements:
        told_otherwise = [otherwise(noun, make(n)) for n in range(2000, 3000)]
        answer = issuer.post(told_otherwise, at=f"{API}/{noun}").json()
    assert answer["changed" if noun in CHANGES else "existing"] == 1000
    assert len(statements) <= 15


def otherwise(noun: str, entry: dict[str, str]) -> dict[str, str]:
    """With one value changed, if any may change."""
    name = next(iter(CHANGES.get(noun, {})), None)
    return {**entry, name: f"{entry[name]}!"} if name else entry


@pytest.mark.parametrize("noun", NOUNS)
def test_pages_of_any_size_make_the_same_list(issuer: Issuer, noun: str) -> None:
    enter(issuer, noun, *map(ENTRIES[noun], range(30, 35)))
    whole = listed(issuer, noun)
    assert [listed(issuer, noun, page_size=size) for size in (1, 2, 200)] == [whole] * 3


@pytest.mark.parametrize("noun", NOUNS)
def test_an_entry_is_found_by_each_of_its_filters_and_by_nothing_else(issuer: Issuer, noun: str) -> None:
    [view] = [pattern.callback.view_class for pattern in urlpatterns if str(pattern.pattern) == noun]
    enter(issuer, noun, ENTRIES[noun](41), ENTRIES[noun](42))
    filters = set(view.filters().fields) - {"cursor", "page_size"}
    assert filters
    for name in filters:
        value = ENTRIES[noun](42)[name]
        assert all(entry[name] == value for entry in listed(issuer, noun, **{name: value}))
        assert ENTRIES[noun](42) in listed(issuer, noun, **{name: value})
        assert listed(issuer, noun, **{name: "none such"}) == []
    refusal(issuer.ask(f"{API}/{noun}", color="red"), 400, "invalid")


@pytest.mark.parametrize("noun", NOUNS)
@pytest.mark.parametrize(
    "value", ["x" * 255, "a\0", "\ud800", None, 7, True, [], {}], ids=lambda value: ascii(value)[:12]
)
def test_a_value_that_cannot_be_is_refused_by_name(issuer: Issuer, noun: str, value: Any) -> None:
    for name in ENTRIES[noun](7):
        answer = issuer.post({**ENTRIES[noun](7), name: value}, at=f"{API}/{noun}")
        assert set(refusal(answer, 400, "invalid")) == {name}


@pytest.mark.parametrize("noun", NOUNS)
def test_what_must_be_said_is_neither_left_out_nor_blank(issuer: Issuer, noun: str) -> None:
    required = set(ENTRIES[noun](7)) - OPTIONAL.get(noun, set())
    assert set(refusal(issuer.post({}, at=f"{API}/{noun}"), 400, "invalid")) == required
    for blank in ("", " "):
        body = {**ENTRIES[noun](7), **dict.fromkeys(required, blank)}
        assert set(refusal(issuer.post(body, at=f"{API}/{noun}"), 400, "invalid")) == required


@pytest.mark.parametrize("noun", OPTIONAL)
def test_what_need_not_be_said_is_empty(issuer: Issuer, noun: str) -> None:
    told = {name: value for name, value in ENTRIES[noun](7).items() if name not in OPTIONAL[noun]}
    assert issuer.post(told, at=f"{API}/{noun}").status_code == 201
    assert listed(issuer, noun)[-1] == {**told, **dict.fromkeys(OPTIONAL[noun], "")}


@pytest.mark.parametrize("noun", NOUNS)
def test_a_field_that_is_not_known_is_refused_not_lost(issuer: Issuer, noun: str) -> None:
    unknown = {**ENTRIES[noun](7), "colour": "red"}
    assert set(refusal(issuer.post(unknown, at=f"{API}/{noun}"), 400, "invalid")) == {"colour"}


@pytest.mark.parametrize("noun", NOUNS)
def test_one_bad_entry_does_not_hold_up_the_others(issuer: Issuer, noun: str) -> None:
    good, bad = ENTRIES[noun](51), {**ENTRIES[noun](52), "colour": "red"}
    response = issuer.post([bad, good, "x"], at=f"{API}/{noun}")
    assert response.status_code == 207
    assert [result["result"] for result in response.json()["results"]] == ["refused", "created", "refused"]
    assert listed(issuer, noun)[-1] == good


@pytest.mark.parametrize("noun", NOUNS)
def test_more_than_a_thousand_are_too_many(issuer: Issuer, noun: str) -> None:
    refusal(issuer.post([{}] * 1001, at=f"{API}/{noun}"), 413, "too_many")


@pytest.mark.parametrize("noun", NOUNS)
def test_the_neighbour_keeps_the_same_names_apart(issuer: Issuer, neighbour: Issuer, noun: str) -> None:
    entry = ENTRIES[noun](7)
    issuer.post(entry, at=f"{API}/{noun}")
    before = listed(neighbour, noun)
    assert entry not in before
    theirs = {**entry, **({"entity": "Brightwell Inc."} if "entity" in entry else {})}
    if noun == "tags":
        neighbour.post({"name": "Project"}, at=f"{API}/tag-groups")
    assert neighbour.post(theirs, at=f"{API}/{noun}").status_code == 201
    assert listed(neighbour, noun) == [*before, theirs]


def test_entities_are_read_only(issuer: Issuer) -> None:
    assert listed(issuer, "entities") == [
        {"name": "Larkfield Inc.", "currency": "USD", "time_zone": "America/New_York"},
    ]
    assert listed(issuer, "entities", name="Brightwell Inc.") == []
    refusal(issuer.post({"name": "Another"}, at=f"{API}/entities"), 405, "method_not_allowed")


# --- names, however they are written ---------------------------------------------------------------------------------


@pytest.mark.parametrize("noun", ["categories", "departments", "tag-groups", "tags", "vendors"])
@pytest.mark.parametrize(("known", "told"), [("Straße", "STRASSE"), ("apollo", "Apollo"), ("ΣΊΣΥΦΟΣ", "σίσυφος")])
def test_a_name_that_is_taken_in_other_letters_is_refused_with_how_it_is_written(
    issuer: Issuer, noun: str, known: str, told: str
) -> None:
    whole = {"group": "Project"} if noun == "tags" else {}
    enter(issuer, noun, {**whole, "name": known})
    sentences = refusal(issuer.post({**whole, "name": told}, at=f"{API}/{noun}"), 400, "invalid")
    assert sentences == {"name": [f"There is “{known}” already. Write it so."]}


@pytest.mark.parametrize("noun", ["categories", "departments", "tag-groups", "tags", "vendors"])
def test_in_one_list_too(issuer: Issuer, noun: str) -> None:
    whole = {"group": "Project"} if noun == "tags" else {}
    told = [{**whole, "name": name} for name in ("Apollo", "APOLLO", "Apollo")]
    assert enter(issuer, noun, *told) == [("Apollo", "created"), ("APOLLO", "refused"), ("Apollo", "existing")]


def test_tags_of_different_groups_may_have_one_name(issuer: Issuer) -> None:
    enter(issuer, "tag-groups", {"name": "Region"})
    told = [{"group": group, "name": "North"} for group in ("Project", "Region")]
    assert [result for _, result in enter(issuer, "tags", *told)] == ["created", "created"]


@pytest.mark.parametrize(("noun", "number"), NUMBERED)
def test_two_entries_of_one_name_are_told_apart_only_by_another_name(issuer: Issuer, noun: str, number: str) -> None:
    """As in a council's own list, where two cost centres are called Digital Birmingham."""
    told = [{"name": "Digital Birmingham", number: own} for own in ("RDE03", "TA-00555-01")]
    assert [result for _, result in enter(issuer, noun, *told)] == ["created", "refused"]
    sentences = refusal(issuer.post(told[1], at=f"{API}/{noun}"), 400, "invalid")
    assert sentences["name"][0].startswith("There is “Digital Birmingham” (RDE03) already.")


@pytest.mark.parametrize(("noun", "number"), NUMBERED)
def test_by_its_own_number_an_entry_is_renamed_but_not_to_a_name_that_is_taken(
    issuer: Issuer, noun: str, number: str
) -> None:
    enter(issuer, noun, {"name": "Sales", number: "10"}, {"name": "Support", number: "20"})
    assert enter(issuer, noun, {"name": "SALES", number: "10"}) == [("10", "changed")]
    assert enter(issuer, noun, {"name": "Field sales", number: "10"}) == [("10", "changed")]
    sentences = refusal(issuer.post({"name": "support", number: "10"}, at=f"{API}/{noun}"), 400, "invalid")
    assert list(sentences) == ["name"]
    assert "“Support” (20)" in sentences["name"][0]
    assert [entry["name"] for entry in listed(issuer, noun) if entry[number]] == ["Field sales", "Support"]


@pytest.mark.parametrize(("noun", "number"), NUMBERED)
def test_an_own_number_is_given_later_and_stays_when_it_is_left_out(issuer: Issuer, noun: str, number: str) -> None:
    enter(issuer, noun, {"name": "Legal"})
    assert enter(issuer, noun, {"name": "Legal", number: "30"}) == [("30", "changed")]
    assert enter(issuer, noun, {"name": "Legal"}) == [("Legal", "existing")]
    assert [entry[number] for entry in listed(issuer, noun, name="Legal")] == ["30"]


@pytest.mark.parametrize(("noun", "number"), NUMBERED)
def test_names_that_change_hands_in_one_list_do_so_in_two(issuer: Issuer, noun: str, number: str) -> None:
    enter(issuer, noun, {"name": "East", number: "1"}, {"name": "West", number: "2"})
    swap = [{"name": "West", number: "1"}, {"name": "East", number: "2"}]
    assert [result for _, result in enter(issuer, noun, *swap)] == ["refused", "refused"]
    freed = [{"name": "North", number: "1"}, {"name": "East", number: "2"}, {"name": "East", number: "3"}]
    assert [result for _, result in enter(issuer, noun, *freed)] == ["changed", "refused", "refused"]
    assert enter(issuer, noun, freed[1]) == [("2", "changed")]


def test_a_vendor_is_found_by_its_name_however_it_is_asked_for(issuer: Issuer) -> None:
    enter(issuer, "vendors", {"name": "Staples"})
    assert [vendor["name"] for vendor in listed(issuer, "vendors", name="STAPLES")] == ["Staples"]


# --- owners ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("noun", ["cards", "bank-accounts"])
def test_what_an_entity_owns_stays_with_it(issuer: Issuer, cast: Cast, noun: str) -> None:
    with acting_for(cast.larkfield.id):
        Entity.objects.create(name="Larkfield Ltd", currency="GBP")
    enter(issuer, noun, ENTRIES[noun](7))
    moved = {**ENTRIES[noun](7), "entity": "Larkfield Ltd"}
    assert set(refusal(issuer.post(moved, at=f"{API}/{noun}"), 400, "invalid")) == {"entity"}
    assert listed(issuer, noun)[-1] == ENTRIES[noun](7)


@pytest.mark.parametrize(
    ("noun", "owner", "sentence"),
    [
        ("cards", "entity", "There is no entity “Brightwell Inc.”."),
        ("bank-accounts", "entity", "There is no entity “Brightwell Inc.”."),
        ("tags", "group", "There is no tag group “Brightwell Inc.”."),
    ],
)
def test_an_owner_that_is_not_ours_does_not_exist(issuer: Issuer, noun: str, owner: str, sentence: str) -> None:
    entry = {**ENTRIES[noun](7), owner: "Brightwell Inc."}
    assert refusal(issuer.post(entry, at=f"{API}/{noun}"), 400, "invalid") == {owner: [sentence]}


# --- in use, and two at once -----------------------------------------------------------------------------------------


def test_what_was_entered_is_what_transactions_name(issuer: Issuer) -> None:
    for noun in NOUNS:
        enter(issuer, noun, ENTRIES[noun](7))
    used = {"card": "card-7", "category": "Category 7", "department": "Department 7", "tags": {"Project": "Tag 7"}}
    body = charge(**used, vendor="vendor 7")
    assert issuer.post(body).status_code == 201
    assert {name: issuer.read("c-1")[name] for name in used} == used
    enter(issuer, "departments", {"name": "Renamed", "code": "RHF7"})
    assert issuer.read("c-1")["department"] == "Renamed"


@pytest.mark.parametrize("noun", NOUNS)
def test_the_same_entries_at_the_same_moment_are_entered_once(
    transactional_db: None, issuer: Issuer, noun: str
) -> None:
    entries = list(map(ENTRIES[noun], range(60, 70)))
    orders = [entries, entries[::-1]] * 3
    with ThreadPoolExecutor(6) as threads:
        answers = list(threads.map(closing(lambda order: issuer.post(order, at=f"{API}/{noun}")), orders))
    assert sorted(answer.json()["created"] for answer in answers) == [0] * 5 + [10]
    assert sorted(answer.status_code for answer in answers) == [200] * 5 + [201]


def test_one_name_in_many_spellings_at_the_same_moment_is_one(
    transactional_db: None, issuer: Issuer, cast: Cast
) -> None:
    spellings = ["apollo", "Apollo", "APOLLO", "aPOLLO"]

    def post(name: str) -> Any:
        return [issuer.post({"name": name}, at=f"{API}/{noun}").status_code for noun in ("categories", "vendors")]

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(closing(post), spellings))
    assert [sorted(column) for column in zip(*answers, strict=True)] == [[201, 400, 400, 400]] * 2
    with acting_for(cast.larkfield.id), transaction.atomic():
        assert Category.objects.filter(name__iexact="apollo").count() == 1
        assert Vendor.objects.filter(name__iexact="apollo").count() == 1
