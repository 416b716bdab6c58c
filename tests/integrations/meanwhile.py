"""Somebody else, on a connection of their own, acts between two statements of ours."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from typing import Any

from django.db import connection

from ledger.tenancy.context import acting_for, required_tenant


@contextmanager
def after_reading(table: str, act: Callable[[], Any], times: int = 1) -> Iterator[None]:
    """Once we have read from that table so many times. Whatever is raised there is raised here."""
    read = 0

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal read
        answer = execute(sql, *rest)
        if f'FROM "{table}"' in sql:
            read += 1
            if read == times:
                in_another_thread(act)
        return answer

    with connection.execute_wrapper(watch):
        yield
    assert read >= times, f"{table} was read {read} times."


def in_another_thread(act: Callable[[], Any]) -> None:
    """For the same organisation."""
    tenant = required_tenant()

    def run() -> None:
        try:
            with acting_for(tenant):
                act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        thread.submit(run).result()
