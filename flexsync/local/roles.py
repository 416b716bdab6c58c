"""The three database roles: one owns and migrates, one serves, one looks up before a tenant is known.

Roles belong to the whole server, so they are made here and never in a migration. Everything may be run again.
"""

from dataclasses import dataclass

from flexsync.local.database import (
    SQL,
    Cursor,
    Identifier,
    InsufficientPrivilege,
    Literal,
    autocommit,
    password_verifier,
    transaction,
)
from flexsync.local.errors import LocalError

DATABASE = "flexsync"
OWNER, APP, LOOKUP = "flexsync_owner", "flexsync_app", "flexsync_lookup"
POWERLESS = "NOSUPERUSER NOBYPASSRLS NOCREATEROLE NOREPLICATION INHERIT"
APP_TIMEOUTS = {
    "statement_timeout": "60s",
    "lock_timeout": "10s",
    "idle_in_transaction_session_timeout": "60s",
}
# Membership without inheritance: a policy made for one role must not apply to its member by itself.
MEMBERSHIP = "GRANT {role} TO {member} WITH INHERIT FALSE, SET TRUE"
OTHER_SCHEMES = ("pgsql", "psql", "postgis", "timescale", "timescalegis")
OLDEST = 160000
# "flexsync" in ASCII: two stacks that prepare one server at the same time take turns.
PREPARATION_LOCK = 0x666C657873796E63


@dataclass(frozen=True)
class Passwords:
    owner: str
    app: str


# --- a server of our own: two logins --------------------------------------------------------------------------------


def prepare_server(admin_dsn: str, passwords: Passwords) -> None:
    """Roles with logins, and the database. `admin_dsn` is a superuser's, to any database of the server."""
    with transaction(admin_dsn) as cursor:
        _take_turns(cursor)
        for role in (OWNER, APP, LOOKUP):
            _create_role(cursor, role)
        _alter_role(cursor, OWNER, f"LOGIN CREATEDB {POWERLESS}", passwords.owner)
        _alter_role(cursor, APP, f"LOGIN NOCREATEDB {POWERLESS}", passwords.app)
        _alter_role(cursor, LOOKUP, f"NOLOGIN NOCREATEDB {POWERLESS}")
        _grant_role(cursor, LOOKUP, OWNER)
        for setting, value in APP_TIMEOUTS.items():
            statement = SQL("ALTER ROLE {} SET {} = {}").format(Identifier(APP), Identifier(setting), Literal(value))
            cursor.execute(statement)
    _prepare_database(admin_dsn)


def _prepare_database(admin_dsn: str) -> None:
    with autocommit(admin_dsn) as cursor:
        cursor.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE])
        if cursor.fetchone() is None:
            cursor.execute(SQL("CREATE DATABASE {} OWNER {}").format(Identifier(DATABASE), Identifier(OWNER)))
        # By default everybody may connect to, and create temporary tables in, every database.
        cursor.execute(SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(Identifier(DATABASE)))
        cursor.execute(
            SQL("GRANT CONNECT, TEMPORARY ON DATABASE {} TO {}, {}").format(
                Identifier(DATABASE), Identifier(OWNER), Identifier(APP)
            )
        )


def _create_role(cursor: Cursor, role: str, attributes: str = "") -> None:
    cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [role])
    if cursor.fetchone() is None:
        cursor.execute(SQL("CREATE ROLE {} " + attributes).format(Identifier(role)))


def _alter_role(cursor: Cursor, role: str, attributes: str, password: str = "") -> None:
    cursor.execute(SQL("ALTER ROLE {} " + attributes).format(Identifier(role)))
    if password:
        verifier = password_verifier(cursor, role, password)
        cursor.execute(SQL("ALTER ROLE {} PASSWORD {}").format(Identifier(role), Literal(verifier)))


def _grant_role(cursor: Cursor, role: str, member: str) -> None:
    cursor.execute(SQL(MEMBERSHIP).format(role=Identifier(role), member=Identifier(member)))


def _take_turns(cursor: Cursor) -> None:
    cursor.execute("SELECT pg_advisory_xact_lock(%s)", [PREPARATION_LOCK])


# --- the customer's server: one login that becomes either role ------------------------------------------------------

