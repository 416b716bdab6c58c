"""A vendor of each name: found, made, or refused; and never made twice."""

from collections.abc import Sequence
from typing import Any

import pytest

from integrations.providers.documents import NewVendor
from integrations.providers.errors import AccessLost, Temporary
from integrations.providers.quickbooks import vendors
from tests.providers.quickbooks.connected import COMPANIES, Connected, connect
from tests.providers.quickbooks.loopback import answers, closes, serving
from tests.providers.quickbooks.test_client import _client
from tests.providers.quickbooks_sandbox.client import UK, US, Server, fresh


def stored(company: Connected) -> list[str]:
    return [row["DisplayName"] for row in company.server.stored("Vendor", company.realm)]


def create(company: Connected, names: Sequence[str]) -> dict[str, NewVendor]:
    results = {one.name: one for one in company.provider.create_vendors(names)}
    assert results.keys() == set(names)
    return results


def ids(results: dict[str, NewVendor]) -> dict[str, str]:
    return {name: one.vendor.external_id if one.vendor else "" for name, one in results.items()}


@COMPANIES
@pytest.mark.parametrize("count", [1, 2, 20])
def test_what_the_books_lack_is_made_once(sandbox: Server, realm: str, count: int) -> None:
    company = connect(sandbox, realm)
    names = [fresh("Vendor") for _ in range(count)]
    first = create(company, names)
    assert {one.made for one in first.values()} == {True}
    again = create(company, names)
    assert (ids(again), {one.made for one in again.values()}) == (ids(first), {False})
    assert [stored(company).count(name) for name in names] == [1] * count


def test_what_is_there_is_found_whatever_its_capitals(us: Connected) -> None:
    before = stored(us)
    staples = us.server.seeded_id(US, "Vendor", "Staples")
    for name in ("Staples", "STAPLES", "sTaPlEs"):
        assert ids(create(us, [name])) == {name: staples}
    assert stored(us) == before


def test_some_are_there_some_are_new_and_a_customers_name_is_refused(us: Connected) -> None:
    new = fresh("Vendor")
    results = create(us, ["Staples", new, "Northgate Studio", "Lena Fox"])
    assert ids(results)["Staples"] == us.server.seeded_id(US, "Vendor", "Staples")
    assert results[new].made
    for name in ("Northgate Studio", "Lena Fox"):
        assert results[name].vendor is None
        assert "A customer or an employee has this name" in results[name].refusal
    assert "Northgate Studio" not in stored(us)


@pytest.mark.parametrize(
    "name", ["O'Hara & Sons", 'Back\\slash "quoted"', "100 % #1 + more", "Zoë’s Café – Łódź", "Uber: Eats", "y" * 140]
)
def test_a_name_of_any_signs_is_made_once_and_found_again(us: Connected, name: str) -> None:
    name = f"{fresh('V')} {name}"
    made = create(us, [name])
    assert made[name].made, made
    again = create(us, [name])
    assert (ids(again), again[name].made) == (ids(made), False)


def test_two_writings_of_one_name_are_one_vendor(us: Connected) -> None:
    name = fresh("Vendor")
    results = create(us, [name, name.upper(), f"{name}:"])
    assert len(set(ids(results).values())) == 1
    assert all(one.vendor for one in results.values())
    assert [each.casefold() for each in stored(us)].count(name.casefold()) == 1


@pytest.mark.parametrize(("kind", "made"), [("drop_after_commit", False), ("drop_before", True), ("status", True)])
def test_where_the_answer_is_lost_nobody_can_say_and_the_name_finds_it(us: Connected, kind: str, *, made: bool) -> None:
    name = fresh("Vendor")
    us.server.control("faults", {"kind": kind, "realm": US, "entity": "Vendor", "operation": "create"})
    assert create(us, [name]) == {name: NewVendor(name)}
    again = create(us, [name])
    assert (again[name].vendor is not None, again[name].made) == (True, made)
    assert stored(us).count(name) == 1


def test_a_line_that_breaks_ends_the_round_and_the_others_come_again(us: Connected) -> None:
    """Twenty that hang one after the other would hold up everything else of the connection."""
    names = [fresh("Vendor") for _ in range(4)]
    us.server.control("faults", {"kind": "drop_before", "realm": US, "entity": "Vendor", "skip": 1})
    results = create(us, names)
    assert [results[name].tried for name in names] == [True, True, False, False]
    assert [results[name].made for name in names] == [True, False, False, False]
    assert {one.made for one in create(us, names[1:]).values()} == {True}


