"""Pages for people, and the control plane beside them."""

from __future__ import annotations

import requests

from .client import UK, US, Company, Server, fresh


def _page(server: Server, path: str) -> requests.Response:
    return requests.get(f"{server.url}{path}", timeout=10)


def test_home_leads_to_both_companies(sandbox: Server) -> None:
    text = _page(sandbox, "/").text
    assert f'href="/companies/{US}"' in text
    assert f'href="/companies/{UK}"' in text


def test_a_posted_charge_is_seen_on_the_page_of_its_company(us: Company) -> None:
    vendor = us.create("Vendor", {"DisplayName": fresh("Kiosk <b>&")})
    number = fresh("N")
    payee = {"value": vendor["Id"], "type": "Vendor"}
    us.create("Purchase", us.charge(DocNumber=number, EntityRef=payee, TxnDate="2099-01-02", Line=[us.line("1234.5")]))
    us.create("Purchase", us.charge(EntityRef=payee, TxnDate="2099-01-03", Credit=True, Line=[us.line("7")]))
    text = _page(us.server, f"/companies/{US}").text
    for words in (number, "1,234.50", "2 Jan 2099", "6110 Office supplies", "−7.00", "refund", "2110"):
        assert words in text
    assert "Kiosk &lt;b&gt;&amp;" in text
    assert text.index("3 Jan 2099") < text.index("2 Jan 2099")


def test_an_unknown_company_has_a_readable_page(sandbox: Server) -> None:
    answer = _page(sandbox, "/companies/1")
    assert answer.status_code == 404
    assert "No such company" in answer.text


def test_a_page_number_that_is_none_shows_the_first(sandbox: Server) -> None:
    assert _page(sandbox, f"/companies/{US}?page=x").status_code == 200


def test_the_control_plane_lists_companies_and_objects(sandbox: Server) -> None:
    companies = sandbox.control("companies", method="GET")["companies"]
    assert companies == [
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
