"""Pages for people, and the control plane beside them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
import requests

from .client import UK, US, Company, Server, fresh


def _page(server: Server, path: str) -> requests.Response:
    return requests.get(f"{server.url}{path}", timeout=10)


def test_home_leads_to_both_companies(sandbox: Server) -> None:
    text = _page(sandbox, "/").text
    assert f'href="/companies/{US}"' in text
    assert f'href="/companies/{UK}"' in text


def test_a_posted_charge_is_seen_on_the_page_of_its_company(us: Company) -> None:
    vendor = us.create("Vendor", {"DisplayName": fresh("Kiosk & Sons'")})
    number = fresh("N")
    payee = {"value": vendor["Id"], "type": "Vendor"}
    us.create("Purchase", us.charge(DocNumber=number, EntityRef=payee, TxnDate="2099-01-02", Line=[us.line("1234.5")]))
    us.create("Purchase", us.charge(EntityRef=payee, TxnDate="2099-01-03", Credit=True, Line=[us.line("7")]))
    text = _page(us.server, f"/companies/{US}").text
    for words in (number, "1,234.50", "2 Jan 2099", "6110 Office supplies", "−7.00", "refund", "2110"):
        assert words in text
    assert "Kiosk &amp; Sons&#x27;" in text
    assert text.index("3 Jan 2099") < text.index("2 Jan 2099")


def test_transfers_card_payments_classes_and_locations_are_seen_too(us: Company) -> None:
    us.create("Transfer", us.transfer(TxnDate="2098-05-04", Amount=1234))
    us.create("CreditCardPaymentTxn", us.card_payment(TxnDate="2098-05-05", CheckNum="K-9 <i>"))
    product, boston = us.server.stored("Class")[0], us.server.stored("Department")[-1]
    line = us.line(detail={"ClassRef": {"value": product["Id"]}})
    us.create("Purchase", us.charge(TxnDate="2098-05-06", Line=[line], DepartmentRef={"value": boston["Id"]}))
    text = _page(us.server, f"/companies/{US}").text
    for words in (
        "Card payment",
        "1010 Operating checking → 2110 Flex Card",
        "K-9 &lt;i&gt;",
        "1,234.00",
        "→ 1020 Savings",
    ):
        assert words in text
    assert f"{product['Name']} · {boston['Name']}" in text


@pytest.mark.parametrize("words", ["{number}", "%1 off", "kiosk", "8,675.30", "8675.3"])
def test_a_page_can_be_searched_by_number_note_payee_and_amount(us: Company, words: str) -> None:
    number = fresh("SE")
    vendor = us.create("Vendor", {"DisplayName": fresh("KIOSK")})
    payee = {"value": vendor["Id"], "type": "Vendor"}
    note = fresh("%1 off")
    us.create("Purchase", us.charge(DocNumber=number, EntityRef=payee, PrivateNote=note, Line=[us.line("8675.30")]))
    other = us.create("Purchase", us.charge(DocNumber=fresh("OT")))
    asked = {"q": words.format(number=number.lower())}
    text = requests.get(f"{us.server.url}/companies/{US}", params=asked, timeout=10).text
    assert number in text
    assert other["DocNumber"] not in text


def test_accounts_stand_under_one_heading_of_their_kind(us: Company) -> None:
    us.server.control(
        f"companies/{US}/accounts",
        {"accounts": [{"AcctNum": "9000", "Name": "Petty cash", "AccountType": "Bank"}]},
    )
    text = _page(us.server, f"/companies/{US}").text
    assert [text.count(f'colspan="2">{kind}<') for kind in ("Asset", "Expense")] == [1, 1]
    assert text.index("Petty cash") < text.index('colspan="2">Liability<')


def test_a_search_without_a_match_says_so(sandbox: Server) -> None:
    text = _page(sandbox, f"/companies/{US}?q=%3Cb%3Enowhere").text
    assert "Nothing found for “&lt;b&gt;nowhere”." in text


def test_a_long_list_is_shown_a_page_at_a_time(own: Callable[..., Server]) -> None:
    us = own().company()
    for first in range(0, 210, 30):
        items = [
            {"bId": str(at), "operation": "create", "Purchase": us.charge(DocNumber=f"P-{at}")}
            for at in range(first, first + 30)
        ]
        us.batch(items)
    first, second = (_page(us.server, f"/companies/{US}?page={at}").text for at in (1, 2))
    assert "1 to 200 of 210" in first
    assert (first.count("<tr id="), second.count("<tr id=")) == (200, 10)
    assert ("Older" in first, "Newer" in first) == (True, False)
    assert ("Older" in second, "Newer" in second) == (False, True)
    assert "P-209" in first
    found = _page(us.server, f"/companies/{US}?q=P-&page=2").text
    assert "201 to 210<" in found
    assert "q=P-&amp;page=1" in found


def test_an_unknown_company_has_a_readable_page(sandbox: Server) -> None:
    answer = _page(sandbox, "/companies/1")
    assert answer.status_code == 404
    assert "No such company" in answer.text


def test_a_page_number_that_is_none_shows_the_first(sandbox: Server) -> None:
    assert _page(sandbox, f"/companies/{US}?page=x").status_code == 200


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
