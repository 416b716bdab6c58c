from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import jwt
import pytest
import requests

from .client import BACK, CLIENT, SCOPE, UK, US, Company, Server


@pytest.mark.parametrize("name", ["openid_sandbox_configuration", "openid_configuration"])
@pytest.mark.parametrize("slash", ["", "/"])
def test_discovery_answers_at_once_and_names_its_own_addresses(sandbox: Server, name: str, slash: str) -> None:
    answer = requests.get(f"{sandbox.url}/.well-known/{name}{slash}", allow_redirects=False, timeout=5)
    assert answer.status_code == 200
    document = answer.json()
    for key in ("issuer", "jwks_uri", "authorization_endpoint", "token_endpoint"):
        assert document[key].startswith(sandbox.url)


def test_discovery_follows_the_host_of_the_request(sandbox: Server) -> None:
    url = f"{sandbox.url}/.well-known/openid_configuration"
    document = requests.get(url, headers={"Host": "sandbox.test:9"}, timeout=5).json()
    assert document["token_endpoint"] == "http://sandbox.test:9/oauth2/v1/tokens/bearer"


def _ask(sandbox: Server, **changes: str) -> requests.Response:
    asked = {
        "client_id": CLIENT[0],
        "response_type": "code",
        "scope": SCOPE,
        "redirect_uri": BACK,
        "state": "x",
    }
    return requests.get(
        f"{sandbox.url}/connect/oauth2",
        params={**asked, **changes},
        allow_redirects=False,
        timeout=5,
    )


def test_the_consent_page_offers_both_companies(sandbox: Server) -> None:
    answer = _ask(sandbox)
    assert answer.status_code == 200
    for text in (
        "QuickBooks sandbox",
        "Larkfield Inc.",
        "Larkfield Ltd",
        'type="radio"',
        "Connect",
        "Cancel",
    ):
        assert text in answer.text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"client_id": "<b>stranger"}, "&lt;b&gt;stranger"),
        ({"response_type": "token"}, "response_type"),
        ({"redirect_uri": "http://example.com/back"}, "redirect_uri"),
        ({"redirect_uri": "javascript:alert(1)"}, "redirect_uri"),
        ({"redirect_uri": "http://localhost.example.com/"}, "redirect_uri"),
        ({"redirect_uri": ""}, "redirect_uri"),
    ],
)
def test_what_cannot_be_sent_back_is_explained_on_a_page(sandbox: Server, changes: dict[str, str], words: str) -> None:
    answer = _ask(sandbox, **changes)
    assert answer.status_code == 400
    assert words in answer.text
    assert "<b>stranger" not in answer.text


@pytest.mark.parametrize("uri", ["https://app.example.com/cb", "http://127.0.0.1:1/cb", "http://[::1]:1/cb"])
def test_https_and_loopback_addresses_are_accepted(sandbox: Server, uri: str) -> None:
    assert _ask(sandbox, redirect_uri=uri).status_code == 200


def test_an_unknown_scope_goes_back_as_an_error(sandbox: Server) -> None:
    answer = _ask(sandbox, scope="com.intuit.quickbooks.everything")
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"{BACK}&error=invalid_scope&state=x"


def test_cancel_returns_access_denied_with_state_and_no_code(sandbox: Server) -> None:
    back = sandbox.consent(decision="cancel")
    assert back == {"tenant": "7", "error": "access_denied", "state": "s&1"}


def test_connect_returns_code_state_and_realm(sandbox: Server) -> None:
    back = sandbox.consent(UK)
    assert back["realmId"] == UK
    assert back["state"] == "s&1"
    assert back["tenant"] == "7"
    assert len(back["code"]) <= 512


