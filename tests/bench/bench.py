"""The measures, one function each."""

import statistics
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

import pytest
import requests
from django.db import connection, transaction

from integrations.models import ExternalLink
from integrations.sync import engine, lane
from integrations.sync.queue import Due
from ledger.tenancy.context import acting_for
from tests.bench import meters, offices
from tests.bench.conftest import Starter
from tests.bench.offices import Firm
from tests.bench.scale import scaled
from tests.bench.table import Table
from tests.ports import free_ports
from tests.processes import Process, Sandbox, answers, wait_until, web, worker

pytestmark = pytest.mark.django_db(transaction=True)


def keep(table: Table, what: str, reach: str, told: str, conditions: str, *, met: bool) -> None:
    """The row is kept either way; a reach that was missed is named in it, and fails."""
    table.add(what, reach, told if met else f"missed: {told}", conditions)
    assert met, f"{what}: to reach {reach}, reached {told}"


# --- what it costs ---------------------------------------------------------------------------------------------------


def work_until_at_rest(firm: Firm) -> None:
    with firm.open() as office:
        due: Due | None = Due(offices.now(), fresh=True)
        while due is not None:
            time.sleep(max(0.0, (due.at - offices.now()).total_seconds()))
            with lane.held(office.connection.pk) as held:
                due = engine.drain(held) if held is not None else due


def test_calls_of_a_backlog(sandbox: Sandbox, table: Table) -> None:
    [firm] = offices.firms(sandbox, 1)
    firm.tell(1000, receipts=True)
    before = meters.calls(sandbox)
    work_until_at_rest(firm)
    spent = meters.calls(sandbox) - before
    assert firm.states() == {"done": 1000}
    assert firm.moving() == 0
    told = f"{spent.every}, of them metered {spent.metered}"
    conditions = "50 new vendors, 20 categories, batches of 30"
    what, met = "Remote calls per 1,000 receipted charges in a backlog", spent.every <= 200 and spent.metered <= 50
    keep(table, what, "200, metered 50", told, conditions, met=met)


def test_calls_of_charges_one_by_one(sandbox: Sandbox, table: Table) -> None:
    [firm] = offices.firms(sandbox, 1)
    firm.tell(offices.VENDORS)
    work_until_at_rest(firm)
    before = meters.calls(sandbox)
    number = scaled(1000)
    for _ in range(number):
        firm.tell(1)
        work_until_at_rest(firm)
    spent = meters.calls(sandbox) - before
    metered = spent.metered * 1000 / number
    told, conditions = f"{metered:g} of {spent.every * 1000 / number:g}", f"{number} charges, known vendors"
    keep(table, "Metered calls per 1,000 charges one by one", "5", told, conditions, met=metered <= 5)


def test_statements_of_a_backlog(sandbox: Sandbox, table: Table) -> None:
    [firm] = offices.firms(sandbox, 1)
    told, number, each = [], scaled(3000), 0.0
    for receipts in (False, True):
        firm.tell(number, receipts=receipts)
        with meters.counted() as statements:
            work_until_at_rest(firm)
        each = max(each, statements.all / number)
        told.append(f"{statements.all / number:.2f} {'with' if receipts else 'without'} receipts")
    conditions = f"{number:,} charges each, counted with BEGIN, the naming of the tenant and COMMIT"
    keep(table, "SQL statements per document in a backlog", "0.5", ", ".join(told), conditions, met=each <= 0.5)


# --- how fast a backlog goes -----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Effort:
    """CPU seconds of everybody who took part."""

    workers: float
    postgres: float
    sandbox: float

    def __sub__(self, earlier: "Effort") -> "Effort":
        return Effort(self.workers - earlier.workers, self.postgres - earlier.postgres, self.sandbox - earlier.sandbox)

    def per(self, documents: int) -> str:
        each = [f"{seconds / documents * 1000:.2f}" for seconds in (self.workers, self.postgres, self.sandbox)]
        return f"CPU ms a document: workers {each[0]}, PostgreSQL {each[1]}, sandbox {each[2]}"


def effort(workers: Sequence[Process], sandbox: Sandbox) -> Effort:
    spent = sum(meters.family_cpu(one.pid) for one in workers)
    return Effort(spent, meters.family_cpu(meters.postmaster()), meters.family_cpu(sandbox.pid))


