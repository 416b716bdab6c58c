"""The other side of the equation: where the money of the documents stands, as running totals, and its proofs."""

from enum import StrEnum

from django.db import models

from integrations.models.sync import JobState
from ledger.models import RunningTotal
from ledger.tenancy.models import TenantModel


class Term(StrEnum):
    """What a document is counted under; also the key of its colour and shape (templates/components/_mark.html)."""

    BOOKS = "books"
    WAY = "way"
    HELD = "held"
    PERSON = "person"
    EXCLUDED = "excluded"
    # Its entity has no books yet, hence it has no job.
    NOT_BEGUN = "none"


# integrations_term_of() in the database says the same; tests/integrations/test_conservation.py compares them.
TERM_OF = {
    JobState.WAITING: Term.WAY,
    JobState.RUNNING: Term.WAY,
    JobState.UNKNOWN: Term.WAY,
    JobState.HELD: Term.HELD,
    JobState.NEEDS_ATTENTION: Term.PERSON,
    JobState.DONE: Term.BOOKS,
    JobState.EXCLUDED: Term.EXCLUDED,
}
KEPT = sorted({term.value for term in TERM_OF.values()})


class StateTotal(RunningTotal):
    """So many documents, by the state of their jobs and the money that these were told."""

    term = models.CharField(max_length=10, choices=[(term, term) for term in KEPT])

    class Meta(RunningTotal.Meta):
        abstract = False
        constraints = [
            *RunningTotal.Meta.constraints,
            models.CheckConstraint(condition=models.Q(term__in=KEPT), name="integrations_statetotal_known_term"),
        ]


class ConservationProof(TenantModel):
    """A recount from every row, and where it differed from the running totals or from the equation."""

    proved_at = models.DateTimeField(auto_now_add=True)
    documents = models.BigIntegerField(help_text="How many were counted.")
    differences = models.JSONField(default=list, help_text="conservation.Difference values; empty where all agrees.")

    class Meta:
        constraints = [*TenantModel.Meta.constraints]
        indexes = [models.Index(fields=["tenant", "-proved_at"], name="integrations_proof_latest")]
