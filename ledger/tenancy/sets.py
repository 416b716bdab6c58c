"""Different values into many rows by one statement.

Django's bulk_update writes a CASE with a branch per row and column: for the sets that the engine settles, making and
parsing that statement was most of the work. Here each column is one array.
"""

from collections.abc import Sequence
from typing import Any

from django.db import connection, models

from ledger.tenancy.context import required_tenant


def update_rows(rows: Sequence[models.Model], fields: Sequence[str]) -> None:
    """Write these fields of rows of one model that is a tenant's. Rows that are not there any more are left out."""
    if not rows:
        return
    meta = type(rows[0])._meta
    quote = connection.ops.quote_name
    columns: list[Any] = [meta.get_field(name) for name in ("id", *fields)]
    arrays = [[field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows] for field in columns]
    names = [quote(field.column) for field in columns]
    values = ", ".join(f"%s::{_plain_type(field)}[]" for field in columns)
    changes = ", ".join(f"{name} = told.{name}" for name in names[1:])
    statement = (
        f"UPDATE {quote(meta.db_table)} AS row SET {changes} FROM unnest({values}) AS told({', '.join(names)}) "
        "WHERE row.tenant_id = %s AND row.id = told.id"
    )
    with connection.cursor() as cursor:
        cursor.execute(statement, [*arrays, required_tenant()])


def _plain_type(field: "models.Field[Any, Any]") -> str:
    """Without a length, to which a cast would cut in silence, and without what makes a key count by itself."""
    if isinstance(field, models.BigAutoField):
        return "bigint"
    return str(field.db_type(connection)).partition("(")[0]
