"""The ledger's own diary. It is audit trail and outbox both: who listens is not the ledger's business."""

from django.db import models

from ledger.models.documents import SourceDocument
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class EventKind(models.TextChoices):
    RECORDED = "recorded", "Recorded"
    CHANGED = "changed", "Changed"
    REVERSED = "reversed", "Reversed"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"
    RECEIPT_ADDED = "receipt_added", "Receipt added"
    RECEIPT_REMOVED = "receipt_removed", "Receipt removed"


# They tell of a document's files; the document itself says what it said before.
OF_RECEIPTS = [EventKind.RECEIPT_ADDED, EventKind.RECEIPT_REMOVED]


class LedgerEvent(TenantModel):
    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=20, choices=EventKind.choices)
    actor = models.CharField(max_length=200, help_text="Who did it, in words: a person, or the name of an API key.")
    detail = models.CharField(max_length=500, blank=True, help_text="What changed, in words.")
    happened_at = models.DateTimeField(auto_now_add=True)
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="document", name="ledger_ledgerevent_document_fk"),
            models.CheckConstraint(condition=models.Q(kind__in=EventKind.values), name="ledger_ledgerevent_known_kind"),
        ]
        indexes = [
            models.Index(fields=["tenant", "document"], name="ledger_ledgerevent_document"),
            # Read by events.take_unhandled, and by lookup.tenants_with_events before a tenant is known.
            models.Index(
                fields=["tenant", "id"],
                name="ledger_ledgerevent_unhandled",
                condition=models.Q(handled_at__isnull=True),
            ),
        ]
