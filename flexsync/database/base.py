"""Django's PostgreSQL backend, plus the tenant: every outermost transaction names it to the database."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.backends.postgresql import base as postgresql

from ledger.tenancy.context import ONE_MOMENT, SET_TENANT, current_tenant, wants_one_moment

ROLE_FACTS = """
    SELECT current_user, role.rolsuper, role.rolbypassrls,
           EXISTS (SELECT FROM pg_class WHERE relowner = role.oid)
      FROM pg_roles role WHERE role.rolname = current_user
"""


class OutsideTransaction(RuntimeError):
    """A tenant's query outside a transaction: the database would not know the tenant and would show no rows."""


class DatabaseWrapper(postgresql.DatabaseWrapper):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._connecting = False
        self.execute_wrappers.append(self._require_transaction)

    def connect(self) -> None:
        self._connecting = True
        try:
            super().connect()
        finally:
            self._connecting = False

    def init_connection_state(self) -> None:
        super().init_connection_state()
        if self.settings_dict.get("TENANT_ROLE", "app") == "app":
            self._refuse_powerful_role()

    def _set_autocommit(self, autocommit: bool) -> None:
        super()._set_autocommit(autocommit)  # type: ignore[misc]  # the stubs leave this hook out
        if not autocommit and (tenant := current_tenant()) is not None:
            with self.wrap_database_errors, self.connection.cursor() as cursor:
                if wants_one_moment():
                    cursor.execute(ONE_MOMENT)
                cursor.execute(SET_TENANT, [str(tenant)])

    def _refuse_powerful_role(self) -> None:
        """Row-level security does not bind superusers and owners: with them the wall between tenants is not there."""
        with self.cursor() as cursor:
            cursor.execute(ROLE_FACTS)
            name, superuser, bypasses, owns = cursor.fetchone()
        if superuser or bypasses or owns:
            raise ImproperlyConfigured(
                f"The database role {name} is not bound by row-level security. "
                "Connect as flexsync_app; see docs/operations.md, “Database roles”."
            )

    def _require_transaction(self, execute: Any, sql: Any, params: Any, many: bool, context: Any) -> Any:
        if current_tenant() is not None and not self.in_atomic_block and not self._connecting:
            raise OutsideTransaction(f"A tenant is set, but no transaction is open for: {str(sql)[:120]}")
        return execute(sql, params, many, context)
