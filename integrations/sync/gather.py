"""One reading pass for a whole claim. What comes out are values; nothing after it asks the database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.rules import Account, Mapping, TransactionFacts, Vendor, vendor_name
from integrations.mapping.slots import MappingSlot
from integrations.models import (
    ConfigurationVersion,
    Connection,
    Decision,
    ExternalLink,
    MappingEntry,
    Reference,
    ReferenceKind,
    SyncAttempt,
    SyncJob,
)
from integrations.providers.documents import Dimension, DimensionLevel, Posted
from integrations.providers.registry import platform
from integrations.sync.attempts import given_up
from integrations.sync.facts import facts_of
from integrations.sync.plan import Link
from ledger.selectors.transactions import by_document
from ledger.tenancy.context import one_moment

DECIDED_AS = {Decision.HOLD: ReasonCode.HELD_BY_PERSON, Decision.EXCLUDE: ReasonCode.EXCLUDED_BY_PERSON}


@dataclass(frozen=True, slots=True)
class Gathered:
    """By document id; of what is `unreadable` the platform would not say how it stands there. `given_up` are postings
    that nobody found: they may have landed since."""

    facts: dict[int, TransactionFacts]
    links: dict[int, Link]
    decisions: dict[int, Reason]
    mapping: Mapping
    given_up: list[SyncAttempt]
    unreadable: dict[int, Reason] = field(default_factory=dict)


@one_moment()
@transaction.atomic
def gather(connection: Connection, jobs: Sequence[SyncJob]) -> Gathered:
    """As of one moment: a split changed meanwhile, or a mapping saved, is read whole or not at all."""
    documents = [job.document_id for job in jobs]
    links = ExternalLink.objects.filter(connection=connection, document__in=documents)
    facts = {document: facts_of(row) for document, row in by_document(documents).items()}
    return Gathered(
        facts=facts,
        links={link.document_id: link_of(link) for link in links},
        decisions={job.document_id: decision_of(job) for job in jobs if job.decision},
        mapping=mapping_of(connection, list(facts.values())),
        given_up=given_up(jobs),
    )


def link_of(link: ExternalLink) -> Link:
    return Link(link.revision, link.fingerprint, Posted(link.external_kind, link.external_id, link.external_version))


def decision_of(job: SyncJob) -> Reason:
    return Reason(DECIDED_AS[Decision(job.decision)], job.decided_why)


def mapping_of(connection: Connection, facts: Sequence[TransactionFacts]) -> Mapping:
    """The configuration in force, with the vendors that these transactions may be."""
    version = ConfigurationVersion.objects.filter(entity_id=connection.entity_id).order_by("-number").first()
    dimensions = dimensions_of(connection)
    entries = list(_entries(connection, facts))
    known_as = names_there(connection, facts)
    return Mapping(
        version=version.number if version else 0,
        home_currency=connection.company.currency,
        accounts={
            (MappingSlot(row.slot), row.source_id): _account(row.target)
            for row in entries
            if row.target.kind == ReferenceKind.ACCOUNT
        },
        dimensions=dimensions,
        values=_values(entries, dimensions),
        vendors={row.vendor_id: _vendor(row.target) for row in entries if row.vendor_id},
        vendors_by_name=vendors_by_name(connection, {*known_as, *(name.casefold() for name in known_as.values())}),
        known_as=known_as,
        create_vendors=version.create_vendors if version else False,
    )


def dimensions_of(connection: Connection) -> tuple[Dimension, ...]:
    stored = connection.company.dimensions
    return tuple(Dimension(one["key"], one["label"], DimensionLevel(one["level"])) for one in stored)


def names_there(connection: Connection, facts: Iterable[TransactionFacts]) -> dict[str, str]:
    """How the platform writes the vendors' names, by our own in lower case."""
    company = connection.company
    written = platform(company.provider).vendor_name
    names = {name.casefold(): name for name in map(vendor_name, facts)}
    return {key: written(name, company.country) for key, name in names.items()}


def vendors_by_name(connection: Connection, keys: set[str]) -> dict[str, Vendor]:
    rows = Reference.objects.filter(
        company_id=connection.company_id, kind=ReferenceKind.VENDOR, active=True, name_key__in=keys
    )
    return {row.name_key: _vendor(row) for row in rows}


def _entries(connection: Connection, facts: Sequence[TransactionFacts]) -> Iterable[MappingEntry]:
    """Without the vendors of everybody else: a customer has thousands of them."""
    vendors = {fact.vendor.id for fact in facts if fact.vendor}
    current = MappingEntry.objects.filter(
        entity_id=connection.entity_id, until__isnull=True, target__company_id=connection.company_id
    ).select_related("target")
    yield from current.exclude(slot=MappingSlot.VENDOR)
    if vendors:
        yield from current.filter(slot=MappingSlot.VENDOR, vendor__in=vendors)


def _values(
    entries: Iterable[MappingEntry], dimensions: Iterable[Dimension]
) -> dict[tuple[str, MappingSlot, int], Account]:
    labels = {dimension.key: dimension.label for dimension in dimensions}
    return {
        (row.dimension, MappingSlot(row.slot), row.source_id): Account(
            row.target.external_id, f"{labels[row.dimension]} {row.target.path}", row.target.active
        )
        for row in entries
        if row.dimension in labels and row.source_id is not None
    }


def _account(reference: Reference) -> Account:
    return Account(reference.external_id, str(reference), reference.active)


def _vendor(reference: Reference) -> Vendor:
    return Vendor(reference.external_id, reference.name, reference.active, ours=reference.made_at is not None)
