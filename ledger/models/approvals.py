"""Who must approve what, and who did. A policy is never changed: a newer one takes its place."""

from collections.abc import Collection

from django.db import models
from django.db.models import Q

from ledger.domain.approvals import APPROVED_KINDS, Step
from ledger.domain.documents import DocumentKind
from ledger.models.documents import SourceDocument
from ledger.models.tenants import Entity, User
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel

TOLD_BY_SENDER = "whoever approves it in Flex"

_KINDS = [(kind.value, kind.word) for kind in APPROVED_KINDS]
_KNOWN_KIND = Q(kind__in=[kind.value for kind in APPROVED_KINDS])


class ApprovalPolicy(TenantModel):
    """The newest of an entity and a kind of document is in force, for what is submitted from then on. One without a
    step asks nobody."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    kind = models.CharField(max_length=20, choices=_KINDS)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="entity", name="ledger_approvalpolicy_entity_fk"),
            models.CheckConstraint(condition=_KNOWN_KIND, name="ledger_approvalpolicy_known_kind"),
        ]
        indexes = [models.Index(fields=["tenant", "entity", "kind", "-id"], name="ledger_approvalpolicy_newest")]


class ApprovalStep(TenantModel):
    policy = models.ForeignKey(
        ApprovalPolicy, on_delete=models.CASCADE, related_name="steps", db_constraint=False, db_index=False
    )
    position = models.PositiveIntegerField()
    approver = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False, help_text="None: as it was told."
    )
    above_minor = models.BigIntegerField(default=0, help_text="Asked for more than this, in the entity's currency.")

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="policy", name="ledger_approvalstep_policy_fk"),
            models.UniqueConstraint(fields=["tenant", "policy", "position"], name="ledger_approvalstep_position"),
            models.UniqueConstraint(
                fields=["tenant", "policy", "approver"], nulls_distinct=False, name="ledger_approvalstep_once"
            ),
            models.CheckConstraint(condition=Q(above_minor__gte=0), name="ledger_approvalstep_not_below_zero"),
        ]


class Verdict(models.TextChoices):
    """Of one approver on one document: not their turn yet, asked, and what they said."""

    LATER = "later", "Later"
    ASKED = "asked", "Asked"
    APPROVED = "approved", "Approved"
    DECLINED = "declined", "Declined"


SAID = [Verdict.APPROVED, Verdict.DECLINED]


class Approval(TenantModel):
    """One step of a policy as one document must take it. What was asked for something else than the document says by
    now is not current any more; it stays on record."""

    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="approvals", db_constraint=False, db_index=False
    )
    position = models.PositiveIntegerField()
    approver = models.ForeignKey(User, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    amount_minor = models.BigIntegerField(help_text="What the yes is for: no more than this,")
    currency = models.CharField(max_length=3)
    payee = models.CharField(max_length=200, help_text="to this vendor or merchant.")
    verdict = models.CharField(max_length=10, choices=Verdict.choices, default=Verdict.LATER)
    current = models.BooleanField(default=True)
    asked_at = models.DateTimeField(null=True)
    told_at = models.DateTimeField(null=True, help_text="When the approver was last written to.")
    decided_by = models.CharField(max_length=200, blank=True, help_text="Who said it, in words.")
    decided_at = models.DateTimeField(null=True)
    note = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="document", name="ledger_approval_document_fk"),
            models.UniqueConstraint(
                fields=["tenant", "document", "position"], condition=Q(current=True), name="ledger_approval_position"
            ),
            models.UniqueConstraint(
                fields=["tenant", "document"],
                condition=Q(current=True, verdict=Verdict.ASKED),
                name="ledger_approval_one_at_a_time",
            ),
            models.CheckConstraint(condition=Q(verdict__in=Verdict.values), name="ledger_approval_known_verdict"),
            models.CheckConstraint(
                condition=Q(verdict__in=SAID, decided_at__isnull=False) & ~Q(decided_by="")
                | ~Q(verdict__in=SAID) & Q(decided_at__isnull=True, decided_by=""),
                name="ledger_approval_said_by_somebody",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "document"], name="ledger_approval_document"),
            # What waits for somebody; read too by lookup.tenants_with_approvals before a tenant is known.
            models.Index(
                fields=["tenant", "approver"],
                name="ledger_approval_asked",
                condition=Q(current=True, verdict=Verdict.ASKED),
            ),
        ]


# --- questions that writing asks too ---


def in_force(entities: Collection[int]) -> dict[tuple[int, DocumentKind], ApprovalPolicy]:
    """By entity and kind, the newest policy with its steps and its entity; two statements, one where there is none."""
    newest = ApprovalPolicy.objects.filter(entity__in=entities).order_by("entity", "kind", "-id")
    rows = newest.distinct("entity", "kind").select_related("entity", "made_by").prefetch_related("steps__approver")
    return {(row.entity_id, DocumentKind(row.kind)): row for row in rows}


def steps_of(policy: ApprovalPolicy) -> list[Step]:
    steps = sorted(policy.steps.all(), key=lambda step: step.position)
    return [Step(step.approver_id, step.above_minor) for step in steps]


def current_approvals(documents: Collection[int]) -> dict[int, list[Approval]]:
    """By document, in their order."""
    rows = Approval.objects.filter(document__in=documents, current=True).select_related("approver")
    by_document: dict[int, list[Approval]] = {}
    for row in rows.order_by("document_id", "position"):
        by_document.setdefault(row.document_id, []).append(row)
    return by_document


def approver_name(row: Approval) -> str:
    return str(row.approver) if row.approver else TOLD_BY_SENDER
