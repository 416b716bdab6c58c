"""What the control plane lists, and what it says of what it does not have."""

from __future__ import annotations

import requests

from .client import UK, US, Server


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
