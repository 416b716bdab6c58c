from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from .client import JSON, US, Company, Json, Server, fresh


def _plan(us: Company, kind: str, entity: str = "Purchase", **more: Any) -> None:
    us.server.control("faults", {"realm": us.realm, "entity": entity, "kind": kind, **more})


def _count(us: Company, number: str) -> int:
    return int(us.query(f"select count(*) from Purchase where DocNumber = '{number}'")["totalCount"])


def test_an_answer_lost_after_the_commit_is_had_again_by_a_repeat(us: Company) -> None:
    key, body = fresh("req"), us.charge(DocNumber=fresh("D"))
    _plan(us, "drop_after_commit")
    with pytest.raises(requests.ConnectionError):
        us.post("purchase", body, requestid=key)
    assert _count(us, body["DocNumber"]) == 1
    again = us.post("purchase", body, requestid=key)
    assert again.status_code == 200
    assert _count(us, body["DocNumber"]) == 1
    assert us.call("GET", f"purchase/{again.json()['Purchase']['Id']}").status_code == 200


def test_without_a_request_id_the_number_guards_a_lost_answer(us: Company) -> None:
    body = us.charge(DocNumber=fresh("D"))
    _plan(us, "drop_after_commit")
    with pytest.raises(requests.ConnectionError):
        us.post("purchase", body)
    assert us.fault(us.post("purchase", body))["code"] == "6140"


def test_a_connection_dropped_before_leaves_nothing(us: Company) -> None:
    body = us.charge(DocNumber=fresh("D"))
    _plan(us, "drop_before", times=2)
    for _ in range(2):
        with pytest.raises(requests.ConnectionError):
            us.post("purchase", body)
    assert _count(us, body["DocNumber"]) == 0
    assert us.post("purchase", body).status_code == 200


def test_a_batch_lost_after_the_commit_is_had_again_by_a_repeat(us: Company) -> None:
    key, numbers = fresh("b"), [fresh("D") for _ in range(3)]
    items: list[Json] = [
        {"bId": str(at), "operation": "create", "Purchase": us.charge(DocNumber=number)}
        for at, number in enumerate(numbers)
    ]
    _plan(us, "drop_after_commit", "batch")
    with pytest.raises(requests.ConnectionError):
        us.batch(items, requestid=key)
    assert us.batch(items, requestid=key).status_code == 200
    assert [_count(us, number) for number in numbers] == [1, 1, 1]


def test_a_batch_broken_in_the_middle_keeps_its_first_items(us: Company) -> None:
    key, numbers = fresh("b"), [fresh("D") for _ in range(3)]
    items: list[Json] = [
        {"bId": str(at), "operation": "create", "Purchase": us.charge(DocNumber=number)}
        for at, number in enumerate(numbers)
    ]
    _plan(us, "drop_after_commit", skip=1)
    with pytest.raises(requests.ConnectionError):
        us.batch(items, requestid=key)
    assert [_count(us, number) for number in numbers] == [1, 1, 0]
    rows = us.batch(items, requestid=key).json()["BatchItemResponse"]
    assert [row["Purchase"]["DocNumber"] for row in rows] == numbers
    assert [_count(us, number) for number in numbers] == [1, 1, 1]


def test_a_fault_inside_a_batch_hits_one_item(us: Company) -> None:
    items: list[Json] = [{"bId": bid, "operation": "create", "Purchase": us.charge()} for bid in "ab"]
    _plan(us, "fault", code="3001", status=429)
    rows = us.batch(items).json()["BatchItemResponse"]
    assert rows[0]["Fault"]["Error"][0]["code"] == "3001"
    assert "Purchase" in rows[1]


def test_a_rotated_refresh_token_can_be_lost_on_the_way(sandbox: Server) -> None:
    grant = sandbox.grant()
    sandbox.control("faults", {"realm": US, "entity": "token", "kind": "drop_after_commit"})
    with pytest.raises(requests.ConnectionError):
        sandbox.refresh(grant["refresh_token"])
    assert sandbox.refresh(grant["refresh_token"]).json()["error"] == "invalid_grant"


