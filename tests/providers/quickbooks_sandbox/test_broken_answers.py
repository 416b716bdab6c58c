"""Each kind of planned trouble, as a client meets it and as the books look afterwards."""

from __future__ import annotations

import random
import socket
import threading
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from .client import US, Company, Json, Server, fresh


def _plan(us: Company, kind: str, entity: str = "Purchase", **more: Any) -> None:
    us.server.control("faults", {"realm": us.realm, "entity": entity, "kind": kind, **more})


def _count(us: Company, number: str) -> int:
    return int(us.query(f"select count(*) from Purchase where DocNumber = '{number}'")["totalCount"])


def _items(us: Company, numbers: list[str]) -> list[Json]:
    rows = enumerate(numbers)
    return [{"bId": str(at), "operation": "create", "Purchase": us.charge(DocNumber=number)} for at, number in rows]


@pytest.mark.parametrize(
    ("plan", "trouble", "done"),
    [
        ({"kind": "drop_before"}, requests.ConnectionError, 0),
        ({"kind": "drop_after_commit"}, requests.ConnectionError, 1),
        ({"kind": "hang"}, requests.ReadTimeout, 0),
        ({"kind": "hang", "commit": True}, requests.ReadTimeout, 1),
        ({"kind": "truncate"}, requests.exceptions.ChunkedEncodingError, 1),
        ({"kind": "gzip_garbage"}, requests.exceptions.ContentDecodingError, 1),
    ],
)
def test_an_answer_that_does_not_arrive_leaves_the_work_as_planned(
    us: Company, plan: Json, trouble: type[Exception], done: int
) -> None:
    key, body = fresh("req"), us.charge(DocNumber=fresh("D"))
    _plan(us, **plan)
    with pytest.raises(trouble):
        us.post("purchase", body, requestid=key) if "hang" not in plan["kind"] else us.call(
            "POST", "purchase", json=_plain(body), params={"requestid": key}, timeout=0.4
        )
    assert _count(us, body["DocNumber"]) == done
    assert us.post("purchase", body, requestid=key).status_code == 200
    assert _count(us, body["DocNumber"]) == 1


def _plain(body: Json) -> Json:
    return {**body, "Line": [{**line, "Amount": float(line["Amount"])} for line in body["Line"]]}


@pytest.mark.parametrize("kind", ["invalid_json", "wrong_length"])
def test_an_answer_that_cannot_be_read_was_work_done(us: Company, kind: str) -> None:
    body = us.charge(DocNumber=fresh("D"))
    _plan(us, kind)
    answer = us.post("purchase", body)
    assert answer.status_code == 200
    with pytest.raises(requests.exceptions.JSONDecodeError):
        answer.json()
    us.session.close()
    assert _count(us, body["DocNumber"]) == 1


def test_what_is_longer_than_it_says_stays_on_the_connection(us: Company) -> None:
    _plan(us, "wrong_length", "Preferences", operation="read")
    address = urlsplit(us.server.url)
    head = f"GET /v3/company/{US}/preferences HTTP/1.1\r\nHost: x\r\nAccept: application/json\r\n"
    with socket.create_connection((address.hostname, address.port), timeout=5) as wire:
        wire.sendall(f"{head}Authorization: Bearer {us.access}\r\n\r\n".encode())
        told, _, rest = wire.recv(1 << 16).partition(b"\r\n\r\n")
        while not rest.endswith(b'"}'):
            rest += wire.recv(1 << 16)
    length = next(int(line[15:]) for line in told.lower().split(b"\r\n") if line.startswith(b"content-length:"))
    assert len(rest) >= 2 * length


def test_a_dripping_answer_arrives_whole_in_the_end(us: Company) -> None:
    _plan(us, "drip", seconds=0.5)
    started = time.monotonic()
    assert us.post("purchase", us.charge()).json()["Purchase"]["Id"]
    assert time.monotonic() - started >= 0.45


def test_nobody_waits_for_the_delays_of_others(us: Company) -> None:
    _plan(us, "delay", seconds=1.5, times=40)
    slow = [threading.Thread(target=_quietly, args=(us,)) for _ in range(40)]
    for each in slow:
        each.start()
    time.sleep(0.4)
    started = time.monotonic()
    for _ in range(20):
        assert us.call("GET", "preferences").status_code == 200
    assert time.monotonic() - started < 1
    for each in slow:
        each.join()


def _quietly(us: Company) -> None:
    Company(us.server, us.realm, us.access).post("purchase", us.charge())


def test_work_begins_after_its_delay(us: Company) -> None:
    body = us.charge(DocNumber=fresh("D"))
    _plan(us, "delay", seconds=0.6)
    with pytest.raises(requests.ReadTimeout):
        us.call("POST", "purchase", json=_plain(body), timeout=0.2)
    assert _count(us, body["DocNumber"]) == 0
    time.sleep(0.7)
    assert _count(us, body["DocNumber"]) == 1


