"""What vendors want to be paid, what they owe back, and the payments that settle both."""

from collections.abc import Sequence

from django.db import models
from django.db.models import Q, Sum

from ledger.domain.documents import Stage
from ledger.models.cards import BankAccount, Card, Vendor
from ledger.models.documents import SourceDocument
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel

LONGEST_NUMBER = 40


class Bill(TenantModel):
    """A bill, a reimbursement or a vendor's credit: the kind of its document says which. It has at least one line."""

    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="bills", db_constraint=False, db_index=False
    )
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    number = models.CharField(max_length=LONGEST_NUMBER, blank=True, help_text="The vendor's own.")
    due_on = models.DateField(null=True, help_text="None for a credit.")
    terms = models.CharField(max_length=40, blank=True)
    memo = models.CharField(max_length=1000, blank=True)
    custom = models.JSONField(default=dict, help_text="The sender's own fields: text by name.")
    approved_by = models.CharField(max_length=200, blank=True, help_text="As the sender tells it.")
    approved_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "document"], name="ledger_bill_document"),
            TenantForeignKey(field="document", name="ledger_bill_document_fk"),
            TenantForeignKey(field="vendor", name="ledger_bill_vendor_fk"),
        ]
        indexes = [
            models.Index(fields=["tenant", "vendor", "number"], name="ledger_bill_number"),
            models.Index(fields=["tenant", "due_on"], name="ledger_bill_due"),
        ]


class BillPayment(TenantModel):
    """Money that went to a vendor, from a bank account or a card; or none, where a credit is set against a bill."""

    document = models.ForeignKey(
        SourceDocument, on_delete=models.CASCADE, related_name="bill_payments", db_constraint=False, db_index=False
    )
    vendor = models.ForeignKey(Vendor, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    bank_account = models.ForeignKey(
        BankAccount, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    card = models.ForeignKey(
        Card, on_delete=models.PROTECT, null=True, related_name="+", db_constraint=False, db_index=False
    )
    number = models.CharField(max_length=LONGEST_NUMBER, blank=True, help_text="Of the cheque, or of the transfer.")
    memo = models.CharField(max_length=1000, blank=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "document"], name="ledger_billpayment_document"),
            TenantForeignKey(field="document", name="ledger_billpayment_document_fk"),
            TenantForeignKey(field="vendor", name="ledger_billpayment_vendor_fk"),
            TenantForeignKey(field="bank_account", name="ledger_billpayment_bank_account_fk"),
            TenantForeignKey(field="card", name="ledger_billpayment_card_fk"),
            models.CheckConstraint(
                condition=Q(bank_account__isnull=True) | Q(card__isnull=True), name="ledger_billpayment_one_source"
            ),
        ]


class Settlement(TenantModel):
    """So much of a payment settles this bill; below zero, so much of this credit is used up by it.

    The parts add up to the payment, and no bill is settled by more than it comes to: constraint triggers keep it so.
    """

    payment = models.ForeignKey(
        BillPayment, on_delete=models.CASCADE, related_name="settlements", db_constraint=False, db_index=False
    )
    bill = models.ForeignKey(
        Bill, on_delete=models.PROTECT, related_name="settlements", db_constraint=False, db_index=False
    )
    amount_minor = models.BigIntegerField()

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "payment", "bill"], name="ledger_settlement_once"),
            TenantForeignKey(field="payment", name="ledger_settlement_payment_fk"),
            TenantForeignKey(field="bill", name="ledger_settlement_bill_fk"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="ledger_settlement_of_something"),
        ]
        indexes = [models.Index(fields=["tenant", "bill"], name="ledger_settlement_bill")]


def settled_of(bills: Sequence[int]) -> dict[int, int]:
    """How much of each is settled, in its own sign: by payments that are scheduled or made, not by void ones."""
    live = Settlement.objects.filter(bill__in=bills).exclude(payment__document__stage=Stage.REVERSED)
    summed = live.values("bill").annotate(minor=Sum("amount_minor")).order_by()
    return {row["bill"]: row["minor"] for row in summed}
