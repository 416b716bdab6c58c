"""Who keeps the running totals of the states, and the money that each job was told: the database itself.

A job counts under its state with the money of the document as of its wanted_revision. Both stand in the job's own row,
so whoever changes the state and whoever changes the document never wait for each other; what the document says by now
and the job was not told yet is an event that nobody has absorbed, and is counted from there (conservation/reading.py).

The triggers run as whoever writes, under the policies of the organisation that is set.
"""

from django.db import migrations

from ledger.tenancy.backfill import tenant_by_tenant

MADE = """
    CREATE FUNCTION integrations_term_of(state text) RETURNS text LANGUAGE sql IMMUTABLE
    RETURN CASE state
        WHEN 'waiting' THEN 'way' WHEN 'running' THEN 'way' WHEN 'unknown' THEN 'way'
        WHEN 'held' THEN 'held' WHEN 'needs_attention' THEN 'person' WHEN 'done' THEN 'books'
        WHEN 'excluded' THEN 'excluded'
    END;
    GRANT EXECUTE ON FUNCTION integrations_term_of TO flexsync_app;

    -- One row by its key, always by the index: a plan that was remembered while the table was small reads all of it.
    CREATE FUNCTION integrations_syncjob_told() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp SET enable_seqscan = off AS $$
    BEGIN
        IF TG_OP = 'UPDATE' AND NEW.wanted_revision = OLD.wanted_revision AND NEW.document_id = OLD.document_id THEN
            NEW.told_minor := OLD.told_minor;
            NEW.told_currency := OLD.told_currency;
            NEW.told_dated := OLD.told_dated;
            RETURN NEW;
        END IF;
        -- Each statement of this function sees what is committed by now, and the job's own row is locked: of two
        -- that tell a job about two revisions, the later writer cannot leave the earlier revision's money behind.
        SELECT CASE WHEN doc.stage <> 'pending' THEN doc.amount_minor END, doc.currency, doc.dated
          INTO NEW.told_minor, NEW.told_currency, NEW.told_dated
          FROM public.ledger_sourcedocument doc
         WHERE doc.tenant_id = NEW.tenant_id AND doc.id = NEW.document_id;
        RETURN NEW;
    END $$;

    CREATE FUNCTION integrations_statetotal_added() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        INSERT INTO public.integrations_statetotal (tenant_id, entity_id, dated, currency, term, count, minor, folded)
        SELECT job.tenant_id, tie.entity_id, job.told_dated, job.told_currency, public.integrations_term_of(job.state),
               count(*), sum(job.told_minor), false
          FROM fresh job
          JOIN public.integrations_connection tie ON tie.tenant_id = job.tenant_id AND tie.id = job.connection_id
         WHERE job.told_minor IS NOT NULL
         GROUP BY 1, 2, 3, 4, 5;
        RETURN NULL;
    END $$;

    CREATE FUNCTION integrations_statetotal_taken() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        INSERT INTO public.integrations_statetotal (tenant_id, entity_id, dated, currency, term, count, minor, folded)
        SELECT job.tenant_id, tie.entity_id, job.told_dated, job.told_currency, public.integrations_term_of(job.state),
               -count(*), -sum(job.told_minor), false
          FROM former job
          JOIN public.integrations_connection tie ON tie.tenant_id = job.tenant_id AND tie.id = job.connection_id
         WHERE job.told_minor IS NOT NULL
         GROUP BY 1, 2, 3, 4, 5;
        RETURN NULL;
    END $$;

    CREATE FUNCTION integrations_statetotal_moved() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        INSERT INTO public.integrations_statetotal (tenant_id, entity_id, dated, currency, term, count, minor, folded)
        SELECT moved.tenant_id, tie.entity_id, moved.told_dated, moved.told_currency, moved.term,
               sum(moved.number), sum(moved.number * moved.told_minor), false
          FROM (SELECT 1 AS number, tenant_id, connection_id, told_dated, told_currency, told_minor,
                       public.integrations_term_of(state) AS term
                  FROM fresh WHERE told_minor IS NOT NULL
                 UNION ALL
                SELECT -1, tenant_id, connection_id, told_dated, told_currency, told_minor,
                       public.integrations_term_of(state)
                  FROM former WHERE told_minor IS NOT NULL) moved
          JOIN public.integrations_connection tie ON tie.tenant_id = moved.tenant_id AND tie.id = moved.connection_id
         GROUP BY 1, 2, 3, 4, 5
        HAVING sum(moved.number) <> 0 OR sum(moved.number * moved.told_minor) <> 0;
        RETURN NULL;
    END $$;
"""

