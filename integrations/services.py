"""Verbs of the integration: connect, read references, save a mapping, send again. Each names who acts."""

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from django.db import connection as database
from django.db import transaction
from django.db.models import Max, Q, QuerySet
from django.utils import timezone

from integrations import tokens
from integrations.mapping.reasons import MENDED_BY_MAPPING, Reason, ReasonCode
from integrations.models import (
    AccountMapping,
    Authorisation,
    Company,
    ConfigurationVersion,
    Connection,
    ConnectionState,
    Credential,
    JobState,
    MappingSlot,
    Reference,
    SyncAttempt,
    SyncEnvelope,
    SyncJob,
)
from integrations.providers.documents import CompanyDescription, ReferenceRecord
from integrations.providers.errors import ProviderError
from integrations.providers.registry import platform
from integrations.sync import queue
from integrations.sync.engine import provider_of
from ledger.models import Entity, SourceDocument, User

CONSENT_LASTS = timedelta(minutes=30)
ROWS_AT_ONCE = 1000


class ConnectRefused(Exception):
    """The connection was not made; the text tells the person why, and nothing was changed."""


class StaleMapping(Exception):
    """Somebody else saved a newer version of the mapping meanwhile."""


# --- connect ---------------------------------------------------------------------------------------------------------


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
        provider = chosen.provider(company, "", lambda rejected="": tokens.access_token(credential.pk, rejected))
        description = provider.describe_company()
    except ProviderError as trouble:
        raise ConnectRefused(f"{trouble} Nothing was connected.") from trouble
    return _tie(authorisation.entity, authorisation.provider, credential, description)


@transaction.atomic
def _tie(entity: Entity, provider: str, credential: Credential, description: CompanyDescription) -> Connection:
    now = timezone.now()
    Entity.objects.select_for_update().get(pk=entity.pk)
    _refuse_wrong_company(entity, provider, description)
    company, _ = Company.objects.update_or_create(
        provider=provider,
        external_id=description.external_id,
        defaults={
            "credential": credential,
            "name": description.name,
            "country": description.country,
            "currency": description.currency,
            "described_at": now,
        },
    )
    tie, _ = Connection.objects.update_or_create(
        entity=entity,
        company=company,
        defaults={"state": ConnectionState.LIVE, "problem": "", "connected_at": now, "resting_until": None},
    )
    queue.wish(tie, SourceDocument.objects.filter(entity=entity))
    return tie


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
            f"{entity.name} is connected to {other.company.name}, and you chose {description.name}. "
            "Its mapping and its postings belong to the first company, so it stays connected to that one."
        )


def _digest(state: str) -> bytes:
    return hashlib.sha256(state.encode()).digest()


# --- references ------------------------------------------------------------------------------------------------------


def read_references(connection_id: int) -> int:
    """Read the company's accounts and vendors into the cache. What the company no longer has becomes inactive."""
    with transaction.atomic():
        tie = Connection.objects.select_related("company").get(pk=connection_id)
    records = list(provider_of(tie).list_references())
    _store_references(tie, records)
    return len(records)


@transaction.atomic
def _store_references(tie: Connection, records: list[ReferenceRecord]) -> None:
    now = timezone.now()
    Reference.objects.bulk_create(
        (
            Reference(
                company_id=tie.company_id,
                kind=record.kind,
                external_id=record.external_id,
                number=record.number,
                name=record.name,
                name_key=record.name.casefold(),
                path=record.path,
                role=record.role,
                type_name=record.type_name,
                currency=record.currency,
                active=record.active,
                read_at=now,
            )
            for record in records
        ),
        batch_size=ROWS_AT_ONCE,
        update_conflicts=True,
        update_fields=["number", "name", "name_key", "path", "role", "type_name", "currency", "active", "read_at"],
        unique_fields=["tenant", "company", "kind", "external_id"],
    )
    Reference.objects.filter(company_id=tie.company_id, read_at__lt=now).update(active=False)
    Connection.objects.filter(pk=tie.pk).update(references_read_at=now)


# --- mapping ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class AccountChoices:
    """What a person chose for one entity: ids of references, None for no account."""

    card_account: int | None
    default: int | None
    categories: Mapping[int, int | None]

    def by_slot(self) -> dict[tuple[str, int | None], int | None]:
        slots: dict[tuple[str, int | None], int | None] = {
            (MappingSlot.CARD_ACCOUNT, None): self.card_account,
            (MappingSlot.DEFAULT, None): self.default,
        }
        return slots | {(MappingSlot.CATEGORY, category): account for category, account in self.categories.items()}


@transaction.atomic
def save_mapping(*, entity: Entity, choices: AccountChoices, seen_version: int, reason: str, person: User) -> int:
    """Write what differs as a new version and send on its way what waited for it. Returns how many that are.

    Raises StaleMapping when a newer version than the seen one was saved meanwhile.
    """
    Entity.objects.select_for_update().get(pk=entity.pk)
    versions = ConfigurationVersion.objects.filter(entity=entity)
    latest = versions.aggregate(latest=Max("number"))["latest"] or 0
    if latest != seen_version:
        raise StaleMapping
    current = AccountMapping.objects.filter(entity=entity, until__isnull=True)
    standing = {(row.slot, row.category_id): row.account_id for row in current}
    changed = {slot: account for slot, account in choices.by_slot().items() if standing.get(slot) != account}
    if not changed:
        return 0
    number = latest + 1
    ConfigurationVersion.objects.create(entity=entity, number=number, made_by=person, reason=reason)
    ended = [row.pk for row in current if (row.slot, row.category_id) in changed]
    AccountMapping.objects.filter(pk__in=ended).update(until=number)
    AccountMapping.objects.bulk_create(
        AccountMapping(entity=entity, slot=slot, category_id=category, account_id=account, since=number)
        for (slot, category), account in changed.items()
        if account is not None
    )
    return _wake_for_mapping(entity)


def _wake_for_mapping(entity: Entity) -> int:
    mended = Q()
    for code in MENDED_BY_MAPPING:
        mended |= _with_reason(code)
    return queue.wake(SyncJob.objects.filter(mended, connection__entity=entity))


def _with_reason(code: str) -> Q:
    return Q(reasons__contains=[{"code": str(code)}])


# --- send again ------------------------------------------------------------------------------------------------------


@transaction.atomic
def send_again(jobs: QuerySet[SyncJob]) -> int:
    """Send held and refused documents on their way again. Returns how many.

    One whose outcome is unknown is looked up first, and only if it is still not there its own envelope is repeated:
    that a person asks renews the trust in the key (design decision 4).
    """
    parked = jobs.filter(state=JobState.NEEDS_ATTENTION).filter(_with_reason(ReasonCode.OUTCOME_UNKNOWN))
    now = timezone.now()
    ids = list(parked.select_for_update().values_list("pk", flat=True))
    attempts = SyncAttempt.objects.filter(job__in=ids, settled_at__isnull=True)
    SyncEnvelope.objects.filter(pk__in=attempts.values("envelope")).update(trusted_since=now)
    SyncJob.objects.filter(pk__in=ids).update(state=JobState.UNKNOWN, reasons=[], due_at=now, rung_at=now)
    waiting = jobs.filter(state__in=[JobState.HELD, JobState.NEEDS_ATTENTION]).exclude(pk__in=ids)
    return len(ids) + queue.wake(waiting)


def with_cause(reason: Reason) -> QuerySet[SyncJob]:
    """Jobs at rest that name this reason."""
    return SyncJob.objects.filter(
        state__in=[JobState.HELD, JobState.NEEDS_ATTENTION], reasons__contains=[reason.as_json()]
    )
