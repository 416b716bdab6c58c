"""The recount: every row is added up anew and compared with the running totals, and both sides with each other."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from typing import Any

from django.db import connection, transaction

from integrations.conservation import reading
from integrations.conservation.lines import NOTHING, Part, by_entity
from integrations.models import ConservationProof
from ledger.domain.money import Money
from ledger.tenancy.context import required_tenant

logger = logging.getLogger(__name__)


class Kind(StrEnum):
    # The documents, and the running totals of the source.
    SOURCE = "source"
    # The jobs, and the running totals of the states.
    STATE = "state"
    # A document, and what its job was told of it.
    TOLD = "told"
    # The two sides of the equation, by entity, currency and month.
    EQUATION = "equation"


SENTENCES = {
    Kind.SOURCE: "The documents and their running totals differ.",
    Kind.STATE: "The states and their running totals differ.",
    Kind.TOLD: "Documents differ from what the engine was told of them, or it was never told.",
    Kind.EQUATION: "What came from Flex and where it stands differ.",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Counted from rows on the one side, and what is kept, told or added up on the other."""

    kind: Kind
    entity_id: int
    dated: date
    currency: str
    term: str
    counted: Part
    kept: Part

    def __str__(self) -> str:
        place = " ".join(filter(None, (self.dated.isoformat(), self.currency, self.term)))
        return f"{SENTENCES[self.kind]} Entity {self.entity_id}, {place}: {self.counted} and {self.kept}"

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "dated": self.dated.isoformat()}


@dataclass(frozen=True, slots=True)
class Proof:
    documents: int
    differences: tuple[Difference, ...]


# Each side is one statement, hence one moment: what is written meanwhile is on both sides of it or on none.
SOURCE = """
    WITH counted AS (
        SELECT entity_id, dated, currency, count(*) AS count, sum(amount_minor) AS minor
          FROM ledger_sourcedocument WHERE tenant_id = %(tenant)s AND stage <> 'pending' GROUP BY 1, 2, 3
    ), kept AS (
        SELECT entity_id, dated, currency, sum(count) AS count, sum(minor) AS minor
          FROM ledger_sourcetotal WHERE tenant_id = %(tenant)s GROUP BY 1, 2, 3
    )
    SELECT entity_id, dated, currency, '' AS term, counted.count, counted.minor, kept.count, kept.minor
      FROM counted FULL JOIN kept USING (entity_id, dated, currency)
"""
STATE = """
    WITH counted AS (
        SELECT tie.entity_id, job.told_dated AS dated, job.told_currency AS currency,
               integrations_term_of(job.state) AS term, count(*) AS count, sum(job.told_minor) AS minor
          FROM integrations_syncjob job
          JOIN integrations_connection tie ON tie.tenant_id = job.tenant_id AND tie.id = job.connection_id
         WHERE job.tenant_id = %(tenant)s AND job.told_minor IS NOT NULL GROUP BY 1, 2, 3, 4
    ), kept AS (
        SELECT entity_id, dated, currency, term, sum(count) AS count, sum(minor) AS minor
          FROM integrations_statetotal WHERE tenant_id = %(tenant)s GROUP BY 1, 2, 3, 4
    )
    SELECT entity_id, dated, currency, term, counted.count, counted.minor, kept.count, kept.minor
      FROM counted FULL JOIN kept USING (entity_id, dated, currency, term)
"""
# Documents of a connected entity of which their job says something else, or that have none; but for what nobody has
# absorbed yet.
STRAY = """
      FROM ledger_sourcedocument doc
      JOIN integrations_connection tie ON tie.tenant_id = doc.tenant_id AND tie.entity_id = doc.entity_id
      LEFT JOIN integrations_syncjob job ON job.tenant_id = doc.tenant_id AND job.document_id = doc.id
     WHERE doc.tenant_id = %(tenant)s
       AND NOT EXISTS (SELECT FROM ledger_ledgerevent event
                        WHERE event.tenant_id = doc.tenant_id AND event.document_id = doc.id
                          AND event.handled_at IS NULL)
       AND (tie.id, CASE WHEN doc.stage <> 'pending' THEN doc.amount_minor END, doc.currency, doc.dated)
           IS DISTINCT FROM (job.connection_id, job.told_minor, job.told_currency, job.told_dated)
       AND (doc.stage <> 'pending' OR job.id IS NOT NULL)
"""
TOLD = f"""
    SELECT doc.entity_id, doc.dated, doc.currency, coalesce(integrations_term_of(job.state), ''),
           count(*), sum(CASE WHEN doc.stage <> 'pending' THEN doc.amount_minor ELSE 0 END),
           count(job.told_minor), sum(job.told_minor)
    {STRAY}
    GROUP BY 1, 2, 3, 4
"""

DOCUMENTS = f"SELECT doc.id, job.told_minor, job.told_currency, job.told_dated {STRAY} ORDER BY doc.id LIMIT %(limit)s"


@dataclass(frozen=True, slots=True)
class Stray:
    """A document of which the engine was told something else, or nothing at all."""

    document_id: int
    told: Money | None
    told_dated: date | None


def strays(limit: int) -> list[Stray]:
    """The rows behind a difference, the oldest first."""
    return [
        Stray(document, None if minor is None else Money(minor, currency), dated)
        for document, minor, currency, dated in _rows(DOCUMENTS, limit=limit)
    ]


def prove() -> Proof:
    """Of the organisation that is set."""
    with transaction.atomic():
        source = list(_rows(SOURCE))
        found = [
            *_unequal(Kind.SOURCE, source),
            *_unequal(Kind.STATE, _rows(STATE)),
            *(_difference(Kind.TOLD, row) for row in _rows(TOLD)),
            *_unbalanced(),
        ]
    return Proof(sum(row[4] or 0 for row in source), tuple(found))


def prove_and_remember() -> Proof:
    proof = prove()
    with transaction.atomic():
        ConservationProof.objects.create(
            documents=proof.documents, differences=[difference.as_json() for difference in proof.differences]
        )
    for difference in proof.differences:
        logger.error("Conservation does not hold for organisation %s. %s", required_tenant(), difference)
    return proof


def _rows(statement: str, **parameters: int) -> list[Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement, {"tenant": required_tenant(), **parameters})
        return list(cursor.fetchall())


def _unequal(kind: Kind, rows: Iterable[Any]) -> Iterator[Difference]:
    for row in rows:
        difference = _difference(kind, row)
        if difference.counted != difference.kept:
            yield difference


def _difference(kind: Kind, row: Any) -> Difference:
    entity, dated, currency, term, *numbers = row
    count, minor, kept_count, kept_minor = (int(number or 0) for number in numbers)
    return Difference(kind, entity, dated, currency, term, Part(count, minor), Part(kept_count, kept_minor))


def _unbalanced() -> Iterator[Difference]:
    for month, cells in reading.of_all_months().items():
        for (entity, currency), line in by_entity(cells).items():
            if not line.balanced:
                told = sum(line.terms.values(), NOTHING)
                yield Difference(Kind.EQUATION, entity, month.first, currency, "", line.source, told)
