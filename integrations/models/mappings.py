"""Mapping, versioned and append-only: who changed what, when and why, and which version coded a posting."""

from functools import reduce
from operator import or_

from django.conf import settings
from django.db import models
from django.db.models import Q

from integrations.mapping.gates import BILL_GATES, CHARGE_GATES, Gate
from integrations.mapping.periods import ClosedPolicy
from integrations.mapping.slots import NAMES_A_SOURCE, MappingSlot
from integrations.models.references import Reference
from ledger.models import BankAccount, Card, Category, Department, Entity, Tag, Vendor
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel

# Each is the name of a slot and of the column that it fills.
SOURCES = [slot.value for slot in NAMES_A_SOURCE]
DIMENSION_SLOTS = [MappingSlot.DEPARTMENT.value, MappingSlot.TAG.value]


def _names_what_its_slot_says() -> Q:
    """A slot that names something of ours has just that column filled, the others none."""
    plain = [slot.value for slot in MappingSlot if slot not in NAMES_A_SOURCE]
    cases = [Q(slot=name, **{f"{other}__isnull": other != name for other in SOURCES}) for name in SOURCES]
    return reduce(or_, cases, Q(slot__in=plain, **{f"{name}__isnull": True for name in SOURCES}))


class ConfigurationVersion(TenantModel):
    """One state of an entity's configuration, its switches with it."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    number = models.PositiveIntegerField()
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    made_at = models.DateTimeField(auto_now_add=True)
    reason = models.CharField(max_length=500)
    create_vendors = models.BooleanField(default=False, help_text="Vendors that the books lack are made there.")
    closed_periods = models.CharField(
        max_length=20,
        choices=[(policy.value, policy.label) for policy in ClosedPolicy],
        default=ClosedPolicy.HOLD.value,
        help_text="What becomes of a document that is dated where the books are closed.",
    )
    charge_gate = models.CharField(
        max_length=10,
        choices=[(gate.value, label) for gate, label in CHARGE_GATES.items()],
        default=Gate.APPROVED.value,
    )
    bill_gate = models.CharField(
        max_length=10, choices=[(gate.value, label) for gate, label in BILL_GATES.items()], default=Gate.APPROVED.value
    )

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="entity", name="integrations_configurationversion_entity_fk"),
            models.UniqueConstraint(
                fields=["tenant", "entity", "number"], name="integrations_configurationversion_number"
            ),
            models.CheckConstraint(
                condition=Q(closed_periods__in=[policy.value for policy in ClosedPolicy]),
                name="integrations_configurationversion_known_policy",
            ),
            models.CheckConstraint(
                condition=Q(charge_gate__in=[gate.value for gate in CHARGE_GATES])
                & Q(bill_gate__in=[gate.value for gate in BILL_GATES]),
                name="integrations_configurationversion_known_gates",
            ),
        ]


class MappingEntry(TenantModel):
    """From version `since` up to, and without, version `until`, this of ours pointed to that of the books."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    slot = models.CharField(max_length=20, choices=[(slot.value, slot.label) for slot in MappingSlot])
    card = models.ForeignKey(
        Card, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    tag = models.ForeignKey(
        Tag, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    dimension = models.CharField(max_length=40, blank=True, help_text="Of the target; empty for accounts and vendors.")
    target = models.ForeignKey(
        Reference, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    since = models.PositiveIntegerField()
    until = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="entity", name="integrations_mappingentry_entity_fk"),
            *(TenantForeignKey(field=name, name=f"integrations_mappingentry_{name}_fk") for name in SOURCES),
            TenantForeignKey(field="target", name="integrations_mappingentry_target_fk"),
            models.UniqueConstraint(
                fields=["tenant", "entity", "slot", *SOURCES, "dimension"],
                condition=Q(until__isnull=True),
                nulls_distinct=False,
                name="integrations_mappingentry_one_current",
            ),
            models.CheckConstraint(condition=_names_what_its_slot_says(), name="integrations_mappingentry_source"),
            models.CheckConstraint(
                condition=Q(slot__in=DIMENSION_SLOTS) & ~Q(dimension="")
                | ~Q(slot__in=DIMENSION_SLOTS) & Q(dimension=""),
                name="integrations_mappingentry_dimension",
            ),
            models.CheckConstraint(
                condition=Q(until__isnull=True) | Q(until__gt=models.F("since")),
                name="integrations_mappingentry_in_order",
            ),
        ]

    @property
    def source(self) -> "Card | BankAccount | Category | Vendor | Department | Tag | None":
        """What of ours it names."""
        return getattr(self, self.slot) if self.slot in SOURCES else None

    @property
    def source_id(self) -> int | None:
        return getattr(self, f"{self.slot}_id") if self.slot in SOURCES else None