def hands(start: Starter, **environment: str) -> list[Process]:
    """The workers of `make run`."""
    workers = [
        start(worker, "fresh", **environment),
        start(worker, "backlog", FLEXSYNC_WORKER_NICE="10", **environment),
    ]
    for one in workers:
        wait_until(partial(_is_ready, one), 30, "ready")
    return workers


def _is_ready(one: Process) -> bool:
    return " ready." in one.log()


def slow(sandbox: Sandbox, seconds: float) -> None:
    sandbox.control("POST", "latency", ms=int(seconds * 1000))


@pytest.mark.parametrize(("latency", "receipts"), [(0.0, False), (0.1, False), (0.0, True), (0.1, True)])
def test_rate_of_a_backlog(sandbox: Sandbox, start: Starter, table: Table, latency: float, *, receipts: bool) -> None:
    [firm] = offices.firms(sandbox, 1)
    known_vendors([firm])
    number = scaled(3_000 if receipts else 20_000)
    firm.tell(number, receipts=receipts)
    slow(sandbox, latency)
    workers = hands(start)
    before, begun = effort(workers, sandbox), time.monotonic()
    start.sweeper(FLEXSYNC_SWEEP_SECONDS="1")
    wait_until(lambda: firm.moving() == 0, 900, "drained")
    seconds = time.monotonic() - begun
    spent = effort(workers, sandbox) - before
    assert firm.states() == {"done": number + offices.VENDORS}
    told = f"{number / seconds:,.0f} documents/s; {spent.per(number)}"
    what = "each with a receipt of 100 KiB" if receipts else "no receipts"
    conditions = f"{number:,} charges, {what}, latency {latency * 1000:.0f} ms, limits off"
    most = 8 if receipts else 4
    met = spent.workers / number * 1000 <= most
    keep(table, "Backlog rate", f"worker CPU {most} ms a document", told, conditions, met=met)


# --- how soon a fresh charge is there --------------------------------------------------------------------------------


@dataclass
class Stream:
    """Charges that come by the API, at an even pace, over several firms."""

    firms: Sequence[Firm]
    port: int
    a_second: float
    seconds: float

    def run(self) -> list[float]:
        """Seconds from the answer of the intake to the posting, of each charge."""
        accepted: dict[str, float] = {}
        threads = []
        begun = time.monotonic()
        for number in range(int(self.a_second * self.seconds)):
            time.sleep(max(0.0, begun + number / self.a_second - time.monotonic()))
            firm, name = self.firms[number % len(self.firms)], f"live-{number}"
            threads.append(threading.Thread(target=self._send, args=(firm, name, number, accepted)))
            threads[-1].start()
        for thread in threads:
            thread.join()
        wait_until(lambda: self._posted().keys() == accepted.keys(), 120, "posted")
        posted = self._posted()
        return sorted(posted[name].timestamp() - at for name, at in accepted.items())

    def _posted(self) -> dict[str, datetime]:
        posted: dict[str, datetime] = {}
        for firm in self.firms:
            with acting_for(firm.tenant), transaction.atomic():
                links = ExternalLink.objects.filter(document__external_id__startswith="live-")
                posted |= dict(links.values_list("document__external_id", "posted_at"))
        return posted

    def _send(self, firm: Firm, name: str, number: int, accepted: dict[str, float]) -> None:
        charge = {
            "external_id": name,
            "card": "card-4471",
            "amount": f"{number + 1}.10",
            "currency": "USD",
            "merchant_name": f"Merchant {number % offices.VENDORS}",
            "category": f"Category {number % offices.CATEGORIES}",
            "cleared_at": offices.now().isoformat(),
        }
        answer = requests.post(
            f"http://127.0.0.1:{self.port}/api/v1/card-transactions",
            json=charge,
            headers={"Authorization": f"Bearer {firm.office.tenant.api_key}"},
            timeout=30,
        )
        assert answer.status_code == 201, answer.text
        accepted[name] = time.time()


def known_vendors(firms: Sequence[Firm]) -> None:
    for firm in firms:
        firm.tell(offices.VENDORS)
        work_until_at_rest(firm)


def doors(start: Starter) -> int:
    [port] = free_ports(1)
    start(web, port)
    start.sweeper()
    wait_until(lambda: answers(f"http://127.0.0.1:{port}/readyz"), 30, "ready")
    return port


