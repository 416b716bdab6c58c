"""Cards and bank accounts, and what a cardholder says about a charge: category, department, tags, vendor."""

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


class BankAccount(TenantModel):
    """An account of one entity from which card statements are paid. Its number is never known here."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=200)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="entity", name="ledger_bankaccount_entity_fk"),
            models.UniqueConstraint(fields=["tenant", "external_id"], name="ledger_bankaccount_external_id"),
        ]

    def __str__(self) -> str:
        return self.name


class Category(TenantModel):
    """What was bought, in the customer's own words. Mapped to an account of the books, entity by entity."""

    name = models.CharField(max_length=100)
    code = models.CharField(max_length=40, blank=True, help_text="The customer's own number for it, if there is one.")

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name"], name="ledger_category_name"),
            models.UniqueConstraint(
                fields=["tenant", "code"], condition=~models.Q(code=""), name="ledger_category_code"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class Department(TenantModel):
    """Who bought it."""

    name = models.CharField(max_length=100)
    code = models.CharField(max_length=40, blank=True, help_text="The customer's own number for it, if there is one.")

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name"], name="ledger_department_name"),
            models.UniqueConstraint(
                fields=["tenant", "code"], condition=~models.Q(code=""), name="ledger_department_code"
            ),
        ]

    def __str__(self) -> str:
        return self.name


class TagGroup(TenantModel):
    """A question that is asked about a charge: project, campaign, grant. Of each group a charge has one tag at most."""

    name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name"], name="ledger_taggroup_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Tag(TenantModel):
    """One of the answers."""

    group = models.ForeignKey(
        TagGroup, on_delete=models.PROTECT, related_name="tags", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="group", name="ledger_tag_group_fk"),
            models.UniqueConstraint(fields=["tenant", "group", "name"], name="ledger_tag_name"),
            # What a use of the tag points to, so that its group cannot be another than the tag's.
            models.UniqueConstraint(fields=["tenant", "id", "group"], name="ledger_tag_with_group"),
        ]

    def __str__(self) -> str:
        return self.name


class Vendor(TenantModel):
    """Whom the customer buys from, under the name that the customer uses."""

    name = models.CharField(max_length=200)
    name_key = models.CharField(max_length=600, help_text="The name case-folded: one vendor, however it is written.")
    external_id = models.CharField(max_length=64, blank=True, help_text="The customer's own number for it.")
    email = models.CharField(max_length=254, blank=True)
    phone = models.CharField(max_length=30, blank=True)
    currency = models.CharField(max_length=3, blank=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name_key"], name="ledger_vendor_name"),
            models.UniqueConstraint(
                fields=["tenant", "external_id"], condition=~models.Q(external_id=""), name="ledger_vendor_external_id"
            ),
        ]

    def __str__(self) -> str:
        return self.name