@pytest.mark.parametrize(
    ("plan", "status", "words"),
    [
        ({"kind": "status", "status": 502}, 502, "<html>"),
        ({"kind": "throttle"}, 429, "3001"),
        ({"kind": "fault", "code": "invalid_grant"}, 400, '"error":"invalid_grant"'),
    ],
)
def test_the_token_endpoint_has_its_own_trouble(sandbox: Server, plan: Json, status: int, words: str) -> None:
    grant = sandbox.grant()
    sandbox.control("faults", {"realm": US, "entity": "token", **plan})
    answer = sandbox.refresh(grant["refresh_token"])
    assert answer.status_code == status
    assert words in answer.text
    assert sandbox.refresh(grant["refresh_token"]).status_code == 200


def test_a_gateway_answers_in_html_with_nothing_done(us: Company) -> None:
    body = us.charge(DocNumber=fresh("D"))
    _plan(us, "status", status=503)
    answer = us.post("purchase", body)
    assert answer.status_code == 503
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "intuit_tid" in answer.headers
    assert _count(us, body["DocNumber"]) == 0


def test_a_gateway_may_fail_after_the_work_was_done(us: Company) -> None:
    body = us.charge(DocNumber=fresh("D"))
    _plan(us, "status", status=504, commit=True)
    assert us.post("purchase", body).status_code == 504
    assert _count(us, body["DocNumber"]) == 1


def test_a_delay_outlasts_an_impatient_client_and_still_commits(us: Company) -> None:
    body = us.charge(DocNumber=fresh("D"))
    _plan(us, "delay", seconds=0.5)
    url = f"{us.server.url}/v3/company/{US}/purchase"
    with pytest.raises(requests.ReadTimeout):
        requests.post(url, json=body, headers={**JSON, "Authorization": f"Bearer {us.access}"}, timeout=0.2)
    deadline = time.monotonic() + 5
    while not _count(us, body["DocNumber"]) and time.monotonic() < deadline:
        time.sleep(0.05)
    assert _count(us, body["DocNumber"]) == 1


@pytest.mark.parametrize(("shape", "kind"), [("json", "application/json"), ("xml", "application/xml")])
def test_a_planned_throttle_is_429_in_either_shape(us: Company, shape: str, kind: str) -> None:
    _plan(us, "throttle", "query", body=shape)
    answer = us.call("GET", "query", params={"query": "select * from Vendor"})
    assert answer.status_code == 429
    assert answer.headers["Content-Type"].startswith(kind)
    assert "3001" in answer.text
    assert "Retry-After" not in answer.headers
    assert us.query("select count(*) from Vendor")["totalCount"] > 0


@pytest.mark.parametrize(("code", "status"), [("6190", 400), ("10000", 200), ("6210", 400)])
def test_a_planned_fault_has_the_real_shape(us: Company, code: str, status: int) -> None:
    _plan(us, "fault", code=code, status=status, detail="planned")
    fault = us.fault(us.post("purchase", us.charge()), status)
    assert (fault["code"], fault["Detail"]) == (code, "planned")


def test_trouble_of_one_company_does_not_touch_the_other(us: Company, uk: Company) -> None:
    _plan(us, "fault", code="6190")
    assert uk.post("purchase", uk.charge()).status_code == 200
    assert us.fault(us.post("purchase", us.charge()))["code"] == "6190"


def test_plans_are_listed_counted_down_and_cleared(us: Company) -> None:
    _plan(us, "fault", code="6190", times=3)
    us.post("purchase", us.charge())
    planned = us.server.control("faults", method="GET")["planned"]
    assert [(each["kind"], each["times"]) for each in planned] == [("fault", 2)]
    assert us.server.control("faults", method="DELETE") == {"cleared": 1}
    assert us.post("purchase", us.charge()).status_code == 200


@pytest.mark.parametrize(
    "plan", [{}, {"kind": "explode"}, {"kind": "delay", "minutes": 3}, {"kind": "delay", "times": 0}]
)
def test_a_plan_that_makes_no_sense_is_explained(sandbox: Server, plan: Json) -> None:
    answer = requests.post(f"{sandbox.url}/sandbox/faults", json=plan, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_the_throttle_counts_per_company_once_switched_on(us: Company, uk: Company) -> None:
    us.server.control("throttle", {"on": True, "per_second": 5})
    with ThreadPoolExecutor(4) as pool:
        statuses = list(pool.map(lambda _: us.call("GET", "preferences").status_code, range(12)))
    assert set(statuses) == {200, 429}
    assert uk.call("GET", "preferences").status_code == 200
    us.server.control("throttle", {"on": False})
    assert us.call("GET", "preferences").status_code == 200
