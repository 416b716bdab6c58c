"""Whatever the books must be told about: source documents, their lines and their tags."""

import uuid
from collections.abc import Iterable
from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.domain.documents import BILLS, ON_CARDS, DocumentKind, Stage
from ledger.models.cards import Category, Department, Tag, TagGroup
from ledger.models.tenants import Entity
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel

CARD_KINDS = [kind.value for kind in ON_CARDS]
BILL_KINDS = [kind.value for kind in BILLS]
PAYABLE_KINDS = [*BILL_KINDS, DocumentKind.BILL_PAYMENT.value]
KINDS = [kind.value for kind in DocumentKind]
GROWING = [kind.value for kind in DocumentKind if kind.sign > 0]
SHRINKING = [kind.value for kind in DocumentKind if kind.sign < 0]


def _choices(values: Iterable[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, value.value) for value in values]


class SourceDocument(TenantModel):
    """Whatever the books must be told about, of any kind: its entity, its date and its money.

    A card transaction, a bill or a payment hangs one row of its own on it. Lines, tags, events, receipts, sync jobs and
    links point here, so that none of them needs a column per kind, and “source = posted + …” is one sum.
    """

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    kind = models.CharField(max_length=20, choices=_choices(DocumentKind))
    stage = models.CharField(max_length=10, choices=_choices(Stage), default=Stage.CLEARED.value)
    external_id = models.CharField(max_length=64, help_text="The sender's name for it; a repeat is recognised by it.")
    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    amount_minor = models.BigIntegerField(
        help_text="In the currency's smallest unit: cents, pence, yen. Positive is what is owed more."
    )
    currency = models.CharField(max_length=3)
    dated = models.DateField(help_text="The day of the posting, in the entity's time zone.")
    revision = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(default=timezone.now, help_text="When its latest revision came in.")

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="entity", name="ledger_sourcedocument_entity_fk"),
            # One name for one movement on a card, whatever kind it is told to be.
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                condition=Q(kind__in=CARD_KINDS),
                name="ledger_sourcedocument_card_external_id",
            ),
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                condition=Q(kind__in=BILL_KINDS),
                name="ledger_sourcedocument_bill_external_id",
            ),
            models.UniqueConstraint(
                fields=["tenant", "external_id"],
                condition=Q(kind=DocumentKind.BILL_PAYMENT.value),
                name="ledger_sourcedocument_payment_external_id",
            ),
            models.UniqueConstraint(fields=["tenant", "public_id"], name="ledger_sourcedocument_public_id"),
            models.CheckConstraint(condition=Q(kind__in=KINDS), name="ledger_sourcedocument_known_kind"),
            models.CheckConstraint(
                condition=Q(stage__in=[stage.value for stage in Stage]), name="ledger_sourcedocument_known_stage"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=GROWING, amount_minor__gt=0)
                | Q(kind__in=SHRINKING, amount_minor__lt=0)
                # A credit that is set against a bill, without any cash.
                | Q(kind=DocumentKind.BILL_PAYMENT.value, amount_minor=0),
                name="ledger_sourcedocument_sign_of_kind",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "-dated", "-id"], name="ledger_sourcedocument_latest"),
            models.Index(fields=["tenant", "entity", "-dated", "-id"], name="ledger_sourcedocument_entity"),
            models.Index(
                fields=["tenant", "-dated", "-id"],
                name="ledger_sourcedocument_pending",
                condition=Q(stage=Stage.PENDING.value),
            ),
            # Few among very many charges; asked for by naming their kinds.
            models.Index(
                fields=["tenant", "-dated", "-id"],
                name="ledger_sourcedocument_payables",
                condition=Q(kind__in=PAYABLE_KINDS),
            ),
            # Who asks “what came in since” asks again and again.
            models.Index(fields=["tenant", "updated_at", "id"], name="ledger_sourcedocument_updated"),
            models.Index(fields=["tenant", "recorded_at"], name="ledger_sourcedocument_recorded"),
            models.Index(fields=["tenant", "amount_minor"], name="ledger_sourcedocument_amount"),
        ]


class DocumentLine(TenantModel):
    """One part of a document. The parts add up to the whole: a constraint trigger keeps it so."""

    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="lines", db_constraint=False, db_index=False
    )
    position = models.PositiveIntegerField()
    amount_minor = models.BigIntegerField()
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    memo = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "document", "position"], name="ledger_documentline_position"),
            TenantForeignKey(field="document", name="ledger_documentline_document_fk"),
            TenantForeignKey(field="category", name="ledger_documentline_category_fk"),
            TenantForeignKey(field="department", name="ledger_documentline_department_fk"),
        ]
        indexes = [
            models.Index(fields=["tenant", "category"], name="ledger_documentline_category"),
            models.Index(fields=["tenant", "department"], name="ledger_documentline_department"),
        ]


class TagUse(TenantModel):
    """A tag on a document, or on one line of it."""

    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="tag_uses", db_constraint=False, db_index=False
    )
    line = models.ForeignKey(
        DocumentLine, on_delete=models.CASCADE, null=True, related_name="tag_uses", db_constraint=False, db_index=False
    )
    group = models.ForeignKey(TagGroup, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="document", name="ledger_taguse_document_fk"),
            TenantForeignKey(field="line", name="ledger_taguse_line_fk"),
            TenantForeignKey(field="group", name="ledger_taguse_group_fk"),
            TenantForeignKey(field="tag", name="ledger_taguse_tag_fk"),
            models.UniqueConstraint(
                fields=["tenant", "document", "line", "group"],
                nulls_distinct=False,
                name="ledger_taguse_one_of_a_group",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "tag"], name="ledger_taguse_tag")]
