"""The story of a drain: first what is in doubt, then claim, gather, plan, push, settle, until the time slice ends.

No transaction is open while the network is used. Whatever dies in between leaves rows from which the next holder of
the lane goes on (docs/engine.md).
"""

import logging
import time
import uuid
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from typing import TypeGuard

from django.db import transaction
from django.utils import timezone

from integrations import tokens
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.rules import code
from integrations.models import Connection, ConnectionState, SyncJob
from integrations.providers.base import Provider
from integrations.providers.documents import Outcome, OutcomeKind, Posted
from integrations.providers.errors import AccessLost, ProviderError, Temporary
from integrations.providers.registry import platform
from integrations.sync import attempts, links, queue, vendors
from integrations.sync.asking import ask
from integrations.sync.attempts import Opened, Planned, item_of
from integrations.sync.gather import Gathered, gather
from integrations.sync.lane import Lane, rest
from integrations.sync.plan import Blocked, Nothing, Plan, Send, plan
from integrations.sync.queue import Configuration, Unsent
from integrations.sync.retry import MOST_SENDINGS, rest_after_throttle, settled_at

logger = logging.getLogger(__name__)

SLICE_SECONDS = 10.0
# What is in doubt comes first, but never takes a whole slice from what is fresh.
DOUBT_SECONDS = SLICE_SECONDS / 2
DOUBTS_AT_ONCE = 20
CLAIM = 200


class MustRest(Exception):
    """The platform wants a pause, or the grant is dead: nothing more is sent in this drain."""


def drain(lane: Lane) -> None:
    """Work for one time slice. Rows that are left are found by whoever drains next."""
    connection = _read_connection(lane)
    provider = provider_of(connection)
    begun = time.monotonic()
    ends = begun + SLICE_SECONDS
    try:
        attempts.take_over(lane)
        resolve_doubts(lane, connection, provider, begun + DOUBT_SECONDS)
        while time.monotonic() < ends:
            jobs = queue.claim(lane, CLAIM)
            if not jobs:
                return
            _carry(lane, connection, provider, jobs, ends)
    except MustRest:
        logger.info("Connection %s rests.", lane.connection_id)


def provider_of(connection: Connection) -> Provider:
    credential_id = connection.company.credential_id

    def token(rejected: str = "") -> str:
        return tokens.access_token(credential_id, rejected)

    company = connection.company
    return platform(company.provider).provider(company.external_id, company.country, token)


def _read_connection(lane: Lane) -> Connection:
    with transaction.atomic():
        return Connection.objects.select_related("company", "entity").get(pk=lane.connection_id)


def _carry(lane: Lane, connection: Connection, provider: Provider, jobs: Sequence[SyncJob], ends: float) -> None:
    """One claimed set, from wish to fact. What the slice has no time for waits again."""
    unreadable = _recover(lane, connection, provider, jobs)
    fresh = _freshened(lane, connection, provider, jobs)
    fresh = replace(fresh, unreadable=fresh.unreadable | unreadable)
    gathered, undecided = _with_vendors(lane, connection, provider, jobs, fresh)
    plans = _plan_all(jobs, gathered)
    if early := {job: _is_one_of(undecided, step) for job, step in plans if _lacks_vendor(step)}:
        queue.postpone(lane, early)
    if unsent := [_unsent(job, step) for job, step in plans if not isinstance(step, Send)]:
        queue.settle_unsent(lane, Configuration(connection.entity_id, gathered.mapping.version), unsent)
    planned = {
        step.write.mark: Planned(job, gathered.facts[job.document_id], step, gathered.mapping.version)
        for job, step in plans
        if isinstance(step, Send) and not _lacks_vendor(step)
    }
    for envelope in provider.pack([one.send.write for one in planned.values()]):
        if time.monotonic() >= ends:
            break
        _send(lane, connection, provider, attempts.open_attempts(lane, envelope, planned))
    queue.give_back(lane)


def _unsent(job: SyncJob, step: Blocked | Nothing) -> Unsent:
    return Unsent(job.pk, job.wanted_revision, step.reasons if isinstance(step, Blocked) else ())


