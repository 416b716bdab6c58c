"""What keeping the running totals costs. No test: run it by its name, and read what it prints.

python -m flexsync.local servers -- python -m pytest -s tests/integrations/measure_totals.py
"""

import os
import statistics
import time
from collections.abc import Callable
from pathlib import Path

from django.db import connection, transaction

from integrations.sync import lane, queue
from integrations.sync.queue import Configuration, Unsent
from ledger.domain.money import Money
from ledger.domain.transactions import IncomingTransaction
from ledger.services.intake import record_transactions
from ledger.tenancy.context import acting_for
from tests.cast import Cast
from tests.conftest import connect_as
from tests.integrations.conftest import NOON
from tests.web.books import Books

OURS = ("ledger_sourcetotal_%", "integrations_statetotal_%", "integrations_syncjob_told")
ROUNDS = 5


def switch(verb: str) -> None:
    connect_as("owner")
    with connection.cursor() as cursor:
        cursor.execute("SELECT tgrelid::regclass, tgname FROM pg_trigger WHERE tgname LIKE ANY (%s)", [list(OURS)])
        for table, name in cursor.fetchall():
            cursor.execute(f"ALTER TABLE {table} {verb} TRIGGER {name}")
    connect_as("app")


def test_what_running_totals_cost(transactional_db: None, cast: Cast) -> None:
    work = Work(Books(cast.larkfield))
    steps: dict[str, Callable[[], None]] = {
        "intake of 10,000 charges, 1,000 at once": lambda: work.take_in(10_000, 1_000),
        "absorbing 10,000 events": work.absorb,
        "claim and settle 2,000, 200 at once": lambda: work.carry(2_000, 200),
        "200 fresh charges, one at a time, all steps": lambda: work.one_by_one(200),
    }
    taken: dict[tuple[str, bool], list[float]] = {}
    for turn in range(2 * ROUNDS):
        kept = turn % 2 == 0
        switch("ENABLE" if kept else "DISABLE")
        with acting_for(cast.larkfield.id):
            for name, step in steps.items():
                taken.setdefault((name, kept), []).append(seconds(step))
        work.clear()
    switch("ENABLE")
    for name in steps:
        best = [min(taken[name, kept]) for kept in (True, False)]
        middle = [statistics.median(taken[name, kept]) for kept in (True, False)]
        told = "; ".join(f"{a:.3f} s with, {b:.3f} s without: {a / b:.3f}" for a, b in (best, middle))
        print(f"{name:46} {told}")


def seconds(step: Callable[[], None]) -> float:
    """Of work, here and in the database: a busy neighbour on the same machine does not count."""
    begun = worked()
    step()
    return worked() - begun


def worked() -> float:
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        fields = Path(f"/proc/{cursor.fetchone()[0]}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


class Work:
    def __init__(self, books: Books) -> None:
        self.books = books
        self.number = 0

    def take_in(self, count: int, at_once: int) -> None:
        for _ in range(count // at_once):
            record_transactions(incoming=[self._next() for _ in range(at_once)], actor="the measure")

    def absorb(self) -> None:
        while queue.absorb_events() is not None:
            pass

    def carry(self, count: int, at_once: int) -> None:
        with lane.held(self.books.connection.pk) as held:
            assert held is not None
            configuration = Configuration(self.books.tenant.entity.pk, 0)
            for _ in range(count // at_once):
                jobs = queue.claim(held, at_once)
                assert len(jobs) == at_once
                queue.settle_unsent(held, configuration, [Unsent(job.pk, job.wanted_revision, ()) for job in jobs])

    def one_by_one(self, count: int) -> None:
        for _ in range(count):
            self.take_in(1, 1)
            self.absorb()
            self.carry(1, 1)

    def clear(self) -> None:
        connect_as("owner")
        with connection.cursor() as cursor:
            cursor.execute("TRUNCATE ledger_sourcedocument, ledger_sourcetotal, integrations_statetotal CASCADE")
            cursor.execute("VACUUM ANALYZE")
        connect_as("app")

    def _next(self) -> IncomingTransaction:
        self.number += 1
        return IncomingTransaction(
            external_id=f"m-{self.number}",
            card="card-4471",
            money=Money(1000 + self.number, "USD"),
            merchant_name="Figma Inc",
            cleared_at=NOON.replace(day=self.number % 20 + 1),
            category="Software",
        )
