"""The words of a transaction, kept by the database: every way of writing one keeps them, statement by statement."""

from django.db import migrations

WORDS_OF = """
    INSERT INTO public.ledger_searchword (tenant_id, transaction_id, word)
    SELECT DISTINCT card.tenant_id, card.id, left(word, 200)
      FROM {rows} card,
           regexp_split_to_table(
               lower(card.merchant_name || ' ' || card.merchant_city || ' ' || card.memo), '[^[:alnum:]]+'
           ) word
     WHERE word <> ''
"""

MADE = f"""
    CREATE FUNCTION ledger_search_words_of_new() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        {WORDS_OF.format(rows="written")};
        RETURN NULL;
    END $$;

    CREATE FUNCTION ledger_search_words_of_changed() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        DELETE FROM public.ledger_searchword word USING written, former
         WHERE written.tenant_id = former.tenant_id AND written.id = former.id
           AND word.tenant_id = written.tenant_id AND word.transaction_id = written.id
           AND (written.merchant_name, written.merchant_city, written.memo)
               <> (former.merchant_name, former.merchant_city, former.memo);
        {WORDS_OF.format(rows="written")} ON CONFLICT DO NOTHING;
        RETURN NULL;
    END $$;

    CREATE TRIGGER ledger_search_words_of_new AFTER INSERT ON ledger_cardtransaction
        REFERENCING NEW TABLE AS written FOR EACH STATEMENT EXECUTE FUNCTION ledger_search_words_of_new();
    CREATE TRIGGER ledger_search_words_of_changed AFTER UPDATE ON ledger_cardtransaction
        REFERENCING NEW TABLE AS written OLD TABLE AS former
        FOR EACH STATEMENT EXECUTE FUNCTION ledger_search_words_of_changed();

    -- The owner is bound by the policies too, so what is there already is read organisation by organisation.
    DO $$
    DECLARE organisation bigint;
    BEGIN
        FOR organisation IN SELECT id FROM ledger_organisation LOOP
            PERFORM set_config('app.tenant', organisation::text, true);
            {WORDS_OF.format(rows="ledger_cardtransaction")};
        END LOOP;
        PERFORM set_config('app.tenant', '', true);
    END $$;
"""

GONE = """
    DROP TRIGGER ledger_search_words_of_changed ON ledger_cardtransaction;
    DROP TRIGGER ledger_search_words_of_new ON ledger_cardtransaction;
    DROP FUNCTION ledger_search_words_of_changed, ledger_search_words_of_new;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0007_search_words")]

    operations = [migrations.RunSQL(MADE, GONE)]
