"""Notifications (§7): signed, in both shapes, sent until they are taken, and never lost by the sandbox itself."""

from __future__ import annotations

import re
import signal
import socket
import time
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from .client import US, Company, Json, Server, fresh
from .listening import VERIFIER, Listener, listening, until


@pytest.fixture
def listener() -> Iterator[Listener]:
    with listening() as found:
        yield found


@pytest.fixture
def subscribe(sandbox: Server, listener: Listener) -> Iterator[Callable[..., int]]:
    made: list[int] = []

    def subscribe(**wanted: Any) -> int:
        made.append(subscribed(sandbox, listener, **wanted))
        return made[-1]

    yield subscribe
    for number in made:
        sandbox.control(f"webhooks/{number}", method="DELETE")


def subscribed(server: Server, listener: Listener, **wanted: Any) -> int:
    body = {"url": listener.url, "verifier": VERIFIER, **wanted}
    return int(server.control("webhooks", body)["webhook"]["id"])


def deliveries(server: Server, number: int) -> list[Json]:
    return list(server.control(f"webhooks/{number}/deliveries", method="GET")["deliveries"])


def test_ones_own_writes_are_told_signed_and_by_id_alone(
    us: Company, subscribe: Callable[..., int], listener: Listener
) -> None:
    subscribe()
    made = us.create("Vendor", {"DisplayName": fresh("Vendor")})
    (row,) = until(lambda: [row for row in listener.events() if row["id"] == made["Id"]])
    assert row.keys() == {"name", "id", "operation", "lastUpdated"}
    assert (row["name"], row["operation"]) == ("Vendor", "Create")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.000Z", row["lastUpdated"])
    assert listener.came[-1]["eventNotifications"][0]["realmId"] == US
    assert all(listener.signed)


def test_create_update_and_delete_are_told_apart(
    us: Company, subscribe: Callable[..., int], listener: Listener
) -> None:
    subscribe(entities=["Purchase"])
    made = us.create("Purchase", us.charge())
    after = us.create("Purchase", {**us.charge(), "Id": made["Id"], "SyncToken": "0"})
    us.create("Vendor", {"DisplayName": fresh("Vendor")})
    us.delete("Purchase", after)
    until(lambda: listener.told("Purchase", made["Id"]) == ["Create", "Update", "Delete"])
    assert {row["name"] for row in listener.events()} == {"Purchase"}


def test_a_bill_hears_of_its_payment_and_the_payment_of_its_void(
    us: Company, subscribe: Callable[..., int], listener: Listener
) -> None:
    subscribe()
    vendor = {"value": us.vendor("Staples")}
    bill = us.create("Bill", {"VendorRef": vendor, "Line": [us.line(30)]})
    payment = us.create(
        "BillPayment",
        {
            "VendorRef": vendor,
            "PayType": "Check",
            "TotalAmt": 30,
            "CheckPayment": {"BankAccountRef": us.ref("1010")},
            "Line": [{"Amount": 30, "LinkedTxn": [{"TxnId": bill["Id"], "TxnType": "Bill"}]}],
        },
    )
    until(lambda: listener.told("Bill", bill["Id"]) == ["Create", "Update"])
    body = {"Id": payment["Id"], "SyncToken": "0", "sparse": True}
    us.create("BillPayment", body, operation="update", include="void")
    until(lambda: listener.told("BillPayment", payment["Id"]) == ["Create", "Void"])
    until(lambda: listener.told("Bill", bill["Id"]) == ["Create", "Update", "Update"])


def test_cloudevents_are_a_list_with_an_id_each(us: Company, subscribe: Callable[..., int], listener: Listener) -> None:
    subscribe(shape="cloudevents", entities=["Purchase"])
    made = us.create("Purchase", us.charge())
    (event,) = until(lambda: [row for row in listener.events() if row["intuitentityid"] == made["Id"]])
    assert (event["specversion"], event["type"], event["intuitaccountid"]) == ("1.0", "qbo.purchase.created.v1", US)
    assert (event["datacontenttype"], event["data"]) == ("application/json", {})
    assert re.fullmatch(r"[0-9a-f-]{36}", event["id"])
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z", event["time"])
    assert event["source"].startswith("intuit.")