def test_an_exchange_gives_an_hour_and_a_hundred_days(sandbox: Server) -> None:
    code = sandbox.consent()["code"]
    answer = sandbox.token(
        headers={"x-include-refresh-token-hard-expires-in": "true"},
        grant_type="authorization_code",
        code=code,
        redirect_uri=BACK,
    )
    body = answer.json()
    assert answer.headers["Cache-Control"] == "no-store"
    assert body["token_type"] == "bearer"
    assert body["expires_in"] == 3600
    assert body["x_refresh_token_expires_in"] == 8_640_000
    assert 157_670_000 < body["x_refresh_token_hard_expires_in"] <= 157_680_000
    assert "id_token" not in body
    assert "realmId" not in body


def test_the_hard_expiry_is_given_only_when_asked_for(sandbox: Server) -> None:
    assert "x_refresh_token_hard_expires_in" not in sandbox.grant()


def test_openid_adds_an_id_token_signed_by_the_published_key(sandbox: Server) -> None:
    grant = sandbox.grant(scope=f"{SCOPE} openid profile")
    keys = jwt.PyJWKSet.from_dict(requests.get(f"{sandbox.url}/op/v1/jwks", timeout=5).json())
    kid = jwt.get_unverified_header(grant["id_token"])["kid"]
    claims = jwt.decode(grant["id_token"], keys[kid].key, algorithms=["RS256"], audience=CLIENT[0])
    assert claims["realmid"] == US
    assert claims["iss"] == f"{sandbox.url}/op/v1"
    bearer = {"Authorization": f"Bearer {grant['access_token']}"}
    person = requests.get(f"{sandbox.url}/v1/openid_connect/userinfo", headers=bearer, timeout=5)
    assert person.json()["sub"] == claims["sub"]


def test_user_info_needs_the_openid_scope(us: Company) -> None:
    bearer = {"Authorization": f"Bearer {us.access}"}
    assert requests.get(f"{us.server.url}/v1/openid_connect/userinfo", headers=bearer, timeout=5).status_code == 403


def test_a_code_used_twice_is_refused_and_ends_what_it_gave(sandbox: Server) -> None:
    code = sandbox.consent()["code"]
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": BACK}
    first = sandbox.token(CLIENT, None, **form).json()
    company = Company(sandbox, US, first["access_token"])
    assert company.call("GET", f"companyinfo/{US}").status_code == 200
    second = sandbox.token(CLIENT, None, **form)
    assert second.status_code == 400
    assert second.json()["error"] == "invalid_grant"
    assert company.call("GET", f"companyinfo/{US}").status_code == 401
    assert sandbox.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"


def test_a_code_is_bound_to_its_redirect_address(sandbox: Server) -> None:
    code = sandbox.consent()["code"]
    answer = sandbox.token(
        grant_type="authorization_code",
        code=code,
        redirect_uri="http://localhost:8000/other",
    )
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_grant")


@pytest.mark.parametrize(
    ("client", "form", "status", "error"),
    [
        (
            ("sandbox-client", "wrong"),
            {"grant_type": "refresh_token", "refresh_token": "x"},
            401,
            "invalid_client",
        ),
        (
            None,
            {"grant_type": "refresh_token", "refresh_token": "x"},
            401,
            "invalid_client",
        ),
        (
            CLIENT,
            {"grant_type": "refresh_token", "refresh_token": "x"},
            400,
            "invalid_grant",
        ),
        (
            CLIENT,
            {"grant_type": "authorization_code", "code": "x", "redirect_uri": BACK},
            400,
            "invalid_grant",
        ),
        (CLIENT, {"grant_type": "refresh_token"}, 400, "invalid_request"),
        (CLIENT, {"grant_type": "password"}, 400, "unsupported_grant_type"),
        (CLIENT, {"code": "x"}, 400, "invalid_request"),
    ],
)
def test_the_token_endpoint_refuses_in_its_own_words(
    sandbox: Server,
    client: tuple[str, str] | None,
    form: dict[str, str],
    status: int,
    error: str,
) -> None:
    answer = sandbox.token(client, None, **form)
    assert (answer.status_code, answer.json()["error"]) == (status, error)
    assert answer.headers["Cache-Control"] == "no-store"


