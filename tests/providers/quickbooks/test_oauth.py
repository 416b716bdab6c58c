"""Signing in at Intuit: what a broken or unwilling sign-in means. The good days are in test_contract.py."""

import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest
import simplejson

from integrations.providers.documents import Grant
from integrations.providers.errors import AccessLost, ProviderError, Refused, Temporary
from integrations.providers.quickbooks import oauth as oauth_module
from integrations.providers.quickbooks.oauth import QuickBooksOAuth
from tests.providers.quickbooks.loopback import (
    Behaviour,
    Loopback,
    answers,
    closes,
    closes_within_the_body,
    hangs,
    refusing,
    resets,
    serving,
)

BACK = "http://localhost:8000/back"
PAGE = "<html><body><h1>503</h1></body></html>"
TOKENS = {
    "token_type": "bearer",
    "access_token": "access-secret",
    "expires_in": 3600,
    "refresh_token": "refresh-secret",
    "x_refresh_token_expires_in": 8726400,
}
CODE, OLD, OURS = "code-secret", "old-secret", "our-secret"
DEAD = '{"error":"invalid_grant","error_description":"Incorrect or invalid refresh token"}'


def _oauth(server: Loopback) -> QuickBooksOAuth:
    return QuickBooksOAuth(
        client_id="our-id",
        client_secret=OURS,
        discovery_url=f"{server.url}/.well-known/openid_configuration",
        redirect_url=BACK,
    )


def _tokens(**changes: object) -> Behaviour:
    body = {name: value for name, value in {**TOKENS, **changes}.items() if value is not None}
    return answers(200, simplejson.dumps(body), {"Content-Type": "application/json"})


def _discovery(tokens_url: str) -> Behaviour:
    parts = ("authorization_endpoint", "token_endpoint", "revocation_endpoint", "issuer", "jwks_uri")
    return answers(200, simplejson.dumps(dict.fromkeys((*parts, "userinfo_endpoint"), tokens_url)))


@contextmanager
def _sign_in(*behaviours: Behaviour) -> Iterator[tuple[QuickBooksOAuth, Loopback]]:
    """A token endpoint that behaves so, and who asks it."""
    with serving(*behaviours) as server, serving(_discovery(f"{server.url}/tokens")) as discovery:
        yield _oauth(discovery), server


def _exchange(oauth: QuickBooksOAuth) -> Grant:
    return oauth.exchange(CODE, "9341")


def _refresh(oauth: QuickBooksOAuth) -> Grant:
    return oauth.refresh(OLD)


Ask = Callable[[QuickBooksOAuth], Grant]
BOTH = pytest.mark.parametrize("ask", [_exchange, _refresh])


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(oauth_module, "TOTAL_SECONDS", 0.6)


@pytest.mark.parametrize(
    ("ask", "form"),
    [
        (_exchange, {"grant_type": ["authorization_code"], "code": [CODE], "redirect_uri": [BACK]}),
        (_refresh, {"grant_type": ["refresh_token"], "refresh_token": [OLD]}),
    ],
)
def test_tokens_come_as_a_grant(ask: Ask, form: dict[str, list[str]]) -> None:
    with _sign_in(_tokens()) as (oauth, server):
        grant = ask(oauth)
    assert (grant.access_token, grant.refresh_token) == ("access-secret", "refresh-secret")
    assert (grant.access_lives, grant.refresh_lives) == (timedelta(hours=1), timedelta(days=101))
    (heard,) = server.heard
    assert parse_qs(heard.body.decode()) == form
    assert heard.headers["authorization"].startswith("Basic ")


@BOTH
@pytest.mark.parametrize("told", ["", "no token", "eyJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJ4In0.c2ln", "a.b.c", 7])
def test_an_id_token_that_nobody_asked_for_costs_no_grant(ask: Ask, told: object) -> None:
    with _sign_in(_tokens(id_token=told)) as (oauth, server):
        assert ask(oauth).refresh_token == "refresh-secret"
    assert len(server.heard) == 1


@pytest.mark.parametrize("told", [None, ""])
def test_a_refresh_token_that_is_not_told_anew_is_still_good(told: str | None) -> None:
    with _sign_in(_tokens(refresh_token=told)) as (oauth, _):
        assert _refresh(oauth).refresh_token == OLD


def test_a_first_grant_without_a_refresh_token_is_none() -> None:
    with _sign_in(_tokens(refresh_token=None)) as (oauth, _), pytest.raises(Temporary):
        _exchange(oauth)


def test_nobody_is_sent_away_without_keys() -> None:
    oauth = QuickBooksOAuth(client_id="", client_secret="", discovery_url="http://127.0.0.1:9/", redirect_url=BACK)
    with pytest.raises(Refused, match="QUICKBOOKS_CLIENT_ID"):
        oauth.consent_url("state")


