from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest

from .client import Company, Server, fresh


def test_a_repeat_returns_the_first_answer_byte_for_byte(us: Company) -> None:
    key, body = fresh("req"), us.charge(DocNumber=fresh("D"))
    first = us.post("purchase", body, requestid=key)
    time.sleep(0.01)
    again = us.post("purchase", body, requestid=key)
    assert again.content == first.content
    assert again.status_code == 200
    stored = [row for row in us.server.stored("Purchase") if row.get("DocNumber") == body["DocNumber"]]
    assert len(stored) == 1


def test_a_repeat_with_another_body_still_returns_the_first_answer(us: Company) -> None:
    key = fresh("req")
    first = us.post("purchase", us.charge(), requestid=key)
    assert us.post("purchase", us.charge(PrivateNote="other"), requestid=key).content == first.content


def test_a_repeated_delete_is_answered_again(us: Company) -> None:
    made, key = us.create("Purchase", us.charge()), fresh("req")
    body = {"Id": made["Id"], "SyncToken": made["SyncToken"]}
    first = us.post("purchase", body, operation="delete", requestid=key)
    assert first.json()["Purchase"]["status"] == "Deleted"
    assert us.post("purchase", body, operation="delete", requestid=key).content == first.content


def test_a_request_id_belongs_to_one_company(us: Company, uk: Company) -> None:
    key = fresh("req")
    assert us.post("purchase", us.charge(), requestid=key).status_code == 200
    there = uk.post("purchase", uk.charge(), requestid=key).json()["Purchase"]
    assert there["CurrencyRef"]["value"] == "GBP"


def test_a_refused_request_is_not_remembered(us: Company) -> None:
    key = fresh("req")
    assert us.fault(us.post("purchase", us.charge(PaymentType=None), requestid=key))["code"] == "2020"
    assert us.post("purchase", us.charge(), requestid=key).status_code == 200


def test_eight_equal_requests_at_once_make_one_document(us: Company) -> None:
    key, number = fresh("req"), fresh("D")
    body = us.charge(DocNumber=number)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: us.post("purchase", body, requestid=key).content, range(8)))
    assert len(set(answers)) == 1
    assert us.query(f"select count(*) from Purchase where DocNumber = '{number}'") == {"totalCount": 1}


@pytest.mark.parametrize(("length", "status"), [(50, 200), (51, 400)])
def test_a_single_request_id_has_at_most_fifty_characters(us: Company, length: int, status: int) -> None:
    key = fresh("r").ljust(length, "x")
    answer = us.post("purchase", us.charge(), requestid=key)
    assert answer.status_code == status
    if status == 400:
        assert us.fault(answer)["code"] == "2130"


def test_answers_that_are_too_old_to_be_repeated_take_no_room(own: Callable[..., Server]) -> None:
    us = own().company()
    us.batch([{"bId": str(number), "Purchase": us.charge()} for number in range(5)], requestid=fresh("req"))
    us.server.control("clock", {"advance_seconds": 60 * 16})
    late = us.server.company()
    late.create("Purchase", late.charge(), requestid=fresh("req"))
    waited = time.monotonic() + 5
    while _remembered(us.server) > 1 and time.monotonic() < waited:
        time.sleep(0.05)
    assert _remembered(us.server) == 1


def _remembered(server: Server) -> int:
    with closing(sqlite3.connect(server.books)) as db:
        return int(db.execute("SELECT count(*) FROM remembered").fetchone()[0])
