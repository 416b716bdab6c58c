"""Both sides of the equation from the running totals, in one statement: one moment, whatever else is written.

What the totals cannot know yet is read from rows, of which there are few or which a date bounds: documents with an
event that nobody has absorbed are on their way with what they say now, instead of where their job was; and documents
of an entity without books are not begun. A job that moves while its connection is locked out needs a person.
"""

from datetime import date

from django.db import connection

from integrations.conservation.lines import Cell, Part
from integrations.models import Term
from ledger.domain.months import Month
from ledger.tenancy.context import required_tenant

# Which entities have books and whether these are open, which have none, and which documents nobody has absorbed yet.
SITUATION = """
    tie AS (
        SELECT id, entity_id, state <> 'live' AS locked_out
          FROM integrations_connection WHERE tenant_id = %(tenant)s
    ), alone AS (
        SELECT entity.id FROM ledger_entity entity
         WHERE entity.tenant_id = %(tenant)s AND NOT EXISTS (SELECT FROM tie WHERE tie.entity_id = entity.id)
    ), unheard AS (
        SELECT DISTINCT document_id FROM ledger_ledgerevent WHERE tenant_id = %(tenant)s AND handled_at IS NULL
    )
"""
CELLS = f"""
    WITH {SITUATION}, part AS (
        SELECT entity_id, dated, currency, NULL AS term, count, minor
          FROM ledger_sourcetotal
         WHERE tenant_id = %(tenant)s AND dated BETWEEN %(first)s AND %(last)s
         UNION ALL
        SELECT total.entity_id, total.dated, total.currency,
               CASE WHEN tie.locked_out AND total.term = 'way' THEN 'person' ELSE total.term END,
               total.count, total.minor
          FROM integrations_statetotal total LEFT JOIN tie ON tie.entity_id = total.entity_id
         WHERE total.tenant_id = %(tenant)s AND total.dated BETWEEN %(first)s AND %(last)s
         UNION ALL
        SELECT tie.entity_id, job.told_dated, job.told_currency,
               CASE WHEN tie.locked_out AND integrations_term_of(job.state) = 'way' THEN 'person'
                    ELSE integrations_term_of(job.state) END,
               -1, -job.told_minor
          FROM unheard
          JOIN integrations_syncjob job ON job.tenant_id = %(tenant)s AND job.document_id = unheard.document_id
          JOIN tie ON tie.id = job.connection_id
         WHERE job.told_minor IS NOT NULL AND job.told_dated BETWEEN %(first)s AND %(last)s
         UNION ALL
        SELECT doc.entity_id, doc.dated, doc.currency, 'way', 1, doc.amount_minor
          FROM unheard
          JOIN ledger_sourcedocument doc ON doc.tenant_id = %(tenant)s AND doc.id = unheard.document_id
          JOIN tie ON tie.entity_id = doc.entity_id
         WHERE doc.stage <> 'pending' AND doc.dated BETWEEN %(first)s AND %(last)s
         UNION ALL
        SELECT doc.entity_id, doc.dated, doc.currency, 'none', 1, doc.amount_minor
          FROM alone
          JOIN ledger_sourcedocument doc ON doc.tenant_id = %(tenant)s AND doc.entity_id = alone.id
         WHERE doc.stage <> 'pending' AND doc.dated BETWEEN %(first)s AND %(last)s
    )
    SELECT entity_id, currency, term, sum(count)::bigint, sum(minor)::bigint, {{moment}} AS moment
      FROM part GROUP BY entity_id, currency, term, moment
    HAVING sum(count) <> 0 OR sum(minor) <> 0
"""

WHOLE = "NULL::date"
DAY = "dated"
MONTH = "date_trunc('month', dated)::date"


def of_month(month: Month) -> list[Cell]:
    """By entity and currency."""
    return _cells(WHOLE, month.first, month.last)


def of_all_time() -> list[Cell]:
    """By entity and currency, whatever the month."""
    return _cells(WHOLE, date.min, date.max)


def of_days(month: Month) -> list[Cell]:
    """By entity, currency and day."""
    return _cells(DAY, month.first, month.last)


def of_all_months() -> dict[Month, list[Cell]]:
    """Every month that has documents, the latest first."""
    found: dict[Month, list[Cell]] = {}
    for cell in _cells(MONTH, date.min, date.max):
        assert cell.dated is not None
        found.setdefault(Month.of(cell.dated), []).append(cell)
    return {month: found[month] for month in sorted(found, reverse=True)}


def _cells(moment: str, first: date, last: date) -> list[Cell]:
    with connection.cursor() as cursor:
        cursor.execute(CELLS.format(moment=moment), {"tenant": required_tenant(), "first": first, "last": last})
        rows = cursor.fetchall()
    return [
        Cell(entity, currency, Term(term) if term else None, Part(count, minor), dated)
        for entity, currency, term, count, minor, dated in rows
    ]
