"""What a plan holds, and what ends with a subscription."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from .client import US, Company, Json, Server

BARE = "9341450000000078"


def _bill(company: Company) -> Json:
    return {"VendorRef": {"value": company.vendor("Staples")}, "Line": [company.line("12")]}


@pytest.fixture
def ended(sandbox: Server) -> Iterator[None]:
    sandbox.control(f"companies/{US}/preferences", {"SubscriptionStatus": "EXPIRED"})
    yield
    sandbox.control(f"companies/{US}/preferences", {"SubscriptionStatus": "SUBSCRIBED"})


@pytest.mark.usefixtures("ended")
def test_whoever_does_not_pay_can_read_but_not_write(us: Company) -> None:
    assert us.query("select * from Vendor")["Vendor"]
    for entity, body in (("vendor", {"DisplayName": "X"}), ("purchase", us.charge()), ("bill", _bill(us))):
        assert us.fault(us.post(entity, body))["code"] == "6190"


@pytest.mark.parametrize(("plan", "code"), [("Simple Start", "5020"), ("Essentials", None), ("Plus", None)])
def test_bills_come_with_essentials(sandbox: Server, us: Company, plan: str, code: str | None) -> None:
    sandbox.control(f"companies/{US}/preferences", {"OfferingSku": f"QuickBooks Online {plan}"})
    answer = us.post("bill", _bill(us))
    assert (us.fault(answer)["code"] if code else answer.status_code) == (code or 200)


def test_a_bare_company_has_no_classes(sandbox: Server) -> None:
    bare = sandbox.company(BARE)
    assert bare.fault(bare.call("GET", "query", params={"query": "select * from Class"}))["code"] == "5020"
    assert bare.query("select * from Account")["Account"]
