"""The only reader and writer of credentials: encrypted, refreshed by one holder at a time, stored before use."""

import threading
import time
from datetime import datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet, MultiFernet
from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations.models import Credential
from integrations.providers.documents import Grant
from integrations.providers.errors import AccessLost, Temporary
from integrations.providers.registry import platform
from ledger.models import User

# Refreshed this long before it expires, so that no call begins with a token about to die.
MARGIN = timedelta(minutes=5)
# Longer than a refresh can take, with its one repetition and a discovery document to fetch.
REFRESH_LEASE = timedelta(seconds=120)
PATIENCE_SECONDS = 20.0
# A token that is given has minutes to live; so long it is not asked for again.
KEPT_SECONDS = 60.0
PAUSE_SECONDS = 0.2


def _vault() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in settings.ENCRYPTION_KEYS])


def store_new(*, provider: str, grant: Grant, person: User) -> Credential:
    now = timezone.now()
    return Credential.objects.create(provider=provider, authorised_by=person, authorised_at=now, **_columns(grant, now))


class TokenKeeper:
    """Gives the token to many calls, from any thread, and asks the database for it only now and then."""

    def __init__(self, credential_id: int, known: Credential | None = None) -> None:
        """`known`: as it was read just now, if it was. From within a flight asking costs a connection of its own."""
        self._credential_id = credential_id
        self._lock = threading.Lock()
        self._token = _still_good(known, "") if known and known.lost_at is None else ""
        self._asked_at = time.monotonic()

    def __call__(self, rejected: str = "") -> str:
        with self._lock:
            too_old = time.monotonic() > self._asked_at + KEPT_SECONDS
            if not self._token or self._token == rejected or too_old:
                self._token = access_token(self._credential_id, rejected)
                self._asked_at = time.monotonic()
            return self._token


def access_token(credential_id: int, rejected: str = "") -> str:
    """A token that is good for some minutes. Called outside a transaction, since it may go over the network.

    Raises AccessLost when the grant is dead, Temporary when the platform does not answer.
    """
    deadline = time.monotonic() + PATIENCE_SECONDS
    while True:
        credential = _read(credential_id)
        if token := _still_good(credential, rejected):
            return token
        if _take_lease(credential_id):
            return _refresh(credential)
        if time.monotonic() > deadline:
            raise Temporary("Somebody else has been refreshing the token for too long.")
        time.sleep(PAUSE_SECONDS)


def rotate_encryption() -> int:
    """Encrypt every credential of the current organisation with the first key. Returns how many there are."""
    with transaction.atomic():
        credentials = list(Credential.objects.select_for_update())
        for credential in credentials:
            credential.access_token = _vault().rotate(bytes(credential.access_token))
            credential.refresh_token = _vault().rotate(bytes(credential.refresh_token))
        Credential.objects.bulk_update(credentials, ["access_token", "refresh_token"])
    return len(credentials)


def _read(credential_id: int) -> Credential:
    with transaction.atomic():
        credential = Credential.objects.filter(pk=credential_id).first()
    if credential is None:
        raise Temporary("The company was connected again meanwhile.")
    if credential.lost_at is not None:
        raise AccessLost("The connection to these books has ended. Connect again; nothing is lost.")
    return credential


def _still_good(credential: Credential, rejected: str) -> str:
    if credential.access_expires_at - timezone.now() < MARGIN:
        return ""
    token = _vault().decrypt(bytes(credential.access_token)).decode()
    return "" if token == rejected else token


def _take_lease(credential_id: int) -> bool:
    now = timezone.now()
    free = Q(refreshing_until__isnull=True) | Q(refreshing_until__lt=now)
    with transaction.atomic():
        taken = Credential.objects.filter(free, pk=credential_id).update(refreshing_until=now + REFRESH_LEASE)
    return taken == 1


def _refresh(credential: Credential) -> str:
    """Holding the lease. The new pair is committed before anybody uses it."""
    fresh = _read(credential.pk)
    if bytes(fresh.refresh_token) != bytes(credential.refresh_token):
        # Somebody refreshed between our look and our lease.
        _update(credential.pk, refreshing_until=None)
        return _vault().decrypt(bytes(fresh.access_token)).decode()
    try:
        grant = platform(credential.provider).oauth().refresh(_vault().decrypt(bytes(fresh.refresh_token)).decode())
    except AccessLost as lost:
        # Only if these are still the tokens that are stored: another refresher may have outlived its lease.
        now = timezone.now()
        _update(credential.pk, bytes(fresh.refresh_token), lost_at=now, refreshing_until=None)
        raise AccessLost(_why_lost(fresh, now, str(lost))) from lost
    except Temporary:
        _update(credential.pk, refreshing_until=None)
        raise
    # A pair that the platform has just given is good, whatever somebody concluded meanwhile.
    _update(credential.pk, refreshing_until=None, lost_at=None, **_columns(grant, timezone.now()))
    return grant.access_token


def _why_lost(credential: Credential, now: datetime, words: str) -> str:
    """The platform says only that it is so; what we know tells a person more."""
    if credential.consent_expires_at is not None and now >= credential.consent_expires_at:
        agreed = f"{credential.authorised_at:%-d %B %Y}"
        return f"{words} The agreement of {agreed} has run out: connect again, and agree anew."
    if now >= credential.refresh_expires_at:
        return f"{words} It was not used for so long that it has run out. Connect again; nothing is lost."
    return f"{words} Somebody disconnected it there, or lost the right to it. Connect again; nothing is lost."


def _update(credential_id: int, if_stored: bytes | None = None, **columns: Any) -> None:
    with transaction.atomic():
        rows = Credential.objects.filter(pk=credential_id)
        if if_stored is not None:
            rows = rows.filter(refresh_token=if_stored)
        rows.update(**columns)


def _columns(grant: Grant, now: datetime) -> dict[str, Any]:
    return {
        "access_token": _vault().encrypt(grant.access_token.encode()),
        "refresh_token": _vault().encrypt(grant.refresh_token.encode()),
        "access_expires_at": now + grant.access_lives,
        "refresh_expires_at": now + grant.refresh_lives,
        **({"consent_expires_at": now + grant.consent_lives} if grant.consent_lives else {}),
    }
