"""The files that prove what a document says. Their bytes are in the storage, known by what is in them."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.domain.receipts import LARGEST, LONGEST_NAME, FileType
from ledger.models.documents import SourceDocument
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class Receipt(TenantModel):
    """One file at one document. Without a document it waits until one is found for it.

    A row is never changed into another file: a better one is a row of its own, and the former one is removed and says
    by which it was replaced.
    """

    document = models.ForeignKey(
        SourceDocument, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    file_name = models.CharField(max_length=LONGEST_NAME)
    content_type = models.CharField(max_length=100, choices=[(kind.value, kind.name) for kind in FileType])
    size = models.PositiveIntegerField(help_text="In bytes.")
    sha256 = models.CharField(max_length=64)
    storage_key = models.CharField(max_length=200)
    recorded_at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True)
    replaced_by = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="document", name="ledger_receipt_document_fk"),
            TenantForeignKey(field="replaced_by", name="ledger_receipt_replaced_by_fk"),
            models.UniqueConstraint(fields=["tenant", "public_id"], name="ledger_receipt_public_id"),
            # The same file again is the same receipt; what was removed may come back.
            models.UniqueConstraint(
                fields=["tenant", "document", "sha256"],
                condition=Q(removed_at__isnull=True),
                name="ledger_receipt_once_at_a_document",
            ),
            models.UniqueConstraint(
                fields=["tenant", "sha256"],
                condition=Q(removed_at__isnull=True, document__isnull=True),
                name="ledger_receipt_once_in_the_tray",
            ),
            models.CheckConstraint(
                condition=Q(replaced_by__isnull=True) | Q(removed_at__isnull=False),
                name="ledger_receipt_replaced_is_removed",
            ),
            models.CheckConstraint(
                condition=Q(content_type__in=[kind.value for kind in FileType]), name="ledger_receipt_known_type"
            ),
            models.CheckConstraint(condition=Q(size__gt=0, size__lte=LARGEST), name="ledger_receipt_size"),
            models.CheckConstraint(condition=Q(sha256__regex=r"^[0-9a-f]{64}$"), name="ledger_receipt_sha256"),
        ]
        indexes = [
            models.Index(fields=["tenant", "document"], name="ledger_receipt_document"),
            # The tray; read too by lookup.tenants_with_arrivals before a tenant is known.
            models.Index(
                fields=["tenant", "-id"],
                name="ledger_receipt_tray",
                condition=Q(removed_at__isnull=True, document__isnull=True),
            ),
            models.Index(
                fields=["tenant", "replaced_by"],
                name="ledger_receipt_replaced_by",
                condition=Q(replaced_by__isnull=False),
            ),
        ]
