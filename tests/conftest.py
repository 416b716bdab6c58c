"""The suite's database is made by its owner, and every test runs as the application: the role that the wall binds."""

import uuid
from collections.abc import Iterator
from typing import Any

import environ
import pytest
from django.db import connection, transaction
from django.test import TransactionTestCase

from integrations.providers.quickbooks.oauth import BoundedAuthClient
from ledger.storage import storage
from tests.cast import Cast, make_cast

ENV = environ.Env()
LOGINS = {"app": ENV.db("DATABASE_URL"), "owner": ENV.db("DATABASE_OWNER_URL", default=ENV("DATABASE_URL"))}
HAS_OWN_LOGINS = "DATABASE_OWNER_URL" in ENV.ENVIRON

# But for what migrations put there.
FILLED = """
    SELECT relname FROM pg_class
     WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND pg_relation_size(oid) > 0
       AND relname NOT IN ('django_migrations', 'django_content_type', 'auth_permission')
"""


def connect_as(role: str) -> None:
    """Reconnect as this role. With a single login the role is taken on by SET ROLE."""
    connection.close()
    settings = connection.settings_dict
    settings |= {"USER": LOGINS[role]["USER"], "PASSWORD": LOGINS[role]["PASSWORD"], "TENANT_ROLE": role}
    if not HAS_OWN_LOGINS:
        settings["OPTIONS"]["assume_role"] = f"flexsync_{role}"


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    connect_as("owner")


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    with django_db_blocker.unblock():
        connect_as("app")
    tear_down = TransactionTestCase._fixture_teardown
    TransactionTestCase._fixture_teardown = _empty_what_was_filled  # type: ignore[method-assign]
    yield
    TransactionTestCase._fixture_teardown = tear_down  # type: ignore[method-assign]
    with django_db_blocker.unblock():
        connect_as("owner")


def _empty_what_was_filled(_: TransactionTestCase) -> None:
    """Each table that is emptied costs files, and few were filled. Told by their size, since nobody sees all rows."""
    connect_as("owner")
    with connection.cursor() as cursor:
        cursor.execute(FILLED)
        if filled := [name for (name,) in cursor.fetchall()]:
            cursor.execute(f"TRUNCATE {', '.join(filled)} CASCADE")
    connect_as("app")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """A server of this test may stand on the port of a former one's, where addresses are remembered for an hour."""
    BoundedAuthClient.discovered.clear()


@pytest.fixture(autouse=True)
def _a_folder_of_its_own(tmp_path_factory: pytest.TempPathFactory, settings: Any) -> Iterator[None]:
    """For the files of this test; made when the first is stored."""
    settings.STORAGE_FOLDER = str(tmp_path_factory.getbasetemp() / "files" / uuid.uuid4().hex)
    storage.cache_clear()
    yield
    storage.cache_clear()


@pytest.fixture
def cast(db: None) -> Cast:
    """Two organisations and their people; see tests/cast.py."""
    with transaction.atomic():
        return make_cast()
