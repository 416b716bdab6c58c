"""The parts of a split transaction add up to the whole, and a tag is used under its own group only.

The sums are compared at commit, for lines are written one by one. PostgreSQL runs the trigger as whoever writes, under
the policies of the organisation that is set.
"""

from django.db import migrations

MADE = """
    ALTER TABLE ledger_taguse ADD CONSTRAINT ledger_taguse_tag_in_group
        FOREIGN KEY (tenant_id, tag_id, group_id) REFERENCES ledger_tag (tenant_id, id, group_id);

    CREATE FUNCTION ledger_split_is_whole(tenant bigint, document bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE whole bigint; parts bigint;
    BEGIN
        SELECT doc.amount_minor, sum(line.amount_minor) INTO whole, parts
          FROM public.ledger_cardtransaction card
          JOIN public.ledger_sourcedocument doc ON doc.tenant_id = tenant AND doc.id = card.document_id
          JOIN public.ledger_splitline line ON line.tenant_id = tenant AND line.transaction_id = card.id
         WHERE card.tenant_id = tenant AND card.document_id = document
         GROUP BY doc.amount_minor;
        IF FOUND AND whole <> parts THEN
            RAISE EXCEPTION 'The lines of document % add up to %, not to %.', document, parts, whole
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_splitline_adds_up';
        END IF;
    END $$;

    CREATE FUNCTION ledger_splitline_adds_up() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE line record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    BEGIN
        PERFORM public.ledger_split_is_whole(line.tenant_id, card.document_id)
           FROM public.ledger_cardtransaction card
          WHERE card.tenant_id = line.tenant_id AND card.id = line.transaction_id;
        RETURN NULL;
    END $$;

    CREATE FUNCTION ledger_sourcedocument_adds_up() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        PERFORM public.ledger_split_is_whole(NEW.tenant_id, NEW.id);
        RETURN NULL;
    END $$;

    GRANT EXECUTE ON FUNCTION ledger_split_is_whole TO flexsync_app;

    CREATE CONSTRAINT TRIGGER ledger_splitline_adds_up AFTER INSERT OR UPDATE OR DELETE ON ledger_splitline
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_splitline_adds_up();
    CREATE CONSTRAINT TRIGGER ledger_splitline_adds_up AFTER UPDATE ON ledger_sourcedocument
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (OLD.amount_minor <> NEW.amount_minor)
        EXECUTE FUNCTION ledger_sourcedocument_adds_up();
"""

GONE = """
    DROP TRIGGER ledger_splitline_adds_up ON ledger_sourcedocument;
    DROP TRIGGER ledger_splitline_adds_up ON ledger_splitline;
    DROP FUNCTION ledger_sourcedocument_adds_up, ledger_splitline_adds_up, ledger_split_is_whole;
    ALTER TABLE ledger_taguse DROP CONSTRAINT ledger_taguse_tag_in_group;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0003_cards_in_full")]

    operations = [migrations.RunSQL(MADE, GONE)]