def _recover(lane: Lane, connection: Connection, provider: Provider, jobs: Sequence[SyncJob]) -> dict[int, Reason]:
    """What a person gave up may have landed since, and a new key would not know: it is looked for before anything is
    planned. Returns, by document, why the platform would not say."""
    given_up = {item_of(attempt): attempt for attempt in attempts.given_up(jobs)}
    if not given_up:
        return {}
    with _resting_on_trouble(lane, connection):
        found, refused = ask(provider.find_existing, list(given_up))
    attempts.recover(lane, [(one, found[item.mark]) for item, one in given_up.items() if item.mark in found])
    return {given_up[item].job.document_id: Reason(ReasonCode.LOOKUP_REFUSED, words) for item, words in refused.items()}


def _freshened(lane: Lane, connection: Connection, provider: Provider, jobs: Sequence[SyncJob]) -> Gathered:
    """Where a person chose ours over what was changed there, its version of now is asked first."""
    gathered = gather(connection, jobs)
    stale = {document: link.posted for document, link in gathered.links.items() if not link.posted.version}
    if not stale:
        return gathered
    with _resting_on_trouble(lane, connection):
        there, refused = ask(provider.versions, list(stale.values()))
    unreadable = {
        document: Reason(ReasonCode.REJECTED, refused[target])
        for document, target in stale.items()
        if target in refused
    }
    links.refresh(lane, there, stale.keys() - unreadable.keys())
    return replace(gather(connection, jobs), unreadable=unreadable)


def _with_vendors(
    lane: Lane, connection: Connection, provider: Provider, jobs: Sequence[SyncJob], gathered: Gathered
) -> tuple[Gathered, frozenset[str]]:
    """See that the books know the vendors of what is about to be sent. Those that could not be made yet stay away; of
    some of them, named beside, it was tried and nobody knows."""
    steps = [step for _, step in _plan_all(jobs, gathered) if _lacks_vendor(step)]
    names = dict.fromkeys(step.coding.vendor.name for step in steps if step.coding and step.coding.vendor)
    if not names:
        return gathered, frozenset()
    with _resting_on_trouble(lane, connection):
        ensured = vendors.ensure(lane, connection, provider, list(names))
    mapping = gathered.mapping
    known = replace(mapping, vendors_by_name=mapping.vendors_by_name | ensured.made, refused_vendors=ensured.refused)
    return replace(gathered, mapping=known), ensured.undecided


def _lacks_vendor(step: Plan) -> TypeGuard[Send]:
    vendor = step.coding.vendor if isinstance(step, Send) and step.coding else None
    return vendor is not None and not vendor.external_id


def _is_one_of(names: frozenset[str], step: Send) -> bool:
    return step.coding is not None and step.coding.vendor is not None and step.coding.vendor.name.casefold() in names


def _plan_all(jobs: Sequence[SyncJob], gathered: Gathered) -> list[tuple[SyncJob, Plan]]:
    return [(job, _plan_one(job, gathered)) for job in jobs]


def _plan_one(job: SyncJob, gathered: Gathered) -> Plan:
    if reason := gathered.unreadable.get(job.document_id):
        return Blocked((reason,))
    try:
        facts = gathered.facts[job.document_id]
        link, decision = gathered.links.get(job.document_id), gathered.decisions.get(job.document_id)
        return plan(facts, code(facts, gathered.mapping), link, decision)
    except Exception:
        # Whatever is wrong with one charge must not stop its neighbours for good.
        reference = uuid.uuid4().hex[:8]
        logger.exception("Job %s could not be planned; reference %s", job.pk, reference)
        return Blocked((Reason(ReasonCode.OUR_FAULT, f"reference {reference}"),))


def _send(lane: Lane, connection: Connection, provider: Provider, opened: Opened) -> None:
    outcomes = provider.push(opened.envelope)
    attempts.settle(lane, opened, outcomes)
    tally = Counter(outcome.kind.value for outcome in outcomes.values())
    told = ", ".join(f"{number} {kind}" for kind, number in tally.items())
    logger.info("%s to %s: %s", connection.entity.name, connection.company.name, told)
    _heed(lane, connection, list(outcomes.values()))


