"""The issuer's door: what is recorded, what is refused and in which words, and who may ask at all."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone
from drf_spectacular.validation import validate_schema

from ledger.models import ApiToken, Card, CardTransaction, Category, DocumentKind, LedgerEvent, Scope, SourceDocument
from ledger.services.api_keys import make_token
from ledger.tenancy.context import acting_for
from tests.cast import Cast, Tenant
from tests.processes import ROOT, product_environment

DOOR = "/api/v1/card-transactions"
JSON = "application/json"


@dataclass(frozen=True)
class Issuer:
    """Somebody with a key, or with whatever else is written where a key belongs."""

    authorization: str

    def post(self, body: Any, content_type: str = JSON) -> Any:
        data = body if isinstance(body, str | bytes) else json.dumps(body)
        return Client().post(DOOR, data, content_type, headers=self._headers())

    def get(self, public_id: str | UUID) -> Any:
        return Client().get(f"{DOOR}/{public_id}", headers=self._headers())

    def _headers(self) -> dict[str, str]:
        return {"Authorization": self.authorization} if self.authorization else {}


def holder_of(tenant: Tenant) -> Issuer:
    return Issuer(f"Bearer {tenant.api_key}")


@pytest.fixture
def issuer(cast: Cast) -> Issuer:
    return holder_of(cast.larkfield)


def charge(external_id: str = "c-1", **values: Any) -> dict[str, Any]:
    return {
        "external_id": external_id,
        "card": "card-4471",
        "amount": "12.30",
        "currency": "USD",
        "merchant_name": "Figma Inc",
        "cleared_at": "2026-03-02T10:40:58-05:00",
        "category": "Software",
        **values,
    }


def without(name: str) -> dict[str, Any]:
    return {key: value for key, value in charge().items() if key != name}


def recorded(tenant: Tenant) -> tuple[int, int, int]:
    """Documents, card transactions, events: a whole charge has one of each."""
    with acting_for(tenant.id), transaction.atomic():
        return SourceDocument.objects.count(), CardTransaction.objects.count(), LedgerEvent.objects.count()


def refusal(response: Any, status: int, code: str) -> dict[str, list[str]]:
    """The fields that an error names, after a look at its shape."""
    assert response.status_code == status, response.content[:500]
    assert response.headers["Content-Type"] == JSON
    assert set(response.json()) == {"error"}
    error = response.json()["error"]
    assert set(error) == {"code", "message", "fields"}
    assert error["code"] == code
    assert error["message"]
    assert all(sentence for sentences in error["fields"].values() for sentence in sentences)
    named: dict[str, list[str]] = error["fields"]
    return named


# --- recorded --------------------------------------------------------------------------------------------------------


def test_a_charge_is_recorded_and_read_back_as_it_was_sent(issuer: Issuer, cast: Cast) -> None:
    response = issuer.post(charge(memo="Two seats", department="Product"))
    assert response.status_code == 201
    [result] = response.json()["results"]
    assert (result["external_id"], result["result"], result["errors"]) == ("c-1", "created", {})
    assert issuer.get(result["id"]).json() == {
        "id": result["id"],
        "external_id": "c-1",
        "card": "card-4471",
        "amount": "12.30",
        "currency": "USD",
        "dated": "2026-03-02",
        "merchant_name": "Figma Inc",
        "category": "Software",
        "department": "Product",
        "memo": "Two seats",
        "sync": {"state": "none", "reasons": [], "external_id": None, "mark": None},
    }
    assert recorded(cast.larkfield) == (1, 1, 1)


def test_a_repeat_adds_nothing_and_answers_with_the_same_id(issuer: Issuer, cast: Cast) -> None:
    first, again = issuer.post(charge()), issuer.post(charge())
    assert (first.status_code, again.status_code) == (201, 200)
    assert again.json()["results"][0]["id"] == first.json()["results"][0]["id"]
    assert {name: again.json()[name] for name in ("created", "existing", "refused")} == {
        "created": 0,
        "existing": 1,
        "refused": 0,
    }
    assert recorded(cast.larkfield) == (1, 1, 1)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("card", "card-5582"),
        ("amount", "12.31"),
        ("currency", "EUR"),
        ("merchant_name", "Figma, Inc"),
        ("merchant_category_code", "5734"),
        ("cleared_at", "2026-03-02T10:40:59-05:00"),
        ("category", ""),
        ("department", "Product"),
        ("memo", "Two seats"),
    ],
)
def test_another_value_under_a_known_external_id_changes_the_charge(
    issuer: Issuer, cast: Cast, name: str, value: str
) -> None:
    with acting_for(cast.larkfield.id):
        Card.objects.create(entity=cast.larkfield.entity, external_id="card-5582", last_four="5582", holder="Owen Park")
    issuer.post(charge())
    answer = issuer.post(charge(**{name: value}))
    assert (answer.status_code, answer.json()["changed"]) == (200, 1)
    assert issuer.post(charge(**{name: value})).json()["existing"] == 1
    # One document and its second event: the first recorded it, the second changed it.
    assert recorded(cast.larkfield) == (1, 1, 2)


def test_the_same_moment_or_the_same_amount_written_otherwise_is_a_repeat(issuer: Issuer) -> None:
    issuer.post(charge())
    assert issuer.post(charge(amount="12.3", cleared_at="2026-03-02T15:40:58Z")).status_code == 200


def test_two_organisations_may_use_the_same_names(cast: Cast) -> None:
    ids = [holder_of(tenant).post(charge()).json()["results"][0]["id"] for tenant in (cast.larkfield, cast.brightwell)]
    assert len(set(ids)) == 2
    assert recorded(cast.larkfield) == recorded(cast.brightwell) == (1, 1, 1)


@pytest.mark.parametrize(("amount", "currency"), [("1235", "JPY"), ("12.345", "KWD"), ("9999999999.99", "USD")])
def test_an_amount_keeps_the_decimals_of_its_currency(issuer: Issuer, amount: str, currency: str) -> None:
    answer = issuer.post(charge(amount=amount, currency=currency)).json()
    kept = issuer.get(answer["results"][0]["id"]).json()
    assert (kept["amount"], kept["currency"]) == (amount, currency)


@pytest.mark.parametrize(
    "name", ["Łódź Café 東京 🍣", "<script>alert(1)</script>", "Robert'); DROP TABLE", "%s {} \\u0041"]
)
def test_a_merchant_may_be_called_anything(issuer: Issuer, name: str) -> None:
    answer = issuer.post(charge(merchant_name=name)).json()
    assert issuer.get(answer["results"][0]["id"]).json()["merchant_name"] == name


def test_a_charge_stands_on_the_day_it_was_where_the_entity_is(issuer: Issuer) -> None:
    """Two in the morning in UTC is the evening before in New York."""
    answer = issuer.post(charge(cleared_at="2026-03-02T02:00:00Z")).json()
    assert issuer.get(answer["results"][0]["id"]).json()["dated"] == "2026-03-01"


# --- lists -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad",
    [
        {"amount": "12.345"},
        {"amount": "1e1000000"},
        {"card": "card-0000"},
        {"merchant_name": None},
        {"cleared_at": "0001-01-01T00:00:00Z"},
    ],
    ids=ascii,
)
def test_one_bad_charge_does_not_hold_up_the_other_999(issuer: Issuer, cast: Cast, bad: dict[str, Any]) -> None:
    charges = [charge(f"c-{number}") for number in range(1000)]
    charges[500] = charge("c-500", **bad)
    response = issuer.post(charges)
    assert response.status_code == 207
    answer = response.json()
    assert (answer["created"], answer["existing"], answer["refused"]) == (999, 0, 1)
    assert [result["external_id"] for result in answer["results"]] == [one["external_id"] for one in charges]
    refused = answer["results"][500]
    assert (refused["result"], refused["id"], set(refused["errors"])) == ("refused", None, set(bad))
    assert recorded(cast.larkfield) == (999, 999, 999)


def test_the_refused_charge_of_a_list_is_taken_once_it_is_mended(issuer: Issuer, cast: Cast) -> None:
    issuer.post([charge("c-1"), charge("c-2", amount="-1")])
    answer = issuer.post([charge("c-1"), charge("c-2")])
    assert answer.status_code == 201
    assert [result["result"] for result in answer.json()["results"]] == ["existing", "created"]
    assert recorded(cast.larkfield) == (2, 2, 2)


def test_a_list_that_was_recorded_before_is_answered_with_200(issuer: Issuer) -> None:
    charges = [charge("c-1"), charge("c-2")]
    assert (issuer.post(charges).status_code, issuer.post(charges).status_code) == (201, 200)


def test_the_same_charge_twice_in_a_list_is_one_charge(issuer: Issuer, cast: Cast) -> None:
    results = issuer.post([charge(), charge()]).json()["results"]
    assert [result["result"] for result in results] == ["created", "existing"]
    assert results[0]["id"] == results[1]["id"]
    assert recorded(cast.larkfield) == (1, 1, 1)


def test_a_charge_and_its_change_in_one_list_are_taken_in_order(issuer: Issuer, cast: Cast) -> None:
    response = issuer.post([charge(amount="12.30"), charge(amount="99.00")])
    assert response.status_code == 201
    first, second = response.json()["results"]
    assert (first["result"], second["result"], first["id"]) == ("created", "changed", second["id"])
    assert issuer.get(first["id"]).json()["amount"] == "99.00"
    assert recorded(cast.larkfield) == (1, 1, 2)


def test_more_than_a_thousand_charges_are_too_many(issuer: Issuer, cast: Cast) -> None:
    refusal(issuer.post([charge(f"c-{number}") for number in range(1001)]), 413, "too_many")
    assert recorded(cast.larkfield) == (0, 0, 0)


def test_a_body_beyond_five_megabytes_is_refused_before_it_is_read(issuer: Issuer, cast: Cast) -> None:
    response = issuer.post(json.dumps([charge(memo="x" * 6_000_000)]))
    assert (response.status_code, set(response.json())) == (413, {"error"})
    assert recorded(cast.larkfield) == (0, 0, 0)


@pytest.mark.parametrize("items", [[[]], ["c-1"], [None], [1], [[{}]]])
def test_what_is_no_charge_is_refused_at_its_place_in_the_list(issuer: Issuer, items: list[Any]) -> None:
    response = issuer.post([charge(), *items])
    assert response.status_code == 207
    assert [result["result"] for result in response.json()["results"]] == ["created", "refused"]
    assert response.json()["results"][1]["errors"]


@pytest.mark.parametrize(
    "external_id",
    ["\ud800", "\0", "x" * 100_000, {"a": "\ud800"}, 1e308, "a b"],
    ids=["surrogate", "nul", "huge", "object", "number", "blank"],
)
def test_a_list_survives_any_external_id(issuer: Issuer, external_id: Any) -> None:
    response = issuer.post([charge(), charge(external_id)])
    assert (response.status_code, response.json()["created"], response.json()["refused"]) == (207, 1, 1)


# --- refused ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("body", ["", "[]", "{}", '"c-1"', "null", "true", "17", '"\\ud800"'])
def test_what_is_neither_a_charge_nor_a_list_is_refused(issuer: Issuer, body: str) -> None:
    refusal(issuer.post(body), 400, "invalid")


@pytest.mark.parametrize(
    "body",
    ["{", "external_id=c-1", '{"amount": NaN}', '{"amount": Infinity}', b"\xff\xfe", "1" * 5000, "[" * 100_000],
    ids=["cut-short", "a-form", "nan", "infinity", "no-utf8", "huge-number", "deep-nest"],
)
def test_what_is_no_json_is_refused(issuer: Issuer, body: str | bytes) -> None:
    refusal(issuer.post(body), 400, "parse_error")


@pytest.mark.parametrize(
    "content_type", ["application/x-www-form-urlencoded", "text/plain", "application/xml", "text/csv"]
)
def test_another_content_type_is_refused(issuer: Issuer, content_type: str) -> None:
    refusal(issuer.post(json.dumps(charge()), content_type), 415, "unsupported_media_type")


BAD = {
    "external_id": ["", " ", "a b", "a/b", "é", "x" * 65, "a\0", "\ud800", None, 42, 1.5, True, [], {}],
    "card": ["", "card-0000", "x" * 65, "a\0", "\ud800", None, 4471, True, [], {}],
    "amount": [
        *("", " ", "twelve", "12,30", "$12.30", "0x1F", "12.345", "0.001", "-1", "-0.01", "0", "0.00", "NaN", "sNaN"),
        *(
            "Infinity",
            "1e999",
            "1e1000000",
            "1e-999999999",
            "10000000000",
            "9" * 25,
            "1\0",
            "\ud800",
            None,
            12.3,
            12,
            True,
            [],
            {},
        ),
    ],
    "currency": ["", "usd", "US", "USDX", "XXX", "XAU", "ZZZ", "840", "U\0D", "\ud800SD", None, 840, True, []],
    "merchant_name": ["", " ", "x" * 201, "a\0b", "\ud800", None, 7, True, [], {}],
    "merchant_category_code": ["573", "57345", "five", "٥٧٣٤", "\ud800", None, 5734, True, []],
    "cleared_at": [
        *("", "yesterday", "1899-12-31T12:00:00Z", "1999-12-31T12:00:00Z", "0001-01-01T00:00:00Z"),
        *("0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59Z", "9999-12-31T23:59:59-12:00", "2026-02-30T12:00:00Z"),
        *("2026-03-02T25:00:00Z", "2026-03-02T10:40:58+99:00", "2026-03-02\0", "\ud800", None, 1772466058, True, []),
    ],
    "category": ["Unheard of", "software", "x" * 101, "a\0", "\ud800", None, 3, True, []],
    "department": ["Unheard of", "x" * 101, "a\0", "\ud800", None, 3, True, []],
    "memo": ["x" * 1001, "a\0", "\ud800", None, 3, True, [], {}],
}


@pytest.mark.parametrize(
    ("name", "value"), [pytest.param(n, v, id=f"{n}-{ascii(v)[:24]}") for n, values in BAD.items() for v in values]
)
def test_a_value_that_cannot_be_is_refused_by_name(issuer: Issuer, cast: Cast, name: str, value: Any) -> None:
    assert set(refusal(issuer.post(charge(**{name: value})), 400, "invalid")) == {name}
    assert recorded(cast.larkfield) == (0, 0, 0)


@pytest.mark.parametrize("cleared_at", ["2026-03-02T02:00:00", "2026-03-02", "20260302", "2026-W10-1"])
def test_a_time_without_its_offset_is_refused_since_its_day_would_be_a_guess(issuer: Issuer, cleared_at: str) -> None:
    assert set(refusal(issuer.post(charge(cleared_at=cleared_at)), 400, "invalid")) == {"cleared_at"}


def test_a_charge_from_next_week_is_refused_and_one_from_an_hour_ahead_is_not(issuer: Issuer) -> None:
    now = timezone.now()
    week, hour = ((now + ahead).isoformat() for ahead in (timedelta(days=7), timedelta(hours=1)))
    assert set(refusal(issuer.post(charge(cleared_at=week)), 400, "invalid")) == {"cleared_at"}
    assert issuer.post(charge(cleared_at=hour)).status_code == 201


@pytest.mark.parametrize("name", ["external_id", "card", "amount", "currency", "merchant_name", "cleared_at"])
def test_a_missing_value_is_named(issuer: Issuer, name: str) -> None:
    assert set(refusal(issuer.post(without(name)), 400, "invalid")) == {name}


def test_every_fault_of_a_charge_is_named_at_once(issuer: Issuer) -> None:
    named = refusal(issuer.post(charge(card="card-0000", category="None such", department="None such")), 400, "invalid")
    assert set(named) == {"card", "category", "department"}


def test_cards_and_categories_of_the_neighbour_do_not_exist_here(issuer: Issuer, cast: Cast) -> None:
    with acting_for(cast.brightwell.id):
        Card.objects.create(entity=cast.brightwell.entity, external_id="card-9", last_four="9999", holder="Nina Osei")
        Category.objects.create(name="Brightwell's own")
    named = refusal(issuer.post(charge(card="card-9", category="Brightwell's own")), 400, "invalid")
    assert set(named) == {"card", "category"}


# --- who may ask -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "authorization",
    ["", "Bearer", "Bearer ", "Bearer flex_unknown", "Bearer flex_ünknown", "Basic dXNlcjpwYXNz", "flex_unknown"],
)
def test_without_a_known_key_nothing_is_answered(cast: Cast, authorization: str) -> None:
    stranger = Issuer(authorization)
    for response in (stranger.post(charge()), stranger.get(uuid4())):
        assert response.status_code == 401
        assert response.headers["WWW-Authenticate"].startswith("Bearer")
        assert set(response.json()["error"]) == {"code", "message", "fields"}
    assert recorded(cast.larkfield) == (0, 0, 0)


def test_a_key_without_its_scheme_is_no_key(cast: Cast) -> None:
    refusal(Issuer(cast.larkfield.api_key).post(charge()), 401, "not_authenticated")


def test_a_revoked_key_is_not_known_any_more(issuer: Issuer, cast: Cast) -> None:
    with acting_for(cast.larkfield.id):
        ApiToken.objects.update(revoked_at=timezone.now())
    refusal(issuer.post(charge()), 401, "authentication_failed")


def test_a_signed_in_person_is_no_caller(cast: Cast) -> None:
    browser = Client()
    browser.force_login(cast.larkfield.admin)
    refusal(browser.post(DOOR, json.dumps(charge()), JSON), 401, "not_authenticated")


@pytest.mark.parametrize(
    ("scope", "ask"),
    [
        (Scope.READ_TRANSACTIONS, lambda issuer: issuer.post(charge())),
        (Scope.WRITE_TRANSACTIONS, lambda issuer: issuer.get(uuid4())),
    ],
)
def test_a_key_does_only_what_its_scopes_say(cast: Cast, scope: Scope, ask: Callable[[Issuer], Any]) -> None:
    with acting_for(cast.larkfield.id):
        key = make_token(name="Narrow", scopes=[scope], made_by=None)
    refusal(ask(Issuer(f"Bearer {key}")), 403, "permission_denied")
    assert recorded(cast.larkfield) == (0, 0, 0)


def test_a_charge_of_the_neighbour_is_not_there(issuer: Issuer, cast: Cast) -> None:
    theirs = holder_of(cast.brightwell).post(charge()).json()["results"][0]["id"]
    assert holder_of(cast.brightwell).get(theirs).status_code == 200
    refusal(issuer.get(theirs), 404, "not_found")
    refusal(issuer.get(uuid4()), 404, "not_found")


def test_an_address_that_names_no_charge_answers_in_the_one_shape(issuer: Issuer) -> None:
    refusal(issuer.get("not-an-id"), 404, "not_found")


# --- cost, and two at once -------------------------------------------------------------------------------------------


def test_twenty_charges_take_as_many_statements_as_ten_and_fewer_than_twenty(issuer: Issuer) -> None:
    counts = []
    for number in (10, 20):
        with CaptureQueriesContext(connection) as statements:
            assert issuer.post([charge(f"{number}-{index}") for index in range(number)]).status_code == 201
        counts.append(len(statements))
    assert counts[0] == counts[1] < 20


def closing(ask: Callable[..., Any]) -> Callable[..., Any]:
    """For a thread: its database connection ends with it."""

    def asked(*arguments: Any) -> Any:
        try:
            return ask(*arguments)
        finally:
            connection.close()

    return asked


def test_the_same_charge_twice_at_the_same_moment_is_one_document(
    transactional_db: None, issuer: Issuer, cast: Cast
) -> None:
    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(closing(issuer.post), [charge()] * 4))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
    assert len({answer.json()["results"][0]["id"] for answer in answers}) == 1
    assert recorded(cast.larkfield) == (1, 1, 1)


WAITING = """
    SELECT count(DISTINCT lock.pid) FROM pg_stat_clear_snapshot() snapshot, pg_locks lock
      JOIN pg_stat_activity session ON session.pid = lock.pid AND session.datname = current_database()
     WHERE NOT lock.granted
