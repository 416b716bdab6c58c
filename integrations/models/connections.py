"""Credential, company, connection: three things.

A consent gives a credential; a credential opens companies; a connection ties one of our entities to one company.
"""

from django.conf import settings
from django.db import models
from django.utils import timezone

from ledger.models import Entity
from ledger.tenancy.constraints import TenantForeignKey
from ledger.tenancy.models import TenantModel


class Authorisation(TenantModel):
    """A person is away at the platform's consent page. Its state parameter comes back once, within minutes."""

    entity = models.ForeignKey(Entity, on_delete=models.CASCADE, related_name="+", db_constraint=False, db_index=False)
    provider = models.CharField(max_length=30)
    person = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+", db_index=False)
    state_digest = models.BinaryField(max_length=32)
    asked_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="entity", name="integrations_authorisation_entity_fk"),
            models.UniqueConstraint(fields=["tenant", "state_digest"], name="integrations_authorisation_state"),
        ]
        # Found before a tenant is known, by lookup.authorisation().
        indexes = [models.Index(fields=["state_digest"], name="integrations_auth_by_state")]


class Credential(TenantModel):
    """Tokens of one consent, encrypted. Decrypted and written by integrations/tokens.py alone."""

    provider = models.CharField(max_length=30)
    access_token = models.BinaryField()
    refresh_token = models.BinaryField()
    access_expires_at = models.DateTimeField()
    refresh_expires_at = models.DateTimeField()
    consent_expires_at = models.DateTimeField(
        null=True, help_text="However often it is refreshed, a person must agree anew by then."
    )
    authorised_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False
    )
    authorised_at = models.DateTimeField()
    lost_at = models.DateTimeField(null=True, help_text="When the platform told us that the grant is dead.")
    # One refresher at a time: of two simultaneous refreshes the loser gets invalid_grant (quickbooks facts, 1.4).
    refreshing_until = models.DateTimeField(null=True)

    class Meta:
        constraints = [*TenantModel.Meta.constraints]


class Company(TenantModel):
    """A set of books on the platform, as it described itself when last asked."""

    provider = models.CharField(max_length=30)
    external_id = models.CharField(max_length=64, help_text="The platform's own id: QuickBooks calls it realm.")
    credential = models.ForeignKey(
        Credential, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    name = models.CharField(max_length=500)
    country = models.CharField(max_length=60)
    currency = models.CharField(max_length=3)
    dimensions = models.JSONField(default=list, help_text="documents.Dimension values, as they were last read.")
    described_at = models.DateTimeField()
    # What happened there without us is asked for every so often (integrations/services/incoming).
    changes_read_to = models.DateTimeField(null=True, help_text="By the platform's clock; none before the first time.")
    settings_changed_at = models.DateTimeField(null=True, help_text="As we know them, by the platform's clock.")
    changes_due_at = models.DateTimeField(default=timezone.now, help_text="Asked again from then on.")
    closed_to = models.DateField(null=True, help_text="The books are closed up to and with this day, as last read.")
    several_currencies = models.BooleanField(default=False, help_text="Whether the books may hold foreign ones.")
    doubted = models.BooleanField(default=False, help_text="Somebody thinks that it says otherwise now: to be asked.")

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="credential", name="integrations_company_credential_fk"),
            models.UniqueConstraint(
                fields=["tenant", "provider", "external_id"], name="integrations_company_external_id"
            ),
        ]
        indexes = [
            # Both asked before a tenant is known: lookup.companies and lookup.companies_to_ask.
            models.Index(fields=["provider", "external_id"], name="integrations_company_named"),
            models.Index(fields=["changes_due_at"], name="integrations_company_to_ask"),
        ]

    def __str__(self) -> str:
        return self.name


class ConnectionState(models.TextChoices):
    LIVE = "live", "Connected"
    ACCESS_LOST = "access_lost", "Access lost"
    DENIED = "denied", "Turned away"
    READ_ONLY = "read_only", "Subscription ended"
    RESET = "reset", "Company was reset"


# A company that takes nothing is asked again now and then.
TRIED_AGAIN = [ConnectionState.DENIED, ConnectionState.READ_ONLY]
# In which it is tried to write.
TRIED_STATES = [ConnectionState.LIVE, *TRIED_AGAIN]


class Connection(TenantModel):
    """One entity's tie to one company, and the lane in which all its writes go, one holder at a time."""

    entity = models.ForeignKey(Entity, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False)
    company = models.ForeignKey(
        Company, on_delete=models.PROTECT, related_name="+", db_constraint=False, db_index=False
    )
    state = models.CharField(max_length=20, choices=ConnectionState.choices, default=ConnectionState.LIVE)
    problem = models.CharField(max_length=500, blank=True)
    connected_at = models.DateTimeField()
    references_read_at = models.DateTimeField(null=True)

    # The lane: a lease with a fencing number. A newer holder has a higher number; an older one's writes to our rows
    # are refused by it (integrations/sync/lane.py).
    lane_fence = models.BigIntegerField(default=0)
    lane_until = models.DateTimeField(null=True)
    batch_size = models.PositiveSmallIntegerField(
        null=True, help_text="Writes in one batch: less than the platform permits where larger ones timed out."
    )
    resting_until = models.DateTimeField(null=True, help_text="Nothing is sent before then.")
    rests = models.PositiveSmallIntegerField(default=0, help_text="In a row, with nothing achieved in between.")

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            TenantForeignKey(field="entity", name="integrations_connection_entity_fk"),
            TenantForeignKey(field="company", name="integrations_connection_company_fk"),
            models.UniqueConstraint(fields=["tenant", "entity"], name="integrations_connection_one_per_entity"),
            models.UniqueConstraint(fields=["tenant", "company"], name="integrations_connection_one_per_company"),
            models.CheckConstraint(
                condition=models.Q(state__in=ConnectionState.values), name="integrations_connection_known_state"
            ),
        ]
