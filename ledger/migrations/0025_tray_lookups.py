"""Whose address a letter is sent to, and which trays hold something: ids only (see 0002)."""

from django.db import migrations

READABLE = """
    CREATE POLICY lookup ON ledger_inbox FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (tenant_id, token) ON ledger_inbox TO flexsync_lookup;
    CREATE POLICY lookup ON ledger_receipt FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (tenant_id, document_id, removed_at, recorded_at) ON ledger_receipt TO flexsync_lookup;
"""

FUNCTIONS = """
    SET LOCAL ROLE flexsync_lookup;

    CREATE FUNCTION lookup.inbox(address text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT tenant_id FROM public.ledger_inbox WHERE token = address
    $$;

    -- What nobody found a document for in three months, nothing will.
    CREATE FUNCTION lookup.tenants_with_arrivals() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT DISTINCT tenant_id FROM public.ledger_receipt
         WHERE removed_at IS NULL AND document_id IS NULL AND recorded_at > now() - interval '90 days'
    $$;

    REVOKE ALL ON FUNCTION lookup.inbox, lookup.tenants_with_arrivals FROM public;
    GRANT EXECUTE ON FUNCTION lookup.inbox, lookup.tenants_with_arrivals TO flexsync_app;
    SET LOCAL ROLE flexsync_owner;
"""

GONE = """
    SET LOCAL ROLE flexsync_lookup;
    DROP FUNCTION lookup.inbox, lookup.tenants_with_arrivals;
    SET LOCAL ROLE flexsync_owner;
    DROP POLICY lookup ON ledger_inbox;
    DROP POLICY lookup ON ledger_receipt;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0024_tray")]

    operations = [migrations.RunSQL(READABLE + FUNCTIONS, GONE)]
