"""Mapping, versioned and append-only: who changed what, when and why, and which version coded a posting."""

from django.conf import settings
from django.db import models

from integrations.models.references import Reference
from ledger.models import Category, Entity
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class ConfigurationVersion(TenantModel):
    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    number = models.PositiveIntegerField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    made_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="entity", name="integrations_configurationversion_entity_fk"),
            models.UniqueConstraint(
                fields=["tenant", "entity", "number"], name="integrations_configurationversion_number"
            ),
        ]


class MappingSlot(models.TextChoices):
    CARD_ACCOUNT = "card_account", "Card account"
    CATEGORY = "category", "Category"
    DEFAULT = "default", "Everything else"


class AccountMapping(TenantModel):
    """From version `since` up to, and without, version `until`, this slot pointed to this account."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    slot = models.CharField(max_length=20, choices=MappingSlot.choices)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    account = models.ForeignKey(
        Reference, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    since = models.PositiveIntegerField()
    until = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="entity", name="integrations_accountmapping_entity_fk"),
            TenantForeignKey(field="category", name="integrations_accountmapping_category_fk"),
            TenantForeignKey(field="account", name="integrations_accountmapping_account_fk"),
            models.UniqueConstraint(
                fields=["tenant", "entity", "slot", "category"],
                condition=models.Q(until__isnull=True),
                nulls_distinct=False,
                name="integrations_accountmapping_one_current",
            ),
            models.CheckConstraint(
                condition=models.Q(slot=MappingSlot.CATEGORY, category__isnull=False)
                | models.Q(~models.Q(slot=MappingSlot.CATEGORY), category__isnull=True),
                name="integrations_accountmapping_category_if_category",
            ),
            models.CheckConstraint(
                condition=models.Q(slot__in=MappingSlot.values), name="integrations_accountmapping_known_slot"
            ),
            models.CheckConstraint(
                condition=models.Q(until__isnull=True) | models.Q(until__gt=models.F("since")),
                name="integrations_accountmapping_in_order",
            ),
        ]
