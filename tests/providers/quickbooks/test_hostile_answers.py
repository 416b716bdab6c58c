"""A platform that lies, mumbles or never ends: each trouble keeps its name, and none gets out as something else."""

import json
import socket
import time
import traceback
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from integrations.providers.documents import Envelope, Item, OutcomeKind, Remedy, Stop
from integrations.providers.errors import ProviderError, Stopped, Temporary
from integrations.providers.quickbooks import payloads
from integrations.providers.quickbooks.provider import QuickBooksProvider
from integrations.providers.quickbooks.replies import outcomes
from tests.providers.quickbooks.connected import connect
from tests.providers.quickbooks.loopback import answers, serving
from tests.providers.quickbooks.test_client import CALLS, EXPIRED, PAGE, READS, _client, _query, _write
from tests.providers.quickbooks.test_oauth import BOTH, _discovery, _oauth, _sign_in
from tests.providers.quickbooks.test_replies import BATCH, SINGLE, _answer, _fault, _recorded
from tests.providers.quickbooks_sandbox.client import US, Server

FORBIDDEN_BODIES = [
    '{"fault":{"error":[{"message":"ApplicationAuthorizationFailed","detail":"x","code":"3100"}],"type":"SERVICE"}}',
    '{"Fault":{"Error":[{"Message":"m","Detail":"d","code":"3100"}],"type":"AuthorizationFault"}}',
]
STRANGE_BODIES = [
    "[]",
    "42",
    "null",
    '"x"',
    '{"QueryResponse":null,"Preferences":null}',
    '{"QueryResponse":{"Purchase":{}},"Preferences":5}',
    '{"Fault":null}',
    '{"Fault":[]}',
    '{"Fault":{"Error":[{"Message":"m","Detail":"d"}]}}',
    '{"Fault":{"Error":[{"Message":"m","code":null}]}}',
    '{"Fault":{"Error":["x"]}}',
    '{"Fault":{"Error":null}}',
    pytest.param("[" * 100_000, id="deep"),
]
ECHO = EXPIRED.replace("Token expired", "Token expired: first-token")


