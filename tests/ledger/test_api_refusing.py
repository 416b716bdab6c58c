"""What is refused, by name and in which words."""

import json
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from ledger.models import Card, Category
from ledger.tenancy.context import acting_for
from tests.cast import Cast
from tests.ledger.caller import Issuer, charge, recorded, refusal, without


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
