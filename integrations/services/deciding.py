"""A person holds a document back, leaves it out, or lets it go again."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet

from integrations.mapping.reasons import Reason
from integrations.models import Act, Decision, ExternalLink, JobState, Stance, SyncJob
from integrations.selectors import in_doubt
from integrations.services.interventions import remember
from integrations.sync import queue
from integrations.sync.gather import DECIDED_AS
from ledger.models import Stage, User

UNDER_WAY = [JobState.RUNNING, JobState.UNKNOWN]
ACTS = {Decision.HOLD: Act.HELD, Decision.EXCLUDE: Act.EXCLUDED, Decision.NONE: Act.RELEASED}


@dataclass(frozen=True, slots=True)
class Decided:
    """How many follow the decision, stand in the books already, are being sent at this very moment; and of how many
    there is nothing to decide: reversed by the issuer, or released though nobody had kept them."""

    done: int = 0
    in_the_books: int = 0
    under_way: int = 0
    undecidable: int = 0


@transaction.atomic
def decide(jobs: QuerySet[SyncJob], *, decision: Decision, why: str, person: User) -> Decided:
    """Hold or exclude what is not in the books; NONE takes a former decision back and sends them on their way.

    What stands in the books stays there, and what is under way cannot be stopped: both are counted and left alone.
    """
    locked = list(jobs.select_for_update(no_key=True).order_by("id").values_list("pk", flat=True))
    all_of_them = SyncJob.objects.filter(pk__in=locked)
    posted = Exists(
        ExternalLink.objects.filter(connection=OuterRef("connection"), document=OuterRef("document")).exclude(
            stance=Stance.GONE
        )
    )
    sent = Q(state__in=UNDER_WAY) | Q(in_doubt())
    in_the_books = all_of_them.filter(posted).count()
    under_way = all_of_them.filter(~posted, sent).count()
    free = all_of_them.filter(~posted, ~sent)
    done = _let_go(free) if decision is Decision.NONE else _stop(free, decision, f"{person}: {why}")
    remember(ACTS[decision], done, person, why)
    return Decided(len(done), in_the_books, under_way, len(locked) - in_the_books - under_way - len(done))


def _stop(jobs: QuerySet[SyncJob], decision: Decision, why: str) -> list[int]:
    state = JobState.HELD if decision is Decision.HOLD else JobState.EXCLUDED
    reasons = [Reason(DECIDED_AS[decision], why).as_json()]
    decidable = list(jobs.exclude(document__stage=Stage.REVERSED).values_list("pk", flat=True))
    mine = SyncJob.objects.filter(pk__in=decidable)
    mine.update(decision=decision, decided_why=why, state=state, reasons=reasons)
    return decidable


def _let_go(jobs: QuerySet[SyncJob]) -> list[int]:
    decided = list(jobs.exclude(decision=Decision.NONE).values_list("pk", flat=True))
    mine = SyncJob.objects.filter(pk__in=decided)
    mine.update(decision=Decision.NONE, decided_why="")
    queue.wake(mine)
    return decided
