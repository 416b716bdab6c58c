"""Somebody else, on a connection of their own, acts between two statements of ours."""

import logging
import threading
import time
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


@contextmanager
def before_statement(*words: str, act: Callable[[], Any], times: int = 1) -> Iterator[None]:
    """Right before the statement in which all of these words stand, the so-many-th. What is raised there is raised
    here."""
    met = 0

    def watch(execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        nonlocal met
        if all(word in str(sql) for word in words):
            met += 1
            if met == times:
                in_another_thread(act)
        return execute(sql, *rest)

    with connection.execute_wrapper(watch):
        yield
    assert met >= times, f"{words} stood in {met} statements."


@contextmanager
def after_call(number: int, act: Callable[[], Any]) -> Iterator[None]:
    """Once the platform has answered so many calls, by what urllib3 logs of them."""
    log, watch = logging.getLogger("urllib3.connectionpool"), _AfterCall(number, act)
    former = log.level
    log.addHandler(watch)
    log.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        log.removeHandler(watch)
        log.setLevel(former)
    assert watch.calls >= number, f"{watch.calls} calls were answered."


class _AfterCall(logging.Handler):
    def __init__(self, number: int, act: Callable[[], Any]) -> None:
        super().__init__(logging.DEBUG)
        self.calls, self._number, self._act = 0, number, act

    def createLock(self) -> None:
        """None: what is done in emit is logged too, by other threads."""
        self.lock = None

    def emit(self, record: logging.LogRecord) -> None:
        if threading.current_thread() is not threading.main_thread() or " HTTP/" not in record.getMessage():
            return
        self.calls += 1
        if self.calls == self._number:
            in_another_thread(self._act)


@contextmanager
def after_seconds(seconds: float, act: Callable[[], Any]) -> Iterator[None]:
    """While the block goes on, for the same organisation. Whatever is raised there is raised here."""
    tenant = required_tenant()

    def run() -> None:
        time.sleep(seconds)
        try:
            with acting_for(tenant):
                act()
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as thread:
        acted = thread.submit(run)
        yield
        acted.result()


def in_another_thread(act: Callable[[], Any]) -> None:
    with after_seconds(0, act):
        pass
