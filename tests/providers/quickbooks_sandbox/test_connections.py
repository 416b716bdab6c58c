"""The life of a connection: several apps, races for a refresh, disconnecting, and who signed in."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import parse_qs, urlsplit

import jwt
import pytest
import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError

from .client import BACK, CLIENT, SCOPE, UK, US, Company, Json, Server, fresh


@pytest.fixture
def other(sandbox: Server) -> Json:
    """A second app that may return to one address only."""
    return sandbox.control("apps", {"name": "Ledger <b>Two</b>", "redirect_uris": ["https://two.example/cb?x=1"]})


def _grant_of(sandbox: Server, app: Json, realm: str = US) -> Json:
    uri = app["redirect_uris"][0]
    code = sandbox.consent(realm, client_id=app["client_id"], redirect_uri=uri)["code"]
    client = (app["client_id"], app["client_secret"])
    answer = sandbox.token(client, None, grant_type="authorization_code", code=code, redirect_uri=uri)
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


def test_a_registered_app_connects_beside_the_first(sandbox: Server, other: Json, us: Company) -> None:
    grant = _grant_of(sandbox, other)
    assert Company(sandbox, US, grant["access_token"]).call("GET", "preferences").status_code == 200
    assert us.call("GET", "preferences").status_code == 200
    assert other["client_id"] in {each["client_id"] for each in sandbox.control("apps", method="GET")["apps"]}


def test_the_consent_page_names_the_app_and_what_it_may_do(sandbox: Server, other: Json) -> None:
    asked = {"client_id": other["client_id"], "response_type": "code", "scope": f"{SCOPE} openid email"}
    page = requests.get(
        f"{sandbox.url}/connect/oauth2", params={**asked, "redirect_uri": other["redirect_uris"][0]}, timeout=5
    ).text
    for words in ("Ledger &lt;b&gt;Two", "<b>Read</b>", "<b>Write</b>", "e-mail", "Cancel"):
        assert words in page
    assert "<b>Two" not in page


@pytest.mark.parametrize("uri", ["https://two.example/cb", "https://two.example/cb?x=1&y=2", "http://localhost:1/cb"])
def test_a_registered_app_returns_to_exactly_what_it_registered(sandbox: Server, other: Json, uri: str) -> None:
    asked = {"client_id": other["client_id"], "response_type": "code", "scope": SCOPE, "redirect_uri": uri}
    assert requests.get(f"{sandbox.url}/connect/oauth2", params=asked, timeout=5).status_code == 400


def test_one_app_cannot_use_what_another_was_given(sandbox: Server, other: Json) -> None:
    mine, theirs = sandbox.grant(), (other["client_id"], other["client_secret"])
    form = {"grant_type": "refresh_token", "refresh_token": mine["refresh_token"]}
    assert sandbox.token(theirs, None, **form).json()["error"] == "invalid_grant"
    code = {"grant_type": "authorization_code", "code": sandbox.consent()["code"], "redirect_uri": BACK}
    assert sandbox.token(theirs, None, **code).json()["error"] == "invalid_grant"
    url = f"{sandbox.url}/v2/oauth2/tokens/revoke"
    assert requests.post(url, json={"token": mine["refresh_token"]}, auth=theirs, timeout=5).status_code == 400
    assert sandbox.refresh(mine["refresh_token"]).status_code == 200


@pytest.mark.parametrize("app", [{"name": 5}, {"redirect_uris": "https://x"}, {"client_id": CLIENT[0]}])
def test_an_app_that_cannot_be_registered_is_explained(sandbox: Server, app: Json) -> None:
    answer = requests.post(f"{sandbox.url}/sandbox/apps", json=app, timeout=5)
    assert answer.status_code == 400
    assert answer.json()["error"]


def test_what_a_client_adds_for_its_own_safety_is_tolerated(sandbox: Server) -> None:
    more = {"code_challenge": "abc", "code_challenge_method": "S256", "prompt": "select_account", "claims": "{}"}
    asked = {"client_id": CLIENT[0], "response_type": "code", "scope": SCOPE, "redirect_uri": BACK, "state": "x"}
    assert requests.get(f"{sandbox.url}/connect/oauth2", params={**asked, **more}, timeout=5).status_code == 200
    back = sandbox.consent(**more)
    form = {"grant_type": "authorization_code", "code": back["code"], "redirect_uri": BACK, "code_verifier": "xyz"}
    assert sandbox.token(CLIENT, None, **form).status_code == 200


@pytest.mark.parametrize("state", ["", "a b&c=d#e+f", "ünï→", "x" * 900])
def test_state_comes_back_unchanged(sandbox: Server, state: str) -> None:
    form = {"client_id": CLIENT[0], "response_type": "code", "scope": SCOPE, "redirect_uri": BACK}
    form |= {"state": state, "realm": US, "decision": "connect"}
    answer = requests.post(f"{sandbox.url}/connect/oauth2", data=form, allow_redirects=False, timeout=5)
    query = parse_qs(urlsplit(answer.headers["Location"]).query, keep_blank_values=True)
    assert query["state"] == [state]
    assert query["realmId"] == [US]


@pytest.mark.parametrize("scope", ["", "everything", f"{SCOPE} everything"])
def test_scopes_there_are_not_go_back_as_an_error(sandbox: Server, scope: str) -> None:
    asked = {"client_id": CLIENT[0], "response_type": "code", "scope": scope, "redirect_uri": BACK, "state": "é"}
    answer = requests.get(f"{sandbox.url}/connect/oauth2", params=asked, allow_redirects=False, timeout=5)
    query = parse_qs(urlsplit(answer.headers["Location"]).query)
    assert (query["error"], query["state"]) == (["invalid_scope"], ["é"])
    assert "code" not in query


def test_without_a_scope_of_the_books_no_company_is_named(sandbox: Server) -> None:
    back = sandbox.consent(scope="openid profile")
    assert "realmId" not in back
    grant = sandbox.token(grant_type="authorization_code", code=back["code"], redirect_uri=BACK).json()
    assert "realmid" not in jwt.decode(grant["id_token"], options={"verify_signature": False})
    assert Company(sandbox, US, grant["access_token"]).call("GET", "preferences").status_code == 403


@pytest.mark.parametrize(
    ("scopes", "known"),
    [
        ("openid", {"sub"}),
        ("openid email", {"sub", "email", "emailVerified"}),
        ("openid profile", {"sub", "givenName", "familyName"}),
        ("openid phone address", {"sub", "phoneNumber", "phoneNumberVerified", "address"}),
    ],
)
def test_user_info_tells_what_the_scopes_name(sandbox: Server, scopes: str, known: set[str]) -> None:
    bearer = {"Authorization": f"Bearer {sandbox.grant(scope=f'{SCOPE} {scopes}')['access_token']}"}
    told = requests.get(f"{sandbox.url}/v1/openid_connect/userinfo", headers=bearer, timeout=5).json()
    assert set(told) == known


def test_an_id_token_holds_against_the_published_keys(sandbox: Server) -> None:
    back = sandbox.consent(scope=f"{SCOPE} openid", nonce="n-0S6")
    grant = sandbox.token(grant_type="authorization_code", code=back["code"], redirect_uri=BACK).json()
    discovery = requests.get(f"{sandbox.url}/.well-known/openid_configuration", timeout=5).json()
    key = jwt.PyJWKClient(discovery["jwks_uri"]).get_signing_key_from_jwt(grant["id_token"])
    claims = jwt.decode(
        grant["id_token"], key.key, algorithms=["RS256"], audience=CLIENT[0], issuer=discovery["issuer"], leeway=2
    )
    assert set(claims) <= set(discovery["claims_supported"])
    assert (claims["realmid"], claims["nonce"]) == (US, "n-0S6")
    with pytest.raises(jwt.InvalidAudienceError):
        jwt.decode(grant["id_token"], key.key, algorithms=["RS256"], audience="another")


def test_a_person_disconnects_one_app_of_one_company(sandbox: Server, other: Json) -> None:
    mine, theirs, elsewhere = sandbox.grant(), _grant_of(sandbox, other), sandbox.grant(UK)
    assert sandbox.control("disconnect", {"realm": US, "client_id": other["client_id"]}) == {"disconnected": 1}
    gone = Company(sandbox, US, theirs["access_token"]).call("GET", "preferences")
    assert gone.status_code == 401
    assert gone.json()["fault"]["error"][0]["code"] == "3200"
    client = (other["client_id"], other["client_secret"])
    form = {"grant_type": "refresh_token", "refresh_token": theirs["refresh_token"]}
    assert sandbox.token(client, None, **form).json()["error"] == "invalid_grant"
    for grant, realm in ((mine, US), (elsewhere, UK)):
        assert Company(sandbox, realm, grant["access_token"]).call("GET", "preferences").status_code == 200


def test_a_token_may_be_revoked_by_form_and_with_the_secret_in_it(sandbox: Server) -> None:
    form = {"token": sandbox.grant()["access_token"], "client_id": CLIENT[0], "client_secret": CLIENT[1]}
    assert requests.post(f"{sandbox.url}/v2/oauth2/tokens/revoke", data=form, timeout=5).status_code == 200


def _race(server: Server, token: str) -> list[requests.Response]:
    with ThreadPoolExecutor(2) as pool:
        return sorted(pool.map(server.refresh, [token] * 2), key=lambda answer: answer.status_code)


def test_the_second_of_two_refreshes_loses_and_the_first_keeps_what_it_got(sandbox: Server) -> None:
    won, lost = _race(sandbox, sandbox.grant()["refresh_token"])
    assert lost.json()["error"] == "invalid_grant"
    assert sandbox.refresh(won.json()["refresh_token"]).status_code == 200


@pytest.fixture(scope="module")
def harsh(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    server = Server(
        tmp_path_factory.mktemp("harsh"),
        SANDBOX_REFRESH_RACE="revoke",
        SANDBOX_REFRESH_RACE_MS="5000",
        SANDBOX_ACCESS_SECONDS="600",
        SANDBOX_REFRESH_IDLE_DAYS="10",
        SANDBOX_REFRESH_HARD_DAYS="30",
        QUICKBOOKS_REDIRECT_URIS=f"{BACK} https://app.example/cb",
    )
    yield server
    server.kill()


def test_the_winner_of_a_race_may_lose_what_it_got(harsh: Server) -> None:
    won, lost = _race(harsh, harsh.grant()["refresh_token"])
    assert (won.status_code, lost.status_code) == (200, 400)
    assert Company(harsh, US, won.json()["access_token"]).call("GET", "preferences").status_code == 401
    assert harsh.refresh(won.json()["refresh_token"]).json()["error"] == "invalid_grant"


def test_who_comes_long_after_the_race_takes_nothing_from_the_winner(harsh: Server) -> None:
    first = harsh.grant()["refresh_token"]
    second = harsh.refresh(first).json()["refresh_token"]
    harsh.control("clock", {"advance_seconds": 6})
    assert harsh.refresh(first).status_code == 400
    assert harsh.refresh(second).status_code == 200


def test_lifetimes_are_settable_and_told(harsh: Server) -> None:
    grant = harsh.grant()
    assert (grant["expires_in"], grant["x_refresh_token_expires_in"]) == (600, 864_000)


def test_the_first_app_may_have_its_addresses_registered(harsh: Server) -> None:
    asked = {"client_id": CLIENT[0], "response_type": "code", "scope": SCOPE}
    statuses = [
        requests.get(f"{harsh.url}/connect/oauth2", params={**asked, "redirect_uri": uri}, timeout=5).status_code
        for uri in ("https://app.example/cb", "https://app.example/other")
    ]
    assert statuses == [200, 400]


def test_the_previous_value_may_serve_for_a_while(own: Callable[..., Server]) -> None:
    server = own(SANDBOX_REFRESH_GRACE_SECONDS="60", SANDBOX_ACCESS_AFTER_REFRESH="lives")
    first = server.grant()["refresh_token"]
    second = server.refresh(first).json()["refresh_token"]
    assert server.refresh(first).json()["refresh_token"] == second
    server.control("clock", {"advance_seconds": 61})
    assert server.refresh(first).json()["error"] == "invalid_grant"
    assert server.refresh(second).status_code == 200


def test_intuit_oauth_lives_through_everything(sandbox: Server) -> None:
    auth = AuthClient(*CLIENT, BACK, f"{sandbox.url}/.well-known/openid_sandbox_configuration/")
    url = auth.get_authorization_url([Scopes.ACCOUNTING, Scopes.OPENID, Scopes.PROFILE], state_token=fresh("state"))
    assert parse_qs(urlsplit(url).query)["redirect_uri"] == [BACK]
    auth.get_bearer_token(sandbox.consent(scope=f"{SCOPE} openid profile")["code"], US)
    assert auth.id_token
    assert auth.get_user_info().json()["givenName"] == "Robin"
    for _ in range(3):
        auth.refresh()
        assert auth.expires_in == 3600
    spent = auth.refresh_token
    sandbox.control("disconnect", {"realm": US})
    with pytest.raises(AuthClientError) as refused:
        auth.refresh()
    assert (refused.value.status_code, b"invalid_grant" in _bytes(refused.value.content)) == (400, True)
    auth.get_bearer_token(sandbox.consent()["code"], US)
    assert auth.refresh_token != spent
    assert auth.revoke(token=auth.access_token) is True


def _bytes(content: Any) -> bytes:
    return content if isinstance(content, bytes) else str(content).encode()
