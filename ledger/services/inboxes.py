"""The address to which an organisation's receipts are sent."""

import secrets

from django.conf import settings
from django.db import connection

from ledger.models import Inbox

LOCAL = "receipts"
# Of letters and digits that nobody mixes up, so that it can be read out on the telephone.
ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
LENGTH = 12


def address() -> str:
    """Of the current organisation; the first who asks makes it."""
    inbox, _ = Inbox.objects.get_or_create(defaults={"token": _token()})
    return f"{LOCAL}+{inbox.token}@{settings.MAIL_DOMAIN}"


def tenant_of(recipient: str) -> int | None:
    """Whose address that is. Asked before a tenant is known."""
    local, _, domain = recipient.strip().casefold().rpartition("@")
    name, _, token = local.partition("+")
    if name != LOCAL or not token or domain != settings.MAIL_DOMAIN.casefold():
        return None
    with connection.cursor() as cursor:
        cursor.execute("SELECT lookup.inbox(%s)", [token[:32].replace("\0", "")])
        found: int | None = cursor.fetchone()[0]
    return found


def _token() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))
