"""Cards, and the two things a cardholder says about a charge: category and department."""

from django.db import models

from ledger.models.tenants import Entity
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class Card(TenantModel):
    """A payment card of one entity. Of its number only the last four digits are ever known here."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    external_id = models.CharField(max_length=64, help_text="The issuer's name for the card.")
    last_four = models.CharField(max_length=4)
    holder = models.CharField(max_length=200)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="entity", name="ledger_card_entity_fk"),
            models.UniqueConstraint(fields=["tenant", "external_id"], name="ledger_card_external_id"),
            models.CheckConstraint(condition=models.Q(last_four__regex=r"^\d{4}$"), name="ledger_card_last_four"),
        ]

    def __str__(self) -> str:
        return f"··{self.last_four}"


class Category(TenantModel):
    """What was bought, in the customer's own words. Mapped to an account of the books, entity by entity."""

    name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name"], name="ledger_category_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Department(TenantModel):
    """Who bought it."""

    name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name"], name="ledger_department_name"),
        ]

    def __str__(self) -> str:
        return self.name
