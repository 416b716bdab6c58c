"""API keys: made once, shown once, kept as a digest."""

import hashlib
import secrets
from collections.abc import Sequence
from dataclasses import dataclass

from django.db import connection, transaction

from ledger.models import ApiToken, Scope, User
from ledger.tenancy.context import acting_for

PREFIX = "flex_"


@dataclass(frozen=True, slots=True)
class Caller:
    """Who calls the API: a key of one organisation, with what it may do."""

    tenant: int
    name: str
    scopes: frozenset[str]
    is_authenticated: bool = True


def make_token(*, name: str, scopes: Sequence[Scope], made_by: User | None) -> str:
    """Make a key and return it; this is the only moment at which it can be read."""
    key = PREFIX + secrets.token_urlsafe(32)
    ApiToken.objects.create(name=name, hint=key[:10], digest=_digest(key), scopes=list(scopes), made_by=made_by)
    return key


def find_caller(key: str) -> Caller | None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT tenant_id, token_id FROM lookup.api_token(%s)", [_digest(key)])
        found = cursor.fetchone()
    if found is None:
        return None
    tenant, token_id = found
    with acting_for(tenant), transaction.atomic():
        token = ApiToken.objects.get(pk=token_id)
    return Caller(tenant, token.name, frozenset(token.scopes))


def _digest(key: str) -> bytes:
    return hashlib.sha256(key.encode()).digest()