def test_a_refused_write_tells_nothing_and_a_batch_of_its_good_items_alone(
    us: Company, subscribe: Callable[..., int], listener: Listener
) -> None:
    subscribe(entities=["Purchase"])
    items = [
        {"bId": "1", "operation": "create", "Purchase": us.charge()},
        {"bId": "2", "operation": "create", "Purchase": us.charge(Line=[us.line(-1)])},
        {"bId": "3", "operation": "create", "Purchase": us.charge()},
    ]
    rows = us.batch(items).json()["BatchItemResponse"]
    made = [row["Purchase"]["Id"] for row in rows if "Purchase" in row]
    until(lambda: len(listener.events()) >= len(made))
    assert [row["id"] for row in listener.events()] == made


def test_companies_share_a_notification_grouped(
    us: Company, uk: Company, subscribe: Callable[..., int], listener: Listener
) -> None:
    subscribe(entities=["Vendor"], hold=0.3)
    for company in (us, uk, us):
        company.create("Vendor", {"DisplayName": fresh("Vendor")})
    (body,) = until(lambda: list(listener.came))
    assert [row["realmId"] for row in body["eventNotifications"]] == [us.realm, uk.realm]
    assert [len(row["dataChangeEvent"]["entities"]) for row in body["eventNotifications"]] == [2, 1]


@pytest.mark.parametrize("answers", [[500, 302, 204], [0, 404, 410]], ids=["answers", "silence"])
def test_what_is_not_answered_with_200_is_sent_again(
    us: Company, subscribe: Callable[..., int], listener: Listener, answers: list[int]
) -> None:
    listener.answers = list(answers)
    number = subscribe(entities=["Vendor"], compress=100)
    us.create("Vendor", {"DisplayName": fresh("Vendor")})
    until(lambda: len(listener.came) == 4)
    assert listener.came[1:] == listener.came[:-1]
    (delivery,) = until(lambda: [row for row in deliveries(us.server, number) if row["delivered"]])
    assert [each["status"] for each in delivery["attempts"]] == [status or None for status in answers] + [200]
    waits = [later - sooner for sooner, later in zip(listener.at, listener.at[1:], strict=False)]
    # Never sooner than the list says; on a busy machine a little later.
    assert all(wait >= least - 0.02 for wait, least in zip(waits, (0.1, 0.2, 0.3), strict=True))


