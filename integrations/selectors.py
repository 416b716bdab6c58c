"""Questions about connections, references, mappings and the state of the sync."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from functools import reduce
from operator import or_
from typing import Any

from django.db import connection as database
from django.db.models import Case, Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Value, When, Window
from django.db.models.functions import RowNumber

from integrations.mapping.reasons import ABOUT_CLOSING, DECIDED, Reason, ReasonCode
from integrations.models import (
    AttachedFile,
    Clash,
    Compromise,
    ConfigurationVersion,
    Connection,
    ConnectionState,
    ExternalLink,
    Intervention,
    JobState,
    ReceiptAttempt,
    ReceiptJob,
    ReceiptState,
    Reference,
    Stance,
    SyncAttempt,
    SyncEnvelope,
    SyncJob,
    SyncRun,
)
from integrations.models.sync import MOVING_STATES, STUCK_STATES
from integrations.providers.documents import Standing, was_held_back
from integrations.providers.registry import platform
from integrations.providers.standings import from_json
from ledger.models import Entity, LedgerEvent, SourceDocument, Stage

# Why nothing of a connection in this state moves before a person has acted.
STOPPED_FOR = {
    ConnectionState.ACCESS_LOST: ReasonCode.ACCESS_LOST,
    ConnectionState.DENIED: ReasonCode.ACCESS_DENIED,
    ConnectionState.READ_ONLY: ReasonCode.SUBSCRIPTION_ENDED,
    ConnectionState.RESET: ReasonCode.COMPANY_RESET,
}
LOCKED_OUT = Q(state__in=MOVING_STATES, connection__state__in=list(STOPPED_FOR))


@dataclass(frozen=True, slots=True)
class ReceiptStanding:
    """Where one receipt stands on its way to the books."""

    state: ReceiptState
    reasons: tuple[Reason, ...] = ()
    attached_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SyncState:
    """Where one source document stands on its way to the books."""

    state: JobState
    reasons: tuple[Reason, ...] = ()
    coding: dict[str, Any] = field(default_factory=dict)
    external_id: str | None = None
    external_kind: str | None = None
    mark: str | None = None
    posted_at: datetime | None = None
    stance: Stance = Stance.AS_POSTED
    ours: Standing | None = None
    theirs: Standing | None = None
    noticed_at: datetime | None = None


def tenants_with_events() -> list[int]:
    with database.cursor() as cursor:
        cursor.execute("SELECT lookup.tenants_with_events()")
        return [row[0] for row in cursor.fetchall()]


def connections_with_work() -> list[tuple[int, int, bool]]:
    """(tenant, connection, is some of it fresh) wherever a job is due and nobody holds the lane."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT tenant_id, connection_id, bool_or(fresh) FROM ("
            " SELECT tenant_id, connection_id, fresh FROM lookup.connections_with_work() UNION ALL"
            " SELECT tenant_id, connection_id, false FROM lookup.connections_with_receipts()) found"
            " GROUP BY tenant_id, connection_id ORDER BY connection_id"
        )
        return list(cursor.fetchall())


def companies_with_changes() -> list[tuple[int, int]]:
    """(tenant, company) of which the platform told something that nobody has looked at."""
    with database.cursor() as cursor:
        cursor.execute("SELECT tenant_id, company_id FROM lookup.companies_with_changes()")
        return list(cursor.fetchall())


def companies_to_ask(at_most: int) -> list[tuple[int, int]]:
    """(tenant, company) that it is time to ask what was changed there, those first that have waited longest."""
    with database.cursor() as cursor:
        cursor.execute("SELECT tenant_id, company_id FROM lookup.companies_to_ask(%s)", [at_most])
        return list(cursor.fetchall())


