"""What recording asks the database: answered from an index, however much an organisation has on record."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from ledger.models import CardTransaction, SourceDocument
from ledger.tenancy.context import acting_for
from tests.cast import Cast, Tenant
from tests.conftest import connect_as
from tests.ledger.caller import Issuer, charge

MANY = 2000


@pytest.fixture
def many(transactional_db: None, cast: Cast) -> Tenant:
    """An organisation with two thousand charges, of which the planner knows."""
    tenant = cast.larkfield
    with acting_for(tenant.id), transaction.atomic():
        documents = SourceDocument.objects.bulk_create(
            SourceDocument(
                entity=tenant.entity,
                kind="card_charge",
                external_id=f"old-{number}",
                amount_minor=100,
                currency="USD",
                dated="2026-03-02",
            )
            for number in range(MANY)
        )
        CardTransaction.objects.bulk_create(
            CardTransaction(
                document=document, card=tenant.card, merchant_name="Staples", cleared_at="2026-03-02T17:00:00Z"
            )
            for document in documents
        )
    connect_as("owner")
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE ledger_sourcedocument, ledger_cardtransaction")
    connect_as("app")
    return tenant


def test_what_is_known_by_its_external_id_is_found_by_an_index(many: Tenant, issuer: Issuer) -> None:
    told = [charge("old-7"), charge("new-1"), charge("r-1", kind="refund", refund_of="old-8")]
    with CaptureQueriesContext(connection) as captured:
        assert issuer.post(told).status_code == 201
    asked = [query["sql"] for query in captured if '"external_id" IN' in query["sql"]]
    assert len(asked) >= 2
    with acting_for(many.id), transaction.atomic():
        for sql in asked:
            assert most_rows(plan(sql)) < MANY / 10, sql


def plan(sql: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT JSON) {sql}")
        found: dict[str, Any] = cursor.fetchone()[0][0]["Plan"]
    return found


def most_rows(node: dict[str, Any]) -> float:
    """That any part of the plan looked at, taken or thrown away."""
    own = node["Actual Loops"] * (node["Actual Rows"] + node.get("Rows Removed by Filter", 0))
    return max([own, *(most_rows(part) for part in node.get("Plans", []))])
