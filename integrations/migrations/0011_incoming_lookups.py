"""Whose company a message is about, and where changes wait or are to be asked: ids only (see ledger 0002)."""

from django.db import migrations

READABLE = """
    CREATE POLICY lookup ON integrations_company FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (id, tenant_id, provider, external_id, changes_due_at) ON integrations_company TO flexsync_lookup;
    CREATE POLICY lookup ON integrations_incomingchange FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (id, tenant_id, company_id, due_at, handled_at) ON integrations_incomingchange TO flexsync_lookup;
    GRANT SELECT (company_id) ON integrations_connection TO flexsync_lookup;
"""

FUNCTIONS = """
    SET LOCAL ROLE flexsync_lookup;

    CREATE FUNCTION lookup.companies(platform text, named text[])
    RETURNS TABLE (tenant_id bigint, company_id bigint, external_id text)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT company.tenant_id, company.id, company.external_id::text FROM public.integrations_company company
         WHERE company.provider = platform AND company.external_id = ANY (named)
    $$;

    CREATE FUNCTION lookup.companies_with_changes() RETURNS TABLE (tenant_id bigint, company_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT tie.tenant_id, tie.company_id FROM public.integrations_connection tie
         WHERE tie.state = 'live' AND EXISTS (
               SELECT FROM public.integrations_incomingchange change
                WHERE change.tenant_id = tie.tenant_id AND change.company_id = tie.company_id
                  AND change.handled_at IS NULL AND change.due_at <= now())
    $$;

    -- So many at once and no more: whatever made them due together, they do not ring together.
    CREATE FUNCTION lookup.companies_to_ask(at_most integer) RETURNS TABLE (tenant_id bigint, company_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT company.tenant_id, company.id FROM public.integrations_company company
         WHERE company.changes_due_at <= now() AND EXISTS (
               SELECT FROM public.integrations_connection tie
                WHERE tie.tenant_id = company.tenant_id AND tie.company_id = company.id AND tie.state = 'live')
         ORDER BY company.changes_due_at LIMIT at_most
    $$;

    REVOKE ALL ON FUNCTION lookup.companies, lookup.companies_with_changes, lookup.companies_to_ask FROM public;
    GRANT EXECUTE ON FUNCTION lookup.companies, lookup.companies_with_changes, lookup.companies_to_ask TO flexsync_app;
    SET LOCAL ROLE flexsync_owner;
"""

GONE = """
    SET LOCAL ROLE flexsync_lookup;
    DROP FUNCTION lookup.companies, lookup.companies_with_changes, lookup.companies_to_ask;
    SET LOCAL ROLE flexsync_owner;
    DROP POLICY lookup ON integrations_company;
    DROP POLICY lookup ON integrations_incomingchange;
    REVOKE SELECT (company_id) ON integrations_connection FROM flexsync_lookup;
"""


class Migration(migrations.Migration):
    dependencies = [("integrations", "0010_incoming")]

    operations = [migrations.RunSQL(READABLE + FUNCTIONS, GONE)]
