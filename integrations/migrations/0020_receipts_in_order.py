"""Whoever locks receipts does so in the order of their ids, those who follow their documents too; and what still runs
while this is applied may add receipts without the columns that it does not know.
"""

from importlib import import_module

from django.db import migrations, models

before = import_module("integrations.migrations.0019_receipts_let_go")

WAKE = f"""
    CREATE OR REPLACE FUNCTION integrations_receiptjob_wake(organisation bigint, tie bigint, documents bigint[])
    RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE
        files bigint[] := ARRAY(
            SELECT receipt.id FROM public.ledger_receipt receipt
             WHERE receipt.tenant_id = organisation AND receipt.document_id = ANY (documents));
    BEGIN
        IF files = '{{}}' THEN
            RETURN;
        END IF;
        PERFORM FROM public.integrations_receiptjob job
          WHERE job.tenant_id = organisation AND job.connection_id = tie AND job.receipt_id = ANY (files)
          ORDER BY job.id FOR NO KEY UPDATE;
        UPDATE public.integrations_receiptjob job SET {before.FOLLOWS}
           AND job.receipt_id = ANY (files);
    END $$;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0019_receipts_let_go"),
    ]

    operations = [
        migrations.AlterField(
            model_name="receiptjob",
            name="in_vain",
            field=models.PositiveIntegerField(
                db_default=0,
                default=0,
                help_text="How often it was sent in envelopes that were given up: looked for, and not there.",
            ),
        ),
        migrations.AlterField(
            model_name="receiptjob",
            name="moved",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="Its document was linked, unlinked or linked elsewhere since it was claimed.",
            ),
        ),
        migrations.RunSQL(WAKE, before.wake(before.FOLLOWS)),
    ]
