"""A clock that can be moved: tokens, request ids and dates go with it."""

from __future__ import annotations

import signal
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import jwt
import pytest
import requests

from .client import BACK, SCOPE, US, Company, Server, fresh

DAY = 86_400


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(
        tmp_path_factory.mktemp("clock"), SANDBOX_ROTATE_REFRESH="daily", SANDBOX_ACCESS_AFTER_REFRESH="lives"
    )
    yield server
    server.kill()


@pytest.fixture
def moved(running: Server) -> Server:
    """With its clock on time at the beginning of each test."""
    running.control("clock", {"ahead_seconds": 0})
    return running


def _advance(server: Server, seconds: float) -> None:
    server.control("clock", {"advance_seconds": seconds})


def test_the_clock_is_set_and_moved_and_read(moved: Server) -> None:
    assert moved.control("clock", {"set": "2026-12-01T09:00:00Z"})["now"] == "2026-12-01T09:00:00+00:00"
    assert moved.control("clock", {"advance_seconds": 3600})["now"] == "2026-12-01T10:00:00+00:00"
    assert moved.control("clock", {"ahead_seconds": 60})["ahead_seconds"] == 60
    assert moved.control("clock", method="GET")["ahead_seconds"] == 60


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"ahead_seconds": "soon"},
        {"ahead_seconds": True},
        {"set": "yesterday"},
        {"set": 5},
        {"advance_seconds": 1e15},
        {"set": "2026-12-01", "ahead_seconds": 1},
        {"hands": 3},
    ],
)
def test_a_move_that_makes_no_sense_is_explained(moved: Server, wrong: dict[str, Any]) -> None:
    answer = requests.post(f"{moved.url}/sandbox/clock", json=wrong, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_documents_and_envelopes_tell_the_moved_time(moved: Server) -> None:
    moved.control("clock", {"set": "2031-03-04T20:00:00Z"})
    us = moved.company()
    answer = us.post("transfer", us.transfer()).json()
    assert answer["time"].startswith("2031-03-04T")
    assert answer["Transfer"]["MetaData"]["CreateTime"].startswith("2031-03-04T")
    assert answer["Transfer"]["TxnDate"] == "2031-03-04"


def test_the_gateway_tells_the_moved_time_too(moved: Server) -> None:
    moved.control("clock", {"set": "2031-03-04T20:00:00Z"})
    body = Company(moved, US, "nobody").call("GET", "preferences").json()
    assert datetime.fromtimestamp(body["time"] / 1000, UTC).year == 2031


def test_a_request_id_is_forgotten_in_time(moved: Server) -> None:
    us, key = moved.company(), fresh("req")
    first = us.post("transfer", us.transfer(), requestid=key)
    assert us.post("transfer", us.transfer(), requestid=key).content == first.content
    _advance(moved, 16 * 60)
    assert us.post("transfer", us.transfer(), requestid=key).json()["Transfer"]["Id"] != first.json()["Transfer"]["Id"]


def test_an_access_token_lives_an_hour(moved: Server) -> None:
    us = moved.company()
    _advance(moved, 3590)
    assert us.call("GET", "preferences").status_code == 200
    _advance(moved, 20)
    answer = us.call("GET", "preferences")
    assert answer.status_code == 401
    assert answer.json()["fault"]["error"][0]["detail"].startswith("Token expired")


def test_a_code_lives_five_minutes(moved: Server) -> None:
    code = moved.consent()["code"]
    _advance(moved, 301)
    answer = moved.token(grant_type="authorization_code", code=code, redirect_uri=BACK)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


def test_a_refresh_value_stays_for_a_day_and_then_changes(moved: Server) -> None:
    first = moved.grant()["refresh_token"]
    _advance(moved, 23 * 3600)
    assert moved.refresh(first).json()["refresh_token"] == first
    _advance(moved, 2 * 3600)
    second = moved.refresh(first).json()["refresh_token"]
    assert second != first
    assert moved.refresh(first).json()["error"] == "invalid_grant"
    assert moved.refresh(second).status_code == 200


def test_each_refresh_begins_the_hundred_days_again(moved: Server) -> None:
    token = moved.grant()["refresh_token"]
    for _ in range(3):
        _advance(moved, 99 * DAY)
        token = moved.refresh(token).json()["refresh_token"]
    _advance(moved, 101 * DAY)
    assert moved.refresh(token).json()["error"] == "invalid_grant"


def test_after_five_years_a_person_has_to_agree_again(moved: Server) -> None:
    token = moved.grant()["refresh_token"]
    for _ in range(20):
        _advance(moved, 90 * DAY)
        token = moved.refresh(token).json()["refresh_token"]
    last = moved.token(
        headers={"x-include-refresh-token-hard-expires-in": "true"}, grant_type="refresh_token", refresh_token=token
    ).json()
    assert 24 * DAY < last["x_refresh_token_hard_expires_in"] <= 25 * DAY
    assert last["x_refresh_token_expires_in"] == last["x_refresh_token_hard_expires_in"]
    _advance(moved, 26 * DAY)
    assert moved.refresh(last["refresh_token"]).json()["error"] == "invalid_grant"


def test_an_id_token_tells_when_the_person_agreed_and_when_it_was_made(moved: Server) -> None:
    moved.control("clock", {"set": "2027-01-01T00:00:00Z"})
    first = moved.grant(scope=f"{SCOPE} openid")
    _advance(moved, 7200)
    second = moved.refresh(first["refresh_token"]).json()
    told = [jwt.decode(each["id_token"], options={"verify_signature": False}) for each in (first, second)]
    assert told[0]["auth_time"] == told[1]["auth_time"] == pytest.approx(told[0]["iat"], abs=5)
    assert told[1]["iat"] - told[0]["iat"] == pytest.approx(7200, abs=5)
    assert [each["exp"] - each["iat"] for each in told] == [3600, 3600]


def test_a_moved_clock_survives_the_process(own: Callable[..., Server]) -> None:
    server = own()
    us = server.company()
    _advance(server, 7200)
    server.stop(signal.SIGKILL)
    server.start()
    assert server.control("clock", method="GET")["ahead_seconds"] == 7200
    assert us.call("GET", "preferences").status_code == 401
