"""Books that turn us away are tried again now and then, as those whose subscription has ended: they have work once they
have rested."""

from importlib import import_module

from django.db import migrations, models

STATES = [
    ("live", "Connected"),
    ("access_lost", "Access lost"),
    ("denied", "Turned away"),
    ("read_only", "Subscription ended"),
    ("reset", "Company was reset"),
]
_work = import_module("integrations.migrations.0013_where_there_is_work")
_receipts = import_module("integrations.migrations.0019_receipts_let_go")


def where_there_is_work(states: str) -> str:
    return str(_work.function(states, _work.A_FEW_FRESH) + _receipts.connections(states))


def to_ask(states: str) -> str:
    return f"""
    SET LOCAL ROLE flexsync_lookup;
    CREATE OR REPLACE FUNCTION lookup.companies_to_ask(at_most integer)
    RETURNS TABLE (tenant_id bigint, company_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT company.tenant_id, company.id FROM public.integrations_company company
         WHERE company.changes_due_at <= now() AND EXISTS (
               SELECT FROM public.integrations_connection tie
                WHERE tie.tenant_id = company.tenant_id AND tie.company_id = company.id AND tie.state IN ({states}))
         ORDER BY company.changes_due_at LIMIT at_most
    $$;
    SET LOCAL ROLE flexsync_owner;
"""


class Migration(migrations.Migration):
    dependencies = [("integrations", "0022_nobody_is_rare")]

    operations = [
        migrations.RemoveConstraint(model_name="connection", name="integrations_connection_known_state"),
        migrations.AlterField(
            model_name="connection",
            name="state",
            field=models.CharField(choices=STATES, default="live", max_length=20),
        ),
        migrations.AddConstraint(
            model_name="connection",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", [value for value, _ in STATES])),
                name="integrations_connection_known_state",
            ),
        ),
        migrations.RunSQL(
            where_there_is_work("'live', 'denied', 'read_only'"), where_there_is_work("'live', 'read_only'")
        ),
        migrations.RunSQL(to_ask("'live', 'denied'"), to_ask("'live'")),
    ]
