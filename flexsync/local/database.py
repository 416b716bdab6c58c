"""The few things we ask psycopg2 for, typed."""

import contextlib
from collections.abc import Iterator
from typing import Any

import psycopg2  # type: ignore[import-untyped]
from psycopg2 import errors, extensions, sql

from flexsync.local.errors import LocalError

Cursor = Any
OperationalError = psycopg2.OperationalError
InsufficientPrivilege = errors.InsufficientPrivilege
SQL, Identifier, Literal = sql.SQL, sql.Identifier, sql.Literal
TIMEOUT = 10


def accepts_connections(dsn: str) -> bool:
    try:
        psycopg2.connect(dsn, connect_timeout=TIMEOUT).close()
    except OperationalError:
        return False
    return True


def _connect(dsn: str) -> Any:
    try:
        return psycopg2.connect(dsn, connect_timeout=TIMEOUT)
    except (OperationalError, psycopg2.ProgrammingError) as error:
        raise LocalError(f"The database does not let us in: {str(error).strip()}") from error


@contextlib.contextmanager
def transaction(dsn: str) -> Iterator[Cursor]:
    connection = _connect(dsn)
    try:
        with connection, connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


@contextlib.contextmanager
def autocommit(dsn: str) -> Iterator[Cursor]:
    """For what may not run in a transaction, as CREATE DATABASE."""
    connection = _connect(dsn)
    try:
        connection.autocommit = True
        with connection.cursor() as cursor:
            yield cursor
    finally:
        connection.close()


def password_verifier(cursor: Cursor, role: str, password: str) -> str:
    """What the server stores anyway, so that the password itself never stands in a statement or its log."""
    verifier: str = extensions.encrypt_password(password, role, cursor.connection, "scram-sha-256")
    return verifier
