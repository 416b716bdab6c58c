"""Brings PostgreSQL and Redis up, unless the environment names others."""

import contextlib
import os
from collections.abc import Iterator, Mapping

from flexsync.local import ports, postgres, programs, roles
from flexsync.local.console import Console
from flexsync.local.environment import Addresses, Parts, for_server_programs
from flexsync.local.guard import Guard
from flexsync.local.identity import Identity, choose
from flexsync.local.postgres import Postgres
from flexsync.local.redis import Redis
from flexsync.local.state import Secrets, State
from flexsync.local.supervisor import OUR_NAME, Supervisor


class Servers:
    """One state folder's servers, for as long as the supervisor lives."""

    def __init__(self, state: State, identity: Identity | None, copies: programs.Copies) -> None:
        self.secrets = state.secrets()
        self._state = state
        self._identity = identity
        self._copies = copies

    def start(self, supervisor: Supervisor, parts: Parts, *, durable: bool) -> Addresses:
        database = self._postgres(durable) if parts.postgres else None
        redis = self._redis() if parts.redis else None
        # One after the other: Redis ends first, and PostgreSQL is the last to go.
        if database:
            database.initialise()
            supervisor.start(database.service(for_server_programs()))
            roles.prepare_server(
                database.dsn(), roles.Passwords(owner=self.secrets.database_owner, app=self.secrets.database_app)
            )
        if redis:
            supervisor.start(redis.service(for_server_programs()))
        return _addresses(self.secrets, database, redis)

    def _postgres(self, durable: bool) -> Postgres:
        return Postgres(
            folder=self._state.subfolder("postgres"),
            programs=programs.reachable_postgres(self._identity, self._copies),
            identity=self._identity,
            port=ports.remembered_or_free(self._state.folder / "postgres.port"),
            password=self.secrets.database_superuser,
            log=self._state.log("postgres"),
            durable=durable,
        )

    def _redis(self) -> Redis:
        return Redis(
            folder=self._state.subfolder("redis"),
            program=programs.reachable_redis(self._identity, self._copies),
            identity=self._identity,
            port=ports.remembered_or_free(self._state.folder / "redis.port"),
            password=self.secrets.redis,
            log=self._state.log("redis"),
        )


def _addresses(secrets: Secrets, database: Postgres | None, redis: Redis | None) -> Addresses:
    if database is None:
        return Addresses(redis=redis.url if redis else "")
    return Addresses(
        database=postgres.url(roles.APP, secrets.database_app, database.port, roles.DATABASE),
        database_owner=postgres.url(roles.OWNER, secrets.database_owner, database.port, roles.DATABASE),
        redis=redis.url if redis else "",
    )


def prepare_foreign_database(given: Mapping[str, str], console: Console) -> None:
    """A single address of the customer's: its login must be able to become our roles. Two logins are set up already."""
    if given.get("DATABASE_URL") and not given.get("DATABASE_OWNER_URL"):
        remark = roles.prepare_single_login(given["DATABASE_URL"])
        if remark:
            console.line(OUR_NAME, remark)


@contextlib.contextmanager
def supervised(state: State, console: Console) -> Iterator[tuple[Supervisor, Servers]]:
    """The state folder locked, the guard on watch; on the way out everything is ended and nothing left behind."""
    with state.locked() as lock:
        identity = choose(state.folder, os.environ.get("FLEXSYNC_SERVER_USER"))
        with (
            Guard(lock) as guard,
            programs.copies_for(state.folder, guard.remove_at_end) as copies,
            Supervisor(guard, console) as supervisor,
        ):
            yield supervisor, Servers(state, identity, copies)
