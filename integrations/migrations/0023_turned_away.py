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
    ]
