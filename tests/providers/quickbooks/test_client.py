"""The line to QuickBooks: every call ends, and what it ends with says whether anything can have been written."""

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from datetime import timedelta
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from quickbooks.objects import Preferences, Purchase

from integrations.providers.calls import CallKind, CountingGate
from integrations.providers.documents import Envelope, Item, OutcomeKind
from integrations.providers.errors import AccessLost, ProviderError, Refused, Stopped, Temporary, Unknown
from integrations.providers.quickbooks import client as client_module
from integrations.providers.quickbooks import http as http_module
from integrations.providers.quickbooks.client import QuickBooksClient
from integrations.providers.quickbooks.provider import QuickBooksProvider
from tests.providers.quickbooks.loopback import (
    Behaviour,
    Loopback,
    answers,
    breaks_its_chunks,
    breaks_its_compression,
    closes,
    closes_after_headers,
    closes_within_the_body,
    hangs,
    hangs_after_headers,
    hangs_within_the_body,
    not_accepting,
    refusing,
    resets,
    serving,
    speaks_another_language,
)

# For a server that answers, and for one that does not.
PATIENT, HURRIED = 10.0, 0.5
# Far below the ten seconds for which a hanging server would hang, far above what two cores need.
IN_TIME = 4.0
BODY = '{"Line":[{"Amount":42.50}]}'
POSTED = '{"Purchase":{"Id":"401","SyncToken":"0"}}'
PAGE = "<html><body><h1>502 Bad Gateway</h1></body></html>"
EXPIRED = '{"fault":{"error":[{"message":"AuthenticationFailed","detail":"Token expired","code":"3200"}]}}'


class Tokens:
    """Gives one token after the other, and remembers which were refused."""

    def __init__(self, *tokens: str) -> None:
        self._tokens = list(tokens)
        self.rejected: list[str] = []

    def __call__(self, rejected: str = "") -> str:
        if rejected:
            self.rejected.append(rejected)
            self._tokens.remove(rejected)
        if not self._tokens:
            raise AccessLost("QuickBooks no longer accepts our access.")
        return self._tokens[0]


def _client(server: Loopback, tokens: Tokens | None = None, timeout: float = PATIENT) -> QuickBooksClient:
    return QuickBooksClient(server.url, "9341", tokens or Tokens("first-token", "second-token"), timeout)


def _write(client: QuickBooksClient) -> Any:
    return client.write("purchase", BODY, "request-1")


def _query(client: QuickBooksClient) -> Any:
    return client.query(Purchase, "select * from Purchase")


def _get(client: QuickBooksClient) -> Any:
    return client.get(Preferences)


Call = Callable[[QuickBooksClient], Any]
READS = pytest.mark.parametrize("read", [_query, _get])
CALLS = pytest.mark.parametrize("call", [_write, _query, _get])
BROKEN = pytest.mark.parametrize(
    "behaviour",
    [
        hangs,
        hangs_after_headers,
        hangs_within_the_body,
        closes,
        resets,
        closes_after_headers,
        closes_within_the_body,
        speaks_another_language,
        breaks_its_chunks,
        breaks_its_compression,
    ],
)


@contextmanager
def _in_time() -> Iterator[None]:
    begun = time.monotonic()
    yield
    assert time.monotonic() - begun < IN_TIME


def test_a_read_that_comes_back_with_nothing_leaves_a_trace_and_no_words(caplog: pytest.LogCaptureFixture) -> None:
    with serving(answers(200, '["first-token of somebody"]')) as server, pytest.raises(Temporary):
        _query(_client(server))
    assert "TypeError at" in caplog.text
    assert "client.py:" in caplog.text
    assert "first-token" not in caplog.text


def test_a_write_is_one_post_with_its_key_and_exactly_its_body() -> None:
    with serving(answers(200, POSTED, {"intuit_tid": "1-6a0b"})) as server:
        answer = _client(server).write("purchase", BODY, "request-1")
    (heard,) = server.heard
    method, address, _ = heard.line.split()
    assert (method, urlsplit(address).path) == ("POST", "/v3/company/9341/purchase")
    assert parse_qs(urlsplit(address).query) == {"requestid": ["request-1"], "minorversion": ["75"]}
    assert heard.body == BODY.encode()
    assert heard.headers["authorization"] == "Bearer first-token"
    assert (heard.headers["accept"], heard.headers["content-type"]) == ("application/json", "application/json")
    assert (answer.status, answer.json, answer.trace) == (200, {"Purchase": {"Id": "401", "SyncToken": "0"}}, "1-6a0b")