def test_a_listener_that_takes_longer_than_three_seconds_has_not_answered(
    us: Company, subscribe: Callable[..., int]
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        number = subscribe(entities=["Vendor"], url=f"http://127.0.0.1:{silent.getsockname()[1]}/")
        us.create("Vendor", {"DisplayName": fresh("Vendor")})
        attempts = until(lambda: [each for row in deliveries(us.server, number) for each in row["attempts"]])
    assert attempts[0]["status"] is None
    assert 2.9 < attempts[0]["seconds"] < 3.5


def test_one_slow_listener_holds_up_neither_another_nor_a_request(
    us: Company, subscribe: Callable[..., int], listener: Listener
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        subscribe(url=f"http://127.0.0.1:{silent.getsockname()[1]}/")
        subscribe(entities=["Vendor"])
        began = time.monotonic()
        for _ in range(5):
            us.create("Vendor", {"DisplayName": fresh("Vendor")})
        # One attempt at the silent one takes longer.
        assert time.monotonic() - began < 2.5
        until(lambda: len(listener.events()) == 5, seconds=1.5)


def test_repetition_and_disorder_can_be_asked_for(
    us: Company, subscribe: Callable[..., int], listener: Listener
) -> None:
    subscribe(entities=["Vendor"], repeat=1, shuffle=True, hold=0.3, shape="cloudevents")
    # In one batch: nothing may come between them that takes longer than they are held.
    answers = us.batch([{"bId": str(number), "Vendor": {"DisplayName": fresh("Vendor")}} for number in range(3)])
    made = [row["Vendor"]["Id"] for row in answers.json()["BatchItemResponse"]]
    until(lambda: len(listener.events()) == 6)
    assert [event["intuitentityid"] for event in listener.events()] == made[::-1] * 2
    assert len({event["id"] for event in listener.events()}) == 3


def test_it_goes_on_after_a_kill(own: Callable[..., Server], listener: Listener) -> None:
    server = own()
    listener.answers = [500]
    number = subscribed(server, listener, compress=5)
    us = server.company()
    made = us.create("Purchase", us.charge())
    until(lambda: listener.came)
    server.stop(signal.SIGKILL)
    server.start()
    until(lambda: len(listener.came) >= 2)
    assert listener.told("Purchase", made["Id"])[:2] == ["Create", "Create"]
    until(lambda: deliveries(server, number)[0]["delivered"])


def test_what_was_written_just_before_a_kill_is_told(own: Callable[..., Server], listener: Listener) -> None:
    server = own()
    subscribed(server, listener, hold=1)
    us = server.company()
    made = us.create("Purchase", us.charge())
    server.stop(signal.SIGKILL)
    assert not listener.came
    server.start()
    until(lambda: listener.told("Purchase", made["Id"]))


def test_who_never_answers_is_given_up_and_may_be_taken_back(own: Callable[..., Server], listener: Listener) -> None:
    server = own(SANDBOX_WEBHOOK_DISABLE_HOURS="1")
    listener.answers = [500] * 20
    number = subscribed(server, listener, compress=20_000, entities=["Vendor"])
    us = server.company()
    us.create("Vendor", {"DisplayName": fresh("Vendor")})
    until(lambda: server.control(f"webhooks/{number}", method="GET")["webhook"]["disabled"])
    came = len(listener.came)
    us.create("Vendor", {"DisplayName": fresh("Vendor")})
    listener.answers = []
    assert server.control(f"webhooks/{number}/again")["due"] == 1
    until(lambda: len(listener.came) == came + 1)
    assert len(listener.events()) == came + 1


@pytest.mark.parametrize(
    "wanted",
    [
        {},
        {"url": "ftp://127.0.0.1/"},
        {"url": "http://127.0.0.1/", "shape": "xml"},
        {"url": "http://127.0.0.1/", "compress": 0},
        {"url": "http://127.0.0.1/", "compress": "fast"},
        {"url": "http://127.0.0.1/", "entities": ["Attachable"]},
        {"url": "http://127.0.0.1/", "colour": "red"},
    ],
)
def test_a_subscription_that_cannot_be_is_explained(sandbox: Server, wanted: Json) -> None:
    answer = requests.post(f"{sandbox.url}/sandbox/webhooks", json=wanted, timeout=5)
    assert (answer.status_code, list(answer.json())) == (400, ["error"])


def test_subscriptions_outlive_a_reset_and_what_was_to_be_told_does_not(
    own: Callable[..., Server], listener: Listener
) -> None:
    server = own()
    subscribed(server, listener, hold=0.4)
    us = server.company()
    us.create("Vendor", {"DisplayName": fresh("Vendor")})
    server.control("reset", {"keep_tokens": True})
    assert len(server.control("webhooks", method="GET")["webhooks"]) == 1
    made = us.create("Purchase", us.charge())
    until(lambda: listener.came)
    assert [row["id"] for row in listener.events()] == [made["Id"]]
    assert server.control("webhooks", method="DELETE") == {"cleared": 1}


def test_who_listens_still_does_after_books_are_brought_back(own: Callable[..., Server], listener: Listener) -> None:
    server = own()
    us = server.company()
    server.control("snapshots", {"name": "before"})
    subscribed(server, listener)
    us.create("Purchase", us.charge())
    until(lambda: listener.came)
    server.control("snapshots/before/restore", {"keep_tokens": True})
    made = us.create("Vendor", {"DisplayName": fresh("Vendor")})
    until(lambda: listener.told("Vendor", made["Id"]))
    assert len(listener.events()) == 2


def test_a_moved_clock_brings_the_next_attempt(own: Callable[..., Server], listener: Listener) -> None:
    server = own()
    listener.answers = [500]
    subscribed(server, listener)
    us = server.company()
    us.create("Purchase", us.charge())
    until(lambda: listener.came)
    server.control("clock", {"advance_seconds": 60})
    until(lambda: len(listener.came) == 2, seconds=4)
    server.control("clock", {"ahead_seconds": 0})
    made = us.create("Purchase", us.charge())
    until(lambda: listener.told("Purchase", made["Id"]), seconds=4)
