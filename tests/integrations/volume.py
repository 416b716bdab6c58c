"""A year of a real company's cards, from its file into the books, tied out to the cent. Run by `make volume`.

VOLUME_FILE names the CSV; by default it is the quarter that ships with the demo. Everything goes to one company of the
sandbox with its limits off, worked by one process. What is printed are the conditions' own figures: compare runs, not
machines.
"""

import csv
import logging
import os
import resource
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from integrations import services
from integrations.mapping.slots import MappingSlot
from integrations.models import JobState, Reference, ReferenceKind, SyncJob
from integrations.services import Choices, MappingKey
from integrations.sync import engine, lane, queue
from ledger.demo.transactions import FILE
from ledger.models import Category, Entity, Organisation
from ledger.tenancy.context import acting_for, cleared
from tests.cast import Cast
from tests.integrations.conftest import Office
from tests.processes import Sandbox

PATH = Path(os.environ.get("VOLUME_FILE", FILE))
COLUMNS = {
    "external_id": "id",
    "date": "date",
    "merchant": "merchant",
    "amount": "billed_amount",
    "card": "card_last4",
    "category": "account",
    "category_code": "account_code",
    "department": "cost_centre",
}


@dataclass
class Meter:
    """What one step took."""

    name: str
    seconds: float = 0.0
    statements: int = 0
    calls: Counter[str] = field(default_factory=Counter)

    def tell(self, number: int, unit: str) -> None:
        calls = f", {sum(self.calls.values())} platform calls {dict(self.calls)}" if self.calls else ""
        print(
            f"{self.name:12} {number:>7,} {unit} in {self.seconds:6.1f} s: {number / self.seconds:8,.0f} a second, "
            f"{self.statements / max(number, 1):.3f} statements each, "
            f"peak {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024} MB{calls}"
        )


class Calls(logging.Handler):
    """Counts requests by the last part of their address, as urllib3 logs them."""

    def __init__(self, calls: Counter[str]) -> None:
        super().__init__(logging.DEBUG)
        self._calls = calls

    def emit(self, record: logging.LogRecord) -> None:
        if len(record.args or ()) > 4:
            self._calls[str(record.args[4]).split("?")[0].rsplit("/", 1)[-1]] += 1  # type: ignore[index]


@contextmanager
def metered(name: str) -> Iterator[Meter]:
    meter = Meter(name)

    def count(execute: Any, *arguments: Any) -> Any:
        meter.statements += 1
        return execute(*arguments)

    log, handler = logging.getLogger("urllib3.connectionpool"), Calls(meter.calls)
    log.addHandler(handler)
    log.setLevel(logging.DEBUG)
    log.propagate = False
    logging.getLogger("integrations").setLevel(logging.WARNING)
    began = time.monotonic()
    with connection.execute_wrapper(count):
        yield meter
    meter.seconds = time.monotonic() - began
    log.removeHandler(handler)


def rows() -> list[dict[str, str]]:
    with PATH.open(newline="", encoding="utf-8-sig") as file:
        return list(csv.DictReader(file))


def sums(of: list[dict[str, str]]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for row in of:
        if row["account"]:
            found[row["account"]] = found.get(row["account"], Decimal()) + Decimal(row["billed_amount"])
    return {name: amount for name, amount in found.items() if amount}


def bring_in(organisation: Organisation) -> None:
    columns = [f"{name}={column}" for name, column in COLUMNS.items()]
    call_command(
        "import_transactions", organisation.slug, str(PATH), entity="Larkfield Ltd", map=columns, currency="GBP",
        make_missing=True, verbosity=0,
    )  # fmt: skip


def map_everything(office: Office) -> None:
    """All cards on one account, each category on the account of its name, no default, no vendors made."""
    with transaction.atomic():
        accounts = {row.name: row.pk for row in Reference.objects.filter(kind=ReferenceKind.ACCOUNT)}
        categories = {category.pk: category.name for category in Category.objects.exclude(code="")}
    targets: dict[MappingKey, int | None] = {
        MappingKey(MappingSlot.CATEGORY, pk): accounts[name] for pk, name in categories.items()
    }
    targets |= {MappingKey(MappingSlot.CARD_ACCOUNT): accounts["Flex Card"]}
    choices = Choices(targets, create_vendors=False)
    services.save_mapping(
        entity=office.tenant.entity, choices=choices, seen_version=0, reason="Volume", person=office.tenant.admin
    )


def work_until_at_rest(connection_id: int) -> None:
    while queue.absorb_events() is not None:
        pass
    while queue.next_due(connection_id) is not None:
        with lane.held(connection_id) as held:
            assert held is not None
            engine.drain(held)


@pytest.mark.django_db(transaction=True)
def test_a_year_of_real_charges_ties_out_to_the_cent(cast: Cast, sandbox: Sandbox) -> None:
    known = rows()
    chart = {row["account_code"]: row["account"] for row in known if row["account_code"]}
    accounts = [{"AcctNum": code, "Name": name, "AccountType": "Expense"} for code, name in sorted(chart.items())]
    sandbox.control("POST", f"companies/{Sandbox.UK}/accounts", accounts=accounts)
    tenant = cast.larkfield
    with acting_for(tenant.id):
        with transaction.atomic():
            entity = Entity.objects.create(name="Larkfield Ltd", currency="GBP", time_zone="Europe/London")
        office = Office(replace(tenant, entity=entity), sandbox)
        print()
        for step in ("import", "again"):
            with metered(step) as meter, cleared():
                bring_in(tenant.organisation)
            meter.tell(len(known), "rows")
        tie = office.connect(Sandbox.UK)
        map_everything(office)
        with metered("push") as meter:
            work_until_at_rest(tie.pk)
        meter.tell(len(known), "documents")
        with metered("push again") as meter:
            work_until_at_rest(tie.pk)
        print(f"{meter.name:12} {meter.statements} statements, {sum(meter.calls.values())} platform calls")
        assert not meter.calls, "nothing is new, so nothing is asked of the platform"
        with transaction.atomic():
            states = Counter(SyncJob.objects.values_list("state", flat=True))
    without = sum(1 for row in known if not row["account_code"])
    assert states == {JobState.DONE: len(known) - without, JobState.HELD: without}
    booked = sandbox.control("GET", f"companies/{Sandbox.UK}/balances")
    there = {one["Name"]: Decimal(one["postings"]) for one in booked["accounts"] if Decimal(one["postings"])}
    owed = -there.pop("Flex Card")
    assert there == sums(known)
    assert owed == sum(there.values())
    print(f"ties out     {len(there)} accounts, {owed} GBP on the card; {without} rows without an account are held")
