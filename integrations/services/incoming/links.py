"""What somebody did there to documents of ours: noted at their links, with both sides. Nothing is written over."""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

from django.db.models import QuerySet
from django.utils import timezone

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.models import Company, ExternalLink, JobState, Reference, Stance, SyncAttempt, SyncJob
from integrations.providers.base import Provider
from integrations.providers.documents import STANDS, Action, Item, Kind, Standing, Thing
from integrations.providers.standings import as_json
from integrations.selectors import in_doubt
from integrations.services.incoming.references import key, key_of
from integrations.sync.asking import ask
from integrations.sync.attempts import item_of
from integrations.sync.queue import bring_to_rest, locked, save

logger = logging.getLogger(__name__)

CHANGED = ["stance", "ours", "theirs", "noticed_at", "changed_at"]


def links_of(company: Company, things: Iterable[Thing]) -> dict[Thing, ExternalLink]:
    wanted = set(things)
    kinds = {thing.kind for thing in wanted}
    rows = _of(company).filter(external_kind__in=kinds, external_id__in={thing.external_id for thing in wanted})
    return {thing: row for row in rows if (thing := thing_of(row)) in wanted}


def all_links(company: Company, kind: str) -> list[ExternalLink]:
    return list(_of(company).filter(external_kind=kind).exclude(stance=Stance.GONE))


def thing_of(link: ExternalLink) -> Thing:
    return Thing(link.external_kind, link.external_id)


def known_as_of(link: ExternalLink) -> datetime:
    """Where the platform did not say when, by our own clock: its answer came right after."""
    return link.changed_at or link.posted_at


def under_way(links: Mapping[Thing, ExternalLink]) -> set[Thing]:
    """Something is being sent for them, and whose version it is nobody can tell before the answer is written down."""
    jobs = SyncJob.objects.filter(in_doubt(), document__in=[link.document_id for link in links.values()])
    busy = set(jobs.values_list("document_id", flat=True))
    return {thing for thing, link in links.items() if link.document_id in busy}


def settle_links(company: Company, provider: Provider, documents: Sequence[Standing], gone: Iterable[Thing]) -> None:
    """Inside a transaction. What was sent meanwhile is left to the next time that it is told."""
    seen = {Thing(one.posted.kind, one.posted.external_id): one for one in documents}
    things = [*seen, *gone]
    # Whoever settles what was sent for a document holds its job: what is read of its link now stays so.
    jobs = _held(company, [link.document_id for link in links_of(company, things).values()])
    links = links_of(company, things)
    busy = under_way(links)
    judged = {thing: link for thing, link in links.items() if thing not in busy}
    changed = [link for thing, link in judged.items() if thing in seen and _differs(link, seen[thing])]
    removed = [link for thing, link in judged.items() if thing not in seen and link.stance != Stance.GONE]
    ours = _ours(company, provider, [*changed, *removed])
    now = timezone.now()
    for link in changed:
        _judge(link, seen[thing_of(link)], ours.get(link.mark), now)
    for link in removed:
        _mark(link, Stance.GONE, ours.get(link.mark), None, now)
    ExternalLink.objects.bulk_update([*changed, *removed], CHANGED)
    _need_a_person([jobs[link.document_id] for link in removed if link.document_id in jobs])


def _of(company: Company) -> QuerySet[ExternalLink]:
    return ExternalLink.objects.filter(connection__company=company)


def _differs(link: ExternalLink, there: Standing) -> bool:
    """In another version than we wrote, or marked: it may be as posted again. Of what is older than what we know, as
    when a list was read before our last write was, nothing is learnt."""
    told = there.posted.changed_at
    if told is not None and link.changed_at is not None and told < link.changed_at:
        return False
    return there.posted.version != link.external_version or link.stance != Stance.AS_POSTED


def _judge(link: ExternalLink, there: Standing, ours: Standing | None, now: datetime) -> None:
    link.changed_at = there.posted.changed_at or link.changed_at
    if there.posted.version == link.external_version or (ours is not None and there.content == ours.content):
        link.stance, link.ours, link.theirs, link.noticed_at = Stance.AS_POSTED, None, None, None
    else:
        _mark(link, Stance.VOIDED if there.voided else Stance.EDITED, ours, there, now)


def _mark(link: ExternalLink, stance: Stance, ours: Standing | None, theirs: Standing | None, now: datetime) -> None:
    link.stance, link.noticed_at = stance, now
    link.ours = as_json(ours) if ours else None
    link.theirs = as_json(theirs) if theirs else None


def _ours(company: Company, provider: Provider, links: Sequence[ExternalLink]) -> dict[str, Standing]:
    """What we last wrote, by mark: the attempt that made the revision which the link shows."""
    if not links:
        return {}
    revisions = {link.mark: link.revision for link in links}
    attempts = SyncAttempt.objects.filter(
        job__connection__company=company,
        job__document__in=[link.document_id for link in links],
        outcome__in=STANDS,
    ).exclude(action=Action.REMOVE)
    last = {one.mark: one for one in attempts.order_by("id") if one.revision == revisions.get(one.mark)}
    items: list[Item] = [item_of(attempt) for attempt in last.values()]
    names = _names(company, {kind.name: kind for kind in provider.capabilities.kinds})
    written, unreadable = ask(lambda some: provider.wrote(some, names), items)
    for item, words in unreadable.items():
        logger.warning("What was written for %s cannot be shown: %s", item.mark, words)
    return written


def _names(company: Company, kinds: Mapping[str, Kind]) -> Callable[[set[Thing]], dict[Thing, str]]:
    def names(things: set[Thing]) -> dict[Thing, str]:
        rows = Reference.objects.filter(company=company, external_id__in={thing.external_id for thing in things})
        paths = {key_of(row): row.path for row in rows}
        return {thing: path for thing in things if (path := paths.get(key(thing, kinds)))}

    return names


def _held(company: Company, documents: Sequence[int]) -> dict[int, SyncJob]:
    jobs = SyncJob.objects.filter(connection__company=company, document__in=documents)
    return {job.document_id: job for job in locked(jobs.values_list("pk", flat=True))}


def _need_a_person(jobs: Sequence[SyncJob]) -> None:
    """What was removed there is not made anew without somebody's word."""
    resting = [job for job in jobs if job.state == JobState.DONE]
    for job in resting:
        bring_to_rest(job, (Reason(ReasonCode.GONE),), revision=job.wanted_revision)
    save(resting)
