"""What happened: source documents, and the card transactions among them."""

import uuid

from django.db import models

from ledger.models.cards import Card, Category, Department
from ledger.models.tenants import Entity
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class DocumentKind(models.TextChoices):
    CARD_CHARGE = "card_charge", "Card charge"


class SourceDocument(TenantModel):
    """Whatever the books must be told about, of any kind: its entity, its date and its money.

    Card transactions (and what comes after them) hang one row of their own kind on it. Events, sync jobs and links
    point here, so that none of them needs a column per kind, and “source = posted + …” is one sum.
    """

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    kind = models.CharField(max_length=20, choices=DocumentKind.choices)
    external_id = models.CharField(max_length=64, help_text="The sender's name for it; a repeat is recognised by it.")
    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    amount_minor = models.BigIntegerField(help_text="In the currency's smallest unit: cents, pence, yen.")
    currency = models.CharField(max_length=3)
    dated = models.DateField(help_text="The day of the posting, in the entity's time zone.")
    revision = models.PositiveIntegerField(default=1)
    recorded_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="entity", name="ledger_sourcedocument_entity_fk"),
            models.UniqueConstraint(fields=["tenant", "kind", "external_id"], name="ledger_sourcedocument_external_id"),
            models.UniqueConstraint(fields=["tenant", "public_id"], name="ledger_sourcedocument_public_id"),
            models.CheckConstraint(
                condition=models.Q(kind__in=DocumentKind.values), name="ledger_sourcedocument_known_kind"
            ),
            models.CheckConstraint(condition=models.Q(amount_minor__gt=0), name="ledger_sourcedocument_positive"),
        ]
        indexes = [
            models.Index(fields=["tenant", "-dated", "-id"], name="ledger_sourcedocument_latest"),
            models.Index(fields=["tenant", "entity", "-dated", "-id"], name="ledger_sourcedocument_entity"),
        ]


class CardTransaction(TenantModel):
    """One movement on a card, as the issuer told it and the cardholder explained it."""

    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="card_transactions", db_constraint=False, db_index=False
    )
    card = models.ForeignKey(Card, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    department = models.ForeignKey(
        Department, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    merchant_name = models.CharField(max_length=200)
    merchant_category_code = models.CharField(max_length=4, blank=True)
    memo = models.CharField(max_length=1000, blank=True)
    cleared_at = models.DateTimeField()

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "document"], name="ledger_cardtransaction_document"),
            TenantForeignKey(field="document", name="ledger_cardtransaction_document_fk"),
            TenantForeignKey(field="card", name="ledger_cardtransaction_card_fk"),
            TenantForeignKey(field="category", name="ledger_cardtransaction_category_fk"),
            TenantForeignKey(field="department", name="ledger_cardtransaction_department_fk"),
        ]
        indexes = [
            models.Index(fields=["tenant", "card"], name="ledger_cardtransaction_card"),
            models.Index(fields=["tenant", "category"], name="ledger_cardtransaction_cat"),
        ]