def _heed(lane: Lane, connection: Connection, outcomes: Sequence[Outcome]) -> None:
    """What an answer says about the whole connection, beyond its own document."""
    lost = [outcome for outcome in outcomes if outcome.kind is OutcomeKind.ACCESS_LOST]
    if lost:
        close_lane(lane, connection, lost[0].answer)
        raise MustRest
    throttled = [outcome for outcome in outcomes if outcome.kind is OutcomeKind.THROTTLED]
    if throttled:
        _rest(lane, throttled[0].retry_after)
        raise MustRest


def _rest(lane: Lane, asked_for: timedelta | None) -> None:
    with transaction.atomic():
        lane.assert_held()
        rest(lane, timezone.now() + rest_after_throttle(0, asked_for))
    queue.give_back(lane)


def close_lane(lane: Lane, connection: Connection, problem: str) -> None:
    """The grant is dead. Jobs keep waiting, unharmed, until a person connects again, as one may have done meanwhile."""
    with transaction.atomic():
        lane.assert_held()
        same_grant = Connection.objects.filter(
            pk=lane.connection_id, company__credential_id=connection.company.credential_id
        )
        same_grant.update(state=ConnectionState.ACCESS_LOST, problem=problem[:500])
    queue.give_back(lane)


@contextmanager
def _resting_on_trouble(lane: Lane, connection: Connection) -> Iterator[None]:
    """Around reads: what cannot be known now is asked again later."""
    try:
        yield
    except AccessLost as lost:
        close_lane(lane, connection, str(lost))
        raise MustRest from lost
    except ProviderError as trouble:
        _rest(lane, trouble.retry_after if isinstance(trouble, Temporary) else None)
        raise MustRest from trouble


def resolve_doubts(lane: Lane, connection: Connection, provider: Provider, ends: float) -> None:
    """Unknown is looked up before anything new goes out; only where “not found” counts is it sent again, as it was."""
    doubtful = attempts.in_doubt(lane, DOUBTS_AT_ONCE)
    if not doubtful:
        return
    items = [item_of(attempt) for opened in doubtful for attempt in opened.attempts.values()]
    with _resting_on_trouble(lane, connection):
        found, refused = ask(provider.find_existing, items)
    unanswerable = {item.mark: words for item, words in refused.items()}
    for opened in doubtful:
        missing = _park_refused(lane, _settle_found(lane, opened, found), unanswerable)
        if missing.attempts and time.monotonic() < ends:
            _resolve_missing(lane, connection, provider, missing)


def _settle_found(lane: Lane, opened: Opened, found: Mapping[str, Posted]) -> Opened:
    """What stands in the books is settled. Returns the envelope with what was not found."""
    there = {item for item, attempt in opened.attempts.items() if attempt.mark in found}
    if there:
        outcomes = {
            item: Outcome(OutcomeKind.ALREADY_THERE, posted=found[opened.attempts[item].mark]) for item in there
        }
        attempts.settle(lane, opened, outcomes)
    rest = {item: attempt for item, attempt in opened.attempts.items() if item not in there}
    return replace(opened, attempts=rest, repeated=True)


def _park_refused(lane: Lane, missing: Opened, refused: Mapping[str, str]) -> Opened:
    """For what the platform refuses to look, by mark, waits for a person. Returns the envelope with the rest."""
    parked = [
        (attempt, Reason(ReasonCode.LOOKUP_REFUSED, refused[attempt.mark]))
        for attempt in missing.attempts.values()
        if attempt.mark in refused
    ]
    if parked:
        attempts.park(lane, parked)
    rest = {item: attempt for item, attempt in missing.attempts.items() if attempt.mark not in refused}
    return replace(missing, attempts=rest)


def _resolve_missing(lane: Lane, connection: Connection, provider: Provider, missing: Opened) -> None:
    able, row, now = provider.capabilities, missing.row, timezone.now()
    settled = settled_at(row.sent_at, able.call_deadline, able.settling)
    unanswered = list(missing.attempts.values())
    if now < settled:
        attempts.look_again(lane, unanswered, settled)
    elif row.given_up_at is not None:
        attempts.give_up(lane, row, unanswered)
    elif row.sendings < MOST_SENDINGS and now < row.trusted_since + able.replay_trusted:
        attempts.mark_resent(lane, missing)
        _send(lane, connection, provider, missing)
    else:
        attempts.park(lane, [(attempt, Reason(ReasonCode.OUTCOME_UNKNOWN)) for attempt in unanswered])
