"""What people did about documents on their way. Never changed, never deleted: the trail of a transaction tells it."""

from django.db import models

from integrations.models.sync import SyncJob
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class Act(models.TextChoices):
    HELD = "held", "Held"
    EXCLUDED = "excluded", "Excluded"
    RELEASED = "released", "Released"
    SENT_AGAIN = "sent_again", "Sent again"
    RECEIPT_SENT_AGAIN = "receipt_again", "Receipt sent again"
    MOVED = "moved", "Posted on the first open day"
    KEPT = "kept", "Kept until the books are reopened"
    UNDONE = "undone", "Undone"
    BROUGHT_BACK = "brought_back", "Brought back"
    LEFT_THERE = "left_there", "Left in the books"
    KEPT_THEIRS = "kept_theirs", "Theirs kept"
    OVERRULED = "overruled", "Ours chosen"
    FOUND_REMOVED = "found_removed", "Found removed in the books"


class Intervention(TenantModel):
    job = models.ForeignKey(SyncJob, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    act = models.CharField(max_length=20, choices=Act.choices)
    actor = models.CharField(max_length=200, help_text="Who did it, in words, since people leave.")
    why = models.CharField(max_length=300, blank=True)
    happened_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="job", name="integrations_intervention_job_fk"),
            models.CheckConstraint(condition=models.Q(act__in=Act.values), name="integrations_intervention_known_act"),
        ]
        indexes = [models.Index(fields=["tenant", "job"], name="integrations_intervention_job")]
