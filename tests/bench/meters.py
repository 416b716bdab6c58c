"""What processes used, what the platform was asked, what the database was told."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import connection, transaction

from tests.processes import ControlPlane

TICKS = os.sysconf("SC_CLK_TCK")


def cpu(pid: int) -> float:
    """Seconds, user and system, of a process and of its children that have ended."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return sum(map(int, fields[11:15])) / TICKS


def children(pid: int) -> list[int]:
    told = Path(f"/proc/{pid}/task/{pid}/children").read_text()
    return [int(child) for child in told.split()]


def family_cpu(pid: int) -> float:
    total = cpu(pid)
    for child in children(pid):
        try:
            total += family_cpu(child)
        except FileNotFoundError:
            continue  # It has just ended, and is counted with its parent.
    return total


def resident_mb(pid: int) -> float:
    status = Path(f"/proc/{pid}/status").read_text()
    return int(next(line for line in status.splitlines() if line.startswith("VmRSS")).split()[1]) / 1024


@transaction.atomic
def postmaster() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        backend = cursor.fetchone()[0]
    return int(Path(f"/proc/{backend}/stat").read_text().rpartition(")")[2].split()[1])


@dataclass(frozen=True)
class Calls:
    """What the sandbox counted."""

    every: int
    batches: int
    metered: int
    throttled: int

    def __sub__(self, earlier: "Calls") -> "Calls":
        return Calls(
            self.every - earlier.every,
            self.batches - earlier.batches,
            self.metered - earlier.metered,
            self.throttled - earlier.throttled,
        )


def calls(books: ControlPlane) -> Calls:
    minutes = [minute for one in books.control("GET", "traffic")["traffic"] for minute in one["minutes"]]
    return Calls(
        every=sum(sum(minute["statuses"].values()) for minute in minutes),
        batches=sum(minute["calls"].get("batch", 0) for minute in minutes),
        metered=sum(minute["classes"].get("CorePlus", 0) for minute in minutes),
        throttled=sum(sum(minute["throttled"].values()) for minute in minutes),
    )


@dataclass
class Statements:
    """Of this process; with each transaction its BEGIN, the naming of the organisation and COMMIT."""

    executed: int = 0
    transactions: int = 0

    @property
    def all(self) -> int:
        return self.executed + 3 * self.transactions


@contextmanager
def counted() -> Iterator[Statements]:
    told = Statements()

    def count(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        told.executed += 1
        return execute(sql, *rest)

    set_autocommit = connection._set_autocommit

    def begin(autocommit: bool) -> None:
        told.transactions += not autocommit
        set_autocommit(autocommit)

    connection._set_autocommit = begin
    try:
        with connection.execute_wrapper(count):
            yield told
    finally:
        del connection._set_autocommit
