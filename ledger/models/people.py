"""Invitations, and the diary of who belongs to an organisation and as what."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from ledger.models.tenants import Role, User
from ledger.tenancy.models import TenantModel


class Invitation(TenantModel):
    """A letter with a link. Only the link's SHA-256 is kept: whoever reads the database cannot join by it."""

    email = models.EmailField()
    role = models.CharField(max_length=20, choices=Role.choices)
    digest = models.BinaryField(max_length=32)
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(auto_now_add=True)
    expires_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="Accepted, withdrawn, or replaced by a newer one.")

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(
                "tenant", Lower("email"), condition=Q(ended_at__isnull=True), name="ledger_invitation_one_open"
            ),
            models.CheckConstraint(condition=Q(role__in=Role.values), name="ledger_invitation_role"),
        ]
        # Found before a tenant is known, by lookup.invitation().
        indexes = [models.Index(fields=["digest"], name="ledger_invitation_digest")]


class PeopleEvent(TenantModel):
    """What was done to whom; never changed."""

    happened_at = models.DateTimeField(auto_now_add=True)
    actor = models.CharField(max_length=200)
    told = models.CharField(max_length=500)

    class Meta:
        constraints = [*TenantModel.Meta.constraints]
        indexes = [models.Index(fields=["tenant", "-id"], name="ledger_peopleevent_latest")]
