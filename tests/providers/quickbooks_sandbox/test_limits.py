"""The limits of one company and app, one by one, and what is counted of them."""

from __future__ import annotations

import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from .client import BACK, UK, US, Company, Json, Server, fresh

OFF = dict.fromkeys(
    (
        "per_minute",
        "per_second",
        "at_once",
        "batches_per_minute",
        "realm_batches_per_minute",
        "reports_per_minute",
    ),
    0,
)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(tmp_path_factory.mktemp("limits"))
    yield server
    server.kill()


@pytest.fixture
def limited(running: Server) -> Iterator[Callable[..., Company]]:
    """A company whose app meets only the limits named."""

    def limit(realm: str = US, **limits: int) -> Company:
        company = running.company(realm)
        running.control("throttle", {"on": True, **OFF, **limits})
        return company

    yield limit
    running.control("throttle", {"on": False})
    running.control("faults", method="DELETE")


def _statuses(company: Company, count: int) -> list[int]:
    return [company.call("GET", "preferences").status_code for _ in range(count)]


def _batches(company: Company, count: int) -> list[int]:
    items = [{"bId": "1", "Query": "select * from CompanyInfo"}]
    return [company.batch(items).status_code for _ in range(count)]


def _second_app(server: Server, realm: str = US) -> Company:
    app = server.control("apps", {"redirect_uris": [BACK]})
    code = server.consent(realm, client_id=app["client_id"])["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    grant = server.token((app["client_id"], app["client_secret"]), None, **form).json()
    return Company(server, realm, grant["access_token"])


def test_so_many_a_minute(limited: Callable[..., Company]) -> None:
    assert _statuses(limited(per_minute=5), 8) == [200] * 5 + [429] * 3


def test_so_many_a_second_and_again_a_second_later(limited: Callable[..., Company]) -> None:
    us = limited(per_second=3)
    assert _statuses(us, 5) == [200] * 3 + [429] * 2
    time.sleep(1.05)
    assert _statuses(us, 4) == [200] * 3 + [429]


def test_so_many_batches_a_minute_beside_other_calls(limited: Callable[..., Company]) -> None:
    us = limited(batches_per_minute=2)
    assert _batches(us, 3) == [200, 200, 429]
    assert _statuses(us, 3) == [200] * 3


def test_so_many_at_once_while_others_are_slow(limited: Callable[..., Company]) -> None:
    us = limited(at_once=2)
    us.server.control(
        "faults", {"kind": "delay", "seconds": 1, "entity": "Preferences", "operation": "read", "times": 2}
    )
    with ThreadPoolExecutor(4) as pool:
        slow = [pool.submit(Company(us.server, US, us.access).call, "GET", "preferences") for _ in range(2)]
        time.sleep(0.3)
        assert _statuses(us, 2) == [429, 429]
        assert [each.result().status_code for each in slow] == [200, 200]
    assert _statuses(us, 2) == [200, 200]


def test_who_hung_up_is_not_under_way_any_more(limited: Callable[..., Company]) -> None:
    us = limited(at_once=1)
    us.server.control("faults", {"kind": "hang", "entity": "Preferences", "operation": "read"})
    with pytest.raises(requests.ReadTimeout):
        us.call("GET", "preferences", timeout=0.3)
    us.session.close()
    time.sleep(0.1)
    assert _statuses(us, 1) == [200]


def test_limits_are_of_one_app_on_one_company(limited: Callable[..., Company]) -> None:
    us = limited(per_minute=2)
    other, uk = _second_app(us.server), us.server.company(UK)
    assert _statuses(us, 3) == [200, 200, 429]
    assert _statuses(other, 3) == [200, 200, 429]
    assert _statuses(uk, 3) == [200, 200, 429]


def test_batches_of_all_apps_of_a_company_are_counted_together(limited: Callable[..., Company]) -> None:
    us = limited(realm_batches_per_minute=3)
    other = _second_app(us.server)
    assert _batches(us, 2) + _batches(other, 2) == [200, 200, 200, 429]
    assert _batches(us.server.company(UK), 1) == [200]


@pytest.mark.parametrize("limits", [{"per_hour": 3}, {"per_minute": "many"}, {"per_minute": -1}, {"per_minute": True}])
def test_a_limit_there_is_not_is_explained(running: Server, limits: Json) -> None:
    answer = requests.post(f"{running.url}/sandbox/throttle", json=limits, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]


def _counted(server: Server, realm: str = US) -> Json:
    """Of the newest minute of one app; a test may run over the edge of two."""
    rows = server.control("traffic", method="GET")["traffic"]
    minutes: list[Json] = next(row["minutes"] for row in rows if row["realm"] == realm)
    sums: Json = {"calls": {}, "classes": {}, "throttled": {}, "statuses": {}}
    for minute in minutes:
        for name, counts in sums.items():
            for key, count in minute[name].items():
                counts[key] = counts.get(key, 0) + count
    return sums


def test_every_call_is_counted_by_what_it_costs(own: Callable[..., Server]) -> None:
    us = own().company()
    made = us.create("Purchase", us.charge())
    us.read("Purchase", made["Id"])
    us.query("select * from Vendor")
    us.call("POST", "query", data="select * from Vendor", headers={"Content-Type": "application/text"})
    _batches(us, 2)
    us.call("GET", "purchase/999999")
    us.post("purchase", {})
    counts = _counted(us.server)
    assert counts["calls"] == {"write": 1, "read": 1, "query": 2, "batch": 2}
    assert counts["classes"] == {"Core": 1, "CorePlus": 5}
    assert counts["statuses"] == {"200": 6, "400": 2}


def test_what_is_throttled_is_told_by_limit(own: Callable[..., Server]) -> None:
    us = own().company()
    us.server.control("throttle", {"on": True, **OFF, "per_minute": 2, "batches_per_minute": 1})
    _batches(us, 2)
    _statuses(us, 3)
    us.server.control("throttle", {"on": False})
    assert _counted(us.server)["throttled"] == {"batches_per_minute": 1, "per_minute": 2}


def test_a_spent_budget_is_a_wall_until_the_month_is_over(own: Callable[..., Server]) -> None:
    us = own().company()
    us.server.control("budget", {"core_plus": 3})
    assert us.post("transfer", us.transfer()).status_code == 200
    assert _statuses(us, 4) == [200, 200, 200, 429]
    assert us.post("transfer", us.transfer()).status_code == 429
    assert _counted(us.server)["throttled"] == {"budget": 2}
    us.server.control("clock", {"advance_seconds": 31 * 86_400})
    assert _statuses(us.server.company(), 1) == [200]


def test_a_budget_may_leave_single_writes_alone(own: Callable[..., Server]) -> None:
    us = own(SANDBOX_BUDGET_BLOCKS="coreplus", SANDBOX_COREPLUS_BUDGET="1").company()
    assert _statuses(us, 2) == [200, 429]
    assert us.post("transfer", us.transfer()).status_code == 200


def test_the_totals_of_a_month_survive_the_process(own: Callable[..., Server]) -> None:
    us = own().company()
    _statuses(us, 5)
    us.create("Vendor", {"DisplayName": fresh("V")})
    time.sleep(1.3)
    us.server.stop(signal.SIGKILL)
    us.server.start()
    months = us.server.control("traffic", method="GET")["months"]
    assert {row["class"]: row["calls"] for row in months} == {"Core": 1, "CorePlus": 5}


def test_limits_are_set_by_the_environment(own: Callable[..., Server]) -> None:
    us = own(SANDBOX_THROTTLE="on", SANDBOX_LIMIT_PER_MINUTE="3", SANDBOX_LIMIT_PER_SECOND="0").company()
    assert _statuses(us, 4) == [200] * 3 + [429]


@pytest.mark.parametrize(
    ("shape", "kind", "words"),
    [
        ("json", "application/json", '{"Fault":{"Error":[{"Message":"message=ThrottleExceeded'),
        ("xml", "application/xml", '<Error code="3001">'),
        ("lower", "application/json", '"fault":{"error":[{"message":"message=ThrottleExceeded'),
    ],
)
def test_a_throttle_has_one_of_three_shapes(own: Callable[..., Server], shape: str, kind: str, words: str) -> None:
    us = own(SANDBOX_THROTTLE="on", SANDBOX_LIMIT_PER_MINUTE="1", SANDBOX_THROTTLE_BODY=shape).company()
    _statuses(us, 1)
    answer = us.call("GET", "preferences")
    assert answer.status_code == 429
    assert answer.headers["Content-Type"].startswith(kind)
    assert words in answer.text


def test_with_a_latency_requests_are_really_under_way_together(own: Callable[..., Server]) -> None:
    us = own(SANDBOX_LATENCY_MS="300", SANDBOX_THROTTLE="on", SANDBOX_LIMIT_PER_SECOND="0").company()

    def ask(_: Any) -> int:
        return Company(us.server, US, us.access).call("GET", "preferences").status_code

    started = time.monotonic()
    with ThreadPoolExecutor(16) as pool:
        statuses = sorted(pool.map(ask, range(16)))
    assert statuses == [200] * 10 + [429] * 6
    assert 0.3 <= time.monotonic() - started < 3


def test_a_latency_can_be_set_while_it_runs_and_the_items_of_a_batch_share_it(own: Callable[..., Server]) -> None:
    us = own().company()
    us.server.control("latency", {"ms": 300})
    items = [{"bId": str(number), "Query": "SELECT COUNT(*) FROM Vendor"} for number in range(5)]
    started = time.monotonic()
    assert us.call("POST", "batch", json={"BatchItemRequest": items}).status_code == 200
    assert 0.3 <= time.monotonic() - started < 1
    us.server.control("latency", {"ms": 0})
