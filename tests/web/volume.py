"""Transactions at 200 and at 52,000 rows: the same statements, and hardly more time. Run by `make volume`."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ledger.selectors.listing import Order, slice_of
from ledger.selectors.transactions import card_transactions
from tests.web.books import Books
from tests.web.browser import Browser

FEW, MANY = 200, 52_000
MOST_TIMES = 1.3
ROUNDS = 11
PAGES = {
    "the list": "",
    "in the books": "?state=books",
    "held": "?state=held",
    "oldest first": "?order=oldest",
    "largest first": "?order=largest",
    "a rare word": "?q=zebra",
    "a common word": "?q=coffee",
    "an amount": "?q=11.11",
    "a month": "?since=2026-01-01&until=2026-01-31",
    "a category": "?category={category}",
}

# One in fifty is held; one in a thousand was bought at a zebra's. Written by the application, under its policies.
FILL = """
    WITH numbered AS (
        SELECT n, 1000 + n %% 5000 AS minor, date '2026-03-01' - n %% 365 AS day
          FROM generate_series(%(first)s, %(last)s) n
    ), documents AS (
        INSERT INTO ledger_sourcedocument (tenant_id, entity_id, kind, stage, external_id, public_id, amount_minor,
                                           currency, dated, revision, recorded_at, updated_at)
        SELECT %(tenant)s, %(entity)s, 'card_charge', 'cleared', 'v-' || n, gen_random_uuid(), minor, 'USD', day, 1,
               now(), now()
          FROM numbered RETURNING id, external_id, dated
    ), cards AS (
        INSERT INTO ledger_cardtransaction (tenant_id, document_id, card_id, category_id, merchant_name,
            merchant_category_code, merchant_city, merchant_country, cleared_at, original_currency,
            refund_of_external_id, memo, custom, approved_by)
        SELECT %(tenant)s, id, %(card)s, %(category)s,
               CASE WHEN substr(external_id, 3)::int %% 1000 = 0
                    THEN 'Zebra ' ELSE 'Blue Bottle Coffee ' END || external_id,
               '', '', '', dated + interval '12 hours', '', '', '', '{}', ''
          FROM documents
    )
    INSERT INTO integrations_syncjob (tenant_id, connection_id, document_id, state, wanted_revision, settled_revision,
        reasons, coding, rung_at, due_at, tries, fence, decision, decided_why)
    SELECT %(tenant)s, %(connection)s, id, held.state, 1, 1, held.reasons, '{}', now(), now(), 0, 0, '', ''
      FROM documents, LATERAL (
        SELECT CASE WHEN substr(external_id, 3)::int %% 50 = 0 THEN 'held' ELSE 'done' END AS state,
               CASE WHEN substr(external_id, 3)::int %% 50 = 0
                    THEN '[{"code": "no_card_account", "subject": "the cards"}]'::jsonb ELSE '[]'::jsonb END AS reasons
      ) held
"""


@dataclass(frozen=True)
class Reading:
    statements: int
    seconds: float


def fill(books: Books, first: int, last: int) -> None:
    tenant = books.tenant
    known = {"tenant": tenant.id, "entity": tenant.entity.pk, "card": tenant.card.pk, "category": tenant.category.pk}
    with books.open(), connection.cursor() as cursor:
        cursor.execute(FILL, known | {"connection": books.connection.pk, "first": first, "last": last})
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def read(books: Books, priya: Browser) -> dict[str, Reading]:
    base = f"{books.path}/transactions/"
    return {
        name: measured(lambda query=query: priya.get(base + query.format(category=books.tenant.category.pk)))
        for name, query in PAGES.items()
    }


def measured(ask: Callable[[], object]) -> Reading:
    ask()
    with CaptureQueriesContext(connection) as statements:
        ask()
    times = []
    for _ in range(ROUNDS):
        began = time.perf_counter()
        ask()
        times.append(time.perf_counter() - began)
    return Reading(len(statements), statistics.median(times))


@pytest.mark.django_db(transaction=True)
def test_a_list_of_fifty_thousand_rows_is_as_quick_as_one_of_two_hundred(books: Books, priya: Browser) -> None:
    fill(books, 1, FEW)
    few = read(books, priya)
    fill(books, FEW + 1, MANY)
    many = read(books, priya)
    print(f"\n{'page':16} {'statements':>10} {'times the time at 200 rows':>28}")
    for name in PAGES:
        print(f"{name:16} {many[name].statements:>10} {many[name].seconds / few[name].seconds:>28.2f}")
    with books.open():
        print(slice_rows_plan())
    assert {name: one.statements for name, one in many.items()} == {name: one.statements for name, one in few.items()}
    slow = {name for name in PAGES if many[name].seconds > MOST_TIMES * few[name].seconds}
    assert not slow


def slice_rows_plan() -> str:
    """As the application's own role, under its policies: the index is walked, and fifty rows are read."""
    rows = card_transactions().order_by(f"-document__{Order.NEWEST.field}", "-document_id")[:51]
    assert slice_of(card_transactions(), Order.NEWEST).rows
    return rows.explain(analyze=True, costs=False, timing=False, summary=False)
