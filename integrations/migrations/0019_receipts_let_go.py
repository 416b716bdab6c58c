"""A receipt that waits for a person, or is on its way, follows its document too; and so does one whose company takes
nothing for now.
"""

from django.db import migrations, models


def wake(changes: str) -> str:
    return f"""
    CREATE OR REPLACE FUNCTION integrations_receiptjob_wake(organisation bigint, tie bigint, documents bigint[])
    RETURNS void LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        UPDATE public.integrations_receiptjob job SET {changes}
           AND job.receipt_id = ANY (ARRAY(
               SELECT receipt.id FROM public.ledger_receipt receipt
                WHERE receipt.tenant_id = organisation AND receipt.document_id = ANY (documents)));
    END $$;
"""


ON_ITS_WAY = "job.state IN ('waiting', 'running', 'unknown')"
# What moves is only told so: whoever settles it works out the next step anew. As sync/receipt_jobs.wake.
FOLLOWS = f"""
               state = CASE
                   WHEN {ON_ITS_WAY} THEN job.state
                   WHEN job.state IN ('early', 'done') THEN 'waiting'
                   WHEN EXISTS (
                       SELECT FROM public.integrations_receiptattempt attempt
                        WHERE attempt.tenant_id = organisation AND attempt.job_id = job.id
                          AND attempt.settled_at IS NULL) THEN 'unknown'
                   ELSE 'waiting' END,
               due_at = CASE WHEN {ON_ITS_WAY} THEN job.due_at ELSE now() END,
               moved = true, reasons = '[]', tries = 0, in_vain = 0
         WHERE job.tenant_id = organisation AND job.connection_id = tie
"""
FORMER = """
               state = 'waiting', due_at = now()
         WHERE job.tenant_id = organisation AND job.connection_id = tie AND job.state IN ('early', 'done')
"""


def connections(states: str) -> str:
    return f"""
    SET LOCAL ROLE flexsync_lookup;

    CREATE OR REPLACE FUNCTION lookup.connections_with_receipts() RETURNS TABLE (tenant_id bigint, connection_id bigint)
    LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
        SELECT tie.tenant_id, tie.id FROM public.integrations_connection tie
         WHERE tie.state IN ({states})
           AND (tie.lane_until IS NULL OR tie.lane_until < now())
           AND (tie.resting_until IS NULL OR tie.resting_until < now())
           AND EXISTS (
                SELECT FROM public.integrations_receiptjob job
                 WHERE job.tenant_id = tie.tenant_id AND job.connection_id = tie.id
                   AND job.state IN ('waiting', 'running', 'unknown') AND job.due_at <= now()
           )
    $$;

    SET LOCAL ROLE flexsync_owner;
"""


class Migration(migrations.Migration):
    dependencies = [
        ("integrations", "0018_run_index"),
    ]

    operations = [
        migrations.RemoveConstraint(
            model_name="intervention",
            name="integrations_intervention_known_act",
        ),
        migrations.AddField(
            model_name="receiptjob",
            name="in_vain",
            field=models.PositiveIntegerField(
                default=0, help_text="How often it was sent in envelopes that were given up: looked for, and not there."
            ),
        ),
        migrations.AddField(
            model_name="receiptjob",
            name="moved",
            field=models.BooleanField(
                default=False, help_text="Its document was linked, unlinked or linked elsewhere since it was claimed."
            ),
        ),
        migrations.AlterField(
            model_name="intervention",
            name="act",
            field=models.CharField(
                choices=[
                    ("held", "Held"),
                    ("excluded", "Excluded"),
                    ("released", "Released"),
                    ("sent_again", "Sent again"),
                    ("receipt_again", "Receipt sent again"),
                    ("moved", "Posted on the first open day"),
                    ("kept", "Kept until the books are reopened"),
                    ("undone", "Undone"),
                    ("brought_back", "Brought back"),
                    ("left_there", "Left in the books"),
                    ("kept_theirs", "Theirs kept"),
                    ("overruled", "Ours chosen"),
                    ("found_removed", "Found removed in the books"),
                ],
                max_length=20,
            ),
        ),
        migrations.AddIndex(
            model_name="receiptjob",
            index=models.Index(
                condition=models.Q(("state", "needs_attention")),
                fields=["tenant", "receipt"],
                name="integrations_receiptjob_stuck",
            ),
        ),
        migrations.AlterField(
            model_name="receiptjob",
            name="tries",
            field=models.PositiveIntegerField(default=0, help_text="How often the platform asked us to wait with it."),
        ),
        migrations.AddConstraint(
            model_name="intervention",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "act__in",
                        [
                            "held",
                            "excluded",
                            "released",
                            "sent_again",
                            "receipt_again",
                            "moved",
                            "kept",
                            "undone",
                            "brought_back",
                            "left_there",
                            "kept_theirs",
                            "overruled",
                            "found_removed",
                        ],
                    )
                ),
                name="integrations_intervention_known_act",
            ),
        ),
        migrations.RunSQL(wake(FOLLOWS) + connections("'live', 'read_only'"), wake(FORMER) + connections("'live'")),
    ]
