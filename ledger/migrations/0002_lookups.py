"""What must be answered before a tenant is known: functions that return ids only, and a role that may read just that.

FORCE binds the owner of the tables too, so the functions belong to flexsync_lookup, which has a policy of its own on
the few tables it may read, and grants on the few columns.
"""

from django.db import migrations

READABLE = """
    CREATE POLICY lookup ON ledger_membership FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (id, tenant_id, user_id) ON ledger_membership TO flexsync_lookup;
    CREATE POLICY lookup ON ledger_apitoken FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (id, tenant_id, digest, revoked_at) ON ledger_apitoken TO flexsync_lookup;
    CREATE POLICY lookup ON ledger_ledgerevent FOR SELECT TO flexsync_lookup USING (true);
    GRANT SELECT (id, tenant_id, handled_at) ON ledger_ledgerevent TO flexsync_lookup;
"""

FUNCTIONS = """
    SET LOCAL ROLE flexsync_lookup;

    CREATE FUNCTION lookup.membership(person bigint, organisation bigint) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT id FROM public.ledger_membership WHERE user_id = person AND tenant_id = organisation
    $$;

    CREATE FUNCTION lookup.organisations_of(person bigint) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT tenant_id FROM public.ledger_membership WHERE user_id = person
    $$;

    CREATE FUNCTION lookup.api_token(key_digest bytea) RETURNS TABLE (tenant_id bigint, token_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT token.tenant_id, token.id FROM public.ledger_apitoken token
         WHERE token.digest = key_digest AND token.revoked_at IS NULL
    $$;

    CREATE FUNCTION lookup.tenants_with_events() RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT DISTINCT tenant_id FROM public.ledger_ledgerevent WHERE handled_at IS NULL
    $$;

    REVOKE ALL ON ALL FUNCTIONS IN SCHEMA lookup FROM public;
    GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA lookup TO flexsync_app;
    SET LOCAL ROLE flexsync_owner;
"""

GONE = """
    SET LOCAL ROLE flexsync_lookup;
    DROP FUNCTION lookup.membership, lookup.organisations_of, lookup.api_token, lookup.tenants_with_events;
    SET LOCAL ROLE flexsync_owner;
    DROP POLICY lookup ON ledger_membership;
    DROP POLICY lookup ON ledger_apitoken;
    DROP POLICY lookup ON ledger_ledgerevent;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0001_initial")]

    operations = [migrations.RunSQL(READABLE + FUNCTIONS, GONE)]
