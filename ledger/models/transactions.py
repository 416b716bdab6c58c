"""What happened: source documents, and the card transactions among them."""

import uuid
from collections.abc import Iterable
from enum import StrEnum

from django.db import models
from django.db.models import Q
from django.utils import timezone

from ledger.domain.transactions import DocumentKind, Stage
from ledger.models.cards import BankAccount, Card, Category, Department, Tag, TagGroup, Vendor
from ledger.models.tenants import Entity
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel

CARD_KINDS = [kind.value for kind in DocumentKind]
GROWING = [kind.value for kind in DocumentKind if kind.sign > 0]
SHRINKING = [kind.value for kind in DocumentKind if kind.sign < 0]


def _choices(values: Iterable[StrEnum]) -> list[tuple[str, str]]:
    return [(value.value, value.value) for value in values]


class SourceDocument(TenantModel):
    """Whatever the books must be told about, of any kind: its entity, its date and its money.

    Card transactions (and what comes after them) hang one row of their own kind on it. Events, sync jobs and links
    point here, so that none of them needs a column per kind, and “source = posted + …” is one sum.
    """

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    kind = models.CharField(max_length=20, choices=_choices(DocumentKind))
    stage = models.CharField(max_length=10, choices=_choices(Stage), default=Stage.CLEARED.value)
    external_id = models.CharField(max_length=64, help_text="The sender's name for it; a repeat is recognised by it.")
    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    amount_minor = models.BigIntegerField(
        help_text="In the currency's smallest unit: cents, pence, yen. Positive is what the card owes more."
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
            models.UniqueConstraint(fields=["tenant", "public_id"], name="ledger_sourcedocument_public_id"),
            models.CheckConstraint(condition=Q(kind__in=CARD_KINDS), name="ledger_sourcedocument_known_kind"),
            models.CheckConstraint(
                condition=Q(stage__in=[stage.value for stage in Stage]), name="ledger_sourcedocument_known_stage"
            ),
            models.CheckConstraint(
                condition=Q(kind__in=GROWING, amount_minor__gt=0) | Q(kind__in=SHRINKING, amount_minor__lt=0),
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
            # Who asks “what came in since” asks again and again.
            models.Index(fields=["tenant", "updated_at", "id"], name="ledger_sourcedocument_updated"),
            models.Index(fields=["tenant", "recorded_at"], name="ledger_sourcedocument_recorded"),
            models.Index(fields=["tenant", "amount_minor"], name="ledger_sourcedocument_amount"),
        ]


class CardTransaction(TenantModel):
    """One movement on a card, as the issuer told it and the cardholder explained it."""

    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="card_transactions", db_constraint=False, db_index=False
    )
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    merchant_name = models.CharField(max_length=200)
    merchant_category_code = models.CharField(max_length=4, blank=True)
    merchant_city = models.CharField(max_length=100, blank=True)
    merchant_country = models.CharField(max_length=2, blank=True)
    authorised_at = models.DateTimeField(null=True)
    cleared_at = models.DateTimeField(null=True)
    original_minor = models.BigIntegerField(null=True, help_text="What was paid, where that was in another currency.")
    original_currency = models.CharField(max_length=3, blank=True)
    refund_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="refunds", db_constraint=False, db_index=False
    )
    refund_of_external_id = models.CharField(
        max_length=64, blank=True, help_text="The charge that the sender names; it may come later than its refund."
    )
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    vendor = models.ForeignKey(
        Vendor, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    memo = models.CharField(max_length=1000, blank=True)
    custom = models.JSONField(default=dict, help_text="The sender's own fields: text by name.")
    approved_by = models.CharField(max_length=200, blank=True)
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "document"], name="ledger_cardtransaction_document"),
            TenantForeignKey(field="document", name="ledger_cardtransaction_document_fk"),
            TenantForeignKey(field="card", name="ledger_cardtransaction_card_fk"),
            TenantForeignKey(field="refund_of", name="ledger_cardtransaction_refund_of_fk"),
            TenantForeignKey(field="bank_account", name="ledger_cardtransaction_bank_account_fk"),
            TenantForeignKey(field="vendor", name="ledger_cardtransaction_vendor_fk"),
            TenantForeignKey(field="category", name="ledger_cardtransaction_category_fk"),
            TenantForeignKey(field="department", name="ledger_cardtransaction_department_fk"),
            models.CheckConstraint(
                condition=Q(cleared_at__isnull=False) | Q(authorised_at__isnull=False),
                name="ledger_cardtransaction_has_a_moment",
            ),
            models.CheckConstraint(
                condition=Q(original_minor__isnull=True, original_currency="")
                | (Q(original_minor__isnull=False) & ~Q(original_currency="")),
                name="ledger_cardtransaction_original_with_currency",
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", "card"], name="ledger_cardtransaction_card"),
            models.Index(fields=["tenant", "category"], name="ledger_cardtransaction_cat"),
            models.Index(fields=["tenant", "department"], name="ledger_cardtransaction_dept"),
            models.Index(fields=["tenant", "refund_of"], name="ledger_cardtransaction_refunds"),
            # Refunds whose charge has not come yet: asked for whenever charges are recorded.
            models.Index(
                fields=["tenant", "refund_of_external_id"],
                name="ledger_cardtransaction_untied",
                condition=Q(refund_of__isnull=True) & ~Q(refund_of_external_id=""),
            ),
        ]


class SplitLine(TenantModel):
    """One part of a transaction that was split. The parts add up to the whole: a constraint trigger keeps it so."""

    transaction = models.ForeignKey(
        CardTransaction, on_delete=models.CASCADE, related_name="lines", db_constraint=False, db_index=False
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
            models.UniqueConstraint(fields=["tenant", "transaction", "position"], name="ledger_splitline_position"),
            TenantForeignKey(field="transaction", name="ledger_splitline_transaction_fk"),
            TenantForeignKey(field="category", name="ledger_splitline_category_fk"),
            TenantForeignKey(field="department", name="ledger_splitline_department_fk"),
        ]
        indexes = [
            models.Index(fields=["tenant", "category"], name="ledger_splitline_category"),
            models.Index(fields=["tenant", "department"], name="ledger_splitline_department"),
        ]


class TagUse(TenantModel):
    """A tag on a transaction, or on one line of it."""

    transaction = models.ForeignKey(
        CardTransaction, on_delete=models.CASCADE, related_name="tag_uses", db_constraint=False, db_index=False
    )
    line = models.ForeignKey(
        SplitLine, on_delete=models.CASCADE, null=True, related_name="tag_uses", db_constraint=False, db_index=False
    )
    group = models.ForeignKey(TagGroup, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    tag = models.ForeignKey(Tag, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="transaction", name="ledger_taguse_transaction_fk"),
            TenantForeignKey(field="line", name="ledger_taguse_line_fk"),
            TenantForeignKey(field="group", name="ledger_taguse_group_fk"),
            TenantForeignKey(field="tag", name="ledger_taguse_tag_fk"),
            models.UniqueConstraint(
                fields=["tenant", "transaction", "line", "group"],
                nulls_distinct=False,
                name="ledger_taguse_one_of_a_group",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "tag"], name="ledger_taguse_tag")]
