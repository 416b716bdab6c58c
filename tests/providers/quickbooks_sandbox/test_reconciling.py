"""What an accountant has agreed with a statement: set from outside, listed, and told when it is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import requests

from .client import US, Company, Json, Server
from .report import report

MONTH = {"start_date": "2043-05-01", "end_date": "2043-05-31"}


def _charge(company: Company, **changes: Any) -> Json:
    return company.create("Purchase", company.charge(**{"TxnDate": "2043-05-02", **changes}))


def _change(company: Company, made: Json, **changes: Any) -> requests.Response:
    """A full update; what only a read shows is refused when it is sent back (§4.2)."""
    kept = {name: value for name, value in made.items() if name != "PurchaseEx"}
    return company.post("purchase", {**kept, **changes})


def _set(company: Company, made: list[Json], state: str, **more: Any) -> Json:
    body = {"account": company.account("2110"), "state": state, "statement_date": "2043-05-31", **more}
    rows = [{"entity": "Purchase", "id": each["Id"]} for each in made]
    return company.server.control(f"companies/{company.realm}/reconcile", {**body, "transactions": rows})


def _shown(company: Company) -> Json:
    account = company.account("2110")
    return company.server.control(f"companies/{company.realm}/reconcile?account={account}", method="GET")


def _listed(company: Company, state: str) -> set[str]:
    found = report(company, "TransactionList", **MONTH, cleared=state, columns="txn_type,is_cleared")
    return {row.cells[0]["id"] for row in found.data()}


@pytest.fixture
def own_books(own: Callable[..., Server]) -> Company:
    return own().company(US)


def test_each_state_is_listed_by_its_own_word(us: Company) -> None:
    plain, cleared, reconciled = (_charge(us) for _ in range(3))
    _set(us, [cleared], "Cleared")
    _set(us, [reconciled], "Reconciled")
    for state, made in (("Uncleared", plain), ("Cleared", cleared), ("Reconciled", reconciled)):
        assert _listed(us, state) & {each["Id"] for each in (plain, cleared, reconciled)} == {made["Id"]}
    found = report(us, "TransactionList", **MONTH, columns="txn_type,is_cleared")
    letters = {row.cells[0]["id"]: row.values[1] for row in found.data()}
    assert [letters[each["Id"]] for each in (plain, cleared, reconciled)] == ["", "C", "R"]
    _set(us, [cleared, reconciled], "Uncleared")
    assert not _listed(us, "Reconciled")


def test_a_switch_counts_what_is_reconciled_as_cleared(own: Callable[..., Server]) -> None:
    company = own(SANDBOX_CLEARED_FILTER="wide").company(US)
    cleared, reconciled = _charge(company), _charge(company)
    _set(company, [cleared], "Cleared")
    _set(company, [reconciled], "Reconciled")
    assert _listed(company, "Cleared") == {cleared["Id"], reconciled["Id"]}


def test_a_state_survives_a_change_that_leaves_the_card_alone(us: Company) -> None:
    made = _charge(us)
    _set(us, [made], "Reconciled")
    split = [us.line("40", account="6110"), us.line("2.50", account="6210")]
    made = _change(us, made, Line=split, PrivateNote="Split by class").json()["Purchase"]
    assert made["Id"] in _listed(us, "Reconciled")
    made = _change(us, made, Line=[us.line("99")]).json()["Purchase"]
    assert made["Id"] not in _listed(us, "Reconciled")
    told = next(row for row in _shown(us)["discrepancies"] if row["id"] == made["Id"])
    assert (told["amount"], told["now"], told["statement_date"]) == ("42.50", "99.00", "2043-05-31")


def test_a_delete_of_what_was_reconciled_is_told(us: Company) -> None:
    made = _charge(us)
    _set(us, [made], "Reconciled")
    assert us.delete("Purchase", made).status_code == 200
    told = next(row for row in _shown(us)["discrepancies"] if row["id"] == made["Id"])
    assert told["now"] is None


def test_a_switch_refuses_what_would_upset_a_reconciliation(own: Callable[..., Server]) -> None:
    company = own(SANDBOX_RECONCILED="refuse").company(US)
    made = _charge(company)
    _set(company, [made], "Reconciled")
    assert company.fault(company.delete("Purchase", made))["code"] == "6480"
    changed = _change(company, made, Line=[company.line("99")])
    assert company.fault(changed)["code"] == "6480"
    assert company.read("Purchase", made["Id"]) == made
    assert _change(company, made, PrivateNote="A word").status_code == 200
    other = _charge(company)
    _set(company, [other], "Cleared")
    assert company.delete("Purchase", other).status_code == 200


def test_a_statement_must_come_out_even(own_books: Company) -> None:
    made = [_charge(own_books), _charge(own_books, Line=[own_books.line("7.50")])]
    with pytest.raises(requests.HTTPError) as refused:
        _set(own_books, made, "Reconciled", ending_balance="51.00")
    assert "difference is 1.00" in refused.value.response.json()["error"]
    assert not _listed(own_books, "Reconciled")
    answer = _set(own_books, made, "Reconciled", ending_balance="50.00")
    assert (answer["changed"], answer["reconciled_balance"], answer["balance"]) == (2, "50.00", "50.00")


def test_without_a_list_everything_up_to_the_statement_is_meant(own_books: Company) -> None:
    _charge(own_books)
    later = _charge(own_books, TxnDate="2043-06-01")
    body = {"account": own_books.account("2110"), "statement_date": "2043-05-31", "ending_balance": 42.5}
    assert own_books.server.control(f"companies/{US}/reconcile", body)["changed"] == 1
    assert later["Id"] not in _listed(own_books, "Reconciled")


@pytest.mark.parametrize(
    "changes",
    [
        {"account": "999999"},
        {"account": "6110"},
        {"state": "Agreed"},
        {"transactions": [{"entity": "Purchase", "id": "x"}]},
        {"transactions": [{"entity": "Purchase", "id": "999999"}]},
        {"transactions": [17]},
        {"statement_date": "May"},
        {"ending_balance": "lots"},
    ],
)
def test_what_cannot_be_reconciled_is_explained(us: Company, changes: Json) -> None:
    asked = {"account": us.account("2110"), "transactions": [], **changes}
    if asked["account"] == "6110":
        asked["account"] = us.account("6110")
    answer = requests.post(f"{us.server.url}/sandbox/companies/{US}/reconcile", json=asked, timeout=10)
    assert answer.status_code == 400
    assert answer.json()["error"]
