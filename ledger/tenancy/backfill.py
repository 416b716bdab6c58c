"""Migrating rows: the owner of a table is bound by its policy too, and without an organisation it changes nothing."""

from collections.abc import Iterator
from typing import Any


def tenant_by_tenant(cursor: Any) -> Iterator[int]:
    """Each organisation in turn, set for the statements until the next one. Assert what they changed."""
    cursor.execute("SELECT id FROM ledger_organisation ORDER BY id")
    for [organisation] in cursor.fetchall():
        cursor.execute("SELECT set_config('app.tenant', %s, true)", [str(organisation)])
        yield organisation
    cursor.execute("SELECT set_config('app.tenant', '', true)")
