"""What was done in one go, what came of it and what it cost; and the calls of a month."""

from django.db import models
from django.db.models import Q

from integrations.models.connections import Company, Connection
from integrations.providers.calls import CallKind
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class SyncRun(TenantModel):
    """From the first envelope until nothing waits any more; a pause that the platform's limits ask for does not end it.

    The figures go on while it does: they are written with the outcomes that they count.
    """

    connection = models.ForeignKey(
        Connection, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    configuration = models.PositiveIntegerField(help_text="The configuration version with which it began.")
    begun_at = models.DateTimeField()
    worked_at = models.DateTimeField(help_text="When something last came of it.")
    ended_at = models.DateTimeField(null=True)
    outcomes = models.JSONField(default=dict, help_text="How many writes, by documents.OutcomeKind.")
    money = models.JSONField(default=dict, help_text="What reached the books, in minor units, by currency.")
    files = models.JSONField(default=dict, help_text="How many receipts, by documents.OutcomeKind.")
    calls = models.JSONField(default=dict, help_text="By calls.CallKind.")
    metered = models.PositiveIntegerField(default=0, help_text="Calls that the platform charges for.")
    work_ms = models.PositiveIntegerField(default=0, help_text="Of the clock, pauses left out.")

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="connection", name="integrations_syncrun_connection_fk"),
            models.UniqueConstraint(
                fields=["tenant", "connection"],
                condition=Q(ended_at__isnull=True),
                name="integrations_syncrun_one_open",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "connection", "-id"], name="integrations_syncrun_latest")]


class CallCount(TenantModel):
    """Calls to one company in one calendar month (UTC): platforms charge by the month."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    month = models.DateField(help_text="Its first day.")
    kind = models.CharField(max_length=10, choices=[(kind.value, kind.value) for kind in CallKind])
    calls = models.PositiveBigIntegerField(default=0)
    answered = models.PositiveBigIntegerField(default=0, help_text="Those that ended well; only they are charged for.")

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="company", name="integrations_callcount_company_fk"),
            models.UniqueConstraint(fields=["tenant", "company", "month", "kind"], name="integrations_callcount_one"),
            models.CheckConstraint(
                condition=Q(kind__in=[kind.value for kind in CallKind]), name="integrations_callcount_known_kind"
            ),
            models.CheckConstraint(condition=Q(month__day=1), name="integrations_callcount_whole_month"),
        ]