def trickle(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 40\r\n\r\n")
    for _ in range(40):
        time.sleep(0.1)
        try:
            connection.sendall(b" ")
        except OSError:
            return


def trickle_headers(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    for number in range(40):
        time.sleep(0.1)
        try:
            connection.sendall(f"X-{number}: y\r\n".encode())
        except OSError:
            return


@CALLS
@pytest.mark.parametrize("behaviour", [trickle, trickle_headers])
def test_an_answer_that_trickles_ends_in_time(call: Callable[..., Any], behaviour: Any) -> None:
    begun = time.monotonic()
    with serving(behaviour) as server, pytest.raises(ProviderError):
        call(_client(server, timeout=0.5))
    assert time.monotonic() - begun < 3


@pytest.mark.parametrize("body", FORBIDDEN_BODIES, ids=["lower-case", "capitalised"])
@READS
def test_a_read_that_is_forbidden_is_turned_away(read: Callable[..., Any], body: str) -> None:
    with serving(answers(403, body)) as server, pytest.raises(Stopped) as turned_away:
        read(_client(server))
    assert turned_away.value.stop is Stop.DENIED


@pytest.mark.parametrize("body", STRANGE_BODIES)
@READS
def test_a_strange_answer_to_a_read_is_temporary(read: Callable[..., Any], body: str) -> None:
    with serving(answers(200, body)) as server:
        try:
            got = read(_client(server))
        except Temporary:
            return
    assert got == [], "python-quickbooks reads some strange shapes as an empty list"


def test_a_deeply_nested_answer_to_a_write_is_unreadable() -> None:
    with serving(answers(200, "[" * 100_000)) as server:
        assert _write(_client(server)).json is None


def test_a_duplicate_request_id_may_have_been_done() -> None:
    assert outcomes(SINGLE, _answer(400, _fault("600")))["1"].kind is OutcomeKind.UNKNOWN


@pytest.mark.parametrize("code", ["130", "140", "150"])
def test_a_company_under_maintenance_has_not_lost_us(code: str) -> None:
    assert outcomes(SINGLE, _answer(400, _fault(code)))["1"].kind is OutcomeKind.THROTTLED


@pytest.mark.parametrize(
    "body",
    [
        {"BatchItemResponse": ["x"]},
        {"BatchItemResponse": [None]},
        {"BatchItemResponse": {"bId": "1"}},
        {"BatchItemResponse": 5},
        {"Fault": {"Error": {"code": "6140"}}},
        {"Fault": {"Error": "x"}},
        {"Fault": {"Error": 5}},
    ],
    ids=str,
)
def test_what_cannot_be_read_raises_nothing(body: dict[str, Any]) -> None:
    for envelope in (SINGLE, BATCH):
        kinds = {outcome.kind for outcome in outcomes(envelope, _answer(200, body)).values()}
        assert kinds <= {OutcomeKind.UNKNOWN, OutcomeKind.CONFLICT}


@pytest.mark.parametrize("status", [400, 403, 200])
def test_a_throttle_told_by_a_fault_rests_a_minute_too(status: int) -> None:
    assert outcomes(SINGLE, _recorded(status, "throttled.json"))["1"].retry_after == timedelta(seconds=60)


@pytest.mark.parametrize("code", ["2600", "5000", "6060", "6530"])
def test_what_only_we_can_mend_is_ours(code: str) -> None:
    assert outcomes(SINGLE, _answer(400, _fault(code)))["1"].remedy is Remedy.OURS


@BOTH
@pytest.mark.parametrize(
    "body",
    [
        "{}",
        "[]",
        "[1]",
        "null",
        "",
        '{"refresh_token":"r"}',
        '{"access_token":null,"refresh_token":null}',
        '{"access_token":"a","refresh_token":"r","expires_in":"soon"}',
        '{"access_token":"a","refresh_token":"r","expires_in":1e400}',
        '{"access_token":"a","refresh_token":"r","expires_in":99999999999999999999}',
        '{"access_token":"a","refresh_token":"r","x_refresh_token_expires_in":[1]}',
    ],
)
def test_an_incomplete_grant_is_none(ask: Callable[..., Any], body: str) -> None:
    with _sign_in(answers(200, body)) as (oauth, _), pytest.raises(Temporary):
        ask(oauth)


@pytest.mark.parametrize("body", [PAGE, "{}", "[]"])
def test_a_broken_discovery_document_is_not_remembered(body: str) -> None:
    with serving(answers(200, body), _discovery("http://127.0.0.1:9/tokens")) as discovery:
        with pytest.raises(Temporary):
            _oauth(discovery).consent_url("s")
        assert _oauth(discovery).consent_url("s")


@pytest.mark.parametrize("status", [401, 403])
def test_a_token_that_a_refusal_repeats_is_in_no_traceback(status: int) -> None:
    with serving(answers(status, ECHO)) as server, pytest.raises(Stopped) as lost:
        _query(_client(server))
    assert "first-token" not in "".join(traceback.format_exception(lost.value))


def test_a_token_that_a_gateway_repeats_is_not_kept() -> None:
    with serving(answers(403, "<p>refused: first-token</p>")) as server:
        answer = _write(_client(server))
    assert "first-token" not in outcomes(SINGLE, answer)["1"].answer


def test_accents_written_apart_are_kept() -> None:
    assert payloads.latin("Cafe\u0301") == "Café"


def test_a_netrc_of_the_machine_does_not_replace_the_token(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login x password y\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    with serving(answers(200, "{}")) as server:
        _write(_client(server))
    assert server.heard[0].headers["authorization"] == "Bearer first-token"


def test_two_items_of_one_mark_are_both_there_already() -> None:
    faults = [{"bId": str(number), "Fault": {"Error": [{"code": "6140"}]}} for number in (1, 2)]
    taken = json.dumps({"BatchItemResponse": faults})
    there = '{"QueryResponse":{"Purchase":[{"Id":"9","SyncToken":"0","DocNumber":"FX-1"}]}}'
    envelope = Envelope("0" * 32, True, (Item("1", "FX-1", "{}"), Item("2", "FX-1", "{}")))
    with serving(answers(200, taken), answers(200, there)) as server:
        spoken = QuickBooksProvider(_client(server), settling=timedelta(0)).push(envelope)
    assert {outcome.kind for outcome in spoken.values()} == {OutcomeKind.ALREADY_THERE}


def test_our_own_document_that_queries_do_not_show_yet_is_no_conflict(tmp_path: Path) -> None:
    server = Server(tmp_path / "data", SANDBOX_QUERY_LAG="30")
    try:
        books = connect(server, US)
        charges = books.creations()
        (first,), (second,) = books.pack(charges), books.pack(charges)
        assert books.push_one(first).kind is OutcomeKind.POSTED
        assert books.push_one(second).kind is OutcomeKind.ALREADY_THERE
    finally:
        server.stop()