@BROKEN
def test_a_write_that_breaks_after_it_was_sent_may_have_been_done(behaviour: Behaviour) -> None:
    with serving(behaviour) as server, _in_time(), pytest.raises(Unknown):
        _write(_client(server, timeout=HURRIED))
    assert len(server.heard) == 1, "it is never repeated by itself"


@BROKEN
@READS
def test_a_read_that_breaks_can_be_tried_again(read: Call, behaviour: Behaviour) -> None:
    with serving(behaviour) as server, _in_time(), pytest.raises(Temporary):
        read(_client(server, timeout=HURRIED))


@pytest.mark.parametrize("unreachable", [refusing, not_accepting])
@CALLS
def test_a_call_that_was_never_connected_wrote_nothing(
    call: Call, unreachable: Callable[[], AbstractContextManager[Loopback]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(http_module, "CONNECT_SECONDS", HURRIED)
    with unreachable() as server, _in_time(), pytest.raises(Temporary):
        call(_client(server))


@CALLS
def test_a_name_that_leads_nowhere_wrote_nothing(call: Call) -> None:
    nowhere = QuickBooksClient("http://nowhere.invalid", "9341", Tokens("first-token"), PATIENT)
    with _in_time(), pytest.raises(Temporary):
        call(nowhere)


@pytest.mark.parametrize(
    ("body", "json"),
    [
        (POSTED, {"Purchase": {"Id": "401", "SyncToken": "0"}}),
        ("{}", {}),
        ("", None),
        (PAGE, None),
        ("<?xml version='1.0'?><IntuitResponse/>", None),
        ("[1, 2]", None),
        ("null", None),
        ('"text"', None),
        ("42", None),
        ('{"Purchase":{"Id":"401"', None),
        (b"\xff\xfe{}", None),
        (b'{"x":"\xc3"}', None),
    ],
)
@pytest.mark.parametrize("status", [200, 400, 429, 503])
def test_whatever_comes_back_is_an_answer(status: int, body: str | bytes, json: dict[str, Any] | None) -> None:
    with serving(answers(status, body, {"Content-Type": "application/json"})) as server:
        answer = _write(_client(server))
    assert (answer.status, answer.json) == (status, json)


def test_amounts_in_an_answer_stay_exact() -> None:
    with serving(answers(200, '{"Purchase":{"TotalAmt":1234567.89}}')) as server:
        answer = _write(_client(server))
    assert str(answer.json["Purchase"]["TotalAmt"]) == "1234567.89"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [("7", 7), ("0", 0), ("600", 600), ("86400", 600), ("", 60), ("soon", 60), ("-5", 60), ("1.5", 60)],
)
def test_a_wish_to_rest_is_heard_within_reason(header: str, seconds: int) -> None:
    with serving(answers(429, PAGE, {"Retry-After": header})) as server:
        answer = _write(_client(server))
    assert answer.retry_after == timedelta(seconds=seconds)


def test_without_a_wish_the_rest_is_a_minute() -> None:
    with serving(answers(429, PAGE)) as server:
        assert _write(_client(server)).retry_after == timedelta(seconds=60)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_write_is_never_redirected(status: int) -> None:
    with serving(answers(200, POSTED)) as elsewhere:
        with serving(answers(status, "", {"Location": f"{elsewhere.url}/"})) as server:
            answer = _write(_client(server))
        assert (answer.status, answer.json) == (status, None)
        assert elsewhere.heard == []


@READS
def test_a_redirected_read_carries_no_token_away(read: Call) -> None:
    with serving(answers(200, PAGE)) as elsewhere:
        with serving(answers(302, "", {"Location": f"{elsewhere.url}/sign-in"})) as server, pytest.raises(Temporary):
            read(_client(server))
        assert all("authorization" not in heard.headers for heard in elsewhere.heard)


def test_a_refused_token_is_replaced_once_under_the_same_key() -> None:
    tokens = Tokens("first-token", "second-token")
    with serving(answers(401, EXPIRED), answers(200, POSTED)) as server:
        answer = _write(_client(server, tokens))
    assert answer.status == 200
    assert tokens.rejected == ["first-token"]
    first, second = server.heard
    assert (first.line, first.body) == (second.line, second.body)
    assert [heard.headers["authorization"] for heard in server.heard] == ["Bearer first-token", "Bearer second-token"]


@READS
def test_a_read_replaces_a_refused_token_once(read: Call) -> None:
    tokens = Tokens("first-token", "second-token")
    good = '{"QueryResponse":{},"Preferences":{}}'
    with serving(answers(401, EXPIRED), answers(200, good)) as server:
        read(_client(server, tokens))
    assert tokens.rejected == ["first-token"]
    assert [heard.headers["authorization"] for heard in server.heard] == ["Bearer first-token", "Bearer second-token"]


@CALLS
def test_a_token_refused_twice_means_that_we_are_turned_away(call: Call) -> None:
    tokens = Tokens("first-token", "second-token", "third-token")
    with serving(answers(401, EXPIRED)) as server, pytest.raises(Stopped):
        call(_client(server, tokens))
    assert len(server.heard) == 2
    assert tokens.rejected == ["first-token"]


@CALLS
def test_without_a_token_nothing_is_sent(call: Call) -> None:
    with serving(answers(200, POSTED)) as server, pytest.raises(AccessLost):
        call(_client(server, Tokens()))
    assert server.heard == []


def test_a_new_token_whose_call_breaks_may_have_been_done() -> None:
    with serving(answers(401, EXPIRED), closes) as server, pytest.raises(Unknown):
        _write(_client(server))
    assert len(server.heard) == 2


def _fault(code: str) -> str:
    return f'{{"Fault":{{"Error":[{{"Message":"M","Detail":"D","code":"{code}"}}],"type":"T"}}}}'


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        (400, _fault("4000"), Refused),
        (400, _fault("4001"), Refused),
        (400, _fault("610"), Refused),
        (400, _fault("5020"), Refused),
        (400, _fault("3001"), Temporary),
        (429, _fault("003001"), Temporary),
        (429, PAGE, Temporary),
        (500, _fault("10000"), Temporary),
        (200, _fault("10000"), Temporary),
        (200, "{}", Temporary),
        (200, "", Temporary),
        (200, PAGE, Temporary),
        (502, PAGE, Temporary),
        (503, "", Temporary),
        (400, '{"Fault":{}}', Temporary),
        (400, '{"Fault":{"Error":[{}]}}', Temporary),
        (400, _fault("120"), Stopped),
        (403, _fault("003100"), Stopped),
        (500, _fault("3100"), Temporary),
        (429, _fault("4000"), Temporary),
        # Fine words for an outage, and a status in the place of a code.
        *((status, _fault(str(status)), Temporary) for status in (404, 429, 500, 503)),
        (503, _fault("4000"), Temporary),
    ],
)
@READS
def test_a_read_names_what_happens_next(read: Call, status: int, body: str, error: type[ProviderError]) -> None:
    with serving(answers(status, body)) as server, pytest.raises(ProviderError) as trouble:
        read(_client(server))
    assert type(trouble.value) is error


