"""What QuickBooks answers, and what each answer means. The bodies stand in answers/."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import simplejson

from integrations.providers.documents import Action, Envelope, Item, Outcome, OutcomeKind, Posted, Remedy, Stop
from integrations.providers.quickbooks.replies import Answer, asks_for_rest, outcomes

ANSWERS = Path(__file__).parent / "answers"
REST = timedelta(seconds=60)
POSTED, REJECTED, THROTTLED, CONFLICT, ACCESS_LOST, UNKNOWN = (
    OutcomeKind.POSTED,
    OutcomeKind.REJECTED,
    OutcomeKind.THROTTLED,
    OutcomeKind.CONFLICT,
    OutcomeKind.ACCESS_LOST,
    OutcomeKind.UNKNOWN,
)


def _envelope(size: int = 1, *, batched: bool = False) -> Envelope:
    items = tuple(Item(str(number), f"FX-{number}", "{}") for number in range(1, size + 1))
    return Envelope("0" * 32, batched, items)


SINGLE, BATCH = _envelope(), _envelope(3, batched=True)


def _answer(status: int, body: dict[str, Any] | str, retry_after: timedelta = REST) -> Answer:
    if isinstance(body, dict):
        return Answer(status, body, simplejson.dumps(body), retry_after)
    return Answer(status, None, body, retry_after)


def _recorded(status: int, name: str) -> Answer:
    text = (ANSWERS / name).read_text(encoding="utf-8")
    return _answer(status, simplejson.loads(text, use_decimal=True) if name.endswith(".json") else text)


def _fault(code: Any, message: str = "Message", detail: str = "Detail") -> dict[str, Any]:
    return {"Fault": {"Error": [{"Message": message, "Detail": detail, "code": code}], "type": "ValidationFault"}}


def _of_single(answer: Answer) -> Outcome:
    spoken = outcomes(SINGLE, answer)
    assert spoken.keys() == {"1"}
    return spoken["1"]


@pytest.mark.parametrize(
    ("status", "name", "kind", "code"),
    [
        (429, "throttled.json", THROTTLED, "429"),
        (429, "throttled_padded_code.json", THROTTLED, "429"),
        (429, "throttled_lower_case.json", THROTTLED, "429"),
        (429, "throttled.xml", THROTTLED, "429"),
        (429, "gateway_503.html", THROTTLED, "429"),
        (403, "throttled.json", THROTTLED, "3001"),
        (403, "throttled_padded_code.json", THROTTLED, "3001"),
        (400, "throttled.json", THROTTLED, "3001"),
        (400, "throttled_padded_code.json", THROTTLED, "3001"),
        (200, "throttled_padded_code.json", THROTTLED, "3001"),
        (403, "gateway_503.html", THROTTLED, "403"),
        (401, "token_expired.json", THROTTLED, "3200"),
        (400, "token_expired.json", THROTTLED, "3200"),
        (403, "other_company.json", THROTTLED, "3100"),
        (403, "other_company_capitalised.json", THROTTLED, "3100"),
        (400, "other_company.json", THROTTLED, "3100"),
        (400, "no_longer_admin.json", THROTTLED, "120"),
        (500, "gateway_500.html", UNKNOWN, "500"),
        (502, "gateway_502.html", UNKNOWN, "502"),
        (503, "gateway_503.html", UNKNOWN, "503"),
        (504, "gateway_503.html", UNKNOWN, "504"),
        (500, "system_failure.json", UNKNOWN, "500"),
        (400, "system_failure.json", UNKNOWN, "10000"),
        (200, "system_failure.json", UNKNOWN, "10000"),
        (200, "gateway_503.html", UNKNOWN, "200"),
        (302, "gateway_502.html", UNKNOWN, "302"),
        (413, "gateway_502.html", UNKNOWN, "413"),
        (404, "gateway_502.html", UNKNOWN, "404"),
        (500, "number_taken.json", UNKNOWN, "500"),
        (503, "purchase.json", UNKNOWN, "503"),
        (400, "purchase.json", UNKNOWN, "400"),
        (400, "stale.json", CONFLICT, "5010"),
        (400, "number_taken.json", CONFLICT, "6140"),
        (200, "number_taken.json", CONFLICT, "6140"),
        (400, "number_taken_french.json", CONFLICT, "6140"),
        (400, "books_closed.json", REJECTED, "6210"),
        (400, "books_closed_french.json", REJECTED, "6210"),
        (400, "subscription_ended.json", THROTTLED, "6190"),
        (400, "account_inactive.json", REJECTED, "610"),
        (400, "wrong_account_type.json", REJECTED, "6430"),
        (400, "code_as_number.json", REJECTED, "6430"),
        (400, "unknown_property.json", REJECTED, "2010"),
        (400, "parameter_missing.json", REJECTED, "2020"),
    ],
)
@pytest.mark.parametrize("envelope", [SINGLE, BATCH], ids=["single", "batch"])
def test_an_answer_to_the_whole_call_holds_for_every_item(
    envelope: Envelope, status: int, name: str, kind: OutcomeKind, code: str
) -> None:
    spoken = outcomes(envelope, _recorded(status, name))
    assert spoken.keys() == {item.key for item in envelope.items}
    assert {(outcome.kind, outcome.code) for outcome in spoken.values()} == {(kind, code)}


def test_a_purchase_in_the_answer_is_posted() -> None:
    assert _of_single(_recorded(200, "purchase.json")) == Outcome(POSTED, posted=Posted("Purchase", "401", "0"))


@pytest.mark.parametrize(
    ("name", "kinds"),
    [
        ("batch.json", [POSTED, POSTED, POSTED]),
        ("batch_one_refused.json", [POSTED, REJECTED, POSTED]),
        ("batch_out_of_order.json", [POSTED, REJECTED, POSTED]),
        ("batch_answered_half.json", [POSTED, UNKNOWN, UNKNOWN]),
        ("batch_empty.json", [UNKNOWN, UNKNOWN, UNKNOWN]),
        ("batch_one_throttled.json", [POSTED, THROTTLED, UNKNOWN]),
        ("purchase.json", [UNKNOWN, UNKNOWN, UNKNOWN]),
    ],
)
def test_the_items_of_a_batch_are_told_apart_by_their_bid(name: str, kinds: list[OutcomeKind]) -> None:
    spoken = outcomes(BATCH, _recorded(200, name))
    assert [spoken[key].kind for key in ("1", "2", "3")] == kinds
    posted = {key: outcome.posted.external_id for key, outcome in spoken.items() if outcome.posted}
    assert posted == {key: f"40{key}" for key in posted}


def test_a_refused_item_keeps_its_code_and_its_words() -> None:
    refused = outcomes(BATCH, _recorded(200, "batch_one_refused.json"))["2"]
    assert (refused.code, refused.remedy) == ("2500", Remedy.BOOKS)
    assert refused.answer == "Invalid Reference Id. Invalid Reference Id : Accounts element id 7 not found"


def test_a_strange_bid_in_a_batch_touches_nobody() -> None:
    recorded = _recorded(200, "batch.json")
    assert recorded.json is not None
    recorded.json["BatchItemResponse"][1]["bId"] = "17"
    spoken = outcomes(BATCH, recorded)
    assert [spoken[key].kind for key in spoken] == [POSTED, UNKNOWN, POSTED]


def test_a_bid_may_come_back_as_a_number() -> None:
    recorded = _recorded(200, "batch.json")
    assert recorded.json is not None
    for part in recorded.json["BatchItemResponse"]:
        part["bId"] = int(part["bId"])
    assert {outcome.kind for outcome in outcomes(BATCH, recorded).values()} == {POSTED}


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"Purchase": None},
        {"Purchase": {}},
        {"Purchase": []},
        {"Purchase": "401"},
        {"Purchase": {"Id": "401"}},
        {"Purchase": {"SyncToken": "0"}},
        {"Bill": {"Id": "401", "SyncToken": "0"}},
        {"QueryResponse": {}},
        {"Fault": "broken"},
        {"Fault": {"Error": []}},
        {"Fault": {"Error": ["broken"]}},
        {"Fault": {"Error": [{}]}},
        {"Fault": {"Error": [{"Message": "Something"}]}},
        {"fault": {"error": [{"code": None}]}},
        {"Fault": {"Error": [{"code": "unwell"}]}},
    ],
)
@pytest.mark.parametrize("envelope", [SINGLE, BATCH], ids=["single", "batch"])
def test_what_cannot_be_read_may_have_been_done(envelope: Envelope, body: dict[str, Any]) -> None:
    assert {outcome.kind for outcome in outcomes(envelope, _answer(200, body)).values()} == {UNKNOWN}


@pytest.mark.parametrize("text", ["", " ", "null", "[]", "<html></html>", "OK", '{"Purchase":'])
@pytest.mark.parametrize("status", [200, 201, 204, 400, 404])
def test_a_body_that_is_no_json_object_may_have_been_done(status: int, text: str) -> None:
    outcome = _of_single(_answer(status, text))
    assert (outcome.kind, outcome.code, outcome.answer) == (UNKNOWN, str(status), text)


@pytest.mark.parametrize(
    ("code", "remedy"),
    [
        # A person mends these in the books.
        *((code, Remedy.BOOKS) for code in ("610", "700", "800", "2030", "2040", "2200", "2210", "2500")),
        *((code, Remedy.BOOKS) for code in ("5020", "5030", "6000", "6240", "6250", "6430")),
        # Their day lies in a closed period.
        *((code, Remedy.CLOSED) for code in ("6200", "6210")),
        # We wrote these wrongly.
        *((code, Remedy.OURS) for code in ("500", "1040", "1050", "2000", "2010", "2020", "2050", "2060", "2070")),
        *((code, Remedy.OURS) for code in ("2080", "2110", "2120", "2130", "2140", "2170", "2250", "2290", "2300")),
        *((code, Remedy.OURS) for code in ("2410", "6010", "6070", "6080", "6090", "6170", "6440")),
    ],
)
def test_a_rejection_says_whom_it_concerns(code: str, remedy: Remedy) -> None:
    outcome = _of_single(_answer(400, _fault(code)))
    assert (outcome.kind, outcome.code, outcome.remedy) == (REJECTED, code, remedy)


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        *(("3001", THROTTLED), ("003001", THROTTLED), (3001, THROTTLED)),
        *(("5010", CONFLICT), ("005010", CONFLICT), ("6140", CONFLICT), (6140, CONFLICT)),
        *(("100", THROTTLED), ("110", THROTTLED), ("000120", THROTTLED)),
        *(("3100", THROTTLED), ("003200", THROTTLED), (3202, THROTTLED)),
        # A status that somebody on the way wrote into a fault.
        *(("401", THROTTLED), ("403", THROTTLED), ("404", UNKNOWN), ("429", UNKNOWN), ("400", UNKNOWN)),
        *(("10000", UNKNOWN), (10000, UNKNOWN), ("010000", UNKNOWN), ("", UNKNOWN), (None, UNKNOWN)),
    ],
)
def test_codes_are_compared_as_numbers(code: Any, kind: OutcomeKind) -> None:
    assert _of_single(_answer(400, _fault(code))).kind is kind


@pytest.mark.parametrize("code", ["100", "120", "3100", "3200", "403"])
def test_whoever_is_turned_away_may_try_again(code: str) -> None:
    assert _of_single(_answer(403, _fault(code))).stop is Stop.DENIED


@pytest.mark.parametrize("status", [400, 403])
def test_a_permission_that_one_document_lacks_is_no_loss_of_access(status: int) -> None:
    assert _of_single(_answer(status, _fault("5020"))).kind is REJECTED


@pytest.mark.parametrize(
    ("english", "french"),
    [("number_taken.json", "number_taken_french.json"), ("books_closed.json", "books_closed_french.json")],
)
def test_the_language_of_an_answer_decides_nothing(english: str, french: str) -> None:
    one, other = (_of_single(_recorded(400, name)) for name in (english, french))
    assert (one.kind, one.code, one.remedy) == (other.kind, other.code, other.remedy)
    assert one.answer != other.answer


def test_words_that_name_another_code_decide_nothing() -> None:
    outcome = _of_single(_answer(400, _fault("6210", "Duplicate Document Number Error 6140", "errorCode=003001")))
    assert (outcome.kind, outcome.code) == (REJECTED, "6210")


@pytest.mark.parametrize("seconds", [0, 7, 60])
def test_a_throttle_says_how_long_to_rest(seconds: int) -> None:
    rest = timedelta(seconds=seconds)
    for body in ({}, _fault("3001"), "<html></html>"):
        assert _of_single(_answer(429, body, rest)).retry_after == rest


@pytest.mark.parametrize(
    ("body", "answer"),
    [
        (_fault("6430", "Invalid account", "Pick another."), "Invalid account. Pick another"),
        (_fault("6430", "Invalid account", ""), "Invalid account"),
        (_fault("6430", "", "Pick another"), "Pick another"),
        (_fault("6430", None, None), ""),  # type: ignore[arg-type]
        ({"fault": {"error": [{"message": "Invalid account", "detail": "Pick another", "code": "6430"}]}}, None),
    ],
)
def test_the_words_of_a_fault_are_kept_in_either_spelling(body: dict[str, Any], answer: str | None) -> None:
    assert _of_single(_answer(400, body)).answer == ("Invalid account. Pick another" if answer is None else answer)


def test_an_endless_answer_is_cut() -> None:
    assert len(_of_single(_answer(400, _fault("6000", "x" * 5000))).answer) == 1000
    assert len(_of_single(_answer(503, "x" * 5000)).answer) == 300


@pytest.mark.parametrize(("code", "stop"), [("6190", Stop.READ_ONLY), ("10200", Stop.RESET)])
@pytest.mark.parametrize("status", [200, 400])
def test_a_company_that_takes_nothing_says_why(code: str, stop: Stop, status: int) -> None:
    """It is no matter of the document, which waits."""
    outcome = _of_single(_answer(status, _fault(code)))
    assert (outcome.kind, outcome.code, outcome.stop) == (OutcomeKind.THROTTLED, code, stop)


THERE = {"Id": "401", "SyncToken": "0"}


@pytest.mark.parametrize("status", [200, 201, 202])
@pytest.mark.parametrize("there", [THERE, {"Id": 401, "SyncToken": 0}, {"Id": "401", "SyncToken": 0}])
def test_another_writing_of_the_same_is_posted_too(status: int, there: dict[str, Any]) -> None:
    """What can be read need not be looked up."""
    outcome = _of_single(_answer(status, {"Purchase": there}))
    assert outcome == Outcome(POSTED, posted=Posted("Purchase", "401", "0"))


@pytest.mark.parametrize("there", [{**THERE, "Id": True}, {**THERE, "Id": 4.5}, {**THERE, "SyncToken": []}])
def test_an_id_that_is_none_is_not(there: dict[str, Any]) -> None:
    assert _of_single(_answer(200, {"Purchase": there})).kind is UNKNOWN


@pytest.mark.parametrize("status", ["Deleted", "deleted", "DELETED"])
@pytest.mark.parametrize("number", ["401", 401])
def test_gone_is_gone_in_any_case(status: str, number: Any) -> None:
    item = Item("1", "FX-1", '{"Id":"401","SyncToken":"0"}', Action.REMOVE, "Purchase")
    [outcome] = outcomes(
        Envelope("0" * 32, False, (item,)), _answer(200, {"Purchase": {"Id": number, "status": status}})
    ).values()
    assert outcome == Outcome(POSTED, posted=Posted("Purchase", "401", "", gone=True))


@pytest.mark.parametrize("fault", [_fault("6000")["Fault"], "broken", ["broken"]])
def test_an_object_beside_a_fault_is_in_doubt(fault: Any) -> None:
    assert _of_single(_answer(200, {"Purchase": THERE, "Fault": fault})).kind is UNKNOWN


def test_beside_a_fault_of_the_whole_its_items_speak_for_themselves() -> None:
    recorded = _recorded(200, "batch_answered_half.json")
    assert recorded.json is not None
    spoken = outcomes(BATCH, _answer(400, {**recorded.json, **_fault("6000")}))
    assert [spoken[key].kind for key in ("1", "2", "3")] == [POSTED, UNKNOWN, UNKNOWN]


@pytest.mark.parametrize("code", ["-1", "E404", "0x10", "12 34", "1" * 30, [], {}, True])
def test_a_code_that_is_none_decides_nothing(code: Any) -> None:
    """Least of all that access is lost."""
    assert _of_single(_answer(400, _fault(code))).kind is UNKNOWN


def _batch(*parts: tuple[Any, dict[str, Any]]) -> Answer:
    items = [{"bId": key, "Purchase": shown} for key, shown in parts]
    return _answer(200, {"BatchItemResponse": items})


@pytest.mark.parametrize(
    ("answer", "kinds"),
    [
        # Two are told to be the same object.
        (_batch(("1", THERE), ("2", THERE), ("3", {**THERE, "Id": "403"})), [UNKNOWN, UNKNOWN, POSTED]),
        # One bears the number of another.
        (
            _batch(("1", {**THERE, "DocNumber": "FX-2"}), ("2", {**THERE, "Id": "402", "DocNumber": "FX-2"})),
            [UNKNOWN, POSTED, UNKNOWN],
        ),
        (_batch(("1", {**THERE, "PrivateNote": "Flex FX-3/2"})), [UNKNOWN, UNKNOWN, UNKNOWN]),
        (_batch(("1", {**THERE, "PrivateNote": "Refund of FX-3. FX-1"})), [POSTED, UNKNOWN, UNKNOWN]),
        (_batch(("1", {**THERE, "DocNumber": "1007", "PrivateNote": "cut"})), [POSTED, UNKNOWN, UNKNOWN]),
        # The same twice, and two that differ under one name.
        (_batch(("1", THERE), ("1", THERE)), [POSTED, UNKNOWN, UNKNOWN]),
        (_batch(("1", THERE), ("1", {**THERE, "Id": "402"})), [UNKNOWN, UNKNOWN, UNKNOWN]),
    ],
)
def test_answers_that_are_mixed_up_are_in_doubt(answer: Answer, kinds: list[OutcomeKind]) -> None:
    spoken = outcomes(BATCH, answer)
    assert [spoken[key].kind for key in ("1", "2", "3")] == kinds


@pytest.mark.parametrize(
    ("status", "body", "rests"),
    [
        (429, {}, True),
        (403, {}, True),
        (403, _fault("3100"), False),
        (400, _fault("3001"), True),
        (200, _fault("003001"), True),
        (200, {"BatchItemResponse": [{"bId": "1", **_fault("3001")}]}, True),
        (200, {"Purchase": THERE}, False),
        (400, _fault("6000"), False),
        (503, {}, False),
    ],
)
def test_every_way_to_ask_for_rest_is_heard(status: int, body: dict[str, Any], *, rests: bool) -> None:
    assert asks_for_rest(status, body) is rests
