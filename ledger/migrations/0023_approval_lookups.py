"""Which organisations have approvals of which somebody should be told: ids only (see 0002)."""

from django.db import migrations

READABLE = """
    CREATE POLICY lookup ON ledger_approval FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (tenant_id, current, verdict, approver_id, asked_at, told_at) ON ledger_approval TO flexsync_lookup;
"""

FUNCTIONS = """
    SET LOCAL ROLE flexsync_lookup;

    CREATE FUNCTION lookup.tenants_with_approvals(asked_before timestamptz, told_before timestamptz)
    RETURNS TABLE (tenant_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT DISTINCT one.tenant_id FROM public.ledger_approval one
         WHERE one.current AND one.verdict = 'asked' AND one.approver_id IS NOT NULL
           AND one.asked_at < asked_before AND (one.told_at IS NULL OR one.told_at < told_before)
    $$;

    REVOKE ALL ON FUNCTION lookup.tenants_with_approvals FROM public;
    GRANT EXECUTE ON FUNCTION lookup.tenants_with_approvals TO flexsync_app;
    SET LOCAL ROLE flexsync_owner;
"""

GONE = """
    SET LOCAL ROLE flexsync_lookup;
    DROP FUNCTION lookup.tenants_with_approvals;
    SET LOCAL ROLE flexsync_owner;
    DROP POLICY lookup ON ledger_approval;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0022_approvals")]

    operations = [migrations.RunSQL(READABLE + FUNCTIONS, GONE)]
