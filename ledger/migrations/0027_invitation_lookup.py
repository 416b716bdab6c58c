"""Whose invitation a link is: ids only (see 0002)."""

from django.db import migrations

READABLE = """
    CREATE POLICY lookup ON ledger_invitation FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (id, tenant_id, digest, ended_at) ON ledger_invitation TO flexsync_lookup;
"""

FUNCTIONS = """
    SET LOCAL ROLE flexsync_lookup;

    CREATE FUNCTION lookup.invitation(link_digest bytea) RETURNS TABLE (tenant_id bigint, invitation_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT one.tenant_id, one.id FROM public.ledger_invitation one
         WHERE one.digest = link_digest AND one.ended_at IS NULL
    $$;

    REVOKE ALL ON FUNCTION lookup.invitation FROM public;
    GRANT EXECUTE ON FUNCTION lookup.invitation TO flexsync_app;
    SET LOCAL ROLE flexsync_owner;
"""

GONE = """
    SET LOCAL ROLE flexsync_lookup;
    DROP FUNCTION lookup.invitation;
    SET LOCAL ROLE flexsync_owner;
    DROP POLICY lookup ON ledger_invitation;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0026_people")]

    operations = [migrations.RunSQL(READABLE + FUNCTIONS, GONE)]
