"""Movements on cards."""

from django.db import models
from django.db.models import Q

from ledger.models.cards import BankAccount, Card, Category, Department, Vendor
from ledger.models.documents import SourceDocument
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


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
