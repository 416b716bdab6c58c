"""The base of every tenant's table."""

from typing import Generic, TypeVar

from django.db import models

from ledger.tenancy.constraints import TenantPolicy
from ledger.tenancy.context import current_tenant, required_tenant

Row = TypeVar("Row", bound=models.Model)


class TenantManager(models.Manager[Row], Generic[Row]):
    """Answers for the current organisation only, and refuses to answer without one."""

    def get_queryset(self) -> models.QuerySet[Row]:
        return super().get_queryset().filter(tenant_id=required_tenant())


class TenantModel(models.Model):
    """A row that belongs to one organisation.

    The explicit filter of the manager makes a forgotten organisation an error; the policy makes a forgotten filter
    harmless. A child that declares constraints of its own begins with *TenantModel.Meta.constraints.
    """

    tenant = models.ForeignKey(
        "ledger.Organisation",
        on_delete=models.PROTECT,
        related_name="+",
        editable=False,
        db_index=False,
        # None without one, which the column refuses: a migration reads this default too and has no tenant.
        default=current_tenant,
    )

    objects = TenantManager()

    class Meta:
        abstract = True
        constraints = [
            TenantPolicy(name="%(app_label)s_%(class)s_tenant"),
            # What composite foreign keys point to.
            models.UniqueConstraint(fields=["tenant", "id"], name="%(app_label)s_%(class)s_tenant_id"),
        ]
