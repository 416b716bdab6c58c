"""A bill has lines, the parts of a payment add up to it, and no bill is settled by more than it comes to.

Compared at commit. Who settles a bill locks it first, so that of two payments at once the later one sees the other.
PostgreSQL runs the triggers as whoever writes, under the policies of the organisation that is set.
"""

from django.db import migrations

MADE = """
    CREATE FUNCTION ledger_bill_has_lines() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        IF EXISTS (SELECT FROM public.ledger_bill bill WHERE bill.tenant_id = NEW.tenant_id AND bill.id = NEW.id)
           AND NOT EXISTS (SELECT FROM public.ledger_documentline line
                            WHERE line.tenant_id = NEW.tenant_id AND line.document_id = NEW.document_id) THEN
            RAISE EXCEPTION 'Bill % has no lines.', NEW.id
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_bill_has_lines';
        END IF;
        RETURN NULL;
    END $$;

    CREATE FUNCTION ledger_payment_is_whole(tenant bigint, payment bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE whole bigint; parts bigint;
    BEGIN
        SELECT -doc.amount_minor, coalesce(sum(part.amount_minor), 0) INTO whole, parts
          FROM public.ledger_billpayment pay
          JOIN public.ledger_sourcedocument doc ON doc.tenant_id = tenant AND doc.id = pay.document_id
          LEFT JOIN public.ledger_settlement part ON part.tenant_id = tenant AND part.payment_id = pay.id
         WHERE pay.tenant_id = tenant AND pay.id = payment
         GROUP BY doc.amount_minor;
        IF FOUND AND whole <> parts THEN
            RAISE EXCEPTION 'The parts of payment % add up to %, not to %.', payment, parts, whole
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_settlement_adds_up';
        END IF;
    END $$;

    CREATE FUNCTION ledger_bill_is_not_overpaid(tenant bigint, settled bigint) RETURNS void
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE whole bigint; parts bigint;
    BEGIN
        PERFORM FROM public.ledger_bill bill WHERE bill.tenant_id = tenant AND bill.id = settled FOR NO KEY UPDATE;
        SELECT doc.amount_minor, coalesce(sum(part.amount_minor) FILTER (WHERE paid.stage <> 'reversed'), 0)
          INTO whole, parts
          FROM public.ledger_bill bill
          JOIN public.ledger_sourcedocument doc ON doc.tenant_id = tenant AND doc.id = bill.document_id
          LEFT JOIN public.ledger_settlement part ON part.tenant_id = tenant AND part.bill_id = bill.id
          LEFT JOIN public.ledger_billpayment pay ON pay.tenant_id = tenant AND pay.id = part.payment_id
          LEFT JOIN public.ledger_sourcedocument paid ON paid.tenant_id = tenant AND paid.id = pay.document_id
         WHERE bill.tenant_id = tenant AND bill.id = settled
         GROUP BY doc.amount_minor;
        IF FOUND AND (parts * sign(whole) < 0 OR abs(parts) > abs(whole)) THEN
            RAISE EXCEPTION 'Bill % comes to %, and % of it would be settled.', settled, whole, parts
                USING ERRCODE = 'check_violation', CONSTRAINT = 'ledger_settlement_within_bill';
        END IF;
    END $$;

    CREATE FUNCTION ledger_settlement_fits() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    DECLARE part record := CASE WHEN TG_OP = 'DELETE' THEN OLD ELSE NEW END;
    BEGIN
        PERFORM public.ledger_payment_is_whole(part.tenant_id, part.payment_id);
        PERFORM public.ledger_bill_is_not_overpaid(part.tenant_id, part.bill_id);
        RETURN NULL;
    END $$;

    CREATE FUNCTION ledger_payment_has_parts() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        PERFORM public.ledger_payment_is_whole(NEW.tenant_id, NEW.id);
        RETURN NULL;
    END $$;

    CREATE FUNCTION ledger_sourcedocument_settled() RETURNS trigger
    LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
    BEGIN
        PERFORM public.ledger_bill_is_not_overpaid(bill.tenant_id, bill.id)
           FROM public.ledger_bill bill WHERE bill.tenant_id = NEW.tenant_id AND bill.document_id = NEW.id;
        PERFORM public.ledger_payment_is_whole(pay.tenant_id, pay.id)
           FROM public.ledger_billpayment pay WHERE pay.tenant_id = NEW.tenant_id AND pay.document_id = NEW.id;
        RETURN NULL;
    END $$;

    GRANT EXECUTE ON FUNCTION ledger_payment_is_whole, ledger_bill_is_not_overpaid TO flexsync_app;

    CREATE CONSTRAINT TRIGGER ledger_bill_has_lines AFTER INSERT ON ledger_bill
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_bill_has_lines();
    CREATE CONSTRAINT TRIGGER ledger_settlement_adds_up AFTER INSERT ON ledger_billpayment
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_payment_has_parts();
    CREATE CONSTRAINT TRIGGER ledger_settlement_fits AFTER INSERT OR UPDATE OR DELETE ON ledger_settlement
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION ledger_settlement_fits();
    CREATE CONSTRAINT TRIGGER ledger_settlement_fits AFTER UPDATE ON ledger_sourcedocument
        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
        WHEN (NEW.kind IN ('bill', 'reimbursement', 'vendor_credit', 'bill_payment')
              AND (OLD.amount_minor <> NEW.amount_minor OR OLD.stage <> NEW.stage))
        EXECUTE FUNCTION ledger_sourcedocument_settled();
"""

GONE = """
    DROP TRIGGER ledger_settlement_fits ON ledger_sourcedocument;
    DROP TRIGGER ledger_settlement_fits ON ledger_settlement;
    DROP TRIGGER ledger_settlement_adds_up ON ledger_billpayment;
    DROP TRIGGER ledger_bill_has_lines ON ledger_bill;
    DROP FUNCTION ledger_sourcedocument_settled, ledger_payment_has_parts, ledger_settlement_fits,
        ledger_bill_is_not_overpaid, ledger_payment_is_whole, ledger_bill_has_lines;
"""


class Migration(migrations.Migration):
    dependencies = [("ledger", "0018_bills")]

    operations = [migrations.RunSQL(MADE, GONE)]
