"""Two constraints that `makemigrations` carries: the policy of a tenant's table, and references within a tenant."""

from typing import Any

from django.db import models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.models.constraints import BaseConstraint

# Bare, not wrapped in (SELECT …): the planner then knows the tenant while planning (rows estimated per tenant, and
# equality of tenants inferred between joined tables).
IS_CURRENT_TENANT = "tenant_id = NULLIF(current_setting('app.tenant', true), '')::bigint"


# The planner knows how many rows the largest organisation has, and takes the others for equals. Where it knows some
# hundred by name and they are all, one that came since counts as a single row: its first import then met plans that
# read all its rows for each of them.
NOBODY_IS_RARE = "ALTER TABLE {table} ALTER COLUMN tenant_id SET STATISTICS 1"


class DatabaseOnlyConstraint(BaseConstraint):
    """Kept by the database alone: nothing to check in Python before saving."""

    def constraint_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Called while the table is being made."""
        return self.create_sql(model, schema_editor)

    def create_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        """Put off to the end of the migration: it needs the table, and a reference needs its target's unique key."""
        assert model is not None
        assert schema_editor is not None
        schema_editor.deferred_sql.append(self.statement(model, schema_editor))
        return ""

    def statement(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> str:
        raise NotImplementedError

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> Any:
        raise NotImplementedError

    def validate(self, *args: Any, **kwargs: Any) -> None:
        """The database decides."""

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.deconstruct() == other.deconstruct()  # type: ignore[attr-defined]

    def __hash__(self) -> int:
        return hash(self.name)


class TenantPolicy(DatabaseOnlyConstraint):
    """Rows are seen and written by their own organisation only; the owner of the table is bound as well."""

    def statement(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> str:
        table = schema_editor.quote_name(model._meta.db_table)
        return (
            f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY; ALTER TABLE {table} FORCE ROW LEVEL SECURITY; "
            f"CREATE POLICY {self.name} ON {table} USING ({IS_CURRENT_TENANT}) WITH CHECK ({IS_CURRENT_TENANT}); "
            f"{NOBODY_IS_RARE.format(table=table)}"
        )

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None
        assert schema_editor is not None
        table = schema_editor.quote_name(model._meta.db_table)
        return (
            f"DROP POLICY {self.name} ON {table}; ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY; "
            f"ALTER TABLE {table} DISABLE ROW LEVEL SECURITY"
        )


class TenantForeignKey(DatabaseOnlyConstraint):
    """A reference that cannot leave the organisation: (tenant, field) points to (tenant, id).

    PostgreSQL's own foreign-key checks ignore row-level security, so a plain key would accept another tenant's id.
    The field itself is declared with db_constraint=False and db_index=False.
    """

    def __init__(self, *, field: str, name: str) -> None:
        super().__init__(name=name)
        self.field = field

    def deconstruct(self) -> Any:
        path, args, kwargs = super().deconstruct()
        return path, args, {**kwargs, "field": self.field}

    def statement(self, model: type[models.Model], schema_editor: BaseDatabaseSchemaEditor) -> str:
        quote = schema_editor.quote_name
        field: Any = model._meta.get_field(self.field)
        child, parent = (quote(model._meta.db_table), quote(field.related_model._meta.db_table))
        add = (
            f"ALTER TABLE {child} ADD CONSTRAINT {quote(self.name)} FOREIGN KEY (tenant_id, {quote(field.column)}) "
            f"REFERENCES {parent} (tenant_id, id)"
        )
        return _unforced([child, parent], add)

    def remove_sql(self, model: type[models.Model] | None, schema_editor: BaseDatabaseSchemaEditor | None) -> str:
        assert model is not None
        assert schema_editor is not None
        quote = schema_editor.quote_name
        return f"ALTER TABLE {quote(model._meta.db_table)} DROP CONSTRAINT {quote(self.name)}"


def _unforced(tables: list[str], statement: str) -> str:
    """Under FORCE a new foreign key validates nothing that is already there; both ends are opened for this moment."""
    distinct = list(dict.fromkeys(tables))
    opened = "; ".join(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY" for table in distinct)
    closed = "; ".join(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY" for table in distinct)
    return f"{opened}; {statement}; {closed}"
