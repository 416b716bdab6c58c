"""Organisations, their legal entities, their people, and the keys to their API."""

from typing import Any, ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.postgres.fields import ArrayField
from django.db import models

from ledger.tenancy.models import TenantModel


class Organisation(models.Model):
    """A tenant. Global: it is what the other rows are kept apart by."""

    name = models.CharField(max_length=200)
    slug = models.SlugField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return self.name


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, name: str = "", password: str | None = None, **extra: Any) -> "User":
        user = self.model(email=self.normalize_email(email), name=name, **extra)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(AbstractBaseUser):
    """A person who signs in. Global and without business data: one person may work for several organisations."""

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=200)
    is_active = models.BooleanField(default=True)
    joined_at = models.DateTimeField(auto_now_add=True)

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    objects = UserManager()

    def __str__(self) -> str:
        return self.name or self.email


class Role(models.TextChoices):
    OWNER = "owner", "Owner"
    FINANCE_ADMIN = "finance_admin", "Finance admin"
    ACCOUNTANT = "accountant", "Accountant"
    OPS = "ops", "Operations"
    CARDHOLDER = "cardholder", "Cardholder"


class Membership(TenantModel):
    """What a person may do in one organisation (ledger/access.py)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+", db_index=False)
    role = models.CharField(max_length=20, choices=Role.choices)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "user"], name="ledger_membership_once"),
            models.CheckConstraint(condition=models.Q(role__in=Role.values), name="ledger_membership_role"),
        ]
        indexes = [models.Index(fields=["user", "tenant"], name="ledger_membership_user")]


class Entity(TenantModel):
    """A legal entity: it keeps its own books in one currency, and dates are dates in its time zone."""

    name = models.CharField(max_length=200)
    currency = models.CharField(max_length=3)
    time_zone = models.CharField(max_length=64, default="UTC")

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "name"], name="ledger_entity_name"),
        ]

    def __str__(self) -> str:
        return self.name


class Scope(models.TextChoices):
    READ_TRANSACTIONS = "transactions:read", "Read transactions"
    WRITE_TRANSACTIONS = "transactions:write", "Record transactions"
    READ_BILLS = "bills:read", "Read bills and their payments"
    WRITE_BILLS = "bills:write", "Record bills and their payments"
    READ_DIRECTORY = "directory:read", "Read cards, accounts, departments and other names"
    WRITE_DIRECTORY = "directory:write", "Add and change cards, accounts, departments and other names"


class ApiToken(TenantModel):
    """A key to the API. Only its SHA-256 is kept: the key itself has 256 random bits, so a slow hash adds nothing."""

    name = models.CharField(max_length=100)
    hint = models.CharField(max_length=12, help_text="The first characters, to tell keys apart.")
    digest = models.BinaryField(max_length=32)
    scopes = ArrayField(models.CharField(max_length=40, choices=Scope.choices))
    made_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+", db_index=False)
    made_at = models.DateTimeField(auto_now_add=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            *TenantModel.Meta.constraints,
            models.UniqueConstraint(fields=["tenant", "digest"], name="ledger_apitoken_digest"),
            models.CheckConstraint(
                condition=models.Q(scopes__contained_by=Scope.values), name="ledger_apitoken_known_scopes"
            ),
        ]
        # Found before a tenant is known, by lookup.api_token().
        indexes = [models.Index(fields=["digest"], name="ledger_apitoken_by_digest")]