def test_an_unsaid_life_of_the_refresh_token_is_a_hundred_days() -> None:
    with _sign_in(_tokens(x_refresh_token_expires_in=None)) as (oauth, _):
        assert _refresh(oauth).refresh_lives == timedelta(days=100)


@BOTH
@pytest.mark.parametrize(
    ("status", "body"),
    [
        (401, '{"error":"invalid_client"}'),
        (400, '{"error":"invalid_request"}'),
        (400, '{"error":"unsupported_grant_type"}'),
        (400, PAGE),
        (400, "[]"),
        (400, ""),
        (403, PAGE),
        (429, PAGE),
        (500, DEAD),
        (502, PAGE),
        (503, ""),
    ],
)
def test_only_a_dead_grant_is_dead(ask: Ask, status: int, body: str) -> None:
    with _sign_in(answers(status, body)) as (oauth, server), pytest.raises(Temporary):
        ask(oauth)
    assert len(server.heard) == 1


@pytest.mark.parametrize(("ask", "error"), [(_exchange, Refused), (_refresh, AccessLost)])
def test_a_dead_grant_is_named(ask: Ask, error: type[ProviderError]) -> None:
    with _sign_in(answers(400, DEAD)) as (oauth, server), pytest.raises(error):
        ask(oauth)
    assert len(server.heard) == 1


@pytest.mark.parametrize("behaviour", [closes, resets, hangs, closes_within_the_body])
def test_a_refresh_whose_answer_is_lost_is_asked_once_more_at_once(behaviour: Behaviour) -> None:
    with _sign_in(behaviour, _tokens()) as (oauth, server):
        assert _refresh(oauth).access_token == "access-secret"
    first, second = server.heard
    assert first.body == second.body


@pytest.mark.parametrize(
    ("ask", "times"),
    [(_exchange, 1), (_refresh, 2)],
)
@pytest.mark.parametrize("behaviour", [closes, hangs])
def test_a_sign_in_that_stays_silent_is_temporary_and_ends(ask: Ask, times: int, behaviour: Behaviour) -> None:
    begun = time.monotonic()
    with _sign_in(behaviour) as (oauth, server), pytest.raises(Temporary):
        ask(oauth)
    assert len(server.heard) == times
    assert time.monotonic() - begun < 4


@BOTH
def test_a_page_in_place_of_tokens_is_temporary(ask: Ask) -> None:
    with _sign_in(answers(200, PAGE)) as (oauth, _), pytest.raises(Temporary):
        ask(oauth)


@pytest.mark.parametrize(
    "behaviour",
    [hangs, closes, answers(503, PAGE), answers(404), answers(200, PAGE), answers(200, "{}"), answers(200, "")],
)
@pytest.mark.parametrize("ask", [_exchange, _refresh, lambda oauth: oauth.consent_url("state")])
def test_without_addresses_nobody_is_asked(ask: Ask, behaviour: Behaviour) -> None:
    with serving(behaviour) as discovery, pytest.raises(Temporary):
        ask(_oauth(discovery))


def test_a_sign_in_that_cannot_be_reached_is_temporary() -> None:
    with refusing() as nobody, pytest.raises(Temporary):
        _refresh(_oauth(nobody))


def test_the_addresses_are_read_once_for_all_clients() -> None:
    with serving(_tokens()) as server, serving(_discovery(f"{server.url}/tokens")) as discovery:
        for oauth in [_oauth(discovery) for _ in range(3)]:
            oauth.consent_url("state")
            _exchange(oauth)
            _refresh(oauth)
        assert len(discovery.heard) == 1
        assert len(server.heard) == 6


def test_addresses_that_could_not_be_read_are_read_again() -> None:
    with serving(answers(503, PAGE), _discovery("http://127.0.0.1:9/tokens")) as discovery:
        with pytest.raises(Temporary):
            _oauth(discovery).consent_url("state")
        assert _oauth(discovery).consent_url("state")


def test_the_consent_is_for_accounting_alone_and_carries_our_state() -> None:
    with serving(_discovery("https://example.com/consent")) as discovery:
        address = urlsplit(_oauth(discovery).consent_url("a&b=c"))
    assert (address.netloc, address.path) == ("example.com", "/consent")
    assert parse_qs(address.query) == {
        "client_id": ["our-id"],
        "response_type": ["code"],
        "scope": ["com.intuit.quickbooks.accounting"],
        "redirect_uri": [BACK],
        "state": ["a&b=c"],
    }


@BOTH
@pytest.mark.parametrize("behaviour", [closes, hangs, answers(400, DEAD), answers(401, PAGE), answers(503, PAGE)])
def test_no_trouble_tells_a_secret(ask: Ask, behaviour: Behaviour) -> None:
    with _sign_in(behaviour) as (oauth, _):
        with pytest.raises(ProviderError) as trouble:
            ask(oauth)
        told = "".join([repr(oauth), repr(trouble.value), *traceback.format_exception(trouble.value)])
    for secret in (OURS, CODE, OLD):
        assert secret not in told
