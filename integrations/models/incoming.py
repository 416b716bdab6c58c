"""What the platform told us by itself: stored as it came, handled afterwards."""

from django.db import models
from django.db.models import Q
from django.utils import timezone

from integrations.models.connections import Company
from integrations.providers.documents import Operation
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel

_OPERATIONS = [(operation.value, operation.value) for operation in Operation]


class IncomingChange(TenantModel):
    """Something happened to an object there. A repetition says the same and finds itself; what it is now is asked."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=40, help_text="The platform's own word for the object.")
    external_id = models.CharField(max_length=64)
    operation = models.CharField(max_length=10, choices=_OPERATIONS)
    absorbed = models.CharField(max_length=64, blank=True, help_text="Of a merge: what went into the object.")
    happened_at = models.DateTimeField(help_text="By the platform's clock.")
    delivery = models.CharField(max_length=64, blank=True, help_text="The platform's own name for the message.")
    received_at = models.DateTimeField(auto_now_add=True)
    due_at = models.DateTimeField(default=timezone.now, help_text="Not looked at before; whoever takes it moves it on.")
    handled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="company", name="integrations_incomingchange_company_fk"),
            models.UniqueConstraint(
                fields=["tenant", "company", "kind", "external_id", "operation", "happened_at", "absorbed"],
                name="integrations_incomingchange_once",
            ),
            models.CheckConstraint(
                condition=Q(operation__in=[one.value for one in Operation]),
                name="integrations_incomingchange_known_operation",
            ),
            models.CheckConstraint(
                condition=Q(absorbed="") | Q(operation=Operation.MERGED.value),
                name="integrations_incomingchange_merged",
            ),
        ]
        indexes = [
            # Read when they are taken, and by lookup.companies_with_changes before a tenant is known.
            models.Index(
                fields=["tenant", "company", "due_at"],
                name="integrations_incoming_open",
                condition=Q(handled_at__isnull=True),
            ),
            # To forget what nobody can repeat any more.
            models.Index(fields=["tenant", "handled_at"], name="integrations_incoming_old"),
        ]