NEIGHBOURS = {"nobody": (0, 0), "one that drains 100,000": (1, 100_000), "50 that drain 2,000 each": (50, 2_000)}


@pytest.mark.parametrize(
    ("neighbours", "limits"),
    [
        ("nobody", True),
        ("one that drains 100,000", True),
        ("50 that drain 2,000 each", True),
        ("50 that drain 2,000 each", False),
    ],
)
def test_from_intake_to_books(
    sandbox: Sandbox, start: Starter, table: Table, settings: Any, neighbours: str, limits: bool
) -> None:
    number, each = NEIGHBOURS[neighbours]
    fresh, others = offices.firms(sandbox, 5), offices.firms(sandbox, number)
    known_vendors([*fresh, *others])
    for firm in others:
        firm.tell(scaled(each))
    time.sleep(61)  # What waits for the neighbours is old by now.
    settings.QUICKBOOKS = {**settings.QUICKBOOKS, "limits": limits}
    sandbox.control("POST", "throttle", on=limits)
    slow(sandbox, 0.1)
    hands(start)
    port = doors(start)
    time.sleep(15)  # The neighbours are at it.
    seconds = Stream(fresh, port, a_second=5, seconds=60).run()
    assert not others or any(firm.moving() for firm in others), "The neighbours had done before the end."
    reach = "p50 0.5 s, p95 1 s" if not others else "p95 1 s" if limits else "printed"
    conditions = f"5 charges/s over 5 connections, 60 s, latency 100 ms; beside {neighbours}, limits {_on(limits)}"
    p50, p95 = statistics.median(seconds), seconds[int(len(seconds) * 0.95) - 1]
    told = f"p50 {p50:.2f} s, p95 {p95:.2f} s, longest {seconds[-1]:.2f} s"
    met = not limits or (p95 <= 1 and (bool(others) or p50 <= 0.5))
    keep(table, "Intake accepted to posted", reach, told, conditions, met=met)


def _on(switch: bool) -> str:
    return "on" if switch else "off"


# --- what size does --------------------------------------------------------------------------------------------------


