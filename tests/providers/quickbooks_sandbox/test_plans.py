"""Which requests a planned fault waits for, and what is said of one that would wait for ever."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import requests

from .client import BACK, US, Company, Json, Server, fresh
from .test_pages import page
from .test_pages_safety import send


def _plan(server: Server, **plan: object) -> None:
    server.control("faults", {"realm": US, **plan})


def _play(server: Server, scenario: str) -> None:
    server.touched.add("faults")
    server.control(f"scenarios/{scenario}", {"realm": US})


def _reads(us: Company) -> list[int]:
    addresses = ("preferences", f"companyinfo/{US}", "query?query=select * from Vendor", "reports/TrialBalance")
    return [
        us.call("GET", each).status_code
        for each in (*addresses, f"cdc?entities=Vendor&changedSince={datetime.now(UTC).date()}")
    ]


def test_a_plan_for_anything_meets_writes_alone(us: Company) -> None:
    _plan(us.server, kind="status", times=None)
    grant = us.server.token(
        grant_type="authorization_code", code=us.server.consent(US)["code"], redirect_uri=BACK
    ).json()
    assert us.server.refresh(grant["refresh_token"]).status_code == 200
    assert _reads(us) == [200] * 5
    assert us.post("vendor", {"DisplayName": fresh("Met")}).status_code == 503


def test_a_plan_for_any_request_meets_reads_too(us: Company) -> None:
    _plan(us.server, kind="status", operation="*", times=None)
    assert _reads(us) == [503] * 5


def test_closed_books_are_closed_to_transactions_alone(us: Company) -> None:
    _play(us.server, "closed-books")
    assert us.post("vendor", {"DisplayName": fresh("Not booked")}).status_code == 200
    assert us.fault(us.post("purchase", us.charge()))["code"] == "6210"


def test_an_ended_subscription_may_still_be_read(us: Company) -> None:
    _play(us.server, "unpaid-subscription")
    assert _reads(us) == [200] * 5
    assert us.fault(us.post("vendor", {"DisplayName": fresh("Unpaid")}))["code"] == "6190"


def test_somebody_else_saves_first_only_what_is_there_already(us: Company) -> None:
    _plan(us.server, kind="stale")
    vendor = us.create("Vendor", {"DisplayName": fresh("Saved twice")})
    change = {"Id": vendor["Id"], "SyncToken": vendor["SyncToken"], "sparse": True, "DisplayName": fresh("Later")}
    assert us.fault(us.post("vendor", change))["code"] == "5010"
    assert "Robin Ledger" in page(us.server, f"/companies/{US}/audit")


@pytest.mark.parametrize(
    ("plan", "known"),
    [({"realm": "12"}, US), ({"entity": "Spaceship"}, "Purchase"), ({"operation": "fly"}, "create")],
)
def test_a_plan_that_would_wait_for_ever_is_refused(sandbox: Server, plan: Json, known: str) -> None:
    answer = requests.post(f"{sandbox.url}/sandbox/faults", json={"kind": "delay", **plan}, timeout=5)
    assert answer.status_code == 400
    assert known in answer.json()["error"]


def test_the_form_explains_a_number_that_is_none(sandbox: Server) -> None:
    answer = send(sandbox, "/faults", kind="delay", times="abc")
    assert "Times must be a whole number, not “abc”." in answer.text
