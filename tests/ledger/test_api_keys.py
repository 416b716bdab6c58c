"""Who may ask: every address of the API times every kind of key."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone
from werkzeug.test import Client as WsgiClient

from flexsync.wsgi import application
from ledger.api.urls import urlpatterns
from ledger.models import ApiToken, Scope
from ledger.services.api_keys import make_token
from ledger.tenancy.context import acting_for
from tests.cast import Cast
from tests.ledger.caller import API, DOOR, JSON, Issuer, charge, recorded, refusal

READ, WRITE = Scope.READ_TRANSACTIONS, Scope.WRITE_TRANSACTIONS
DIRECTORY = ("cards", "bank-accounts", "categories", "departments", "tag-groups", "tags", "vendors")
TABLE: dict[tuple[str, str], Scope] = {
    ("GET", "card-transactions"): READ,
    ("POST", "card-transactions"): WRITE,
    ("GET", "card-transactions/<uuid:public_id>"): READ,
    ("GET", "card-transactions/<str:external_id>/receipts"): READ,
    ("POST", "card-transactions/<str:external_id>/receipts"): WRITE,
    ("DELETE", "card-transactions/<str:external_id>/receipts/<uuid:public_id>"): WRITE,
    ("GET", "bills"): Scope.READ_BILLS,
    ("POST", "bills"): Scope.WRITE_BILLS,
    ("GET", "bills/<uuid:public_id>"): Scope.READ_BILLS,
    ("GET", "bill-payments"): Scope.READ_BILLS,
    ("POST", "bill-payments"): Scope.WRITE_BILLS,
    ("GET", "bill-payments/<uuid:public_id>"): Scope.READ_BILLS,
    ("GET", "sync"): READ,
    ("GET", "entities"): Scope.READ_DIRECTORY,
    **{("GET", noun): Scope.READ_DIRECTORY for noun in DIRECTORY},
    **{("POST", noun): Scope.WRITE_DIRECTORY for noun in DIRECTORY},
}
ROUTES = sorted({route for _, route in TABLE})
each_call = pytest.mark.parametrize(("method", "route"), TABLE, ids=["-".join(call) for call in TABLE])


def ask(authorization: str, method: str, route: str, body: str = "{}") -> Any:
    address = f"{API}/{route}".replace("<uuid:public_id>", str(uuid4()))
    headers = {"Authorization": authorization} if authorization else {}
    return Client().generic(method, address, body, JSON, headers=headers)


def key_with(cast: Cast, *scopes: Scope) -> str:
    with acting_for(cast.larkfield.id):
        return "Bearer " + make_token(name="Narrow", scopes=scopes, made_by=None)


def test_the_table_knows_every_address_of_the_api() -> None:
    assert sorted(str(pattern.pattern) for pattern in urlpatterns) == ROUTES


@each_call
@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer flex_unknown", "Bearer flex_ünknown", "Basic dXNlcjpwYXNz", "flex_unknown"],
)
def test_without_a_known_key_nothing_is_answered(cast: Cast, method: str, route: str, authorization: str) -> None:
    response = ask(authorization, method, route)
    code = "authentication_failed" if authorization.startswith("Bearer ") else "not_authenticated"
    refusal(response, 401, response.json()["error"]["code"])
    assert response.json()["error"]["code"] in (code, "authentication_failed")
    assert response.headers["WWW-Authenticate"].startswith("Bearer")


@each_call
def test_a_key_without_the_scope_is_turned_away(cast: Cast, method: str, route: str) -> None:
    others = [scope for scope in Scope if scope != TABLE[method, route]]
    refusal(ask(key_with(cast, *others), method, route), 403, "permission_denied")


@each_call
def test_a_key_with_the_scope_alone_gets_in(cast: Cast, method: str, route: str) -> None:
    response = ask(key_with(cast, TABLE[method, route]), method, route)
    assert response.status_code == (404 if "<" in route else 400 if method == "POST" else 200)


@pytest.mark.parametrize("route", ROUTES)
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "BREW"])
def test_a_method_that_an_address_does_not_have_is_named_as_such(cast: Cast, method: str, route: str) -> None:
    if (method, route) in TABLE:
        return
    response = ask(key_with(cast, *Scope), method, route)
    refusal(response, 405, "method_not_allowed")
    allowed = {name.strip() for name in response.headers["Allow"].split(",")}
    assert allowed - {"HEAD"} == {name for name, other in TABLE if other == route}


@pytest.mark.parametrize("route", ROUTES)
def test_the_head_of_an_answer_is_that_of_the_answer(cast: Cast, route: str) -> None:
    key = key_with(cast, *Scope)
    head, whole = ask(key, "HEAD", route, ""), ask(key, "GET", route, "")
    assert (head.status_code, head.content) == (whole.status_code, b"")


def test_a_key_without_its_scheme_is_no_key(cast: Cast) -> None:
    refusal(Issuer(cast.larkfield.api_key).post(charge()), 401, "not_authenticated")


@each_call
def test_a_revoked_key_is_not_known_any_more(cast: Cast, method: str, route: str) -> None:
    key = key_with(cast, *Scope)
    with acting_for(cast.larkfield.id):
        ApiToken.objects.update(revoked_at=timezone.now())
    refusal(ask(key, method, route), 401, "authentication_failed")


def test_a_signed_in_person_is_no_caller(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.larkfield.admin)
    refusal(browser.post(DOOR, "{}", JSON), 401, "not_authenticated")
    assert recorded(cast.larkfield) == (0, 0, 0)


def test_a_charge_of_the_neighbour_is_not_there(issuer: Issuer, neighbour: Issuer) -> None:
    theirs = neighbour.post(charge()).json()["results"][0]["id"]
    assert neighbour.get(theirs).status_code == 200
    refusal(issuer.get(theirs), 404, "not_found")
    refusal(issuer.get(uuid4()), 404, "not_found")


@pytest.mark.parametrize("route", [route for route in ROUTES if "<" not in route and route != "sync"])
def test_a_list_has_nothing_of_the_neighbour(issuer: Issuer, neighbour: Issuer, route: str) -> None:
    neighbour.post(charge("theirs"))
    own = {"entities": "Brightwell Inc.", "cards": "card-4471", "categories": "Software", "departments": "Product"}
    theirs = neighbour.list(f"{API}/{route}")
    assert bool(theirs) == (route in own or route == "card-transactions")
    with_same_names = route in ("categories", "departments")
    assert with_same_names or not [row for row in issuer.list(f"{API}/{route}") if row in theirs]


def test_an_address_that_names_no_charge_answers_in_the_one_shape(issuer: Issuer) -> None:
    refusal(issuer.get("not-an-id"), 404, "not_found")


# --- how it is asked -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("route", ROUTES)
def test_something_else_than_json_is_not_to_be_had(issuer: Issuer, route: str) -> None:
    address = f"{API}/{route}".replace("<uuid:public_id>", str(uuid4()))
    headers = {"Authorization": issuer.authorization, "Accept": "text/csv"}
    refusal(Client().get(address, headers=headers), 406, "not_acceptable")


@pytest.mark.parametrize("charset", ["zlib", "hex", "rot13", "idna", "utf-16", "latin-1", "undefined", "unheard-of"])
def test_json_is_utf_8_whatever_python_could_decode(transactional_db: None, cast: Cast, charset: str) -> None:
    """Through the very application that the server runs: Django's test client makes requests of its own."""
    headers = {"Authorization": f"Bearer {cast.larkfield.api_key}", "Content-Type": f"{JSON}; charset={charset}"}
    for method, route in TABLE:
        address = f"{API}/{route}?x=%FF".replace("<uuid:public_id>", str(uuid4()))
        response = WsgiClient(application).open(address, method=method, data="{}", headers=headers)
        assert (response.status_code, response.json["error"]["code"]) == (415, "unsupported_media_type")


def test_the_charset_that_json_has_may_be_said(issuer: Issuer) -> None:
    assert issuer.post(charge(), f"{JSON}; charset=UTF-8").status_code == 201
