"""A person says what becomes of documents that are dated where the books are closed."""

from django.db import transaction
from django.db.models import QuerySet

from integrations.mapping.periods import PeriodChoice
from integrations.mapping.reasons import ReasonCode
from integrations.models import Act, SyncJob
from integrations.models.sync import STUCK_STATES
from integrations.selectors import with_any_reason
from integrations.services.interventions import remember
from integrations.sync import queue
from ledger.models import User

ACTS = {PeriodChoice.FIRST_OPEN_DAY: Act.MOVED, PeriodChoice.KEEP: Act.KEPT}


@transaction.atomic
def choose_period(jobs: QuerySet[SyncJob], *, choice: PeriodChoice, person: User) -> int:
    """Of those for which it is asked, and of those that were kept so far. Returns how many follow the choice."""
    asked = with_any_reason([ReasonCode.PERIOD_ASKED, ReasonCode.PERIOD_KEPT])
    open_ones = jobs.filter(asked, state__in=STUCK_STATES).select_for_update(no_key=True).order_by("id")
    chosen = SyncJob.objects.filter(pk__in=list(open_ones.values_list("pk", flat=True)))
    ids = list(chosen.exclude(period_choice=choice).values_list("pk", flat=True))
    SyncJob.objects.filter(pk__in=ids).update(period_choice=choice)
    remember(ACTS[choice], ids, person)
    queue.wake(SyncJob.objects.filter(pk__in=ids))
    return len(ids)
