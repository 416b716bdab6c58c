"""Wish, intention and fact once more, for the files of documents: ReceiptJob, ReceiptAttempt, AttachedFile."""

from django.db import models
from django.db.models import Q

from integrations.models.connections import Connection
from integrations.models.sync import SyncEnvelope
from integrations.providers.documents import Action
from ledger.models import Receipt
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class ReceiptState(models.TextChoices):
    EARLY = "early", "Waits for its document"
    WAITING = "waiting", "On its way"
    RUNNING = "running", "On its way"
    UNKNOWN = "unknown", "Checking"
    NEEDS_ATTENTION = "needs_attention", "Needs a person"
    DONE = "done", "In the books"


MOVING_RECEIPTS = [ReceiptState.WAITING, ReceiptState.RUNNING, ReceiptState.UNKNOWN]


class ReceiptJob(TenantModel):
    """The wish that a receipt hang where its document stands in the books of one connection, and nowhere else.

    It waits for the document and never holds it up. What is to be done is worked out anew each time that it is
    claimed, from what stands there: so that a receipt comes late, is replaced or taken away in one and the same way.
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    receipt = models.ForeignKey(
        Receipt, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    state = models.CharField(max_length=20, choices=ReceiptState.choices, default=ReceiptState.EARLY)
    reasons = models.JSONField(default=list, help_text="Why it needs a person: mapping.reasons.Reason values.")
    rung_at = models.DateTimeField(help_text="When the wish was last expressed.")
    due_at = models.DateTimeField(help_text="Not before this time.")
    tries = models.PositiveIntegerField(default=0, help_text="How often the platform asked us to wait with it.")
    in_vain = models.PositiveIntegerField(
        default=0,
        db_default=0,
        help_text="How often it was sent in envelopes that were given up: looked for, and not there.",
    )
    moved = models.BooleanField(
        default=False,
        db_default=False,
        help_text="Its document was linked, unlinked or linked elsewhere since it was claimed.",
    )
    fence = models.BigIntegerField(default=0, help_text="The lane holder that claimed it.")

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="connection", name="integrations_receiptjob_connection_fk"),
            TenantForeignKey(field="receipt", name="integrations_receiptjob_receipt_fk"),
            models.UniqueConstraint(fields=["tenant", "connection", "receipt"], name="integrations_receiptjob_one"),
            models.CheckConstraint(
                condition=Q(state__in=ReceiptState.values), name="integrations_receiptjob_known_state"
            ),
            models.CheckConstraint(
                condition=Q(Q(state=ReceiptState.NEEDS_ATTENTION), ~Q(reasons=[]))
                | Q(~Q(state=ReceiptState.NEEDS_ATTENTION), Q(reasons=[])),
                name="integrations_receiptjob_reason_iff_asked",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "receipt"], name="integrations_receiptjob_file"),
            models.Index(
                fields=["tenant", "receipt"],
                name="integrations_receiptjob_stuck",
                condition=Q(state=ReceiptState.NEEDS_ATTENTION),
            ),
            # Read by sync/uploads, and by lookup.connections_with_receipts before a tenant is known.
            models.Index(
                fields=["tenant", "connection", "due_at"],
                name="integrations_receiptjob_open",
                condition=Q(state__in=MOVING_RECEIPTS),
            ),
        ]


class ReceiptAttempt(TenantModel):
    """One file within an upload, or one that is taken away; stored before the network is touched."""

    envelope = models.ForeignKey(
        SyncEnvelope, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    job = models.ForeignKey(ReceiptJob, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    item = models.CharField(max_length=10, help_text="Its name inside the envelope.")
    action = models.CharField(
        max_length=10, choices=[(action.value, action.value) for action in (Action.CREATE, Action.REMOVE)]
    )
    target_kind = models.CharField(max_length=40, help_text="Of the object at which it hangs, or shall.")
    target_id = models.CharField(max_length=64)
    name = models.CharField(max_length=260, help_text="Of the file in the books, with the beginning of its hash.")
    body = models.TextField(blank=True, help_text="Exactly what is said of the file beside its content.")
    external_id = models.CharField(
        max_length=64, blank=True, help_text="Of the file that is taken away, or takes the place of another: of that."
    )
    external_version = models.CharField(max_length=40, blank=True)
    outcome = models.CharField(max_length=20, blank=True, help_text="documents.OutcomeKind; empty while it is open.")
    code = models.CharField(max_length=40, blank=True)
    answer = models.CharField(max_length=1000, blank=True)
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="envelope", name="integrations_receiptattempt_envelope_fk"),
            TenantForeignKey(field="job", name="integrations_receiptattempt_job_fk"),
            models.UniqueConstraint(fields=["tenant", "envelope", "item"], name="integrations_receiptattempt_item"),
            # A second one while the first one's fate is open could hang the file there twice.
            models.UniqueConstraint(
                fields=["tenant", "job"],
                condition=Q(settled_at__isnull=True),
                name="integrations_receiptattempt_one_open",
            ),
            models.CheckConstraint(
                condition=Q(action__in=[Action.CREATE.value, Action.REMOVE.value]),
                name="integrations_receiptattempt_known_action",
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, outcome="") | (Q(settled_at__isnull=False) & ~Q(outcome="")),
                name="integrations_receiptattempt_settled_iff_outcome",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "job"], name="integrations_receipttry_job")]


class AttachedFile(TenantModel):
    """The fact: this receipt hangs in the books at that object, as that file, in that version."""

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    receipt = models.ForeignKey(
        Receipt, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    target_kind = models.CharField(max_length=40)
    target_id = models.CharField(max_length=64)
    external_kind = models.CharField(max_length=40)
    external_id = models.CharField(max_length=64)
    external_version = models.CharField(max_length=40)
    attached_at = models.DateTimeField()
    left_at = models.DateTimeField(
        null=True, help_text="It should have been taken away, and somebody had changed it there: it is theirs now."
    )

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="connection", name="integrations_attachedfile_connection_fk"),
            TenantForeignKey(field="receipt", name="integrations_attachedfile_receipt_fk"),
            models.UniqueConstraint(
                fields=["tenant", "connection", "external_kind", "external_id"],
                name="integrations_attachedfile_external_id",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "receipt"], name="integrations_file_receipt")]
