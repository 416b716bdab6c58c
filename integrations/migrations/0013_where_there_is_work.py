"""A company whose subscription has ended is looked at again now and then: its connection has work, once it has rested.

And a dump of documents is a backlog however young it is: nobody else's fresh charge waits behind it.
"""

from django.db import migrations

FRESH = "due.rung_at > now() - interval '1 minute'"
# sync/queue.is_fresh says the same of FEW = 50.
A_FEW_FRESH = f"""
    CASE WHEN {FRESH} THEN NOT EXISTS (
        SELECT FROM (
            SELECT job.rung_at FROM public.integrations_syncjob job
             WHERE job.tenant_id = tie.tenant_id AND job.connection_id = tie.id
               AND job.state IN ('waiting', 'running', 'unknown') AND job.due_at <= now()
             ORDER BY job.due_at DESC OFFSET 50 LIMIT 1
        ) many WHERE many.rung_at > now() - interval '1 minute'
    ) ELSE false END
"""


def function(states: str, fresh: str) -> str:
    return f"""
    SET LOCAL ROLE flexsync_lookup;

    CREATE OR REPLACE FUNCTION lookup.connections_with_work()
    RETURNS TABLE (tenant_id bigint, connection_id bigint, fresh boolean)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT tie.tenant_id, tie.id, {fresh}
          FROM public.integrations_connection tie
          -- A row of the partial index per connection, 51 where it is fresh: the sweep costs the same whatever waits.
          CROSS JOIN LATERAL (
                SELECT job.rung_at FROM public.integrations_syncjob job
                 WHERE job.tenant_id = tie.tenant_id AND job.connection_id = tie.id
                   AND job.state IN ('waiting', 'running', 'unknown') AND job.due_at <= now()
                 ORDER BY job.due_at DESC LIMIT 1
          ) due
         WHERE tie.state IN ({states})
           AND (tie.lane_until IS NULL OR tie.lane_until < now())
           AND (tie.resting_until IS NULL OR tie.resting_until < now())
    $$;

    SET LOCAL ROLE flexsync_owner;
"""  # Both parts stand below.


class Migration(migrations.Migration):
    dependencies = [("integrations", "0012_periods_and_currencies")]

    operations = [migrations.RunSQL(function("'live', 'read_only'", A_FEW_FRESH), function("'live'", FRESH))]