def test_beyond_the_time_of_a_request_the_gateway_answers_and_the_work_goes_on(own: Callable[..., Server]) -> None:
    us = own(SANDBOX_REQUEST_SECONDS="1").company()
    body = us.charge(DocNumber=fresh("D"))
    _plan(us, "delay", seconds=1.4)
    answer = us.post("purchase", body)
    assert (answer.status_code, answer.headers["Content-Type"].partition(";")[0]) == (504, "text/html")
    assert _count(us, body["DocNumber"]) == 0
    time.sleep(0.8)
    assert _count(us, body["DocNumber"]) == 1


def test_a_delayed_item_holds_up_the_rest_of_its_batch(us: Company) -> None:
    numbers = [fresh("D") for _ in range(3)]
    _plan(us, "delay", seconds=0.3, skip=1)
    rows = us.batch(_items(us, numbers)).json()["BatchItemResponse"]
    assert [row["Purchase"]["DocNumber"] for row in rows] == numbers


def test_a_token_that_expires_inside_a_batch_leaves_what_came_before(us: Company) -> None:
    numbers, key = [fresh("D") for _ in range(4)], fresh("b")
    _plan(us, "expired_token", skip=2)
    answer = us.batch(_items(us, numbers), requestid=key)
    assert answer.status_code == 401
    assert answer.json()["fault"]["error"][0]["code"] == "3200"
    assert us.call("GET", "preferences").status_code == 401
    renewed = us.server.company()
    assert [_count(renewed, number) for number in numbers] == [1, 1, 0, 0]
    rows = renewed.batch(_items(us, numbers), requestid=key).json()["BatchItemResponse"]
    assert [row["Purchase"]["DocNumber"] for row in rows] == numbers
    assert [_count(renewed, number) for number in numbers] == [1, 1, 1, 1]


def test_items_alone_may_fault_for_a_token(us: Company) -> None:
    _plan(us, "fault", code="3200", status=401, type="AUTHENTICATION", times=2)
    rows = us.batch(_items(us, [fresh("D") for _ in range(3)])).json()["BatchItemResponse"]
    assert [row.get("Fault", {}).get("type") for row in rows] == ["AUTHENTICATION", "AUTHENTICATION", None]


def test_another_user_saves_first(us: Company) -> None:
    made = us.create("Transfer", us.transfer())
    _plan(us, "stale", "Transfer", operation="update")
    change = {**made, "PrivateNote": "mine"}
    assert us.fault(us.post("transfer", change))["code"] == "5010"
    seen = us.read("Transfer", made["Id"])
    assert (seen["SyncToken"], "PrivateNote" in seen) == ("1", False)
    assert us.create("Transfer", {**change, "SyncToken": "1"})["SyncToken"] == "2"


def test_another_user_saves_between_reading_and_a_delete_in_a_batch(us: Company) -> None:
    made = us.create("Transfer", us.transfer())
    _plan(us, "stale", "Transfer", operation="delete")
    item = {"bId": "1", "operation": "delete", "Transfer": {"Id": made["Id"], "SyncToken": "0"}}
    rows = us.batch([item]).json()["BatchItemResponse"]
    assert rows[0]["Fault"]["Error"][0]["code"] == "5010"


def test_a_lagging_query_does_not_see_what_is_new(us: Company) -> None:
    made = us.create("Vendor", {"DisplayName": fresh("V")})
    wanted = f"select * from Vendor where Id = '{made['Id']}'"
    _plan(us, "lag", "query", seconds=60)
    assert us.query(wanted) == {}
    assert us.query(wanted)["Vendor"][0]["Id"] == made["Id"]


def test_half_of_a_batch_is_answered_and_all_of_it_done(us: Company) -> None:
    numbers = [fresh("D") for _ in range(4)]
    _plan(us, "half_batch", "batch")
    assert len(us.batch(_items(us, numbers)).json()["BatchItemResponse"]) == 2
    assert [_count(us, number) for number in numbers] == [1] * 4


def test_rows_may_come_twice(us: Company) -> None:
    _plan(us, "duplicate", "query")
    names = [row["Name"] for row in us.query("select * from Class")["Class"]]
    assert len(names) == 2 * len(set(names)) > 0


@pytest.mark.parametrize(
    ("plan", "status", "code", "kind"),
    [
        ({"code": "6190"}, 400, "6190", "ValidationFault"),
        ({"code": "6210", "status": 200}, 200, "6210", "ValidationFault"),
        ({"code": "10000", "status": 500}, 500, "10000", "SystemFault"),
        ({"code": "10000", "status": 500, "commit": True}, 500, "10000", "SystemFault"),
        ({"code": "120", "status": 401, "type": "AuthorizationFault"}, 401, "120", "AuthorizationFault"),
    ],
)
def test_a_fault_comes_with_what_the_real_one_says(us: Company, plan: Json, status: int, code: str, kind: str) -> None:
    body = us.charge(DocNumber=fresh("D"))
    _plan(us, "fault", **plan)
    answer = us.post("purchase", body)
    fault = answer.json()["Fault"]
    assert (answer.status_code, fault["Error"][0]["code"], fault["type"]) == (status, code, kind)
    assert fault["Error"][0]["Detail"] not in ("", "Error")
    assert _count(us, body["DocNumber"]) == int(plan.get("commit", False))


