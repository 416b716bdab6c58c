"""The control plane's chart of accounts, and the sums that stand on it."""

from __future__ import annotations

from decimal import Decimal

import pytest
import requests

from .client import UK, US, Company, Json, Server, fresh


def _put(server: Server, accounts: object, realm: str = US) -> requests.Response:
    return requests.post(f"{server.url}/sandbox/companies/{realm}/accounts", json={"accounts": accounts}, timeout=10)


def _balances(server: Server, realm: str = US) -> Json:
    return server.control(f"companies/{realm}/balances", method="GET")


def test_accounts_are_added_in_one_go_and_a_second_go_adds_nothing(us: Company) -> None:
    chart = [
        {"AcctNum": f"L{at}", "Name": fresh("Equip"), "AccountType": "Expense", "AccountSubType": "SuppliesMaterials"}
        for at in range(3)
    ]
    first = _put(us.server, chart).json()
    assert (first["created"], first["existing"]) == (3, 0)
    assert all(row["created"] for row in first["accounts"])
    again = _put(us.server, chart).json()
    assert (again["created"], again["existing"]) == (0, 3)
    assert [row["Id"] for row in again["accounts"]] == [row["Id"] for row in first["accounts"]]
    line = us.line()
    line["AccountBasedExpenseLineDetail"]["AccountRef"] = {"value": first["accounts"][0]["Id"]}
    us.create("Purchase", us.charge(Line=[line]))


def test_what_is_there_by_number_or_name_stays(sandbox: Server) -> None:
    rows = [
        {"AcctNum": "6110", "Name": fresh("Other"), "AccountType": "Expense"},
        {"AcctNum": "9911", "Name": " meals ", "AccountType": "Expense"},
    ]
    answer = _put(sandbox, rows).json()
    assert (answer["created"], answer["existing"]) == (0, 2)
    assert [row["Id"] for row in answer["accounts"]] == [
        sandbox.seeded_id(US, "Account", "6110"),
        sandbox.seeded_id(US, "Account", "6230"),
    ]


def test_a_chart_with_one_wrong_row_adds_none(sandbox: Server) -> None:
    good = {"AcctNum": "7777", "Name": fresh("Good"), "AccountType": "Expense"}
    for wrong in ({"Name": "T"}, {"AcctNum": "1"}, {"Name": "T", "AccountType": "Wish"}, "6110"):
        answer = _put(sandbox, [good, wrong])
        assert (answer.status_code, "error" in answer.json()) == (400, True)
    assert good["Name"] not in {row["Name"] for row in sandbox.stored("Account")}


@pytest.mark.parametrize(("path", "status"), [(f"{US}/accounts", 400), ("1/accounts", 404), ("1/balances", 404)])
def test_what_is_not_there_is_explained(sandbox: Server, path: str, status: int) -> None:
    method = "GET" if path.endswith("balances") else "POST"
    answer = requests.request(method, f"{sandbox.url}/sandbox/companies/{path}", timeout=5)
    assert (answer.status_code, "error" in answer.json()) == (status, True)


def test_balances_tell_the_sum_of_postings_of_every_account_as_decimal_text(uk: Company) -> None:
    before = {row["AcctNum"]: row for row in _balances(uk.server, UK)["accounts"]}
    uk.create("Purchase", uk.charge(Line=[uk.line("10.10"), uk.line("0.01")]))
    uk.create("Purchase", uk.charge(Line=[uk.line("3")], Credit=True))
    after = _balances(uk.server, UK)
    rows = {row["AcctNum"]: row for row in after["accounts"]}
    assert (rows["6110"]["Name"], rows["6110"]["AccountType"]) == ("Office supplies", "Expense")
    for number, change in (("6110", "7.11"), ("2110", "-7.11"), ("6230", "0")):
        for word in ("postings", "balance"):
            assert Decimal(rows[number][word]) - Decimal(before[number][word]) == Decimal(change)
    assert (rows["1010"]["postings"], rows["1010"]["balance"]) == ("0.00", "84310.90")
    assert sum(Decimal(row["postings"]) for row in after["accounts"]) == 0
    assert sum(Decimal(row["balance"]) for row in after["accounts"]) == 0
    assert after["currency"] == "GBP"


def test_balances_count_documents_per_entity(us: Company) -> None:
    before = _balances(us.server)["documents"]
    us.create("Purchase", us.charge())
    us.create("Transfer", us.transfer())
    after = _balances(us.server)["documents"]
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "Purchase": 1,
        "Transfer": 1,
    }
    assert after["Employee"] == 1


def test_objects_are_listed_by_pages_when_asked(sandbox: Server) -> None:
    def page(query: str) -> list[str]:
        found = sandbox.control(f"companies/{US}/objects/Vendor{query}", method="GET")
        return [row["Id"] for row in found["objects"]]

    first = page("?limit=5")
    assert len(first) == 5
    assert page(f"?after={first[1]}&limit=3") == first[2:5]
    answer = requests.get(f"{sandbox.url}/sandbox/companies/{US}/objects/Vendor?limit=many", timeout=5)
    assert answer.status_code == 400


def test_each_company_has_a_bank_a_fee_account_and_one_for_cashback(us: Company, uk: Company) -> None:
    for company in (us, uk):
        rows = {row.get("AcctNum"): row for row in company.server.stored("Account", company.realm)}
        assert (rows["1010"]["AccountType"], rows["1010"]["AccountSubType"]) == ("Bank", "Checking")
        assert (rows["6610"]["AccountType"], rows["6610"]["AccountSubType"]) == ("Expense", "BankCharges")
        assert (rows["4950"]["AccountType"], rows["4950"]["Name"]) == ("Other Income", "Card cashback")
