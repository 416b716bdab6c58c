"""One reading pass for a whole claim. What comes out are values; nothing after it asks the database."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.db import transaction

from integrations.mapping.coding import Account, Mapping, Vendor
from integrations.mapping.entry import standing_day
from integrations.mapping.facts import BillFacts, Facts, PaymentFacts
from integrations.mapping.gates import Gate, Gates
from integrations.mapping.periods import ClosedPolicy, Closing, PeriodChoice
from integrations.mapping.rates import Rates, plain
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.mapping.vendors import in_currency, vendor_name
from integrations.models import (
    Company,
    Compromise,
    ConfigurationVersion,
    Connection,
    Decision,
    ExchangeRate,
    ExternalLink,
    MappingEntry,
    Reference,
    ReferenceKind,
    SyncAttempt,
    SyncJob,
    Takeback,
)
from integrations.providers.documents import Dimension, DimensionLevel, Found, Posted, Side
from integrations.providers.registry import platform
from integrations.sync.attempts import given_up
from integrations.sync.differences import side_from
from integrations.sync.facts import facts_of
from integrations.sync.order import settled_there
from integrations.sync.plan import OPEN, Books, Link
from integrations.sync.takebacks import undone
from ledger.domain.documents import Stage
from ledger.tenancy.context import one_moment

DECIDED_AS = {Decision.HOLD: ReasonCode.HELD_BY_PERSON, Decision.EXCLUDE: ReasonCode.EXCLUDED_BY_PERSON}


@dataclass(frozen=True, slots=True)
class Gathered:
    """By document id; of what is `unreadable` the platform would not say how it stands there. `given_up` are postings
    that nobody found: they may have landed since. `found` is what had to be looked at, since somebody changed it.
    `settled_there` are bills that shall go, and of which a payment stands there."""

    facts: dict[int, Facts]
    links: dict[int, Link]
    decisions: dict[int, Reason]
    mapping: Mapping
    given_up: list[SyncAttempt]
    books: Books = OPEN
    choices: dict[int, PeriodChoice] = field(default_factory=dict)
    unreadable: dict[int, Reason] = field(default_factory=dict)
    undone: dict[int, Reason] = field(default_factory=dict)
    takebacks: dict[int, Posted] = field(default_factory=dict)
    compromises: dict[int, Side] = field(default_factory=dict)
    found: dict[int, Found] = field(default_factory=dict)
    settled_there: frozenset[int] = frozenset()

    def choice(self, document: int) -> PeriodChoice:
        return self.choices.get(document, PeriodChoice.NONE)


@one_moment()
@transaction.atomic
def gather(connection: Connection, jobs: Sequence[SyncJob]) -> Gathered:
    """As of one moment: a split changed meanwhile, or a mapping saved, is read whole or not at all."""
    documents = [job.document_id for job in jobs]
    links = ExternalLink.objects.filter(connection=connection, document__in=documents)
    codings = {job.document_id: job.coding for job in jobs}
    linked = {link.document_id: link_of(link, codings[link.document_id]) for link in links}
    facts = facts_of(documents)
    company = connection.company
    company.refresh_from_db(fields=["currency", "dimensions", "closed_to", "several_currencies"])
    mapping = mapping_of(connection, list(facts.values()))
    closing = Closing(company.closed_to, mapping.closed_periods)
    return Gathered(
        facts=facts,
        links=linked,
        decisions={job.document_id: decision_of(job) for job in jobs if job.decision in DECIDED_AS},
        mapping=mapping,
        given_up=given_up(jobs),
        books=Books(
            closing,
            _rates(company, facts.values(), _days(facts.values(), linked.values(), closing)),
            _bills_there(connection, facts.values()),
        ),
        choices={job.document_id: PeriodChoice(job.period_choice) for job in jobs if job.period_choice},
        undone={job.document_id: undone(job) for job in jobs if job.decision == Decision.UNDO},
        takebacks=_takebacks(connection, linked),
        settled_there=_settled_there(connection, jobs, facts),
        compromises=_compromises(connection, linked),
    )


def _bills_there(connection: Connection, facts: Iterable[Facts]) -> dict[int, Posted]:
    """What stands in the books of the bills that these settle."""
    wanted = {part.document_id for fact in facts if isinstance(fact, PaymentFacts) for part in fact.settles}
    if not wanted:
        return {}
    links = ExternalLink.objects.filter(connection=connection, document__in=wanted)
    return {link.document_id: Posted(link.external_kind, link.external_id, link.external_version) for link in links}


def _settled_there(connection: Connection, jobs: Sequence[SyncJob], facts: dict[int, Facts]) -> frozenset[int]:
    """Of the bills that shall go out of the books, those of which a payment stands there."""
    leaving = [
        job.document_id
        for job in jobs
        if isinstance(fact := facts[job.document_id], BillFacts)
        and (fact.stage is Stage.REVERSED or job.decision == Decision.UNDO)
    ]
    there = settled_there(leaving) if leaving else set()
    return frozenset(bill for tie, bill in there if tie == connection.pk)


def _takebacks(connection: Connection, linked: Collection[int]) -> dict[int, Posted]:
    if not linked:
        return {}
    rows = Takeback.objects.filter(connection=connection, document__in=linked)
    return {
        row.document_id: Posted(row.external_kind, row.external_id, row.external_version, amiss=row.amiss)
        for row in rows
    }


def _compromises(connection: Connection, linked: Collection[int]) -> dict[int, Side]:
    if not linked:
        return {}
    rows = Compromise.objects.filter(connection=connection, document__in=linked)
    return {row.document_id: side_from(row.ours) for row in rows}


def _days(facts: Iterable[Facts], links: Iterable[Link], closing: Closing) -> set[date]:
    """On which these may come to stand."""
    first_open = {closing.to + timedelta(days=1)} if closing.to else set()
    return {fact.dated for fact in facts} | {link.day.on for link in links if link.day} | first_open


def _rates(company: Company, facts: Iterable[Facts], days: Collection[date]) -> Rates:
    """Those at hand for the foreign ones among these; nothing is asked where there is none."""
    foreign = {fact.money.currency for fact in facts} - {company.currency}
    rows = ExchangeRate.objects.filter(company=company, currency__in=foreign, day__in=days) if foreign else ()
    return Rates(company.currency, {(row.currency, row.day): plain(row.rate) for row in rows})


def link_of(link: ExternalLink, coding: dict[str, Any]) -> Link:
    posted = Posted(link.external_kind, link.external_id, link.external_version)
    return Link(link.revision, link.fingerprint, posted, standing_day(coding))


def decision_of(job: SyncJob) -> Reason:
    return Reason(DECIDED_AS[Decision(job.decision)], job.decided_why)


def mapping_of(connection: Connection, facts: Sequence[Facts]) -> Mapping:
    """The configuration in force, with the vendors that these transactions may be."""
    version = ConfigurationVersion.objects.filter(entity_id=connection.entity_id).order_by("-number").first()
    dimensions = dimensions_of(connection)
    entries = list(_entries(connection, facts))
    known_as = names_there(connection, facts)
    mapped = {row.target.name.casefold() for row in entries if row.vendor_id}
    known = {*mapped, *(name.casefold() for name in known_as.values())}
    return Mapping(
        version=version.number if version else 0,
        home_currency=connection.company.currency,
        several_currencies=connection.company.several_currencies,
        closed_periods=ClosedPolicy(version.closed_periods) if version else ClosedPolicy.HOLD,
        gates=Gates(Gate(version.charge_gate), Gate(version.bill_gate)) if version else Gates(),
        accounts={
            (MappingSlot(row.slot), row.source_id): _account(row.target)
            for row in entries
            if row.target.kind == ReferenceKind.ACCOUNT
        },
        dimensions=dimensions,
        values=_values(entries, dimensions),
        vendors={row.vendor_id: _vendor(row.target) for row in entries if row.vendor_id},
        vendors_by_name=vendors_by_name(connection, {*known_as, *known, *_twins(known, facts, connection)}),
        known_as=known_as,
        create_vendors=version.create_vendors if version else False,
    )


def dimensions_of(connection: Connection) -> tuple[Dimension, ...]:
    stored = connection.company.dimensions
    return tuple(Dimension(one["key"], one["label"], DimensionLevel(one["level"])) for one in stored)


def names_there(connection: Connection, facts: Iterable[Facts]) -> dict[str, str]:
    """How the platform writes the vendors' names, by our own in lower case."""
    company = connection.company
    written = platform(company.provider).vendor_name
    names = {name.casefold(): name for name in map(vendor_name, facts)}
    return {key: written(name, company.country) for key, name in names.items()}


def _twins(names: Iterable[str], facts: Iterable[Facts], connection: Connection) -> set[str]:
    """What those are called who are paid in several currencies."""
    if not connection.company.several_currencies:
        return set()
    currencies = {fact.money.currency for fact in facts}
    return {in_currency(name, currency).casefold() for name in names for currency in currencies}


def vendors_by_name(connection: Connection, keys: set[str]) -> dict[str, Vendor]:
    rows = Reference.objects.filter(
        company_id=connection.company_id, kind=ReferenceKind.VENDOR, active=True, name_key__in=keys
    )
    return {row.name_key: _vendor(row) for row in rows}


def _entries(connection: Connection, facts: Sequence[Facts]) -> Iterable[MappingEntry]:
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
    return Account(reference.external_id, str(reference), reference.active, reference.currency)


def _vendor(reference: Reference) -> Vendor:
    made = reference.made_at is not None
    return Vendor(reference.external_id, reference.name, reference.active, ours=made, currency=reference.currency)