"""


@contextmanager
def reserved(tenant: Tenant, external_id: str) -> Iterator[None]:
    """Somebody is just writing this charge, and thinks better of it once two others stand behind it."""
    with acting_for(tenant.id), transaction.atomic():
        SourceDocument.objects.create(
            entity=tenant.entity,
            kind=DocumentKind.CHARGE,
            external_id=external_id,
            amount_minor=1,
            currency="USD",
            dated="2026-03-02",
        )
        yield
        deadline = time.monotonic() + 10
        with connection.cursor() as cursor:
            while cursor.execute(WAITING) or cursor.fetchone()[0] < 2:
                assert time.monotonic() < deadline, "two requests never came to wait"
                time.sleep(0.02)
        transaction.set_rollback(True)


def test_one_list_forwards_and_one_backwards_do_not_block_each_other(
    transactional_db: None, issuer: Issuer, cast: Cast
) -> None:
    charges = [charge(f"c-{number}") for number in (1, 2, 3)]
    with ThreadPoolExecutor(2) as threads:
        with reserved(cast.larkfield, "c-2"):
            asked = [threads.submit(closing(issuer.post), order) for order in (charges, charges[::-1])]
        answers = [one.result() for one in asked]
    assert sorted(answer.status_code for answer in answers) == [200, 201]
    assert recorded(cast.larkfield) == (3, 3, 3)


SILENT = "redis://127.0.0.1:9/0"  # The discard port: nobody listens there.
POST_FROM_A_NEW_PROCESS = f"""
import sys, django
from django.conf import settings
if "broker only" in sys.argv:
    settings.CELERY_BROKER_URL = "{SILENT}"
