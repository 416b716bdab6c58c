"""Who keeps the running totals of the source: the database itself, so that no code path can forget them.

One aggregated row per day, entity and currency that a statement changes; none where its changes cancel out. The
triggers run as whoever writes, under the policies of the organisation that is set.
"""

from django.db import migrations

from ledger.tenancy.backfill import tenant_by_tenant

MADE = """
    CREATE FUNCTION ledger_sourcetotal_added() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        INSERT INTO public.ledger_sourcetotal (tenant_id, entity_id, dated, currency, count, minor, folded)
        SELECT tenant_id, entity_id, dated, currency, count(*), sum(amount_minor), false
          FROM fresh WHERE stage <> 'pending'
         GROUP BY tenant_id, entity_id, dated, currency;
        RETURN NULL;
    END $$;

    CREATE FUNCTION ledger_sourcetotal_taken() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        INSERT INTO public.ledger_sourcetotal (tenant_id, entity_id, dated, currency, count, minor, folded)
        SELECT tenant_id, entity_id, dated, currency, -count(*), -sum(amount_minor), false
          FROM former WHERE stage <> 'pending'
         GROUP BY tenant_id, entity_id, dated, currency;
        RETURN NULL;
    END $$;

    CREATE FUNCTION ledger_sourcetotal_moved() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        INSERT INTO public.ledger_sourcetotal (tenant_id, entity_id, dated, currency, count, minor, folded)
        SELECT tenant_id, entity_id, dated, currency, sum(number), sum(number * amount_minor), false
          FROM (SELECT 1 AS number, tenant_id, entity_id, dated, currency, amount_minor
                  FROM fresh WHERE stage <> 'pending'
                 UNION ALL
                SELECT -1, tenant_id, entity_id, dated, currency, amount_minor
                  FROM former WHERE stage <> 'pending') moved
         GROUP BY tenant_id, entity_id, dated, currency
        HAVING sum(number) <> 0 OR sum(number * amount_minor) <> 0;
        RETURN NULL;
    END $$;

    CREATE TRIGGER ledger_sourcetotal_added AFTER INSERT ON ledger_sourcedocument
        REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION ledger_sourcetotal_added();
    CREATE TRIGGER ledger_sourcetotal_moved AFTER UPDATE ON ledger_sourcedocument
        REFERENCING NEW TABLE AS fresh OLD TABLE AS former
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_sourcetotal_moved();
    CREATE TRIGGER ledger_sourcetotal_taken AFTER DELETE ON ledger_sourcedocument
        REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION ledger_sourcetotal_taken();

    CREATE POLICY lookup ON ledger_sourcetotal FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (id, tenant_id, folded) ON ledger_sourcetotal TO flexsync_lookup;

    SET LOCAL ROLE flexsync_lookup;
    CREATE FUNCTION lookup.tenants_with_source_totals(at_least bigint) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT tenant_id FROM public.ledger_sourcetotal
         WHERE NOT folded GROUP BY tenant_id HAVING count(*) >= at_least
    $$;
    REVOKE ALL ON FUNCTION lookup.tenants_with_source_totals FROM public;
    GRANT EXECUTE ON FUNCTION lookup.tenants_with_source_totals TO flexsync_app;
    SET LOCAL ROLE flexsync_owner;
"""

GONE = """
    SET LOCAL ROLE flexsync_lookup;
    DROP FUNCTION lookup.tenants_with_source_totals;
    SET LOCAL ROLE flexsync_owner;
    DROP POLICY lookup ON ledger_sourcetotal;
    DROP TRIGGER ledger_sourcetotal_added ON ledger_sourcedocument;
    DROP TRIGGER ledger_sourcetotal_moved ON ledger_sourcedocument;
    DROP TRIGGER ledger_sourcetotal_taken ON ledger_sourcedocument;
    DROP FUNCTION ledger_sourcetotal_added, ledger_sourcetotal_moved, ledger_sourcetotal_taken;
"""

COUNTED = "SELECT count(*) FROM ledger_sourcedocument WHERE stage <> 'pending'"
WRITTEN = """
    INSERT INTO ledger_sourcetotal (tenant_id, entity_id, dated, currency, count, minor, folded)
    SELECT tenant_id, entity_id, dated, currency, count(*), sum(amount_minor), true
      FROM ledger_sourcedocument WHERE stage <> 'pending' GROUP BY tenant_id, entity_id, dated, currency
"""
SUMMED = "SELECT coalesce(sum(count), 0) FROM ledger_sourcetotal"


def add_up_what_is_there(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for organisation in tenant_by_tenant(cursor):
            cursor.execute(COUNTED)
            [documents] = cursor.fetchone()
            cursor.execute(WRITTEN)
            cursor.execute(SUMMED)
            [summed] = cursor.fetchone()
            assert summed == documents, f"organisation {organisation}: {summed} of {documents} documents were added up"


class Migration(migrations.Migration):
    dependencies = [("ledger", "0011_totals")]

    operations = [
        migrations.RunSQL(MADE, GONE),
        # The totals go with their table.
        migrations.RunPython(add_up_what_is_there, migrations.RunPython.noop),
    ]
