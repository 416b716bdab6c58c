"""How many documents of each entity are in each state of the sync: from the running totals, whatever their number.

What the totals do not tell apart is counted by rows, of which there are few: what is being sent or looked up at this
moment, what nobody has absorbed yet, and what is pending, which is no money and in no total.
"""

from collections import Counter
from typing import Any

from django.db.models import Count, F, QuerySet

from integrations.conservation.reading import of_all_time
from integrations.models import ConnectionState, JobState, SyncJob, Term
from integrations.selectors import arriving
from ledger.models import SourceDocument, Stage

NOT_BEGUN = Term.NOT_BEGUN.value
STATE_OF = {
    Term.WAY: JobState.WAITING.value,
    Term.HELD: JobState.HELD.value,
    Term.PERSON: JobState.NEEDS_ATTENTION.value,
    Term.BOOKS: JobState.DONE.value,
    Term.EXCLUDED: JobState.EXCLUDED.value,
    Term.NOT_BEGUN: NOT_BEGUN,
}

# The entity, the state or NOT_BEGUN, and how many.
Counted = Counter[tuple[int, str]]


def count_states() -> Counted:
    """Several statements: asked as of one moment (ledger.tenancy.context) they count each document once."""
    counts: Counted = Counter()
    for cell in of_all_time():
        if cell.term is not None:
            counts[cell.entity_id, STATE_OF[cell.term]] += cell.part.count
    for entity, state, number in _rows(_sent(), "entity", "state"):
        _move(counts, entity, state, number)
    for entity, number in _rows(arriving(), "entity"):
        _move(counts, entity, NOT_BEGUN, number)
    for entity, number in _rows(SourceDocument.objects.filter(stage=Stage.PENDING), "entity"):
        counts[entity, NOT_BEGUN] += number
    return counts


def _move(counts: Counted, entity: int, state: str, number: int) -> None:
    """The totals have them among what is on its way."""
    counts[entity, JobState.WAITING.value] -= number
    counts[entity, state] += number


def _sent() -> QuerySet[Any]:
    """While access is lost nothing moves by itself: the totals have it under what needs a person."""
    moving = SyncJob.objects.filter(
        state__in=[JobState.RUNNING, JobState.UNKNOWN], connection__state=ConnectionState.LIVE
    )
    return moving.annotate(entity=F("connection__entity_id"))


def _rows(rows: QuerySet[Any], *names: str) -> list[Any]:
    return list(rows.order_by().values_list(*names).annotate(n=Count("id")))