@pytest.mark.parametrize(
    "behaviour",
    [
        hangs,
        closes,
        resets,
        closes_after_headers,
        answers(401, EXPIRED),
        answers(429, PAGE),
        answers(400, _fault("610")),
    ],
)
@CALLS
def test_no_trouble_tells_a_token(call: Call, behaviour: Behaviour) -> None:
    with serving(behaviour) as server:
        client = _client(server, timeout=HURRIED if behaviour is hangs else PATIENT)
        told = [repr(client), str(vars(client))]
        try:
            told.append(repr(call(client)))
        except ProviderError as trouble:
            told += [repr(trouble), str(trouble), *traceback.format_exception(trouble)]
    assert "first-token" not in "".join(told)
    assert "second-token" not in "".join(told)


@pytest.mark.parametrize(
    ("behaviours", "kind"),
    [
        ([hangs], OutcomeKind.UNKNOWN),
        ([closes], OutcomeKind.UNKNOWN),
        ([closes_after_headers], OutcomeKind.UNKNOWN),
        ([speaks_another_language], OutcomeKind.UNKNOWN),
        ([answers(503, PAGE)], OutcomeKind.UNKNOWN),
        ([answers(302, "", {"Location": "http://127.0.0.1:9/"})], OutcomeKind.UNKNOWN),
        ([answers(200, PAGE)], OutcomeKind.UNKNOWN),
        ([answers(200, "[]")], OutcomeKind.UNKNOWN),
        ([answers(204)], OutcomeKind.UNKNOWN),
        ([answers(429, PAGE)], OutcomeKind.THROTTLED),
        ([answers(403, PAGE)], OutcomeKind.THROTTLED),
        ([answers(403, _fault("3100"))], OutcomeKind.THROTTLED),
        ([answers(400, _fault("6430"))], OutcomeKind.REJECTED),
        # The number is taken, and the look-up that would say by what does not come back.
        ([answers(400, _fault("6140")), closes], OutcomeKind.UNKNOWN),
        ([answers(400, _fault("6140")), answers(401, EXPIRED)], OutcomeKind.UNKNOWN),
        # It comes back, and no purchase has the number: a bill does.
        ([answers(400, _fault("6140")), answers(200, '{"QueryResponse":{}}')], OutcomeKind.CONFLICT),
    ],
)
@pytest.mark.parametrize("batched", [False, True], ids=["single", "batch"])
def test_a_push_makes_an_outcome_of_every_trouble(
    behaviours: list[Behaviour], kind: OutcomeKind, *, batched: bool
) -> None:
    items = tuple(Item(str(number), f"FX-{number}", "{}") for number in range(1, 4 if batched else 2))
    with serving(*behaviours) as server, _in_time():
        client = _client(server, timeout=HURRIED if behaviours == [hangs] else PATIENT)
        spoken = QuickBooksProvider(client, settling=timedelta(0)).push(Envelope("0" * 32, batched, items))
    assert {key: outcome.kind for key, outcome in spoken.items()} == {item.key: kind for item in items}


