"""Where a file waits to be read on, and which ones nobody wanted: ids only (see 0002)."""

from django.db import migrations

READABLE = """
    CREATE POLICY lookup ON ledger_import FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (id, tenant_id, state, is_stored, uploaded_at, touched_at) ON ledger_import TO flexsync_lookup;
"""

FUNCTIONS = """
    SET LOCAL ROLE flexsync_lookup;

    CREATE FUNCTION lookup.imports_with_work() RETURNS TABLE (tenant_id bigint, import_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT job.tenant_id, job.id FROM public.ledger_import job
         WHERE job.state IN ('ready', 'running') AND job.is_stored AND job.touched_at < now() - interval '15 seconds'
    $$;

    CREATE FUNCTION lookup.unused_uploads() RETURNS TABLE (tenant_id bigint, import_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT job.tenant_id, job.id FROM public.ledger_import job
         WHERE job.state = 'uploaded' AND job.uploaded_at < now() - interval '7 days'
    $$;

    REVOKE ALL ON FUNCTION lookup.imports_with_work, lookup.unused_uploads FROM public;
    GRANT EXECUTE ON FUNCTION lookup.imports_with_work, lookup.unused_uploads TO flexsync_app;
    SET LOCAL ROLE flexsync_owner;
"""

GONE = """
    SET LOCAL ROLE flexsync_lookup;
    DROP FUNCTION lookup.imports_with_work, lookup.unused_uploads;
    SET LOCAL ROLE flexsync_owner;
    DROP POLICY lookup ON ledger_import;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0009_imports")]

    operations = [migrations.RunSQL(READABLE + FUNCTIONS, GONE)]