CAN_BECOME_BOTH = "SELECT pg_has_role('flexsync_app', 'SET') AND pg_has_role('flexsync_owner', 'SET')"
OWNER_CAN_MIGRATE = """
    SELECT pg_has_role('flexsync_owner', 'flexsync_lookup', 'SET')
           AND has_database_privilege('flexsync_owner', current_database(), 'CREATE')
           AND has_schema_privilege('flexsync_owner', 'public', 'CREATE')
"""


def prepare_single_login(dsn: str) -> str:
    """Let the login of `dsn` become the owner and the app. Gives a sentence worth printing, or nothing.

    A login that may not do all of it is tolerated where an administrator has made the roles before.
    """
    dsn = as_libpq_reads_it(dsn)
    with transaction(dsn) as cursor:
        _require_version(cursor)
        if _is_usable(cursor) and _owner_can_migrate(cursor):
            return ""
    if _tries_to_prepare(dsn):
        return ""
    with transaction(dsn) as cursor:
        if _is_usable(cursor):
            return (
                "The login of DATABASE_URL may not set up roles; those that exist on the server are used as they are."
            )
        raise LocalError(_what_an_administrator_runs(cursor))


def _tries_to_prepare(dsn: str) -> bool:
    try:
        with transaction(dsn) as cursor:
            _take_turns(cursor)
            _prepare_login(cursor)
            # A grant without the right to it may end in a mere warning.
            return _owner_can_migrate(cursor)
    except InsufficientPrivilege:
        return False


def _prepare_login(cursor: Cursor) -> None:
    login, may_create_databases, database = _login_facts(cursor)
    # Tests make a database as the owner. Nobody may give an ability that he lacks.
    _create_role(cursor, OWNER, "NOLOGIN CREATEDB" if may_create_databases else "NOLOGIN")
    _create_role(cursor, APP, "NOLOGIN")
    _create_role(cursor, LOOKUP, "NOLOGIN")
    _grant_role(cursor, APP, login)
    _grant_role(cursor, OWNER, login)
    _grant_role(cursor, LOOKUP, OWNER)
    cursor.execute(SQL("GRANT CREATE ON DATABASE {} TO {}").format(Identifier(database), Identifier(OWNER)))
    cursor.execute(SQL("GRANT CREATE ON SCHEMA public TO {}").format(Identifier(OWNER)))


def _login_facts(cursor: Cursor) -> tuple[str, bool, str]:
    cursor.execute(
        "SELECT rolname, rolcreatedb OR rolsuper, current_database() FROM pg_roles WHERE rolname = current_user"
    )
    login, may_create_databases, database = cursor.fetchone()
    return login, may_create_databases, database


def _is_usable(cursor: Cursor) -> bool:
    cursor.execute("SELECT count(*) FROM pg_roles WHERE rolname IN (%s, %s, %s)", [OWNER, APP, LOOKUP])
    return cursor.fetchone() == (3,) and _is_true(cursor, CAN_BECOME_BOTH)


def _owner_can_migrate(cursor: Cursor) -> bool:
    return _is_true(cursor, OWNER_CAN_MIGRATE)


def _is_true(cursor: Cursor, question: str) -> bool:
    cursor.execute(question)
    (answer,) = cursor.fetchone()
    return bool(answer)


def _what_an_administrator_runs(cursor: Cursor) -> str:
    login, _, database = _login_facts(cursor)
    return (
        "The login of DATABASE_URL may not set up FlexSync's roles. Let an administrator of that database run:\n"
        f"  CREATE ROLE {OWNER}; CREATE ROLE {APP}; CREATE ROLE {LOOKUP};\n"
        f'  GRANT {APP}, {OWNER} TO "{login}" WITH INHERIT FALSE, SET TRUE;\n'
        f"  GRANT {LOOKUP} TO {OWNER} WITH INHERIT FALSE, SET TRUE;\n"
        f'  GRANT CREATE ON DATABASE "{database}" TO {OWNER}; GRANT CREATE ON SCHEMA public TO {OWNER};'
    )


def as_libpq_reads_it(url: str) -> str:
    """Django's address readers know more names for PostgreSQL than libpq does."""
    scheme, separator, rest = url.partition("://")
    return f"postgresql{separator}{rest}" if scheme in OTHER_SCHEMES else url


def _require_version(cursor: Cursor) -> None:
    version = cursor.connection.server_version
    if version < OLDEST:
        raise LocalError(f"The server of DATABASE_URL is PostgreSQL {version // 10000}; FlexSync needs 16 or newer.")
