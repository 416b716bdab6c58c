"""Transactions at 200 and at 52,000 rows: the same statements, and hardly more time. Run by `make volume`."""

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.db import connection

from ledger.selectors.listing import Order
from ledger.selectors.transactions import card_transactions
from tests.cast import Cast
from tests.conftest import connect_as
from tests.web.books import Books
from tests.web.browser import Browser

FEW, MANY = 200, 52_000
MOST_TIMES = 1.3
ROUNDS = 15
PAGES = {
    "the list": "",
    "in the books": "?state=books",
    "held": "?state=held",
    "held, largest": "?state=held&order=largest",
    "further down": "?after=2026-02-20~1",
    "oldest first": "?order=oldest",
    "largest first": "?order=largest",
    "a rare word": "?q=zebra",
    "a common word": "?q=coffee",
    "an amount": "?q=11.11",
    "a quarter": "?since=2025-12-01&until=2026-02-28",
    "a category": "?category={category}",
}

# Written by the application, under its policies. The first sixty are held, were bought at a zebra's and cost 11.11, so
# that each page is full with few rows too; of the others one in fifty is held.
DOCUMENTS = """
    INSERT INTO ledger_sourcedocument (tenant_id, entity_id, kind, stage, external_id, public_id, amount_minor,
        currency, dated, revision, recorded_at, updated_at)
    SELECT %(tenant)s, %(entity)s, 'card_charge', 'cleared', 'v-' || n, gen_random_uuid(),
           CASE WHEN n <= 60 THEN 1111 ELSE 2000 + n %% 5000 END, 'USD',
           date '2026-03-01' - n %% 365, 1, now(), now()
      FROM generate_series(%(first)s, %(last)s) n
"""
CARDS = """
    INSERT INTO ledger_cardtransaction (tenant_id, document_id, card_id, category_id, merchant_name,
        merchant_category_code, merchant_city, merchant_country, cleared_at, original_currency, refund_of_external_id,
        memo, custom, approved_by)
    SELECT tenant_id, id, %(card)s, %(category)s,
           CASE WHEN n <= 60 THEN 'Zebra ' ELSE 'Blue Bottle Coffee ' END || external_id,
           '', '', '', dated + interval '12 hours', '', '', '', '{}', ''
      FROM ledger_sourcedocument, LATERAL (SELECT substr(external_id, 3)::int AS n)
     WHERE n BETWEEN %(first)s AND %(last)s
"""
JOBS = """
    INSERT INTO integrations_syncjob (tenant_id, connection_id, document_id, state, wanted_revision, settled_revision,
        reasons, coding, rung_at, due_at, tries, fence, decision, decided_why)
    SELECT tenant_id, %(connection)s, id, CASE WHEN held THEN 'held' ELSE 'done' END, 1, 1,
           CASE WHEN held THEN '[{"code": "no_card_account", "subject": "the cards"}]' ELSE '[]' END::jsonb,
           '{}', now(), now(), 0, 0, '', ''
      FROM ledger_sourcedocument, LATERAL (SELECT substr(external_id, 3)::int AS n),
           LATERAL (SELECT n <= 60 OR n %% 50 = 0 AS held)
     WHERE n BETWEEN %(first)s AND %(last)s
"""


def fill(books: Books, first: int, last: int) -> None:
    tenant = books.tenant
    known = {"tenant": tenant.id, "entity": tenant.entity.pk, "card": tenant.card.pk, "category": tenant.category.pk}
    with books.open(), connection.cursor() as cursor:
        # Or references are checked by plans that were made while the tables were empty.
        cursor.execute("SET LOCAL plan_cache_mode = force_custom_plan")
        for statement in (DOCUMENTS, CARDS, JOBS):
            cursor.execute(statement, known | {"connection": books.connection.pk, "first": first, "last": last})
    connect_as("owner")  # Only the owner may have the rows counted, as the server does by itself after a while.
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    connect_as("app")


@dataclass
class Reader:
    """Somebody who reads the same pages of one organisation again and again."""

    books: Books
    browser: Browser

    def read(self, query: str) -> float:
        began = time.perf_counter()
        category = self.books.tenant.category.pk
        assert self.browser.get(f"{self.books.path}/transactions/{query.format(category=category)}").status_code == 200
        return time.perf_counter() - began

    def statements(self, query: str) -> int:
        seen: list[str] = []

        def count(execute: Callable[..., object], sql: str, *rest: object) -> object:
            seen.append(sql)
            return execute(sql, *rest)

        with connection.execute_wrapper(count):
            self.read(query)
        return len(seen)


def times_as_long(few: Reader, many: Reader, query: str) -> float:
    """Read in turns, so that whatever else the machine does meets both."""
    return statistics.median(many.read(query) / few.read(query) for _ in range(ROUNDS))


@pytest.mark.django_db(transaction=True)
def test_a_list_of_fifty_thousand_rows_is_as_quick_as_one_of_two_hundred(cast: Cast) -> None:
    small, large = Books(cast.brightwell, "9341450000000778"), Books(cast.larkfield)
    fill(small, 1, FEW)
    # In steps: PostgreSQL plans its own look-ups by what it has last counted.
    for first, last in ((1, FEW), (FEW + 1, 20 * FEW), (20 * FEW + 1, MANY)):
        fill(large, first, last)
    few, many = Reader(small, Browser(small.tenant.admin)), Reader(large, Browser(large.tenant.admin))
    print(f"\n{'page':16} {'statements':>10} {'times the time at 200 rows':>28}")
    slow = []
    for name, query in PAGES.items():
        assert few.statements(query) == many.statements(query), name
        ratio = times_as_long(few, many, query)
        print(f"{name:16} {many.statements(query):>10} {ratio:>28.2f}")
        slow += [name] if ratio > MOST_TIMES else []
    with large.open():
        print(slice_rows_plan())
    assert not slow


def slice_rows_plan() -> str:
    """As the application's own role, under its policies: the index is walked, and fifty rows are read."""
    chosen = card_transactions().order_by(f"-document__{Order.NEWEST.field}", "-document_id").values("pk")[:51]
    return card_transactions().filter(pk__in=chosen).explain(analyze=True, costs=False, timing=False, summary=False)
