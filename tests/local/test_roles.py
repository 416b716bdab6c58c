from collections.abc import Iterator
from contextlib import closing
from typing import Any

import psycopg2
import pytest
from psycopg2 import errors

from flexsync.local.errors import LocalError
from flexsync.local.roles import (
    APP,
    LOOKUP,
    OWNER,
    Passwords,
    prepare_server,
    prepare_single_login,
)

from .conftest import Cluster, run_cluster


def rows(dsn: str, *statements: str) -> list[tuple[Any, ...]]:
    """The last statement's rows; everything is committed one by one."""
    with closing(psycopg2.connect(dsn)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
            return cursor.fetchall() if cursor.description else []


ATTRIBUTES = "rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles WHERE rolname = '{}'"


@pytest.mark.parametrize(
    ("role", "login", "creates_databases"),
    [(OWNER, True, True), (APP, True, False), (LOOKUP, False, False)],
)
def test_no_role_is_superuser_or_may_bypass(cluster: Cluster, role: str, login: bool, creates_databases: bool) -> None:
    assert rows(cluster.admin(), "SELECT " + ATTRIBUTES.format(role)) == [
        (login, False, False, creates_databases, False)
    ]


def test_the_two_addresses_are_the_two_logins(cluster: Cluster) -> None:
    assert rows(cluster.app, "SELECT current_user::text, current_database()::text") == [(APP, "flexsync")]
    assert rows(cluster.owner, "SELECT current_user::text, current_database()::text") == [(OWNER, "flexsync")]


def test_the_app_owns_nothing_and_is_member_of_nobody(cluster: Cluster) -> None:
    owned = "SELECT FROM pg_shdepend d JOIN pg_roles r ON r.oid = d.refobjid WHERE r.rolname = '{}' AND deptype = 'o'"
    member = "SELECT FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member WHERE r.rolname = '{}'"
    assert rows(cluster.admin("flexsync"), owned.format(APP)) == []
    assert rows(cluster.admin(), member.format(APP)) == []


@pytest.mark.parametrize("statement", [f"SET ROLE {OWNER}", f"SET ROLE {LOOKUP}", "CREATE TABLE t (id int)"])
def test_the_app_is_refused(cluster: Cluster, statement: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        rows(cluster.app, statement)


def test_the_owner_becomes_the_lookup_role_but_does_not_inherit_it(
    cluster: Cluster,
) -> None:
    assert rows(cluster.owner, f"SET ROLE {LOOKUP}", "SELECT current_user::text") == [(LOOKUP,)]
    assert rows(
        cluster.owner,
        f"SELECT pg_has_role('{LOOKUP}', 'USAGE'), pg_has_role('{LOOKUP}', 'SET')",
    ) == [(False, True)]


def test_the_app_waits_for_nothing_for_ever(cluster: Cluster) -> None:
    settings = (
        "statement_timeout",
        "lock_timeout",
        "idle_in_transaction_session_timeout",
    )
    assert [rows(cluster.app, f"SHOW {name}") for name in settings] == [
        [("1min",)],
        [("10s",)],
        [("1min",)],
    ]


def test_the_public_may_not_connect(cluster: Cluster) -> None:
    assert rows(
        cluster.admin(),
        "SELECT datacl::text FROM pg_database WHERE datname = 'flexsync'",
    ) == [(f"{{{OWNER}=CTc/{OWNER},{APP}=Tc/{OWNER}}}",)]


def test_preparing_again_changes_the_passwords_and_nothing_else(
    own_cluster: Cluster,
) -> None:
    # Twice: the second time with other passwords than the first.
    everything = "SELECT rolname::text, rolsuper, rolcreatedb, rolcanlogin FROM pg_roles ORDER BY 1"
    before = rows(own_cluster.admin(), everything)
    prepare_server(own_cluster.admin(), Passwords(owner="other-owner", app="other-app"))
    assert rows(own_cluster.admin(), everything) == before
    assert rows(f"postgres://{APP}:other-app@{own_cluster.place}/flexsync", "SELECT 1") == [(1,)]
    with pytest.raises(psycopg2.OperationalError):
        psycopg2.connect(own_cluster.app)


@pytest.fixture
def own_cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    yield from run_cluster(tmp_path_factory.mktemp("own"))


@pytest.fixture
def foreign(own_cluster: Cluster) -> Cluster:
    """A server that knows nothing of FlexSync: a database `shop`, and two logins of it."""
    rows(
        own_cluster.admin(),
        "DROP DATABASE flexsync",
        f"DROP ROLE {OWNER}, {APP}, {LOOKUP}",
        "CREATE ROLE mighty LOGIN CREATEROLE CREATEDB PASSWORD 'p'",
        "CREATE ROLE meek LOGIN PASSWORD 'p'",
        "CREATE DATABASE shop OWNER mighty",
    )
    return own_cluster


def address(cluster: Cluster, login: str) -> str:
    return f"postgres://{login}:p@{cluster.place}/shop"


def test_a_single_login_becomes_both_roles_and_inherits_neither(
    foreign: Cluster,
) -> None:
    mighty = address(foreign, "mighty")
    assert prepare_single_login(mighty) == ""
    assert prepare_single_login(mighty) == ""
    assert rows(mighty, f"SET ROLE {APP}", "SELECT current_user::text") == [(APP,)]
    assert rows(mighty, f"SET ROLE {OWNER}", "CREATE TABLE t (id int)", "SELECT count(*) FROM t") == [(0,)]
    assert rows(
        mighty,
        f"SET ROLE {OWNER}",
        "CREATE SCHEMA lookup",
        f"SET ROLE {LOOKUP}",
        "SELECT 1",
    ) == [(1,)]
    assert rows(mighty, f"SELECT pg_has_role('{APP}', 'USAGE'), pg_has_role('{OWNER}', 'USAGE')") == [(False, False)]
    assert rows(
        mighty,
        f"SELECT rolcanlogin, rolcreatedb FROM pg_roles WHERE rolname = '{OWNER}'",
    ) == [(False, True)]


def test_a_login_that_may_not_is_told_what_an_administrator_runs(
    foreign: Cluster,
) -> None:
    with pytest.raises(LocalError, match="Let an administrator") as refusal:
        prepare_single_login(address(foreign, "meek"))
    for line in str(refusal.value).splitlines()[1:]:
        rows(foreign.admin("shop"), line)
    assert prepare_single_login(address(foreign, "meek")) == ""


def test_roles_that_an_administrator_made_are_used_with_a_remark(
    foreign: Cluster,
) -> None:
    rows(
        foreign.admin("shop"),
        f"CREATE ROLE {OWNER}",
        f"CREATE ROLE {APP}",
        f"CREATE ROLE {LOOKUP}",
        f"GRANT {APP}, {OWNER} TO meek WITH INHERIT FALSE, SET TRUE",
    )
    assert "used as they are" in prepare_single_login(address(foreign, "meek"))


def test_other_names_for_postgresql_in_an_address_are_understood(
    foreign: Cluster,
) -> None:
    assert prepare_single_login(address(foreign, "mighty").replace("postgres://", "psql://", 1)) == ""


def test_a_wrong_password_is_a_sentence(cluster: Cluster) -> None:
    with pytest.raises(LocalError, match="does not let us in"):
        prepare_single_login(f"postgres://{APP}:wrong@{cluster.place}/flexsync")
