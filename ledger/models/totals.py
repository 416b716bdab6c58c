"""Running totals: what was counted, added up in the transaction that changes it. Triggers write them, nobody else."""

from django.db import models

from ledger.models.tenants import Entity
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class RunningTotal(TenantModel):
    """So many more documents, and so much more money, of one day. The sum of all rows is the total.

    Rows are only added: writers of one day never wait for each other. services/totals.py folds them now and then.
    """

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    dated = models.DateField()
    currency = models.CharField(max_length=3)
    count = models.BigIntegerField()
    minor = models.BigIntegerField(help_text="In the currency's smallest unit.")
    folded = models.BooleanField(default=False)

    class Meta:
        abstract = True
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="entity", name="%(app_label)s_%(class)s_entity_fk"),
        ]
        indexes = [
            models.Index(fields=["tenant", "dated"], name="%(app_label)s_%(class)s_day"),
            # Read by services/totals.fold, and by a look-up function before a tenant is known.
            models.Index(fields=["tenant", "id"], name="%(app_label)s_%(class)s_raw", condition=models.Q(folded=False)),
        ]


class SourceTotal(RunningTotal):
    """What has happened: every document that is money, thus all but what is still pending."""
