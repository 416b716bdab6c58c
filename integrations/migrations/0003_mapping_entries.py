"""The mapping speaks about more than accounts, so its table gets the wider name; nothing in it is lost."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("integrations", "0002_lookups"), ("ledger", "0004_split_sums")]

    operations = [
        migrations.RenameModel("AccountMapping", "MappingEntry"),
        migrations.RenameField("MappingEntry", "account", "target"),
    ]
