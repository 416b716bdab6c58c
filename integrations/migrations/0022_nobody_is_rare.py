"""Tables made before `TenantPolicy` did so itself."""

from django.apps.registry import Apps
from django.db import migrations, models
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from ledger.tenancy.constraints import NOBODY_IS_RARE

SEALED = "SELECT oid::regclass::text FROM pg_class WHERE relrowsecurity AND relnamespace = 'public'::regnamespace"


def forget_who_is_common(apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    with editor.connection.cursor() as cursor:
        cursor.execute(SEALED)
        for (table,) in cursor.fetchall():
            cursor.execute(NOBODY_IS_RARE.format(table=table))
            # It counts from the next statistics on.
            cursor.execute(f"ANALYZE {table} (tenant_id)")


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0021_takeback_amiss"),
        ("ledger", "0016_receipts"),
    ]

    operations = [
        migrations.RunPython(forget_who_is_common, migrations.RunPython.noop),
        migrations.AlterField(
            model_name="connection",
            name="resting_until",
            field=models.DateTimeField(help_text="Nothing is sent before then.", null=True),
        ),
    ]