def test_a_platform_that_takes_its_time_is_given_a_few_at_once(us: Connected, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(vendors, "ROUND_SECONDS", 0)
    names = [fresh("Vendor") for _ in range(3)]
    assert [one.tried for one in create(us, names).values()] == [True, False, False]


def test_one_that_fails_leaves_the_others_alone(us: Connected) -> None:
    names = [fresh("Vendor") for _ in range(3)]
    us.server.control("faults", {"kind": "fault", "realm": US, "entity": "Vendor", "code": "10000", "skip": 1})
    results = create(us, names)
    assert [one.made for one in results.values()] == [True, False, True]
    assert results[names[1]] == NewVendor(names[1])


def test_what_the_books_refuse_is_said_in_their_words(us: Connected) -> None:
    name = fresh("Vendor")
    us.server.control(
        "faults", {"kind": "fault", "realm": US, "entity": "Vendor", "code": "6000", "detail": "Not this one."}
    )
    assert "Not this one" in create(us, [name])[name].refusal


def test_a_throttle_asks_for_a_rest(us: Connected) -> None:
    us.server.control("faults", {"realm": US, "kind": "throttle", "entity": "Vendor"})
    with pytest.raises(Temporary):
        us.provider.create_vendors([fresh("Vendor")])


def test_a_throttle_in_the_middle_keeps_what_was_made_and_leaves_the_others_for_later(us: Connected) -> None:
    us.server.control("faults", {"realm": US, "kind": "throttle", "entity": "Vendor", "skip": 1})
    names = [fresh("Vendor") for _ in range(3)]
    results = create(us, names)
    assert [results[name].made for name in names] == [True, False, False]
    assert [results[name] for name in names[1:]] == [NewVendor(name, tried=False) for name in names[1:]]


def test_without_access_nothing_is_made(us: Connected) -> None:
    us.server.control("tokens/revoke", {"realm": US})
    with pytest.raises(AccessLost):
        us.provider.create_vendors([fresh("Vendor")])


def test_a_deactivated_vendor_of_the_name_does_not_stand_in_the_way(us: Connected) -> None:
    name = fresh("Vendor")
    first = create(us, [name])
    books = us.server.company(US)
    row = books.read("Vendor", ids(first)[name])
    books.create("Vendor", {**row, "Active": False})
    second = create(us, [name])
    assert second[name].made
    assert ids(second) != ids(first)


def test_no_names_ask_nothing(sandbox: Server) -> None:
    company = connect(sandbox, UK)
    sandbox.control("tokens/revoke", {"realm": UK})
    assert company.provider.create_vendors([]) == []


# A platform that mumbles.

NOBODY = '{"QueryResponse":{}}'
TAKEN = '{"Fault":{"Error":[{"Message":"Duplicate Name Exists Error","Detail":"%s","code":"6240"}]}}'
HOLDER = '{"Vendor":{"Id":"61","DisplayName":"%s","Active":true}}'


def ask(*behaviours: Any) -> NewVendor:
    with serving(*behaviours) as server:
        [result] = vendors.create(_client(server), ["Acme"], outside_us=False)
    return result


def test_a_holder_that_queries_do_not_show_yet_is_read_by_the_id_in_the_refusal() -> None:
    taken = answers(400, TAKEN % "The name supplied already exists. : Id=61")
    result = ask(taken, answers(200, HOLDER % "ACME"))
    assert result.vendor is not None
    assert (result.vendor.external_id, result.made) == ("61", False)


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("Another customer is already using this name.", NOBODY),
        ("Another customer is already using this name.", '{"QueryResponse":{"Vendor":[{"Id":"7","DisplayName":"A"}]}}'),
        ("The name supplied already exists. : Id=61", HOLDER % "Somebody else"),
        ("The name supplied already exists. : Id=61", '{"Fault":{"Error":[{"Message":"m","code":"610"}]}}'),
    ],
)
def test_a_holder_that_is_no_vendor_of_this_name_is_a_refusal(words: str, answer: str) -> None:
    told = answers(400 if "Fault" in answer else 200, answer)
    assert "Rename one of them" in ask(answers(400, TAKEN % words), told).refusal


@pytest.mark.parametrize(
    "answer",
    [
        '{"Vendor":{"Id":{},"DisplayName":"Acme"}}',
        '{"Vendor":{"DisplayName":"Acme"}}',
        '{"Fault":{"Error":[{"Message":"No rights","Detail":"d","code":"5020"}]}}',
    ],
)
def test_a_holder_that_is_not_shown_is_not_called_a_customer_and_stops_nobody_else(answer: str) -> None:
    taken = answers(400, TAKEN % "The name supplied already exists. : Id=61")
    refusal = ask(taken, answers(400 if "Fault" in answer else 200, answer)).refusal
    assert "does not show by whom" in refusal
    assert "customer" not in refusal


@pytest.mark.parametrize(
    "behaviour", [answers(200, "{}"), answers(502, "<html>"), answers(200, '{"Vendor":{"Id":61}}'), closes]
)
def test_what_cannot_be_read_may_have_been_made(behaviour: Any) -> None:
    assert ask(behaviour) == NewVendor("Acme")


# Currencies.

KEPT_IN = '{"Vendor":{"Id":"61","SyncToken":"0","DisplayName":"Acme (EUR)","Active":true,"CurrencyRef":{"value":"%s"}}}'


def ask_in_euros(*behaviours: Any) -> tuple[NewVendor, bytes]:
    with serving(*behaviours) as server:
        [result] = vendors.create(_client(server), ["Acme (EUR)"], "EUR", outside_us=False)
        return result, server.heard[-1].body


def test_a_vendor_is_made_in_the_currency_that_is_asked_for() -> None:
    result, sent = ask_in_euros(answers(200, KEPT_IN % "EUR"))
    assert b'"CurrencyRef":{"value":"EUR"}' in sent
    assert result.vendor is not None
    assert (result.vendor.currency, result.made) == ("EUR", True)


@pytest.mark.parametrize("answer", [KEPT_IN % "USD", '{"Vendor":{"Id":"61","SyncToken":"0"}}'])
def test_a_vendor_that_the_platform_keeps_in_another_currency_is_not_used(answer: str) -> None:
    result, _ = ask_in_euros(answers(200, answer))
    assert result.vendor is None
    assert "must be in EUR" in result.refusal


def test_nor_is_one_that_was_there() -> None:
    taken = answers(400, TAKEN % "The name supplied already exists. : Id=61")
    result, _ = ask_in_euros(taken, answers(200, KEPT_IN % "USD"))
    assert (result.vendor, "keeps it in USD" in result.refusal) == (None, True)
