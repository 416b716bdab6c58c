"""What the application's role may do, granted by the owner before the first table is made."""

from typing import Any

from django.db import connections

# Default privileges belong to a database, so every new one (each test database too) gets them here.
PRIVILEGES = """
    REVOKE CREATE ON SCHEMA public FROM public;
    GRANT USAGE ON SCHEMA public TO flexsync_app;
    ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO flexsync_app;
    ALTER DEFAULT PRIVILEGES REVOKE EXECUTE ON FUNCTIONS FROM public;
    CREATE SCHEMA IF NOT EXISTS lookup;
    GRANT USAGE ON SCHEMA lookup TO flexsync_app, flexsync_lookup;
    GRANT CREATE ON SCHEMA lookup TO flexsync_lookup;
    GRANT USAGE ON SCHEMA public TO flexsync_lookup;
"""


def grant_default_privileges(using: str, **kwargs: Any) -> None:
    """A receiver of pre_migrate. `flush` fires that signal as well, as the application: then there is nothing to do."""
    with connections[using].cursor() as cursor:
        cursor.execute("SELECT current_user")
        if cursor.fetchone()[0] == "flexsync_owner":
            cursor.execute(PRIVILEGES)
