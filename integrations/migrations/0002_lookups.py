"""Which authorisation a state parameter belongs to, and where there is work: ids only (see ledger 0002)."""

from django.db import migrations

READABLE = """
    CREATE POLICY lookup ON integrations_authorisation FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (id, tenant_id, state_digest) ON integrations_authorisation TO flexsync_lookup;
    CREATE POLICY lookup ON integrations_connection FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (id, tenant_id, state, lane_until, resting_until) ON integrations_connection TO flexsync_lookup;
    CREATE POLICY lookup ON integrations_syncjob FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (id, tenant_id, connection_id, state, due_at, rung_at) ON integrations_syncjob TO flexsync_lookup;
"""

FUNCTIONS = """
    SET LOCAL ROLE flexsync_lookup;

    CREATE FUNCTION lookup.authorisation(digest bytea) RETURNS TABLE (tenant_id bigint, authorisation_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT asked.tenant_id, asked.id FROM public.integrations_authorisation asked WHERE asked.state_digest = digest
    $$;

    CREATE FUNCTION lookup.connections_with_work()
    RETURNS TABLE (tenant_id bigint, connection_id bigint, fresh boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT tie.tenant_id, tie.id, due.rung_at > now() - interval '1 minute'
          FROM public.integrations_connection tie
          -- One row of the partial index per connection: the sweep costs the same whatever waits.
          CROSS JOIN LATERAL (
                SELECT job.rung_at FROM public.integrations_syncjob job
                 WHERE job.tenant_id = tie.tenant_id AND job.connection_id = tie.id
                   AND job.state IN ('waiting', 'running', 'unknown') AND job.due_at <= now()
                 ORDER BY job.due_at DESC LIMIT 1
          ) due
         WHERE tie.state = 'live'
           AND (tie.lane_until IS NULL OR tie.lane_until < now())
           AND (tie.resting_until IS NULL OR tie.resting_until < now())
    $$;

    REVOKE ALL ON FUNCTION lookup.authorisation, lookup.connections_with_work FROM public;
    GRANT EXECUTE ON FUNCTION lookup.authorisation, lookup.connections_with_work TO flexsync_app;
    SET LOCAL ROLE flexsync_owner;
"""

GONE = """
    SET LOCAL ROLE flexsync_lookup;
    DROP FUNCTION lookup.authorisation, lookup.connections_with_work;
    SET LOCAL ROLE flexsync_owner;
    DROP POLICY lookup ON integrations_authorisation;
    DROP POLICY lookup ON integrations_connection;
    DROP POLICY lookup ON integrations_syncjob;
"""


class Migration(migrations.Migration):
    dependencies = [("integrations", "0001_initial")]

    operations = [migrations.RunSQL(READABLE + FUNCTIONS, GONE)]