def tenants_with_totals(at_least: int) -> set[int]:
    """With so many rows in a running total that folding them is worth it."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT lookup.tenants_with_source_totals(%s) UNION SELECT lookup.tenants_with_state_totals(%s)",
            [at_least, at_least],
        )
        return {row[0] for row in cursor.fetchall()}


def sync_states(documents: Sequence[int]) -> dict[int, SyncState]:
    """By document; two statements whatever their number. A document without a connection is not in it."""
    links = {link.document_id: link for link in ExternalLink.objects.filter(document__in=documents)}
    jobs = jobs_as_seen().filter(document__in=documents).select_related("connection__company")
    return {job.document_id: _state(job, links.get(job.document_id)) for job in jobs}


def jobs_as_seen() -> QuerySet[Any]:
    """Jobs with `seen`, their state as a person should read it: while its connection is stopped nothing moves."""
    stopped = When(LOCKED_OUT, then=Value(JobState.NEEDS_ATTENTION))
    return SyncJob.objects.annotate(seen=Case(stopped, default=F("state")))


def jobs_seen_in(states: Sequence[JobState]) -> QuerySet[SyncJob]:
    """Jobs that a person sees in these states, asked for so that an index is reached (see `seen` of jobs_as_seen)."""
    lost = list(Connection.objects.filter(state__in=list(STOPPED_FOR)).values_list("pk", flat=True))
    moving = [state for state in states if state in MOVING_STATES]
    wanted = Q(state__in=[state for state in states if state not in MOVING_STATES])
    if moving:
        wanted |= Q(state__in=moving) & ~Q(connection__in=lost)
    if lost and JobState.NEEDS_ATTENTION in states:
        wanted |= Q(state__in=MOVING_STATES, connection__in=lost)
    return SyncJob.objects.filter(wanted)


def companies_worth_a_look() -> list[Connection]:
    """Connections with something that waits for closed books or a rate."""
    waits = with_any_reason([*ABOUT_CLOSING, ReasonCode.NO_RATE])
    held = SyncJob.objects.filter(waits, connection=OuterRef("pk"), state__in=STUCK_STATES)
    return list(connections().filter(Exists(held), state=ConnectionState.LIVE).order_by("pk"))


def closed_to(entity: int) -> date | None:
    """Up to and with which day the entity's books are closed, as last read."""
    return Connection.objects.filter(entity=entity).values_list("company__closed_to", flat=True).first()


def connected_entities() -> set[int]:
    return set(Connection.objects.values_list("entity", flat=True))


def not_begun() -> QuerySet[SourceDocument]:
    """What nobody can send anywhere: documents of entities that are not connected."""
    waiting = [entity.pk for entity in unconnected_entities()]
    return SourceDocument.objects.filter(entity__in=waiting).exclude(stage=Stage.PENDING)


def arriving() -> QuerySet[SourceDocument]:
    """Recorded, and not absorbed yet: for a moment they have no job, though their entity is connected."""
    told = LedgerEvent.objects.filter(handled_at__isnull=True).values("document")
    wished = Exists(SyncJob.objects.filter(document=OuterRef("pk")))
    ours = SourceDocument.objects.filter(pk__in=told, entity__in=connected_entities())
    return ours.filter(~wished).exclude(stage=Stage.PENDING)


def _state(job: Any, link: ExternalLink | None) -> SyncState:
    locked_out = job.seen != job.state
    state = SyncState(
        state=JobState(job.seen),
        reasons=(why_stopped(job.connection),) if locked_out else reasons_of(job),
        coding=job.coding,
    )
    return replace(state, **_standing(link)) if link else state


def _standing(link: ExternalLink) -> dict[str, Any]:
    """Of what was removed there only what it was is told."""
    gone = link.stance == Stance.GONE
    return {
        "external_id": None if gone else link.external_id,
        "external_kind": None if gone else link.external_kind,
        "mark": None if gone else link.mark,
        "posted_at": None if gone else link.posted_at,
        "stance": Stance(link.stance),
        "ours": from_json(link.ours) if link.ours else None,
        "theirs": from_json(link.theirs) if link.theirs else None,
        "noticed_at": link.noticed_at,
    }


def why_stopped(tie: Connection) -> Reason:
    return Reason(STOPPED_FOR[ConnectionState(tie.state)], tie.company.name)


def reasons_of(job: SyncJob) -> tuple[Reason, ...]:
    return tuple(Reason.from_json(stored) for stored in job.reasons)


def connections() -> QuerySet[Connection]:
    return Connection.objects.select_related("entity", "company", "company__credential__authorised_by")


def with_last_sending(ties: QuerySet[Connection]) -> QuerySet[Any]:
    """With `last_sent_at`: when something was last handed to the platform."""
    envelopes = SyncEnvelope.objects.filter(connection=OuterRef("pk")).order_by("-id")
    return ties.annotate(last_sent_at=Subquery(envelopes.values("sent_at")[:1]))


def reference_counts(companies: Iterable[int]) -> dict[tuple[int, str], int]:
    """By company and kind."""
    rows = Reference.objects.filter(company__in=companies, active=True).values("company", "kind")
    return {(row["company"], row["kind"]): row["n"] for row in rows.annotate(n=Count("id")).order_by()}


def versions(entity: int) -> QuerySet[ConfigurationVersion]:
    return ConfigurationVersion.objects.filter(entity_id=entity).select_related("made_by").order_by("-number")


def unconnected_entities() -> QuerySet[Entity]:
    return Entity.objects.filter(~Exists(Connection.objects.filter(entity=OuterRef("pk")))).order_by("name")


