"""How a receipt came that nobody hung at a document, and what is known of it."""

from django.db import models
from django.db.models import Q

from ledger.models.receipts import Receipt
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel

LONGEST_ADDRESS = 320


class Way(models.TextChoices):
    UPLOAD = "upload", "Uploaded"
    MAIL = "mail", "By e-mail"
    API = "api", "By API"


class Arrival(TenantModel):
    """It waits in the tray as long as its receipt hangs nowhere and was not taken away."""

    receipt = models.ForeignKey(
        Receipt, on_delete=models.CASCADE, related_name="arrivals", db_constraint=False, db_index=False
    )
    came_by = models.CharField(max_length=10, choices=Way.choices)
    sender = models.CharField(max_length=LONGEST_ADDRESS, help_text="A person's name, or the address it came from.")
    vouched = models.BooleanField(help_text="Whether it is known that it came from this sender.")
    subject = models.CharField(max_length=200, blank=True)
    said = models.TextField(blank=True, help_text="What is written in it, and around it in a letter.")
    unreadable = models.BooleanField(default=False)
    arrived_at = models.DateTimeField(auto_now_add=True)
    why = models.CharField(max_length=500, blank=True, help_text="Why it hangs where it hangs.")

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="receipt", name="ledger_arrival_receipt_fk"),
            models.UniqueConstraint(fields=["tenant", "receipt"], name="ledger_arrival_once"),
            models.CheckConstraint(condition=Q(came_by__in=Way.values), name="ledger_arrival_known_way"),
        ]


class Inbox(TenantModel):
    """The address to which an organisation's receipts are sent. Its token is a secret of a kind: who knows it can fill
    the tray, and nothing else."""

    token = models.CharField(max_length=32)
    made_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant"], name="ledger_inbox_one"),
        ]
        # Found before a tenant is known, by lookup.inbox().
        indexes = [models.Index(fields=["token"], name="ledger_inbox_token")]
