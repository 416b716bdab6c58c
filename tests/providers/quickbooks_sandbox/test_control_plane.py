"""What the control plane lists, and what it says of what it does not have."""

from __future__ import annotations

import pytest
import requests

from .client import UK, US, Company, Json, Server, fresh


def test_the_control_plane_lists_companies_and_objects(sandbox: Server) -> None:
    companies = sandbox.control("companies", method="GET")["companies"]
    assert companies[:2] == [
        {"realm": US, "name": "Larkfield Inc.", "country": "US", "currency": "USD"},
        {"realm": UK, "name": "Larkfield Ltd", "country": "GB", "currency": "GBP"},
    ]
    accounts = sandbox.stored("Account")
    cards = {row["AcctNum"]: row["Name"] for row in accounts if row["AccountType"] == "Credit Card"}
    assert cards == {"2110": "Flex Card", "2120": "Company Visa"}
    assert any(not row["Active"] for row in accounts)
    assert any(row["SubAccount"] for row in accounts)


def test_the_control_plane_explains_what_it_does_not_have(sandbox: Server) -> None:
    for path, status in ((f"companies/{US}/objects/Spaceship", 400), ("companies/1/objects/Vendor", 404)):
        answer = requests.get(f"{sandbox.url}/sandbox/{path}", timeout=5)
        assert (answer.status_code, "error" in answer.json()) == (status, True)


@pytest.mark.parametrize(("method", "path", "status"), [("GET", "nothing", 404), ("PUT", "companies", 405)])
def test_a_call_there_is_not_leads_to_those_there_are(sandbox: Server, method: str, path: str, status: int) -> None:
    answer = requests.request(method, f"{sandbox.url}/sandbox/{path}", timeout=5)
    assert answer.status_code == status
    assert f"/sandbox/{path}" in answer.json()["error"]
    assert "GET /sandbox lists the calls." in answer.json()["error"]


def _refused(sandbox: Server, path: str, body: Json) -> str:
    answer = requests.post(f"{sandbox.url}/sandbox/{path}", json=body, timeout=5)
    assert answer.status_code == 400, answer.text
    return str(answer.json()["error"])


def test_the_control_plane_lists_its_calls(sandbox: Server) -> None:
    calls = {each["path"]: each["methods"] for each in sandbox.control("", method="GET")["calls"]}
    assert calls["/sandbox/faults"] == ["DELETE", "GET", "POST"]
    assert "/sandbox/webhooks" in calls


@pytest.mark.parametrize(
    ("path", "known"),
    [
        ("reset", "keep_tokens"),
        ("companies", "realms, like"),
        ("snapshots/none/restore", "keep_tokens"),
        ("disconnect", "realm, client_id"),
        ("tokens/expire", "realm"),
        ("tokens/revoke", "realm, client_id"),
        ("apps", "name, redirect_uris, client_id, client_secret, replace"),
        ("budget", "core_plus"),
        ("throttle", "on, per_minute, per_second, at_once, batches_per_minute, realm_batches_per_minute, "),
        (f"companies/{US}/accounts", "accounts"),
        (f"companies/{US}/reconcile", "account, statement_date, ending_balance, transactions, state"),
        (f"companies/{US}/preferences", "UseAccountNumbers"),
    ],
)
def test_a_key_that_means_nothing_is_refused_with_those_that_do(sandbox: Server, path: str, known: str) -> None:
    error = _refused(sandbox, path, {"relm": US})
    assert error.startswith("Unknown: relm. Known: ")
    assert known in error


def test_an_act_takes_its_own_keys_only(sandbox: Server) -> None:
    error = _refused(sandbox, f"companies/{US}/human", {"act": "rename", "entity": "Vendor", "id": "1", "into": "2"})
    assert error == "Unknown: into. Known: act, entity, id, name."


@pytest.mark.parametrize(
    "wanted",
    [
        {"TrackDepartments": "yes"},
        {"UsingSalesTax": 1},
        {"WarnDuplicateCheckNumber": "maybe"},
        {"OfferingSku": "QuickBooks Online Gold"},
        {"SubscriptionStatus": "HAPPY"},
        {"BookCloseDate": "2026-02-30"},
        {"BookCloseDate": "tomorrow"},
        {"BookCloseDate": 20260630},
    ],
)
def test_a_preference_that_no_company_has_is_refused(sandbox: Server, wanted: Json) -> None:
    assert next(iter(wanted)) in _refused(sandbox, f"companies/{US}/preferences", wanted)


@pytest.mark.parametrize("more", [{}, {"date": "soon"}])
def test_books_are_closed_up_to_a_real_day(sandbox: Server, more: Json) -> None:
    assert _refused(sandbox, f"companies/{US}/human", {"act": "close-books", **more})


@pytest.mark.parametrize(
    ("path", "body", "word"),
    [
        ("faults", {"kind": ["delay"]}, "kind"),
        ("webhooks", {"url": "http://127.0.0.1:1/", "entities": [{}]}, "notifications"),
        ("webhooks", {"url": "http://127.0.0.1:1/", "entities": [1]}, "notifications"),
        (f"companies/{US}/accounts", {"accounts": [{"Name": 5, "AccountType": "Bank"}]}, "Name"),
    ],
)
def test_what_is_not_even_of_the_right_type_is_explained(sandbox: Server, path: str, body: Json, word: str) -> None:
    assert word in _refused(sandbox, path, body)


def test_a_limit_alone_does_not_switch_the_throttle_on(sandbox: Server) -> None:
    assert sandbox.control("throttle", {"per_second": 11})["on"] is False
    assert sandbox.control("throttle", {"on": True})["per_second"] == 11
    assert sandbox.control("throttle", {"per_second": 10})["on"] is True


def test_an_app_is_replaced_only_when_that_is_said(sandbox: Server) -> None:
    app = sandbox.control("apps", {"name": "One", "redirect_uris": ["https://one.example/cb"]})
    again = {"client_id": app["client_id"], "name": "Two"}
    assert app["client_id"] in _refused(sandbox, "apps", again)
    assert sandbox.control("apps", {**again, "replace": True})["name"] == "Two"


@pytest.mark.parametrize("uri", ["http://one.example/cb", "ftp://localhost/cb", "nonsense"])
def test_an_app_returns_safely(sandbox: Server, uri: str) -> None:
    assert uri in _refused(sandbox, "apps", {"redirect_uris": [uri]})


def test_an_activated_name_is_its_own_again_while_it_is_free(us: Company) -> None:
    name = fresh("Comes Back")
    vendor = us.create("Vendor", {"DisplayName": name})
    act = {"entity": "Vendor", "id": vendor["Id"]}
    human = f"companies/{us.realm}/human"
    assert us.server.control(human, {"act": "deactivate", **act})["Vendor"]["DisplayName"] == f"{name} (deleted)"
    assert us.server.control(human, {"act": "activate", **act})["Vendor"]["DisplayName"] == name
    us.server.control(human, {"act": "deactivate", **act})
    us.create("Vendor", {"DisplayName": name})
    assert us.server.control(human, {"act": "activate", **act})["Vendor"]["DisplayName"] == f"{name} (deleted)"
