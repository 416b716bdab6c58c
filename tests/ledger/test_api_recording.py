"""The issuer's door: what is recorded, one by one and in lists, at which cost, and two at once."""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger.api.incoming import IncomingSerializer
from ledger.models import Card, DocumentKind, LedgerEvent, SourceDocument
from ledger.tenancy.context import acting_for
from tests.cast import Cast, Tenant
from tests.ledger.caller import DOOR, JSON, Issuer, charge, closing, holder_of, recorded, refusal
from tests.processes import ROOT, product_environment


def test_a_charge_is_recorded_and_read_back_as_it_was_sent(issuer: Issuer, cast: Cast) -> None:
    response = issuer.post(charge(memo="Two seats", department="Product"))
    assert response.status_code == 201
    [result] = response.json()["results"]
    assert (result["external_id"], result["result"], result["errors"]) == ("c-1", "created", {})
    shown = issuer.get(result["id"]).json()
    sent = charge(memo="Two seats", department="Product", cleared_at="2026-03-02T15:40:58Z")
    assert {name: shown[name] for name in sent} == sent
    assert (shown["id"], shown["entity"], shown["dated"], shown["revision"]) == (
        result["id"],
        "Larkfield Inc.",
        "2026-03-02",
        1,
    )
    assert recorded(cast.larkfield) == (1, 1, 1)


def test_what_is_read_can_be_sent_again_and_is_a_repeat(issuer: Issuer) -> None:
    issuer.post(charge(memo="Two seats", custom_fields={"Trip": "Boston"}, lines=[{"amount": "12.30"}]))
    shown = issuer.read("c-1")
    told = {name: shown[name] for name in IncomingSerializer().fields}
    assert issuer.post(told).json()["existing"] == 1


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


# --- cost, and two at once -------------------------------------------------------------------------------------------


def test_twenty_charges_take_as_many_statements_as_ten_and_fewer_than_twenty(issuer: Issuer) -> None:
    counts = []
    for number in (10, 20):
        with CaptureQueriesContext(connection) as statements:
            assert issuer.post([charge(f"{number}-{index}") for index in range(number)]).status_code == 201
        counts.append(len(statements))
    assert counts[0] == counts[1] <= 20


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
