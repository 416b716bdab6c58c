"""The wall between organisations, proved on the database itself and as the role that the application uses."""

from typing import Any

import pytest
from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.db import DatabaseError, IntegrityError, connection, models, transaction

from integrations.models import Company, Connection, Credential
from ledger.access import membership_id, organisations_of
from ledger.models import Card, CardTransaction, Category, Entity, SourceDocument
from ledger.tenancy.constraints import IS_CURRENT_TENANT, TenantForeignKey
from ledger.tenancy.context import NoTenant, TenantSwitch, acting_for, current_tenant
from ledger.tenancy.models import TenantModel
from tests.cast import Cast

pytestmark = pytest.mark.django_db

GLOBAL_TABLES = {
    "account_emailaddress",
    "account_emailconfirmation",
    "auth_group",
    "auth_group_permissions",
    "auth_permission",
    "django_content_type",
    "django_migrations",
    "django_session",
    "ledger_organisation",
    "ledger_user",
}


def rows(statement: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return list(cursor.fetchall())


def names(statement: str) -> set[str]:
    return {row[0] for row in rows(statement)}


# --- the catalogue: what a new table must bring along ----------------------------------------------------------------


def test_every_table_is_sealed_or_on_the_written_list_of_global_tables() -> None:
    tables = names("SELECT relname FROM pg_class WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace")
    sealed = names("""
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
         WHERE c.relkind = 'r' AND c.relrowsecurity AND c.relforcerowsecurity AND a.attnotnull
    """)
    assert tables - sealed == GLOBAL_TABLES


def test_every_sealed_table_has_exactly_the_tenants_policy_for_everybody() -> None:
    policies = rows("""
        SELECT c.relname, p.polcmd, pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid)
          FROM pg_class c LEFT JOIN pg_policy p ON p.polrelid = c.oid AND p.polroles = '{0}'
         WHERE c.relrowsecurity
    """)
    expected = "(tenant_id = (NULLIF(current_setting('app.tenant'::text, true), ''::text))::bigint)"
    assert policies
    assert {policy[1:] for policy in policies} == {("*", expected, expected)}
    assert IS_CURRENT_TENANT.startswith("tenant_id = NULLIF(")


def test_whoever_is_new_is_no_rarity_to_the_planner() -> None:
    """A list of everybody who is there would have it read all rows of a new organisation for each of them."""
    assert not rows("""
        SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attname = 'tenant_id'
         WHERE c.relrowsecurity AND a.attstattarget IS DISTINCT FROM 1
    """)


def test_other_policies_let_only_the_lookup_role_read() -> None:
    others = rows("SELECT polname, polcmd, polroles::regrole[]::text FROM pg_policy WHERE polroles <> '{0}'")
    assert others
    assert {policy[1:] for policy in others} == {("r", "{flexsync_lookup}")}


def test_foreign_keys_between_sealed_tables_carry_the_tenant_on_both_sides() -> None:
    assert not rows("""
        SELECT k.conname FROM pg_constraint k
          JOIN pg_class child ON child.oid = k.conrelid AND child.relrowsecurity
          JOIN pg_class parent ON parent.oid = k.confrelid AND parent.relrowsecurity
         WHERE k.contype = 'f' AND NOT (
               EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = child.oid AND a.attnum = ANY (k.conkey)
                          AND a.attname = 'tenant_id')
           AND EXISTS (SELECT FROM pg_attribute a WHERE a.attrelid = parent.oid AND a.attnum = ANY (k.confkey)
                          AND a.attname = 'tenant_id'))
    """)


def test_unique_indexes_of_sealed_tables_begin_with_the_tenant() -> None:
    assert not rows("""
        SELECT i.indexrelid::regclass FROM pg_index i
          JOIN pg_class c ON c.oid = i.indrelid AND c.relrowsecurity
          JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = i.indkey[0]
         WHERE i.indisunique AND NOT i.indisprimary AND a.attname <> 'tenant_id'
    """)


def test_lookup_functions_are_owned_by_the_lookup_role_and_closed_to_the_public() -> None:
    functions = rows("""
        SELECT proowner::regrole::text, proconfig, has_function_privilege('public', oid, 'execute')
          FROM pg_proc WHERE prosecdef
    """)
    assert functions
    assert {(owner, tuple(config), public) for owner, config, public in functions} == {
        ("flexsync_lookup", ("search_path=pg_catalog, pg_temp",), False)
    }


def test_no_view_and_no_large_object_passes_the_wall() -> None:
    assert not rows("""
        SELECT relname FROM pg_class WHERE relkind IN ('v', 'm', 'f') AND relnamespace = 'public'::regnamespace
    """)


def test_the_application_owns_nothing_and_has_no_power() -> None:
    assert rows("""
        SELECT current_user::text, rolsuper, rolbypassrls, rolcreaterole, rolcreatedb,
               EXISTS (SELECT FROM pg_class WHERE relowner = r.oid)
          FROM pg_roles r WHERE rolname = current_user
    """) == [("flexsync_app", False, False, False, False, False)]
    assert not rows("""
        SELECT relname FROM pg_class
         WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
           AND (has_table_privilege(oid, 'truncate') OR has_table_privilege(oid, 'references')
                OR has_table_privilege(oid, 'trigger'))
    """)


def test_every_reference_to_a_tenants_row_is_kept_by_a_composite_key() -> None:
    for model in apps.get_models():
        if not issubclass(model, TenantModel):
            continue
        kept = {rule.field for rule in model._meta.constraints if isinstance(rule, TenantForeignKey)}
        fields = {
            field.name
            for field in model._meta.get_fields()
            if isinstance(field, models.ForeignKey) and issubclass(field.related_model, TenantModel)  # type: ignore[arg-type]
        }
        assert kept == fields, model


# --- what somebody finds who tries -----------------------------------------------------------------------------------


def test_a_query_without_an_organisation_is_an_error(cast: Cast) -> None:
    with pytest.raises(NoTenant):
        Card.objects.count()
    assert rows("SELECT count(*) FROM ledger_card") == [(0,)]


def test_an_organisation_sees_its_own_rows_only(cast: Cast) -> None:
    with acting_for(cast.larkfield.id):
        assert list(Card.objects.all()) == [cast.larkfield.card]
        assert rows("SELECT id FROM ledger_card") == [(cast.larkfield.card.pk,)]


def test_another_organisations_id_is_not_found(cast: Cast) -> None:
    with acting_for(cast.larkfield.id):
        with pytest.raises(ObjectDoesNotExist):
            Card.objects.get(pk=cast.brightwell.card.pk)
        assert Card._base_manager.filter(pk=cast.brightwell.card.pk).update(holder="Mallory") == 0


def test_a_row_for_another_organisation_cannot_be_written(cast: Cast) -> None:
    with acting_for(cast.larkfield.id), pytest.raises(DatabaseError, match="row-level security"), transaction.atomic():
        Category.objects.create(tenant=cast.brightwell.organisation, name="Smuggled")


@pytest.mark.parametrize("field", ["entity", "company"])
def test_a_reference_to_another_organisations_row_is_refused_by_the_database(cast: Cast, field: str) -> None:
    ours, theirs = _company(cast.larkfield.id), _company(cast.brightwell.id)
    entities = {"entity": cast.brightwell.entity if field == "entity" else cast.larkfield.entity}
    companies = {"company": theirs if field == "company" else ours}
    with acting_for(cast.larkfield.id), pytest.raises(IntegrityError, match=f"{field}_fk"), transaction.atomic():
        Connection.objects.create(**entities, **companies, connected_at="2026-11-19T10:00:00Z")


def _company(tenant: int) -> Company:
    with acting_for(tenant):
        credential = Credential.objects.create(
            provider="quickbooks",
            access_token=b"",
            refresh_token=b"",
            access_expires_at="2026-11-19T10:00:00Z",
            refresh_expires_at="2026-11-19T10:00:00Z",
            authorised_at="2026-11-19T10:00:00Z",
        )
        return Company.objects.create(
            provider="quickbooks",
            external_id=str(tenant),
            credential=credential,
            name="Books",
            country="US",
            currency="USD",
            described_at="2026-11-19T10:00:00Z",
        )


@pytest.mark.parametrize(
    "attempt",
    [
        "ALTER TABLE ledger_card DISABLE ROW LEVEL SECURITY",
        "DROP POLICY ledger_card_tenant ON ledger_card",
        "TRUNCATE ledger_card",
        "SET ROLE flexsync_lookup",
        "SET SESSION AUTHORIZATION flexsync_owner",
        "CREATE TABLE public.mine (id int)",
        "CREATE FUNCTION lookup.mine() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "SELECT * FROM pg_authid",
    ],
)
def test_the_application_cannot_open_the_wall(cast: Cast, attempt: str) -> None:
    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"), transaction.atomic():
        rows(attempt)


def test_leaving_an_organisation_puts_back_what_was_before(cast: Cast) -> None:
    with acting_for(cast.larkfield.id):
        assert current_tenant() == cast.larkfield.id
    assert current_tenant() is None
    assert rows("SELECT nullif(current_setting('app.tenant', true), '')") == [(None,)]


def test_nobody_enters_another_organisation_inside_an_open_transaction(cast: Cast) -> None:
    with acting_for(cast.larkfield.id), pytest.raises(TenantSwitch), acting_for(cast.brightwell.id):
        pass


def test_lookups_answer_with_ids_and_only_for_members(cast: Cast) -> None:
    assert organisations_of(cast.theo) == [cast.larkfield.organisation]
    assert membership_id(cast.theo, cast.brightwell.organisation) is None
    assert membership_id(cast.theo, cast.larkfield.organisation) is not None


@pytest.mark.django_db(transaction=True)
def test_a_tenants_query_outside_a_transaction_is_an_error_not_an_empty_list(cast: Cast) -> None:
    from flexsync.database.base import OutsideTransaction

    with acting_for(cast.larkfield.id):
        with pytest.raises(OutsideTransaction):
            Entity.objects.count()
        with transaction.atomic():
            assert Entity.objects.count() == 1
            assert SourceDocument.objects.count() == CardTransaction.objects.count() == 0
