from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from .client import Company, Json, fresh


def _create(bid: str, body: Json) -> Json:
    return {"bId": bid, "operation": "create", "Purchase": body}


def test_one_bad_item_leaves_the_others_alone(us: Company) -> None:
    items = [
        _create("a", us.charge()),
        _create("b", us.charge(PaymentType=None)),
        _create("c", us.charge()),
    ]
    answer = us.batch(items)
    assert answer.status_code == 200
    by_bid = {row["bId"]: row for row in answer.json()["BatchItemResponse"]}
    assert by_bid["a"]["Purchase"]["SyncToken"] == "0"
    assert by_bid["b"]["Fault"]["Error"][0]["code"] == "2020"
    assert by_bid["b"]["Fault"]["Error"][0]["element"] == "PaymentType"
    assert by_bid["c"]["Purchase"]["TotalAmt"] == 42.5


def test_items_may_create_update_delete_and_ask(us: Company) -> None:
    one, two = us.create("Purchase", us.charge()), us.create("Purchase", us.charge())
    note = {
        "Id": one["Id"],
        "SyncToken": "0",
        "sparse": True,
        "PaymentType": "CreditCard",
        "AccountRef": one["AccountRef"],
        "PrivateNote": "x",
    }
    items: list[Json] = [
        {"bId": "u", "operation": "update", "Purchase": note},
        {
            "bId": "d",
            "operation": "delete",
            "Purchase": {"Id": two["Id"], "SyncToken": "0"},
        },
        {"bId": "q", "Query": "select * from Vendor where DisplayName = 'Staples'"},
        {"bId": "v", "operation": "update", "optionsData": "void", "Purchase": note},
        {"bId": "s", "operation": "create", "Spaceship": {}},
        {"bId": "w", "Query": "select nothing"},
    ]
    rows = {row["bId"]: row for row in us.batch(items).json()["BatchItemResponse"]}
    assert rows["u"]["Purchase"]["PrivateNote"] == "x"
    assert rows["d"]["Purchase"] == {
        "status": "Deleted",
        "domain": "QBO",
        "Id": two["Id"],
    }
    assert rows["q"]["QueryResponse"]["Vendor"][0]["DisplayName"] == "Staples"
    assert rows["v"]["Fault"]["Error"][0]["code"] == "500"
    assert rows["s"]["Fault"]["Error"][0]["code"] == "2000"
    assert rows["w"]["Fault"]["Error"][0]["code"] == "4000"


def test_a_repeated_batch_is_answered_byte_for_byte(us: Company) -> None:
    key, number = fresh("b"), fresh("D")
    items = [_create("1", us.charge(DocNumber=number)), _create("2", us.charge())]
    first = us.batch(items, requestid=key)
    assert us.batch(items, requestid=key).content == first.content
    assert us.query(f"select count(*) from Purchase where DocNumber = '{number}'") == {"totalCount": 1}


def test_a_repeat_runs_only_the_items_that_had_failed(us: Company) -> None:
    key = fresh("b")
    good = _create("1", us.charge())
    first = us.batch([good, _create("2", us.charge(Line=[]))], requestid=key).json()["BatchItemResponse"]
    assert first[1]["Fault"]["Error"][0]["code"] == "2250"
    again = us.batch([good, _create("2", us.charge())], requestid=key).json()["BatchItemResponse"]
    assert again[0] == first[0]
    assert int(again[1]["Purchase"]["Id"]) > int(first[0]["Purchase"]["Id"])


def test_other_bids_under_the_same_request_id_are_new_items(us: Company) -> None:
    key, body = fresh("b"), us.charge()
    first = us.batch([_create("1", body)], requestid=key).json()["BatchItemResponse"][0]
    more = us.batch([_create("1", body), _create("2", body)], requestid=key).json()["BatchItemResponse"]
    assert more[0] == first
    assert more[1]["Purchase"]["Id"] != first["Purchase"]["Id"]


def test_what_a_refused_item_had_begun_is_undone(uk: Company) -> None:
    before, number = uk.postings(), fresh("D")
    twice = [_create(bid, uk.charge(DocNumber=number)) for bid in "ab"]
    rows = uk.batch([*twice, _create("c", uk.charge())]).json()["BatchItemResponse"]
    assert ["Fault" in row for row in rows] == [False, True, False]
    assert rows[1]["Fault"]["Error"][0]["code"] == "6140"
    assert uk.moved(before) == {"2110": "-85.00", "6110": "85.00"}


def test_a_question_in_a_repeated_batch_is_answered_as_before(us: Company) -> None:
    key = fresh("b")
    items: list[Json] = [_create("1", us.charge()), {"bId": "2", "Query": "select count(*) from Purchase"}]
    first = us.batch(items, requestid=key)
    us.create("Purchase", us.charge())
    assert us.batch(items, requestid=key).content == first.content


def test_two_equal_batches_at_once_get_one_answer(us: Company) -> None:
    key = fresh("b")
    items = [_create(str(at), us.charge(DocNumber=fresh("D"))) for at in range(5)]
    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(lambda _: us.batch(items, requestid=key).content, range(4)))
    assert len(answers) == 1


def test_thirty_items_are_taken_and_thirty_one_refused(us: Company) -> None:
    items = [{"bId": str(number), "Query": "select count(*) from Vendor"} for number in range(31)]
    assert len(us.batch(items[:30]).json()["BatchItemResponse"]) == 30
    assert us.fault(us.batch(items))["code"] == "1040"


@pytest.mark.parametrize(
    ("request_id", "bid", "code"),
    [
        ("r" * 36, "b" * 10, None),
        ("r" * 37, "b", "2130"),
        ("r", "b" * 11, "2130"),
        ("", "6f1c2c0e-7f0a-4d7e-9b52-3c8f0f7c2a11", None),
    ],
)
def test_lengths_of_request_id_and_bid(us: Company, request_id: str, bid: str, code: str | None) -> None:
    answer = us.batch([{"bId": bid, "Query": "select count(*) from Vendor"}], requestid=request_id)
    assert (us.fault(answer)["code"] if code else answer.status_code) == (code or 200)


def test_a_bid_may_stand_once(us: Company) -> None:
    item = {"bId": "1", "Query": "select count(*) from Vendor"}
    assert us.fault(us.batch([item, item]))["code"] == "2130"


def test_items_without_bid_and_operation_are_created_in_their_order(us: Company) -> None:
    """As one public client sends them; under a requestid they could not be told apart, and are refused."""
    items = [{"Vendor": {"DisplayName": fresh("V")}} for _ in range(3)]
    rows = us.batch(items).json()["BatchItemResponse"]
    assert [row["Vendor"]["DisplayName"] for row in rows] == [item["Vendor"]["DisplayName"] for item in items]
    assert not any("bId" in row for row in rows)
    assert us.fault(us.batch(items, requestid=fresh("b")))["element"] == "bId"
