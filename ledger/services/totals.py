"""Folding: many rows of a running total become one, and the total stays what it is."""

from typing import Any

from django.db import connection, transaction

from ledger.models import RunningTotal
from ledger.tenancy.context import required_tenant

# What one fold takes at most; a tenant with more is folded again at the next sweep.
ROWS_AT_ONCE = 5000

# One statement, so that every reader sees either the many or the one. What somebody else folds at this moment is passed
# over: nobody waits, and whatever is left is folded next time.
FOLD = """
    WITH raw AS (
        SELECT id, {keys} FROM {table} WHERE tenant_id = %(tenant)s AND NOT folded
         ORDER BY id LIMIT %(limit)s FOR UPDATE SKIP LOCKED
    ), touched AS (
        SELECT DISTINCT {keys} FROM raw
    ), former AS (
        SELECT total.id FROM {table} total JOIN touched USING ({keys})
         WHERE total.tenant_id = %(tenant)s AND total.folded FOR UPDATE OF total SKIP LOCKED
    ), taken AS (
        DELETE FROM {table} WHERE tenant_id = %(tenant)s AND id IN (SELECT id FROM raw UNION ALL SELECT id FROM former)
        RETURNING {keys}, count, minor
    ), written AS (
        INSERT INTO {table} (tenant_id, {keys}, count, minor, folded)
        SELECT %(tenant)s, {keys}, sum(count), sum(minor), true FROM taken GROUP BY {keys}
        HAVING sum(count) <> 0 OR sum(minor) <> 0
    )
    SELECT count(*) FROM taken
"""


@transaction.atomic
def fold(totals: type[RunningTotal], limit: int = ROWS_AT_ONCE) -> int:
    """Returns how many rows were folded."""
    own: set[Any] = {"id", "tenant", "count", "minor", "folded"}
    keys = ", ".join(field.column for field in totals._meta.concrete_fields if field.name not in own)
    with connection.cursor() as cursor:
        statement = FOLD.format(table=totals._meta.db_table, keys=keys)
        cursor.execute(statement, {"tenant": required_tenant(), "limit": limit})
        folded: int = cursor.fetchone()[0]
    return folded
