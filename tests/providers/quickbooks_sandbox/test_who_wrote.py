"""The audit log names who wrote, and the pages mark what a statement was agreed with."""

from __future__ import annotations

from collections.abc import Callable

from .client import US, Company, Server, fresh
from .test_pages import page


def _log(server: Server) -> str:
    return page(server, f"/companies/{US}/audit")


def test_the_log_tells_the_control_plane_from_an_app(us: Company) -> None:
    us.create("Vendor", {"DisplayName": fresh("By the app")})
    assert "FlexSync" in _log(us.server)
    us.server.control(f"companies/{US}/accounts", {"accounts": [{"Name": fresh("Planted"), "AccountType": "Expense"}]})
    assert "Control plane" in _log(us.server)


def test_each_app_is_named(us: Company) -> None:
    back = "https://two.example/cb"
    app = us.server.control("apps", {"name": fresh("Other Ledger"), "redirect_uris": [back]})
    client = app["client_id"], app["client_secret"]
    code = us.server.consent(US, client_id=client[0], redirect_uri=back)["code"]
    grant = us.server.token(client=client, grant_type="authorization_code", code=code, redirect_uri=back).json()
    theirs = Company(us.server, US, grant["access_token"])
    theirs.create("Vendor", {"DisplayName": fresh("By another")})
    assert app["name"] in _log(us.server)


def test_what_is_reconciled_is_marked_and_noted(own: Callable[..., Server]) -> None:
    """In books of its own: others fill the first page of the register."""
    us = own().company()
    bill = us.create("Purchase", us.charge())
    account = bill["AccountRef"]["value"]
    rows = [{"entity": "Purchase", "id": bill["Id"]}]
    address = f"/companies/{US}/purchase/{bill['Id']}"
    for state, letter in (("Cleared", "C"), ("Reconciled", "R")):
        statement = {"account": account, "transactions": rows, "state": state}
        us.server.control(f"companies/{US}/reconcile", statement)
        mark = f">{letter}</abbr>"
        assert mark in page(us.server, address)
        assert mark in page(us.server, f"/companies/{US}/account/{account}")
    log = _log(us.server)
    assert "Robin Ledger" in log
    assert "1 transaction" in log


def test_the_default_secret_is_shown_to_who_wants_to_connect(sandbox: Server) -> None:
    assert "sandbox-secret" in page(sandbox, "/")