django.setup()
from django.test import Client
key = {{"Authorization": sys.argv[1]}}
answer = Client(SERVER_NAME="localhost").post("{DOOR}", sys.stdin.read(), "{JSON}", headers=key)
print(answer.status_code)
"""


@pytest.mark.parametrize(("silent", "environment"), [("all of Redis", {"REDIS_URL": SILENT}), ("broker only", {})])
def test_a_charge_is_taken_while_nobody_can_be_told_of_it(
    transactional_db: None, issuer: Issuer, cast: Cast, silent: str, environment: dict[str, str]
) -> None:
    product = subprocess.run(
        [sys.executable, "-c", POST_FROM_A_NEW_PROCESS, issuer.authorization, silent],
        input=json.dumps(charge()),
        cwd=ROOT,
        env=product_environment(PATH=str(Path(sys.executable).parent), **environment),
        capture_output=True,
        text=True,
        timeout=30,
        check=True,
    )
    assert product.stdout.split() == ["201"]
    assert "could not be rung" in product.stderr
    with acting_for(cast.larkfield.id), transaction.atomic():
        assert LedgerEvent.objects.filter(handled_at__isnull=True).count() == 1


# --- the contract, as it is published --------------------------------------------------------------------------------


def published() -> dict[str, Any]:
    answer: dict[str, Any] = Client().get("/api/schema/", headers={"Accept": JSON}).json()
    return answer


def test_the_contract_is_valid_openapi_and_was_written_without_a_warning() -> None:
    call_command("spectacular", "--validate", "--fail-on-warn", "--format", "openapi-json", stdout=StringIO())
    validate_schema(published())


def test_the_contract_takes_one_charge_or_a_list(db: None) -> None:
    contract = published()
    body = contract["paths"][DOOR]["post"]["requestBody"]["content"][JSON]["schema"]
    shapes = contract["components"]["schemas"][body["$ref"].rsplit("/", 1)[1]]["oneOf"]
    assert {shape.get("type", "a charge") for shape in shapes} == {"a charge", "array"}


ANSWERS: list[tuple[str, int, Callable[[Issuer], Any]]] = [
    ("post", 201, lambda issuer: issuer.post(charge())),
    ("post", 200, lambda issuer: (issuer.post(charge()), issuer.post(charge()))[1]),
    ("post", 207, lambda issuer: issuer.post([charge(amount="0")])),
    ("post", 400, lambda issuer: issuer.post({})),
    ("post", 401, lambda issuer: Issuer("").post(charge())),
    ("post", 413, lambda issuer: issuer.post([{}] * 1001)),
    ("post", 415, lambda issuer: issuer.post("x", "text/plain")),
    ("get", 200, lambda issuer: issuer.get(issuer.post(charge()).json()["results"][0]["id"])),
    ("get", 401, lambda issuer: Issuer("").get(uuid4())),
    ("get", 404, lambda issuer: issuer.get(uuid4())),
]


@pytest.mark.parametrize(
    ("method", "status", "ask"), ANSWERS, ids=[f"{method}-{status}" for method, status, _ in ANSWERS]
)
def test_the_contract_names_every_answer(
    issuer: Issuer, method: str, status: int, ask: Callable[[Issuer], Any]
) -> None:
    response = ask(issuer)
    assert response.status_code == status
    [operation] = [path[method] for path in published()["paths"].values() if method in path]
    assert str(status) in operation["responses"]


def test_the_contract_asks_for_a_key_at_every_door_and_names_403() -> None:
    contract = published()
    assert set(contract["paths"]) == {DOOR, f"{DOOR}/{{public_id}}"}
    for path in contract["paths"].values():
        for operation in path.values():
            assert operation["security"] == [{"apiKey": []}]
            assert "403" in operation["responses"]


def test_the_pages_of_the_contract_ask_no_foreign_host_for_anything() -> None:
    response = Client().get("/api/docs/")
    assert response.status_code == 200
    assert not re.findall(r"""(?:https?:)?//[a-z0-9.-]+\.[a-z]{2,}""", response.content.decode())