def test_many_small_against_few_large(sandbox: Sandbox, start: Starter, table: Table) -> None:
    total = scaled(20_000)
    few = offices.firms(sandbox, 10)
    many = offices.firms(sandbox, total // 20)
    known_vendors([*few, *many])
    workers = hands(start)
    spent = {}
    for name, firms in {"few": few, "many": many}.items():
        for firm in firms:
            firm.tell(total // len(firms), absorb=False)
        before = effort(workers, sandbox)
        sweeper = start.sweeper(FLEXSYNC_SWEEP_SECONDS="1")
        for firm in firms:
            wait_until(partial(_has_done, firm, offices.VENDORS + total // len(firms)), 900, "drained")
        spent[name] = effort(workers, sandbox) - before
        sweeper.stop()
    ratio = (spent["many"].workers + spent["many"].postgres) / (spent["few"].workers + spent["few"].postgres)
    conditions = f"{len(many):,} connections with 20 charges, 10 with {total // 10:,}, limits off"
    told = f"× {ratio:.2f} ({spent['many'].per(total)}; {spent['few'].per(total)})"
    what = "CPU of workers and PostgreSQL, many small against few large"
    keep(table, what, "× 1.3", told, conditions, met=ratio <= 1.3)


def _has_done(firm: Firm, number: int) -> bool:
    return firm.states().get("done", 0) >= number


FILL = """
    WITH document AS (
        INSERT INTO ledger_sourcedocument (tenant_id, public_id, entity_id, kind, external_id, stage, dated,
                                           amount_minor, currency, revision, recorded_at, updated_at)
        SELECT tenant_id, gen_random_uuid(), entity_id, kind, 'old-' || number, stage, dated,
               amount_minor, currency, 1, recorded_at, updated_at
          FROM (SELECT * FROM ledger_sourcedocument WHERE tenant_id = %(tenant)s ORDER BY id LIMIT 1) one,
               generate_series(%(first)s, %(last)s) number
        RETURNING id, tenant_id
    )
    INSERT INTO integrations_syncjob (tenant_id, connection_id, document_id, state, wanted_revision, settled_revision,
                                      reasons, coding, rung_at, due_at, tries, fence, decision, decided_why,
                                      period_choice)
    SELECT tenant_id, %(connection)s, id, 'done', 1, 1, '[]', '{}', now(), now(), 0, 0, '', '', '' FROM document
"""


def test_rows_that_lie_there(sandbox: Sandbox, table: Table) -> None:
    """Claim, plan and settle beside few and beside many rows, in turns."""
    [small], [large] = offices.firms(sandbox, 1), offices.firms(sandbox, 1)
    known_vendors([small, large])
    sizes = {small: scaled(20_000), large: scaled(2_000_000)}
    for firm, rows in sizes.items():
        _fill(firm, rows)
    taken: dict[Firm, list[float]] = {small: [], large: []}
    for _ in range(7):
        for firm, seconds in taken.items():
            firm.tell(600)
            begun = time.process_time() + meters.family_cpu(meters.postmaster())
            work_until_at_rest(firm)
            seconds.append(time.process_time() + meters.family_cpu(meters.postmaster()) - begun)
    ratio = statistics.median(taken[large]) / statistics.median(taken[small])
    conditions = f"{sizes[large]:,} job rows against {sizes[small]:,}, 600 charges, seven turns, CPU of both"
    keep(table, "Claim, plan and settle", "× 1.2", f"× {ratio:.2f}", conditions, met=ratio <= 1.2)


def _fill(firm: Firm, rows: int) -> None:
    with firm.open() as office:
        for first in range(1, rows + 1, 20_000):
            last = min(first + 19_999, rows)
            with transaction.atomic(), connection.cursor() as cursor:
                # What was planned for an empty table would look at every row for every foreign key.
                cursor.execute("SET LOCAL enable_seqscan = off")
                given = {"tenant": firm.tenant, "connection": office.connection.pk, "first": first, "last": last}
                cursor.execute(FILL, given)


def test_memory_of_a_worker(sandbox: Sandbox, start: Starter, table: Table) -> None:
    [firm] = offices.firms(sandbox, 1)
    known_vendors([firm])
    few, many = scaled(10_000), scaled(100_000)
    firm.tell(few)
    workers = hands(start)
    start.sweeper(FLEXSYNC_SWEEP_SECONDS="1")
    wait_until(lambda: firm.moving() == 0, 900, "drained")
    before = max(meters.resident_mb(one.pid) for one in workers)
    for _ in range(9):
        firm.tell((many - few) // 9)
    wait_until(lambda: firm.moving() == 0, 1800, "drained")
    after = max(meters.resident_mb(one.pid) for one in workers)
    told = f"× {after / before:.2f} ({before:.0f} MB, {after:.0f} MB)"
    conditions = f"after {many:,} documents against {few:,}, the larger of two workers"
    keep(table, "Memory of a worker", "× 1.1", told, conditions, met=after <= before * 1.1)


# --- within the limits -----------------------------------------------------------------------------------------------


def test_backlog_within_the_limits(sandbox: Sandbox, start: Starter, table: Table, settings: Any) -> None:
    settings.QUICKBOOKS = {**settings.QUICKBOOKS, "limits": True}
    [firm] = offices.firms(sandbox, 1)
    warm, minutes = scaled(120), scaled(600)
    firm.tell(int((warm + minutes) / 60 * 1300) + 600, receipts=True)
    sandbox.control("POST", "throttle", on=True)
    hands(start)
    start.sweeper()
    time.sleep(warm)
    before, done, files = meters.calls(sandbox), firm.states().get("done", 0), firm.hung()
    time.sleep(minutes)
    spent, posted, hung = meters.calls(sandbox) - before, firm.states()["done"] - done, firm.hung() - files
    batches, posted, hung = (60 / minutes * number for number in (spent.batches, posted, hung))
    told = f"{batches:.1f} batches, {posted:,.0f} documents, {hung:,.0f} receipts a minute; {spent.throttled} times 429"
    met = batches >= 38 and posted >= 1100 and hung >= 0.95 * posted and not spent.throttled
    conditions = f"{minutes / 60:g} minutes after a warm-up of {warm / 60:g}"
    keep(
        table, "Backlog with limits on", "38 batches, 1,100 documents with receipts, no 429", told, conditions, met=met
    )