@pytest.mark.parametrize("batched", [False, True], ids=["single", "batch"])
@pytest.mark.parametrize(
    "again",
    [answers(429, PAGE), answers(401, EXPIRED), answers(403, PAGE), answers(403, _fault("3100"))],
    ids=["too many", "expired", "gateway", "denied"],
)
def test_a_batch_that_outlived_its_token_is_in_doubt_where_its_repetition_is_turned_away(
    again: Behaviour, *, batched: bool
) -> None:
    kind = OutcomeKind.UNKNOWN if batched else OutcomeKind.THROTTLED
    items = tuple(Item(str(number), f"FX-{number}", "{}") for number in range(1, 4 if batched else 2))
    with serving(answers(401, EXPIRED), again) as server:
        provider = QuickBooksProvider(_client(server), settling=timedelta(0))
        spoken = provider.push(Envelope("0" * 32, batched, items))
    assert {outcome.kind for outcome in spoken.values()} == {kind}


def test_a_push_to_nobody_is_tried_again() -> None:
    with refusing() as server:
        provider = QuickBooksProvider(_client(server), settling=timedelta(0))
        spoken = provider.push(Envelope("0" * 32, False, (Item("1", "FX-1", "{}"),)))
    assert spoken["1"].kind is OutcomeKind.THROTTLED


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "Mon, 23 Nov 2026 10:00:30 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 30),
        ({"Retry-After": "Mon, 23 Nov 2026 12:00:30 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 600),
        ({"Retry-After": "Mon, 23 Nov 2026 09:00:30 GMT", "Date": "Mon, 23 Nov 2026 10:00:00 GMT"}, 0),
        ({"Retry-After": "Mon, 23 Nov 2126 10:00:30 GMT"}, 600),
        ({"Retry-After": "Mon, 23 Nov 2026 10:00:30 GMT", "Date": "today"}, 60),
        ({"Retry-After": "Mon, 99 Nov 2026 10:00:30 GMT"}, 60),
    ],
)
def test_a_wish_to_rest_until_a_moment_is_heard_by_their_own_clock(headers: dict[str, str], seconds: int) -> None:
    with serving(answers(429, PAGE, headers)) as server:
        assert _write(_client(server)).retry_after == timedelta(seconds=seconds)


@READS
def test_a_read_hears_a_wish_to_rest_too(read: Call) -> None:
    with serving(answers(429, PAGE, {"Retry-After": "7"})) as server, pytest.raises(Temporary) as later:
        read(_client(server))
    assert later.value.retry_after == timedelta(seconds=7)


class Watched(CountingGate):
    """Remembers what it was told when calls ended."""

    def __init__(self) -> None:
        super().__init__()
        self.rests: list[timedelta | None] = []

    def leave(self, kind: CallKind, status: int | None, rest: timedelta | None = None) -> None:
        super().leave(kind, status, rest)
        self.rests.append(rest)


