"""How long money has been waiting: what is not in the books, by the time since Flex told us of it, in one statement.

The terms and the money are those of reading.py, so that the ages of a month add up to what its equation leaves open.
"""

from dataclasses import dataclass
from datetime import timedelta

from django.db import connection

from integrations.conservation.lines import Part
from integrations.conservation.reading import SITUATION
from integrations.models import Term
from ledger.domain.months import Month
from ledger.tenancy.context import required_tenant

# Where one age ends and the next begins.
BORDERS = (timedelta(hours=1), timedelta(hours=8), timedelta(hours=24), timedelta(days=3))

AGES = f"""
    WITH {SITUATION}, waiting AS (
        SELECT job.told_currency AS currency, job.told_minor AS minor, doc.recorded_at,
               CASE WHEN tie.locked_out AND integrations_term_of(job.state) = 'way' THEN 'person'
                    ELSE integrations_term_of(job.state) END AS term
          FROM tie
          JOIN integrations_syncjob job ON job.tenant_id = %(tenant)s AND job.connection_id = tie.id
          JOIN ledger_sourcedocument doc ON doc.tenant_id = %(tenant)s AND doc.id = job.document_id
         WHERE job.state IN ('waiting', 'running', 'unknown', 'held', 'needs_attention')
           AND job.told_minor IS NOT NULL AND job.told_dated BETWEEN %(first)s AND %(last)s
           AND NOT EXISTS (SELECT FROM unheard WHERE unheard.document_id = job.document_id)
         UNION ALL
        SELECT doc.currency, doc.amount_minor, doc.recorded_at, 'way'
          FROM unheard
          JOIN ledger_sourcedocument doc ON doc.tenant_id = %(tenant)s AND doc.id = unheard.document_id
          JOIN tie ON tie.entity_id = doc.entity_id
         WHERE doc.stage <> 'pending' AND doc.dated BETWEEN %(first)s AND %(last)s
         UNION ALL
        SELECT doc.currency, doc.amount_minor, doc.recorded_at, 'none'
          FROM alone
          JOIN ledger_sourcedocument doc ON doc.tenant_id = %(tenant)s AND doc.entity_id = alone.id
         WHERE doc.stage <> 'pending' AND doc.dated BETWEEN %(first)s AND %(last)s
    )
    SELECT currency, term, width_bucket(extract(epoch FROM now() - recorded_at)::float8, %(borders)s::float8[]) AS age,
           count(*), sum(minor)::bigint
      FROM waiting GROUP BY currency, term, age ORDER BY currency, age, term
"""


@dataclass(frozen=True, slots=True)
class Aged:
    """`age` counts the borders that it is past: 0 is younger than the first."""

    currency: str
    term: Term
    age: int
    part: Part


def of_open(month: Month) -> list[Aged]:
    borders = [border.total_seconds() for border in BORDERS]
    with connection.cursor() as cursor:
        cursor.execute(
            AGES, {"tenant": required_tenant(), "first": month.first, "last": month.last, "borders": borders}
        )
        rows = cursor.fetchall()
    return [Aged(currency, Term(term), age, Part(count, minor)) for currency, term, age, count, minor in rows]