def in_doubt() -> Exists:
    """A filter for jobs that were sent, and nobody knows yet what became of it: to be looked up, and nothing else."""
    return Exists(SyncAttempt.objects.filter(job=OuterRef("pk"), settled_at__isnull=True))


def with_reason(code: ReasonCode) -> Q:
    """A filter for jobs that name this reason, whatever it is about."""
    return Q(reasons__contains=[{"code": str(code)}])


def with_any_reason(codes: Iterable[ReasonCode]) -> Q:
    return reduce(or_, map(with_reason, codes))


def with_cause(reason: Reason) -> QuerySet[SyncJob]:
    """Jobs at rest whose first reason is this one: those that the page counts under it."""
    return SyncJob.objects.filter(state__in=STUCK_STATES, reasons__0=reason.as_json())


def worth_another_try() -> QuerySet[SyncJob]:
    """Whatever is stuck, but for what somebody decided, and for what was changed there: to write over that is a
    decision about each."""
    decided = reduce(or_, map(with_reason, [*DECIDED, ReasonCode.CHANGED_THERE]))
    return SyncJob.objects.filter(state__in=STUCK_STATES).exclude(decided)


def receipt_standings(receipts: Sequence[int]) -> dict[int, ReceiptStanding]:
    """By receipt; two statements whatever their number. One whose entity has no connection is not in it."""
    hanging = AttachedFile.objects.filter(receipt__in=receipts, left_at__isnull=True).order_by("id")
    attached = dict(hanging.values_list("receipt", "attached_at"))
    return {
        job.receipt_id: ReceiptStanding(
            ReceiptState(job.state),
            tuple(Reason.from_json(stored) for stored in job.reasons),
            attached.get(job.receipt_id),
        )
        for job in ReceiptJob.objects.filter(receipt__in=receipts)
    }


def receipt_attempts_of(document: SourceDocument) -> QuerySet[ReceiptAttempt]:
    every = ReceiptAttempt.objects.filter(job__receipt__document=document)
    return every.select_related("envelope", "job__receipt").order_by("-id")


def has_left(attempt: SyncAttempt | ReceiptAttempt) -> bool:
    """What was held back on our side is nothing to tell of."""
    return not was_held_back(attempt.outcome, attempt.code)


def attempts_of(document: SourceDocument) -> QuerySet[SyncAttempt]:
    return SyncAttempt.objects.filter(job__document=document).select_related("envelope").order_by("-id")


def interventions_in(document: SourceDocument) -> QuerySet[Intervention]:
    return Intervention.objects.filter(job__document=document).order_by("-id")


def latest_runs(connections: Iterable[int], number: int) -> list[SyncRun]:
    """The last ones of each connection, newest first."""
    place = Window(RowNumber(), partition_by=F("connection"), order_by=F("id").desc())
    runs = SyncRun.objects.filter(connection__in=list(connections)).annotate(place=place)
    return list(runs.filter(place__lte=number).order_by("-id"))


def attempts_in(run: SyncRun) -> QuerySet[SyncAttempt]:
    return SyncAttempt.objects.filter(envelope__run=run).select_related("job").order_by("id")


def clash_of(document: SourceDocument) -> Clash | None:
    """That waits for a person still."""
    open_ones = SyncJob.objects.filter(with_reason(ReasonCode.CHANGED_THERE), document=document)
    return Clash.objects.filter(job__in=open_ones.values("pk"), revision=F("job__wanted_revision")).first()


def compromise_of(document: SourceDocument) -> Compromise | None:
    return Compromise.objects.filter(document=document).first()


def names_of(document: SourceDocument, ids: Iterable[str]) -> dict[tuple[str, str], str]:
    """What the books call these, as last read: by the kind, or by the dimension of a value, and the id."""
    companies = Connection.objects.filter(entity=document.entity_id).values("company")
    rows = Reference.objects.filter(company__in=companies, external_id__in=list(ids))
    return {(row.dimension or row.kind, row.external_id): str(row) for row in rows}


def documents_marked(beginning: str) -> QuerySet[ExternalLink, int]:
    """Documents whose number in the books begins so."""
    return ExternalLink.objects.filter(mark__startswith=beginning).values_list("document", flat=True)


def books_url(document: SourceDocument) -> str | None:
    """Where a person sees the posted document on the platform."""
    link = ExternalLink.objects.select_related("connection__company").filter(document=document).first()
    if link is None:
        return None
    company = link.connection.company
    return platform(company.provider).object_url(company.external_id, link.external_kind, link.external_id)
