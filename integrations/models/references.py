"""What the platform has and our postings point to, cached: accounts, vendors, values of dimensions."""

from django.db import models

from integrations.models.connections import Company
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class ReferenceKind(models.TextChoices):
    ACCOUNT = "account", "Account"
    VENDOR = "vendor", "Vendor"
    VALUE = "value", "Value of a dimension"


class Reference(TenantModel):
    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    kind = models.CharField(max_length=20, choices=ReferenceKind.choices)
    dimension = models.CharField(max_length=40, blank=True, help_text="Whose value it is; empty for the others.")
    external_id = models.CharField(max_length=64)
    number = models.CharField(max_length=40, blank=True)
    name = models.CharField(max_length=500)
    name_key = models.CharField(max_length=1500, help_text="The name case-folded: platforms compare names so.")
    path = models.CharField(max_length=1000, help_text="Name with its parents, as the platform writes it.")
    role = models.CharField(max_length=20, help_text="What an account is for, in our words (documents.AccountRole).")
    type_name = models.CharField(max_length=60, blank=True, help_text="The platform's own word for its type.")
    currency = models.CharField(max_length=3, blank=True)
    active = models.BooleanField(default=True)
    inactive_since = models.DateTimeField(null=True, help_text="Where it is known: when it was last changed there.")
    merged_into = models.CharField(max_length=64, blank=True, help_text="The platform's id of what took it in.")
    changed_at = models.DateTimeField(null=True, help_text="As we know it, by the platform's clock.")
    read_at = models.DateTimeField()
    made_at = models.DateTimeField(null=True, help_text="When FlexSync made it there.")

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="company", name="integrations_reference_company_fk"),
            models.UniqueConstraint(
                fields=["tenant", "company", "kind", "dimension", "external_id"],
                name="integrations_reference_external_id",
            ),
            models.CheckConstraint(
                condition=models.Q(kind__in=ReferenceKind.values), name="integrations_reference_known_kind"
            ),
            models.CheckConstraint(
                condition=models.Q(models.Q(kind=ReferenceKind.VALUE), ~models.Q(dimension=""))
                | models.Q(~models.Q(kind=ReferenceKind.VALUE), models.Q(dimension="")),
                name="integrations_reference_value_of_a_dimension",
            ),
            models.CheckConstraint(
                condition=models.Q(active=False) | models.Q(inactive_since__isnull=True),
                name="integrations_reference_inactive_since",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "company", "kind", "name_key"], name="integrations_reference_name")]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()


class ExchangeRate(TenantModel):
    """What one unit of a foreign currency was worth in these books on a day, as the platform said. Asked once."""

    company = models.ForeignKey(
        Company, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False
    )
    currency = models.CharField(max_length=3)
    day = models.DateField()
    rate = models.DecimalField(max_digits=24, decimal_places=12)
    read_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="company", name="integrations_exchangerate_company_fk"),
            models.UniqueConstraint(
                fields=["tenant", "company", "currency", "day"], name="integrations_exchangerate_one"
            ),
            models.CheckConstraint(condition=models.Q(rate__gt=0), name="integrations_exchangerate_above_zero"),
        ]
