import django.db.models.deletion
from django.db import migrations, models

import ledger.tenancy.constraints
import ledger.tenancy.context


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0008_interventions"),
        ("ledger", "0015_import_sums"),
    ]

    operations = [
        migrations.AddField(
            model_name="connection",
            name="batch_size",
            field=models.PositiveSmallIntegerField(
                help_text="Writes in one batch: less than the platform permits where larger ones timed out.", null=True
            ),
        ),
        migrations.CreateModel(
            name="CallCount",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("month", models.DateField(help_text="Its first day.")),
                (
                    "kind",
                    models.CharField(
                        choices=[("write", "write"), ("upload", "upload"), ("batch", "batch"), ("read", "read")],
                        max_length=10,
                    ),
                ),
                ("calls", models.PositiveBigIntegerField(default=0)),
                (
                    "answered",
                    models.PositiveBigIntegerField(
                        default=0, help_text="Those that ended well; only they are charged for."
                    ),
                ),
                (
                    "company",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="integrations.company",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        default=ledger.tenancy.context.current_tenant,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.organisation",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SyncRun",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "configuration",
                    models.PositiveIntegerField(help_text="The configuration version with which it began."),
                ),
                ("begun_at", models.DateTimeField()),
                ("worked_at", models.DateTimeField(help_text="When something last came of it.")),
                ("ended_at", models.DateTimeField(null=True)),
                ("outcomes", models.JSONField(default=dict, help_text="How many writes, by documents.OutcomeKind.")),
                (
                    "money",
                    models.JSONField(default=dict, help_text="What reached the books, in minor units, by currency."),
                ),
                ("calls", models.JSONField(default=dict, help_text="By calls.CallKind.")),
                ("metered", models.PositiveIntegerField(default=0, help_text="Calls that the platform charges for.")),
                ("work_ms", models.PositiveIntegerField(default=0, help_text="Of the clock, pauses left out.")),
                (
                    "connection",
                    models.ForeignKey(
                        db_constraint=False,
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="integrations.connection",
                    ),
                ),
                (
                    "tenant",
                    models.ForeignKey(
                        db_index=False,
                        default=ledger.tenancy.context.current_tenant,
                        editable=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="ledger.organisation",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="callcount",
            constraint=ledger.tenancy.constraints.TenantPolicy(name="integrations_callcount_tenant"),
        ),
        migrations.AddConstraint(
            model_name="callcount",
            constraint=models.UniqueConstraint(fields=("tenant", "id"), name="integrations_callcount_tenant_id"),
        ),
        migrations.AddConstraint(
            model_name="callcount",
            constraint=ledger.tenancy.constraints.TenantForeignKey(
                field="company", name="integrations_callcount_company_fk"
            ),
        ),
        migrations.AddConstraint(
            model_name="callcount",
            constraint=models.UniqueConstraint(
                fields=("tenant", "company", "month", "kind"), name="integrations_callcount_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="callcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("kind__in", ["write", "upload", "batch", "read"])),
                name="integrations_callcount_known_kind",
            ),
        ),
        migrations.AddConstraint(
            model_name="callcount",
            constraint=models.CheckConstraint(
                condition=models.Q(("month__day", 1)), name="integrations_callcount_whole_month"
            ),
        ),
        migrations.AddIndex(
            model_name="syncrun",
            index=models.Index(fields=["tenant", "connection", "-id"], name="integrations_syncrun_latest"),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=ledger.tenancy.constraints.TenantPolicy(name="integrations_syncrun_tenant"),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.UniqueConstraint(fields=("tenant", "id"), name="integrations_syncrun_tenant_id"),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=ledger.tenancy.constraints.TenantForeignKey(
                field="connection", name="integrations_syncrun_connection_fk"
            ),
        ),
        migrations.AddConstraint(
            model_name="syncrun",
            constraint=models.UniqueConstraint(
                condition=models.Q(("ended_at__isnull", True)),
                fields=("tenant", "connection"),
                name="integrations_syncrun_one_open",
            ),
        ),
        # Last, so that going back takes it away first.
        migrations.AddField(
            model_name="syncenvelope",
            name="run",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="+",
                to="integrations.syncrun",
            ),
        ),
        migrations.AddConstraint(
            model_name="syncenvelope",
            constraint=ledger.tenancy.constraints.TenantForeignKey(
                field="run", name="integrations_syncenvelope_run_fk"
            ),
        ),
    ]