def test_the_token_endpoint_wants_a_form(sandbox: Server) -> None:
    url = f"{sandbox.url}/oauth2/v1/tokens/bearer"
    answer = requests.post(url, json={"grant_type": "refresh_token"}, auth=CLIENT, timeout=5)
    assert (answer.status_code, answer.json()["error"]) == (400, "invalid_request")


def test_every_refresh_rotates_and_kills_the_old_value(sandbox: Server) -> None:
    first = sandbox.grant()
    second = sandbox.refresh(first["refresh_token"]).json()
    assert second["refresh_token"] != first["refresh_token"]
    assert sandbox.refresh(first["refresh_token"]).json()["error"] == "invalid_grant"
    third = sandbox.refresh(second["refresh_token"])
    assert third.status_code == 200


def test_a_refresh_kills_the_older_access_token(sandbox: Server) -> None:
    first = sandbox.grant()
    second = sandbox.refresh(first["refresh_token"]).json()
    assert Company(sandbox, US, first["access_token"]).call("GET", "preferences").status_code == 401
    assert Company(sandbox, US, second["access_token"]).call("GET", "preferences").status_code == 200


def test_of_eight_refreshes_at_once_exactly_one_wins(sandbox: Server) -> None:
    token = sandbox.grant()["refresh_token"]
    with ThreadPoolExecutor(8) as pool:
        statuses = sorted(answer.status_code for answer in pool.map(sandbox.refresh, [token] * 8))
    assert statuses == [200] + [400] * 7


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
@pytest.mark.parametrize("sent", ["json", "data"])
def test_revoking_either_token_ends_the_connection(sandbox: Server, which: str, sent: str) -> None:
    grant = sandbox.grant()
    url = f"{sandbox.url}/v2/oauth2/tokens/revoke"
    answer = requests.post(url, **{sent: {"token": grant[which]}}, auth=CLIENT, timeout=5)
    assert (answer.status_code, answer.content) == (200, b"")
    assert Company(sandbox, US, grant["access_token"]).call("GET", "preferences").status_code == 401
    assert sandbox.refresh(grant["refresh_token"]).json()["error"] == "invalid_grant"
    assert requests.post(url, json={"token": "nobody's"}, auth=CLIENT, timeout=5).status_code == 400


def test_a_token_is_good_for_its_own_company_only(us: Company) -> None:
    answer = Company(us.server, UK, us.access).call("GET", f"companyinfo/{UK}")
    assert answer.status_code == 403
    error = answer.json()["fault"]["error"][0]
    assert error["code"] == "3100"
    assert "ApplicationAuthorizationFailed" in error["message"]


@pytest.mark.parametrize(
    ("header", "code"),
    [("Bearer nonsense", "3200"), ("Basic x", "3202"), ("", "3202")],
)
def test_a_bad_token_gets_the_lower_case_401(us: Company, header: str, code: str) -> None:
    answer = us.call("GET", "preferences", headers={"Authorization": header})
    assert answer.status_code == 401
    body = answer.json()
    assert body["fault"]["error"][0]["code"] == code
    assert body["fault"]["type"] == "AUTHENTICATION"
    assert isinstance(body["time"], int)
    assert set(body) >= {
        "warnings",
        "queryResponse",
        "batchItemResponse",
        "cdcresponse",
    }


def test_an_expired_token_says_so(us: Company) -> None:
    us.server.control("tokens/expire", {"realm": US})
    answer = us.call("GET", "preferences")
    assert answer.status_code == 401
    assert answer.json()["fault"]["error"][0]["detail"].startswith("Token expired")


def test_a_disconnect_inside_quickbooks_ends_tokens_and_refresh(
    sandbox: Server,
) -> None:
    grant = sandbox.grant(UK)
    assert sandbox.control("tokens/revoke", {"realm": UK})["revoked"] >= 1
    assert Company(sandbox, UK, grant["access_token"]).call("GET", "preferences").status_code == 401
    assert sandbox.refresh(grant["refresh_token"]).json()["error"] == "invalid_grant"