COUNTING = """
    CREATE TRIGGER integrations_syncjob_told
        BEFORE INSERT OR UPDATE OF wanted_revision, document_id, told_minor, told_currency, told_dated
        ON integrations_syncjob FOR EACH ROW EXECUTE FUNCTION integrations_syncjob_told();
    CREATE TRIGGER integrations_statetotal_added AFTER INSERT ON integrations_syncjob
        REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION integrations_statetotal_added();
    CREATE TRIGGER integrations_statetotal_moved AFTER UPDATE ON integrations_syncjob
        REFERENCING NEW TABLE AS fresh OLD TABLE AS former
        FOR EACH STATEMENT EXECUTE FUNCTION integrations_statetotal_moved();
    CREATE TRIGGER integrations_statetotal_taken AFTER DELETE ON integrations_syncjob
        REFERENCING OLD TABLE AS former FOR EACH STATEMENT EXECUTE FUNCTION integrations_statetotal_taken();

    CREATE POLICY lookup ON integrations_statetotal FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (id, tenant_id, folded) ON integrations_statetotal TO flexsync_lookup;

    SET LOCAL ROLE flexsync_lookup;
    CREATE FUNCTION lookup.tenants_with_state_totals(at_least bigint) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT tenant_id FROM public.integrations_statetotal
         WHERE NOT folded GROUP BY tenant_id HAVING count(*) >= at_least
    $$;
    REVOKE ALL ON FUNCTION lookup.tenants_with_state_totals FROM public;
    GRANT EXECUTE ON FUNCTION lookup.tenants_with_state_totals TO flexsync_app;
    SET LOCAL ROLE flexsync_owner;
"""

COUNTING_GONE = """
    SET LOCAL ROLE flexsync_lookup;
    DROP FUNCTION lookup.tenants_with_state_totals;
    SET LOCAL ROLE flexsync_owner;
    DROP POLICY lookup ON integrations_statetotal;
    DROP TRIGGER integrations_syncjob_told ON integrations_syncjob;
    DROP TRIGGER integrations_statetotal_added ON integrations_syncjob;
    DROP TRIGGER integrations_statetotal_moved ON integrations_syncjob;
    DROP TRIGGER integrations_statetotal_taken ON integrations_syncjob;
"""

GONE = """
    DROP FUNCTION integrations_statetotal_added, integrations_statetotal_moved, integrations_statetotal_taken,
        integrations_syncjob_told, integrations_term_of;
"""

# Whoever writes meanwhile waits, so that nothing comes between the sums and the triggers.
ALONE = "LOCK TABLE integrations_syncjob IN SHARE ROW EXCLUSIVE MODE"
FILLED = """
    UPDATE integrations_syncjob job
       SET told_minor = CASE WHEN doc.stage <> 'pending' THEN doc.amount_minor END,
           told_currency = doc.currency, told_dated = doc.dated
      FROM ledger_sourcedocument doc WHERE doc.id = job.document_id
"""
WRITTEN = """
    INSERT INTO integrations_statetotal (tenant_id, entity_id, dated, currency, term, count, minor, folded)
    SELECT job.tenant_id, tie.entity_id, job.told_dated, job.told_currency, integrations_term_of(job.state),
           count(*), sum(job.told_minor), true
      FROM integrations_syncjob job JOIN integrations_connection tie ON tie.id = job.connection_id
     WHERE job.told_minor IS NOT NULL GROUP BY 1, 2, 3, 4, 5
"""
JOBS = "SELECT count(*), count(told_dated), count(told_minor) FROM integrations_syncjob"
SUMMED = "SELECT coalesce(sum(count), 0) FROM integrations_statetotal"


def add_up_what_is_there(apps, schema_editor):
    """Before the triggers are there, which would let nobody else write what a job was told."""
    with schema_editor.connection.cursor() as cursor:
        cursor.execute(ALONE)
        for organisation in tenant_by_tenant(cursor):
            cursor.execute(FILLED)
            cursor.execute(JOBS)
            jobs, told, counted = cursor.fetchone()
            cursor.execute(WRITTEN)
            cursor.execute(SUMMED)
            [summed] = cursor.fetchone()
            assert (told, summed) == (jobs, counted), f"organisation {organisation}: {told} of {jobs}, {summed} counted"


class Migration(migrations.Migration):
    dependencies = [("integrations", "0005_totals"), ("ledger", "0012_totals_kept")]

    operations = [
        migrations.RunSQL(MADE, GONE),
        migrations.RunPython(add_up_what_is_there, migrations.RunPython.noop),
        migrations.RunSQL(COUNTING, COUNTING_GONE),
    ]
