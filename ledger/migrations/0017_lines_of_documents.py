"""Lines and tags hang on the document itself, so that bills have them as card transactions do."""

from importlib import import_module

import django.db.models.deletion
from django.db import migrations, models

import ledger.tenancy.constraints
from ledger.tenancy.backfill import tenant_by_tenant

SUMS_BEFORE = (
    "CREATE FUNCTION" + import_module("ledger.migrations.0004_split_sums").MADE.partition("CREATE FUNCTION")[2]
)

NO_SUMS = """
    DROP TRIGGER ledger_splitline_adds_up ON ledger_sourcedocument;
    DROP TRIGGER ledger_splitline_adds_up ON ledger_splitline;
    DROP FUNCTION ledger_sourcedocument_adds_up, ledger_splitline_adds_up, ledger_split_is_whole;
"""

SUMS = """
    CREATE FUNCTION ledger_lines_are_whole(tenant bigint, document bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE whole bigint; parts bigint;
    BEGIN
        SELECT doc.amount_minor, sum(line.amount_minor) INTO whole, parts
          FROM public.ledger_sourcedocument doc
          JOIN public.ledger_documentline line ON line.tenant_id = tenant AND line.document_id = doc.id
         WHERE doc.tenant_id = tenant AND doc.id = document
         GROUP BY doc.amount_minor;
        IF FOUND AND whole <> parts THEN
            RAISE EXCEPTION 'The lines of document % add up to %, not to %.', document, parts, whole
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_documentline_adds_up';
        END IF;
    END $$;

    CREATE FUNCTION ledger_documentline_adds_up() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE line record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    BEGIN
        PERFORM public.ledger_lines_are_whole(line.tenant_id, line.document_id);
        RETURN NULL;
    END $$;

    CREATE FUNCTION ledger_sourcedocument_adds_up() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        PERFORM public.ledger_lines_are_whole(NEW.tenant_id, NEW.id);
        RETURN NULL;
    END $$;

    GRANT EXECUTE ON FUNCTION ledger_lines_are_whole TO flexsync_app;

    CREATE CONSTRAINT TRIGGER ledger_documentline_adds_up AFTER INSERT OR UPDATE OR DELETE ON ledger_documentline
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_documentline_adds_up();
    CREATE CONSTRAINT TRIGGER ledger_documentline_adds_up AFTER UPDATE ON ledger_sourcedocument
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.amount_minor <> NEW.amount_minor)
        EXECUTE FUNCTION ledger_sourcedocument_adds_up();
"""

NO_SUMS_AGAIN = """
    DROP TRIGGER ledger_documentline_adds_up ON ledger_sourcedocument;
    DROP TRIGGER ledger_documentline_adds_up ON ledger_documentline;
    DROP FUNCTION ledger_sourcedocument_adds_up, ledger_documentline_adds_up, ledger_lines_are_whole;
"""


def point_to_the_document(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for organisation in tenant_by_tenant(cursor):
            for table in ("ledger_documentline", "ledger_taguse"):
                cursor.execute(
                    f"UPDATE {table} part SET document_id = card.document_id FROM ledger_cardtransaction card"
                    " WHERE card.tenant_id = part.tenant_id AND card.id = part.transaction_id"
                    " AND part.tenant_id = %s",
                    [organisation],
                )
                cursor.execute(
                    f"SELECT count(*) FROM {table} WHERE tenant_id = %s AND document_id IS NULL", [organisation]
                )
                [lost] = cursor.fetchone()
                assert not lost, f"organisation {organisation}: {lost} rows of {table} belong to no document"


def point_to_the_transaction(apps, schema_editor):
    with schema_editor.connection.cursor() as cursor:
        for organisation in tenant_by_tenant(cursor):
            for table in ("ledger_documentline", "ledger_taguse"):
                cursor.execute(
                    f"UPDATE {table} part SET transaction_id = card.id FROM ledger_cardtransaction card"
                    " WHERE card.tenant_id = part.tenant_id AND card.document_id = part.document_id"
                    " AND part.tenant_id = %s",
                    [organisation],
                )


def the_transaction(name, *, null):
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=null,
        on_delete=django.db.models.deletion.CASCADE,
        related_name=name,
        to="ledger.cardtransaction",
    )


def the_document(name, *, null):
    return models.ForeignKey(
        db_constraint=False,
        db_index=False,
        null=null,
        on_delete=django.db.models.deletion.CASCADE,
        related_name=name,
        to="ledger.sourcedocument",
    )


class Migration(migrations.Migration):
    dependencies = [("ledger", "0016_receipts")]

    operations = [
        migrations.RunSQL(NO_SUMS, SUMS_BEFORE),
        *(
            migrations.RemoveConstraint("taguse", f"ledger_taguse_{name}")
            for name in ("transaction_fk", "line_fk", "one_of_a_group")
        ),
        *(
            migrations.RemoveConstraint("splitline", f"ledger_splitline_{name}")
            for name in ("position", "transaction_fk", "category_fk", "department_fk", "tenant_id", "tenant")
        ),
        *(migrations.RemoveIndex("splitline", f"ledger_splitline_{name}") for name in ("category", "department")),
        migrations.RenameModel("SplitLine", "DocumentLine"),
        migrations.AddField("documentline", "document", the_document("lines", null=True)),
        migrations.AddField("taguse", "document", the_document("tag_uses", null=True)),
        migrations.AlterField("documentline", "transaction", the_transaction("lines", null=True)),
        migrations.AlterField("taguse", "transaction", the_transaction("tag_uses", null=True)),
        migrations.RunPython(point_to_the_document, point_to_the_transaction),
        migrations.AlterField("documentline", "document", the_document("lines", null=False)),
        migrations.AlterField("taguse", "document", the_document("tag_uses", null=False)),
        migrations.RemoveField("documentline", "transaction"),
        migrations.RemoveField("taguse", "transaction"),
        migrations.AddConstraint(
            "documentline", ledger.tenancy.constraints.TenantPolicy(name="ledger_documentline_tenant")
        ),
        migrations.AddConstraint(
            "documentline", models.UniqueConstraint(fields=("tenant", "id"), name="ledger_documentline_tenant_id")
        ),
        migrations.AddConstraint(
            "documentline",
            models.UniqueConstraint(fields=("tenant", "document", "position"), name="ledger_documentline_position"),
        ),
        *(
            migrations.AddConstraint(
                "documentline",
                ledger.tenancy.constraints.TenantForeignKey(field=name, name=f"ledger_documentline_{name}_fk"),
            )
            for name in ("document", "category", "department")
        ),
        *(
            migrations.AddConstraint(
                "taguse", ledger.tenancy.constraints.TenantForeignKey(field=name, name=f"ledger_taguse_{name}_fk")
            )
            for name in ("document", "line")
        ),
        migrations.AddConstraint(
            "taguse",
            models.UniqueConstraint(
                fields=("tenant", "document", "line", "group"),
                name="ledger_taguse_one_of_a_group",
                nulls_distinct=False,
            ),
        ),
        *(
            migrations.AddIndex(
                "documentline", models.Index(fields=["tenant", name], name=f"ledger_documentline_{name}")
            )
            for name in ("category", "department")
        ),
        migrations.RunSQL(SUMS, NO_SUMS_AGAIN),
    ]
