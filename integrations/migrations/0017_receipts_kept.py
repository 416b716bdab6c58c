"""A receipt follows its document: whoever links or unlinks one wakes its files; and where only files wait."""

from django.db import migrations

MADE = """
    -- By arrays and not by joins with what moved: of those the planner knows no number, and may choose badly.
    CREATE FUNCTION integrations_receiptjob_wake(organisation bigint, tie bigint, documents bigint[]) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        UPDATE public.integrations_receiptjob job SET state = 'waiting', due_at = now()
         WHERE job.tenant_id = organisation AND job.connection_id = tie AND job.state IN ('early', 'done')
           AND job.receipt_id = ANY (ARRAY(
               SELECT receipt.id FROM public.ledger_receipt receipt
                WHERE receipt.tenant_id = organisation AND receipt.document_id = ANY (documents)));
    END $$;

    GRANT EXECUTE ON FUNCTION integrations_receiptjob_wake TO flexsync_app;

    CREATE FUNCTION integrations_receiptjob_follows() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        PERFORM public.integrations_receiptjob_wake(tenant_id, connection_id, array_agg(document_id))
           FROM moved GROUP BY tenant_id, connection_id;
        RETURN NULL;
    END $$;

    -- The document was made anew as another object, or is seen again after it was gone, or is gone.
    CREATE FUNCTION integrations_receiptjob_follows_change() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        PERFORM public.integrations_receiptjob_wake(
                    moved.tenant_id, moved.connection_id, array_agg(moved.document_id))
           FROM former JOIN moved ON moved.id = former.id
          WHERE former.external_id <> moved.external_id OR (former.stance = 'gone') <> (moved.stance = 'gone')
          GROUP BY moved.tenant_id, moved.connection_id;
        RETURN NULL;
    END $$;

    CREATE TRIGGER integrations_receiptjob_linked AFTER INSERT ON integrations_externallink
        REFERENCING NEW TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION integrations_receiptjob_follows();
    CREATE TRIGGER integrations_receiptjob_relinked AFTER UPDATE ON integrations_externallink
        REFERENCING OLD TABLE AS former NEW TABLE AS moved
        FOR EACH STATEMENT EXECUTE FUNCTION integrations_receiptjob_follows_change();
    CREATE TRIGGER integrations_receiptjob_unlinked AFTER DELETE ON integrations_externallink
        REFERENCING OLD TABLE AS moved FOR EACH STATEMENT EXECUTE FUNCTION integrations_receiptjob_follows();

    CREATE POLICY lookup ON integrations_receiptjob FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (id, tenant_id, connection_id, state, due_at) ON integrations_receiptjob TO flexsync_lookup;

    SET LOCAL ROLE flexsync_lookup;
    CREATE FUNCTION lookup.connections_with_receipts() RETURNS TABLE (tenant_id bigint, connection_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT tie.tenant_id, tie.id FROM public.integrations_connection tie
         WHERE tie.state = 'live'
           AND (tie.lane_until IS NULL OR tie.lane_until < now())
           AND (tie.resting_until IS NULL OR tie.resting_until < now())
           AND EXISTS (
                SELECT FROM public.integrations_receiptjob job
                 WHERE job.tenant_id = tie.tenant_id AND job.connection_id = tie.id
                   AND job.state IN ('waiting', 'running', 'unknown') AND job.due_at <= now()
           )
    $$;
    REVOKE ALL ON FUNCTION lookup.connections_with_receipts FROM public;
    GRANT EXECUTE ON FUNCTION lookup.connections_with_receipts TO flexsync_app;
    SET LOCAL ROLE flexsync_owner;
"""

GONE = """
    SET LOCAL ROLE flexsync_lookup;
    DROP FUNCTION lookup.connections_with_receipts;
    SET LOCAL ROLE flexsync_owner;
    DROP POLICY lookup ON integrations_receiptjob;
    DROP TRIGGER integrations_receiptjob_unlinked ON integrations_externallink;
    DROP TRIGGER integrations_receiptjob_relinked ON integrations_externallink;
    DROP TRIGGER integrations_receiptjob_linked ON integrations_externallink;
    DROP FUNCTION integrations_receiptjob_follows, integrations_receiptjob_follows_change;
    DROP FUNCTION integrations_receiptjob_wake;
"""


class Migration(migrations.Migration):
    dependencies = [("integrations", "0016_receipts")]

    operations = [migrations.RunSQL(MADE, GONE)]
