"""Clients that speak XML, as those for Ruby, PHP and .NET do, work on the same books."""

from __future__ import annotations

from xml.etree import ElementTree

import pytest
import requests

from .client import Company, fresh

SPACE = "http://schema.intuit.com/finance/v3"
XML = {"Accept": "application/xml", "Content-Type": "application/xml"}


def _post(us: Company, entity: str, inside: str, **params: str) -> requests.Response:
    """The root with its namespace, declared bare as Ruby does or with a prefix as PHP does."""
    return us.call("POST", entity, data=inside.encode(), headers=XML, params=params)


def _rooted(name: str, inside: str, attributes: str = "") -> str:
    return f'<?xml version="1.0" encoding="utf-8"?><{name} xmlns="{SPACE}"{attributes}>{inside}</{name}>'


def _found(answer: requests.Response, path: str) -> str:
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - of the sandbox's own making
    steps = "/".join(f"{{{SPACE}}}{step}" for step in path.split("/"))
    return root.findtext(steps) or ""


def _charge(us: Company, number: str) -> str:
    return _rooted(
        "Purchase",
        f'<DocNumber>{number}</DocNumber><TxnDate>2026-08-14</TxnDate><PaymentType>CreditCard</PaymentType>'
        f'<AccountRef>{us.account("2110")}</AccountRef>'
        f'<EntityRef type="Vendor">{us.vendor("Staples")}</EntityRef><Credit>false</Credit>'
        f"<Line><Amount>42.50</Amount><DetailType>AccountBasedExpenseLineDetail</DetailType>"
        f'<AccountBasedExpenseLineDetail><AccountRef>{us.account("6110")}</AccountRef>'
        f"</AccountBasedExpenseLineDetail></Line>",
    )  # fmt: skip


def test_a_charge_is_made_changed_and_deleted(us: Company) -> None:
    before, number = us.postings(), fresh("D")
    made = _post(us, "purchase", _charge(us, number))
    assert made.status_code == 200, made.text
    identity = _found(made, "Purchase/Id")
    assert us.moved(before) == {"2110": "-42.50", "6110": "42.50"}
    assert us.read("Purchase", identity)["DocNumber"] == number
    head = f"<Id>{identity}</Id><SyncToken>0</SyncToken>"
    sparse = f"{head}<PaymentType>CreditCard</PaymentType><PrivateNote>a &amp; b</PrivateNote>"
    account = f"<AccountRef>{us.account('2110')}</AccountRef>"
    changed = _post(us, "purchase", _rooted("Purchase", sparse + account, ' sparse="true"'))
    assert _found(changed, "Purchase/PrivateNote") == "a & b"
    end = f"<Id>{identity}</Id><SyncToken>1</SyncToken>"
    assert _post(us, "purchase", _rooted("Purchase", end), operation="delete").status_code == 200
    assert us.moved(before) == {}


def test_a_prefix_means_the_same(us: Company) -> None:
    name = fresh("V")
    body = f'<ns0:Vendor xmlns:ns0="{SPACE}"><ns0:DisplayName>{name}</ns0:DisplayName></ns0:Vendor>'
    assert _found(_post(us, "vendor", body), "Vendor/DisplayName") == name


def test_a_batch_has_its_words_in_attributes(us: Company) -> None:
    name = fresh("V")
    query = f"select * from Vendor where DisplayName = '{name}'"
    items = (
        f'<BatchItemRequest bId="a" operation="create"><Vendor><DisplayName>{name}</DisplayName></Vendor>'
        f'</BatchItemRequest><BatchItemRequest bId="b"><Query>{query}</Query></BatchItemRequest>'
    )
    answer = _post(us, "batch", _rooted("IntuitBatchRequest", items))
    assert answer.status_code == 200, answer.text
    root = ElementTree.fromstring(answer.content)  # noqa: S314 - of the sandbox's own making
    assert [row.attrib["bId"] for row in root] == ["a", "b"]
    assert root[0].findtext(f"{{{SPACE}}}Vendor/{{{SPACE}}}DisplayName") == name


def test_a_fault_comes_as_xml(us: Company) -> None:
    answer = _post(us, "vendor", _rooted("Vendor", "<DisplayName>Staples</DisplayName>"))
    assert answer.status_code == 400
    assert 'code="6240"' in answer.text


def test_what_a_fault_leaves_open_is_no_attribute(us: Company) -> None:
    answer = us.call("GET", "query", params={"query": "nonsense"}, headers=XML)
    assert '<Error code="4000"><Message>' in answer.text


def test_a_token_that_is_no_good_is_refused_in_xml(us: Company) -> None:
    answer = Company(us.server, us.realm, "nobody").call("GET", "preferences", headers=XML)
    assert answer.status_code == 401
    assert '<Fault type="AUTHENTICATION"><Error code="3200">' in answer.text


@pytest.mark.parametrize(
    "body",
    [
        "<Vendor>",
        "",
        "no xml",
        '<!DOCTYPE x [<!ENTITY a "b">]><Vendor><DisplayName>&a;</DisplayName></Vendor>',
        "<a>" * 500 + "</a>" * 500,
        "<Vendor><Nonsense>1</Nonsense></Vendor>",
    ],
)
def test_what_cannot_be_read_is_refused(us: Company, body: str) -> None:
    answer = _post(us, "vendor", body)
    assert answer.status_code == 400
    assert 'code="2010"' in answer.text


def test_a_report_is_its_own_root(us: Company) -> None:
    answer = us.call("GET", "reports/TrialBalance", headers=XML)
    assert answer.status_code == 200
    assert f'<Report xmlns="{SPACE}"><Header><Time>' in answer.text
    assert '<ColData value="TOTAL"' in answer.text