def test_a_fault_may_come_as_xml_or_in_the_lower_case_envelope(us: Company) -> None:
    _plan(us, "fault", code="6190", body="xml")
    answer = us.post("purchase", us.charge())
    assert answer.headers["Content-Type"].startswith("application/xml")
    assert '<Fault type="ValidationFault"><Error code="6190">' in answer.text
    _plan(us, "fault", code="3200", status=401, body="lower", type="AUTHENTICATION")
    assert us.post("purchase", us.charge()).json()["fault"]["error"][0]["code"] == "3200"


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_a_gateway_answers_in_html(us: Company, status: int) -> None:
    _plan(us, "status", status=status)
    answer = us.post("purchase", us.charge())
    assert (answer.status_code, answer.text.startswith("<html>")) == (status, True)


def _met_by(us: Company, seed: int) -> list[int]:
    us.server.control("faults", method="DELETE")
    _plan(us, "status", "Preferences", operation="read", probability=0.3, times=None, seed=seed)
    return [us.call("GET", "preferences").status_code for _ in range(30)]


def test_chance_follows_from_the_seed_alone(us: Company) -> None:
    first = _met_by(us, 7)
    assert set(first) == {200, 503}
    assert _met_by(us, 7) == first
    assert _met_by(us, 8) != first


def test_what_was_met_is_told(us: Company) -> None:
    us.server.control("faults", method="DELETE")
    _plan(us, "status", times=None)
    us.post("purchase", us.charge())
    told = us.server.control("faults", method="GET")
    assert [each["met"] for each in told["planned"]] == [1]
    assert told["met"] == [{"kind": "status", "realm": US, "entity": "Purchase", "operation": "create", "id": ""}]
    assert "hang" in told["kinds"]


@pytest.mark.parametrize(
    "plan",
    [
        {"kind": "fault", "probability": 2},
        {"kind": "fault", "probability": "often"},
        {"kind": "throttle", "body": "yaml"},
        {"kind": "delay", "seconds": -1},
        {"kind": "status", "status": 99},
    ],
)
def test_a_plan_beyond_reason_is_explained(sandbox: Server, plan: Json) -> None:
    answer = requests.post(f"{sandbox.url}/sandbox/faults", json=plan, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_every_scenario_can_be_played(us: Company) -> None:
    scenarios = us.server.control("scenarios", method="GET")["scenarios"]
    assert len(scenarios) >= 12
    for each in scenarios:
        us.server.control("faults", method="DELETE")
        planned = us.server.control(f"scenarios/{each['name']}", {"realm": US, "seed": 3})["planned"]
        assert len(planned) == len(each["plans"])
        assert {row["realm"] for row in planned} == {US}
    us.server.control("faults", method="DELETE")
    answer = requests.post(f"{us.server.url}/sandbox/scenarios/earthquake", timeout=5)
    assert answer.status_code == 400


@pytest.fixture
def storm(sandbox: Server) -> Company:
    sandbox.touched.add("faults")
    return sandbox.company()


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    kinds=st.lists(
        st.sampled_from(
            [
                {"kind": "drop_before"},
                {"kind": "drop_after_commit"},
                {"kind": "truncate"},
                {"kind": "invalid_json"},
                {"kind": "gzip_garbage"},
                {"kind": "status", "status": 504, "commit": True},
                {"kind": "status", "status": 502},
                {"kind": "fault", "code": "10000", "status": 500, "commit": True},
                {"kind": "throttle", "body": "xml"},
                {"kind": "half_batch", "entity": "batch"},
            ]
        ),
        max_size=6,
    ),
    seed=st.integers(0, 999),
    batch=st.booleans(),
)
def test_whoever_repeats_under_one_request_id_has_it_once(
    storm: Company, kinds: list[Json], seed: int, batch: bool
) -> None:
    storm.server.control("faults", method="DELETE")
    order = random.Random(seed)
    for plan in kinds:
        storm.server.control("faults", {"realm": US, **plan, "skip": order.randrange(2)})
    before = storm.postings()
    numbers, key = [fresh("S") for _ in range(3)], fresh("k")
    answered = _insist(storm, numbers, key, batch=batch)
    storm.server.control("faults", method="DELETE")
    assert answered
    assert [_count(storm, number) for number in numbers] == [1, 1, 1]
    assert storm.moved(before) == {"2110": "-127.50", "6110": "127.50"}
    assert sum(storm.postings().values()) == 0


def _insist(us: Company, numbers: list[str], key: str, *, batch: bool) -> bool:
    """As a careful client does: again and again under the same id, until all of it is answered."""
    for _ in range(30):
        try:
            if batch:
                rows = us.batch(_items(us, numbers), requestid=key).json()["BatchItemResponse"]
                done = [row["Purchase"]["DocNumber"] for row in rows] == numbers
            else:
                done = all("Purchase" in us.post("purchase", us.charge(DocNumber=each), requestid=each).json()
                           for each in numbers)  # fmt: skip
        except (requests.RequestException, KeyError, ValueError):
            continue
        if done:
            return True
    return False
