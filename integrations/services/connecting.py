"""Connect an entity to a company: away to the consent page, back with a code, tied together or refused in words."""

import hashlib
import secrets
from datetime import datetime, timedelta

from django.db import connection as database
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from integrations import tokens
from integrations.models import Authorisation, Company, Connection, ConnectionState, Credential
from integrations.providers.calls import CountingGate
from integrations.providers.documents import CompanyDescription
from integrations.providers.errors import ProviderError
from integrations.providers.registry import platform
from integrations.sync import queue, receipt_jobs
from integrations.sync.company import described, wake_for
from ledger.models import Entity, SourceDocument, User
from ledger.selectors.receipts import with_receipts

CONSENT_LASTS = timedelta(minutes=30)


# So long before a consent runs out a person is asked for a new one; Intuit itself tells them at the same time.
AGREE_SOON = timedelta(days=30)


def must_agree_soon(credential: Credential, now: datetime) -> bool:
    return credential.consent_expires_at is not None and credential.consent_expires_at - now < AGREE_SOON


class ConnectRefused(Exception):
    """The connection was not made; the text tells the person why, and nothing was changed."""


def begin_connect(*, entity: Entity, person: User, provider: str) -> str:
    """Remember that this person is asking for this entity. Returns the address of the platform's consent page."""
    state = secrets.token_urlsafe(32)
    with transaction.atomic():
        Authorisation.objects.create(
            entity=entity,
            provider=provider,
            person=person,
            state_digest=_digest(state),
            expires_at=timezone.now() + CONSENT_LASTS,
        )
    try:
        return platform(provider).oauth().consent_url(state)
    except ProviderError as trouble:
        raise ConnectRefused(str(trouble)) from trouble


def find_authorisation(state: str) -> tuple[int, int] | None:
    """(tenant, authorisation) of a state parameter that came back, before any tenant is known."""
    with database.cursor() as cursor:
        cursor.execute("SELECT tenant_id, authorisation_id FROM lookup.authorisation(%s)", [_digest(state)])
        found: tuple[int, int] | None = cursor.fetchone()
    return found


def use_authorisation(authorisation_id: int, person: User) -> Authorisation:
    """Take it, once. Raises ConnectRefused for one that was used, is too old, or was somebody else's."""
    with transaction.atomic():
        authorisation = Authorisation.objects.select_related("entity").get(pk=authorisation_id)
        if authorisation.person_id != person.pk:
            raise ConnectRefused("This connection was begun by somebody else. Begin again from Connections.")
        if authorisation.expires_at < timezone.now():
            raise ConnectRefused("More than half an hour has passed. Begin again from Connections.")
        unused = Authorisation.objects.filter(pk=authorisation_id, used_at__isnull=True)
        if not unused.update(used_at=timezone.now()):
            raise ConnectRefused("This answer was used before. If the entity is not connected yet, begin again.")
    return authorisation


def finish_connect(*, authorisation: Authorisation, code: str, company: str, person: User) -> Connection:
    """Exchange the code, ask the company who it is, tie it to the entity. Tokens are stored before their first use."""
    chosen = platform(authorisation.provider)
    try:
        grant = chosen.oauth().exchange(code, company)
        with transaction.atomic():
            credential = tokens.store_new(provider=authorisation.provider, grant=grant, person=person)
    except ProviderError as trouble:
        raise ConnectRefused(f"{trouble} Nothing was connected.") from trouble
    try:
        description = _describe(authorisation.provider, company, credential)
        return _tie(authorisation.entity, authorisation.provider, credential, description)
    except ConnectRefused:
        # The grant itself is left alone: revoking it would end the access of whoever else is connected to the company.
        with transaction.atomic():
            credential.delete()
        raise


def _describe(provider: str, company: str, credential: Credential) -> CompanyDescription:
    def token(rejected: str = "") -> str:
        return tokens.access_token(credential.pk, rejected)

    try:
        return platform(provider).provider(company, "", token, CountingGate()).describe_company()
    except ProviderError as trouble:
        raise ConnectRefused(f"{trouble} Nothing was connected.") from trouble


@transaction.atomic
def _tie(entity: Entity, provider: str, credential: Credential, description: CompanyDescription) -> Connection:
    now = timezone.now()
    queue.lock_entities([entity.pk])
    _refuse_wrong_company(entity, provider, description)
    former = Company.objects.filter(provider=provider, external_id=description.external_id).first()
    company, _ = Company.objects.update_or_create(
        provider=provider,
        external_id=description.external_id,
        defaults={"credential": credential, **described(description)},
    )
    tie, _ = Connection.objects.update_or_create(
        entity=entity,
        company=company,
        defaults={"state": ConnectionState.LIVE, "problem": "", "connected_at": now, "resting_until": None, "rests": 0},
    )
    wake_for(company)
    if former is not None:
        Credential.objects.filter(pk=former.credential_id).exclude(pk__in=Company.objects.values("credential")).delete()
    receipt_jobs.wish(tie, SourceDocument.objects.filter(entity=entity, pk__in=with_receipts()))
    queue.wish(tie, queue.bookable(SourceDocument.objects.filter(entity=entity)).only("id", "revision").order_by("id"))
    return Connection.objects.select_related("entity", "company").get(pk=tie.pk)


def _refuse_wrong_company(entity: Entity, provider: str, description: CompanyDescription) -> None:
    if description.currency != entity.currency:
        raise ConnectRefused(
            f"{description.name} keeps its books in {description.currency}, {entity.name} in {entity.currency}. "
            "Choose the company that belongs to this entity."
        )
    same = Q(company__provider=provider, company__external_id=description.external_id)
    ties = Connection.objects.select_related("entity", "company")
    if taken := ties.filter(same).exclude(entity=entity).first():
        raise ConnectRefused(f"{description.name} is connected to {taken.entity.name} already.")
    if other := ties.filter(entity=entity).exclude(same).first():
        raise ConnectRefused(
            f"You chose {description.name}, and {entity.name} is connected to {other.company.name} already. "
            "Its mapping and its postings belong to the first company, so it stays connected to that one."
        )


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()
