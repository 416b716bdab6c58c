"""What stands in the books otherwise than we would write it: for a person to decide, agreed upon, or taken back."""

from django.db import models

from integrations.models.connections import Connection
from integrations.models.sync import SyncJob
from ledger.models import SourceDocument
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class Clash(TenantModel):
    """Both changed the same: the three sides as they were when it was noticed, for a person to choose."""

    job = models.ForeignKey(SyncJob, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    fields = models.JSONField(help_text="Names of what both changed.")
    base = models.JSONField(help_text="What we last wrote: documents.Side.")
    ours = models.JSONField(help_text="What we want: documents.Side.")
    theirs = models.JSONField(help_text="What stands there: documents.Side.")
    names = models.JSONField(help_text="What the books call the ids in it.")
    external_version = models.CharField(max_length=40)
    revision = models.PositiveIntegerField(help_text="Of the document that we want.")
    fingerprint = models.CharField(max_length=64)
    noticed_at = models.DateTimeField()

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="job", name="integrations_clash_job_fk"),
            models.UniqueConstraint(fields=["tenant", "job"], name="integrations_clash_one"),
        ]


class Compromise(TenantModel):
    """What stands there is partly somebody's: whatever we want next is compared with what we wanted then."""

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    ours = models.JSONField(help_text="What we wanted when it was agreed upon: documents.Side.")
    kept = models.JSONField(help_text="Names of what is theirs.")
    agreed_at = models.DateTimeField()

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="connection", name="integrations_compromise_connection_fk"),
            TenantForeignKey(field="document", name="integrations_compromise_document_fk"),
            models.UniqueConstraint(fields=["tenant", "connection", "document"], name="integrations_compromise_one"),
        ]


class Takeback(TenantModel):
    """The fact: beside the object that somebody changed there stands one of ours that takes it back."""

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    external_kind = models.CharField(max_length=40)
    external_id = models.CharField(max_length=64)
    external_version = models.CharField(max_length=40)
    mark = models.CharField(max_length=21)
    posted_at = models.DateTimeField()
    amiss = models.CharField(
        max_length=300, blank=True, default="", db_default="", help_text="How its money is not what was sent."
    )

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="connection", name="integrations_takeback_connection_fk"),
            TenantForeignKey(field="document", name="integrations_takeback_document_fk"),
            models.UniqueConstraint(fields=["tenant", "connection", "document"], name="integrations_takeback_one"),
        ]