@pytest.mark.parametrize(
    ("behaviour", "seconds"),
    [
        (answers(429, PAGE, {"Retry-After": "7"}), 7),
        (answers(403, PAGE, {"Retry-After": "7"}), 7),
        (answers(400, _fault("3001")), 60),
        (answers(200, _fault("003001")), 60),
        (answers(403, _fault("3100")), None),
        (answers(200, POSTED), None),
        (answers(503, PAGE), None),
        (closes, None),
    ],
)
def test_the_gate_hears_of_every_throttle(behaviour: Behaviour, seconds: int | None) -> None:
    gate = Watched()
    with serving(behaviour) as server, suppress(ProviderError):
        _write(QuickBooksClient(server.url, "9341", Tokens("first-token"), PATIENT, gate))
    assert gate.rests == [None if seconds is None else timedelta(seconds=seconds)]


@pytest.mark.parametrize("place", ["http://", "http://[", "//", "\xff\xfe", "http://a b/", "%%%", ""])
def test_an_address_that_leads_nowhere_does_not_hide_that_a_write_was_sent(place: str) -> None:
    items = (Item("1", "FX-1", "{}"),)
    redirect = answers(302, "", {"Location": place.encode().decode("latin-1")})
    with serving(redirect) as server:
        spoken = QuickBooksProvider(_client(server), settling=timedelta(0)).push(Envelope("0" * 32, False, items))
    assert spoken["1"].kind is OutcomeKind.UNKNOWN


@READS
def test_a_read_that_goes_round_in_circles_ends(read: Call) -> None:
    with serving(answers(302, "", {"Location": "/"})) as server, _in_time(), pytest.raises(Temporary):
        read(_client(server))
    assert len(server.heard) == 1


class SlowTokens(Tokens):
    def __call__(self, rejected: str = "") -> str:
        time.sleep(0.05)
        return super().__call__(rejected)


@pytest.mark.parametrize("behaviours", [[answers(200, POSTED)], [answers(401, EXPIRED), answers(200, POSTED)]])
def test_a_write_that_waited_too_long_for_its_token_does_not_leave(
    behaviours: list[Behaviour], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever looks for it by then would not find it, and send it again."""
    monkeypatch.setattr(client_module, "LEAVES_WITHIN", 0.04 if len(behaviours) == 1 else 0.09)
    with serving(*behaviours) as server, pytest.raises(Temporary, match="Not sent"):
        _write(_client(server, SlowTokens("first-token", "second-token")))
    assert len(server.heard) == len(behaviours) - 1


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (rb"a\u0000b", "ab"),
        (rb"a\ud800b", "a?b"),
        (rb"a\uDE00\ud83d", "a??"),
        (rb"\ud83c\udf55", "🍕"),
        (rb"a\\u0000b", "a\\u0000b"),
        ("\N{BYTE ORDER MARK}é".encode(), "\N{BYTE ORDER MARK}é"),
    ],
)
def test_no_words_of_theirs_are_such_that_they_cannot_be_stored(text: bytes, kept: str) -> None:
    body = b'{"Fault":{"Error":[{"Message":"' + text + b'","code":"6000"}]}}'
    items = (Item("1", "FX-1", "{}"),)
    with serving(answers(400, body)) as server:
        spoken = QuickBooksProvider(_client(server), settling=timedelta(0)).push(Envelope("0" * 32, False, items))
        with pytest.raises(Refused) as refused:
            _query(_client(server))
    assert (spoken["1"].answer, str(refused.value)) == (kept, kept)


@pytest.mark.parametrize(
    "body", [b"\x00<html>\xff\x00", b'{"x":1e99999999999999999999}', b'{"x":' + b"9" * 9999 + b"}"]
)
def test_a_page_that_cannot_be_stored_is_kept_as_far_as_it_can(body: bytes) -> None:
    with serving(answers(500, body)) as server:
        answer = _write(_client(server))
    assert (answer.json, "\x00" in answer.text) == (None, False)


def test_a_mark_of_its_order_of_bytes_does_not_hide_an_answer() -> None:
    with serving(answers(200, b"\xef\xbb\xbf" + POSTED.encode())) as server:
        assert _write(_client(server)).json == {"Purchase": {"Id": "401", "SyncToken": "0"}}


def test_what_is_called_plain_text_is_utf_8_too() -> None:
    account = '{"QueryResponse":{"Purchase":[{"Id":"1","PrivateNote":"Café"}]}}'
    with serving(answers(200, account, {"Content-Type": "text/plain"})) as server:
        [found] = _query(_client(server))
    assert found.PrivateNote == "Café"
