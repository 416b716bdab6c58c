"""The story of a drain: first what is in doubt, then claim, gather, plan, push, settle, until the time slice ends.

No transaction is open while the network is used. Whatever dies in between leaves rows from which the next holder of
the lane goes on (docs/engine.md).
"""

import itertools
import logging
import time
import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from typing import TypeGuard

from django.utils import timezone

from integrations.mapping.facts import Facts
from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.rules import code
from integrations.models import Decision, SyncAttempt, SyncJob
from integrations.providers.calls import CallKind
from integrations.providers.documents import Envelope, Posted
from integrations.sync import (
    attempts,
    company,
    comparing,
    doubts,
    links,
    queue,
    rates,
    receipts,
    shift,
    upload_doubts,
    vendors,
)
from integrations.sync.asking import ask
from integrations.sync.attempts import Planned, item_of
from integrations.sync.gather import Gathered, gather
from integrations.sync.lane import Lane, LaneLost
from integrations.sync.plan import Blocked, Link, Nothing, Plan, Send, plan, rate_needed
from integrations.sync.queue import FRESH, Configuration, Due, Unsent
from integrations.sync.shift import MustRest, Shift, resting_on_trouble, send_all
from integrations.sync.undo import plan_undo
from ledger.domain.documents import Stage

logger = logging.getLogger(__name__)

SLICE_SECONDS = 10.0
# What is in doubt comes first, but never takes a whole slice from what is fresh.
DOUBTS_SHARE = 0.5
# While answers are waited for, new work is looked for so often.
LOOK_SECONDS = 1.0
# So many batches are claimed, planned and stored together.
BATCHES_AT_ONCE = 10
# So many that somebody changed there are read, one by one, before what was read of them is used.
LOOKED_AT_ONCE = 10
# A company that took nothing is tried with one document.
ONE_TO_TRY = 1


def drain(lane: Lane, seconds: float = SLICE_SECONDS) -> Due | None:
    """Work for one time slice. Returns when there is more to do, None when all is at rest; rows that are left are found
    by whoever drains next."""
    held = shift.begin(lane, seconds)
    try:
        later = _until_it_ends(held, seconds)
        shift.land(held)
        return shift.finish(held, later)
    except LaneLost:
        shift.count_calls(held)
        raise


def _until_it_ends(held: Shift, seconds: float) -> datetime | None:
    """Returns until when what is left has to wait for the pace, if it has."""
    lane = held.lane
    later: datetime | None = None
    try:
        if held.inherits:
            attempts.take_over(lane)
            upload_doubts.take_over(lane)
        with resting_on_trouble(held):
            company.look_where_doubted(held.connection, held.provider)
        if held.doubts:
            doubts.resolve(held, time.monotonic() + seconds * DOUBTS_SHARE)
        looked, later = time.monotonic(), _work(held)
        # What comes meanwhile does not wait for an answer that takes long, nor what an answer sets on its way again.
        while held.flights.out and held.goes_on:
            landed = held.flights.landed(LOOK_SECONDS)
            shift.settle(held, landed)
            if shift.only_files(landed) and time.monotonic() < looked + LOOK_SECONDS:
                receipts.carry(held)
                continue
            if not held.flights.out and not _more_is_due(held):
                break
            looked, later = time.monotonic(), _work(held)
    except MustRest:
        logger.info("Connection %s rests.", lane.connection_id)
    return later


def _more_is_due(held: Shift) -> bool:
    due = shift.next_due(held)
    return due is not None and due.at <= timezone.now()


def _work(held: Shift) -> datetime | None:
    """Claim and send, set by set. Returns until when the rest has to wait for the pace, if it has."""
    while held.goes_on:
        # Of many that are not sent, few fly, and their answers would be heard at the end of the slice only.
        shift.settle(held, held.flights.landed(0))
        with resting_on_trouble(held):
            batches, wait = held.gate.room(CallKind.BATCH)
        limit = min(batches, BATCHES_AT_ONCE) * held.sizes.size or held.provider.capabilities.singles
        tries = held.only_tries
        limit = ONE_TO_TRY if tries else limit
        jobs = queue.claim(held.lane, limit, fresh_only=not batches)
        if jobs:
            with _giving_back(held.lane, jobs):
                _carry(held, jobs)
        if tries:
            if not jobs:
                receipts.carry(held)
            shift.wait_for_answers(held)
        # Behind a few documents there is nothing to carry before they have come back.
        elif len(jobs) == limit or not (jobs and held.flights.out):
            receipts.carry(held)
        if len(jobs) < limit:
            return None if batches else timezone.now() + wait
    return None


def _carry(held: Shift, jobs: Sequence[SyncJob]) -> None:
    """One claimed set, from wish to fact. What the slice has no time for waits again."""
    lane, connection = held.lane, held.connection
    jobs, gathered = _gathered(held, jobs)
    gathered, undecided = _with_vendors(held, jobs, _with_rates(held, gathered))
    plans = comparing.met(held, gathered, _plan_all(jobs, gathered))
    if early := {job: _is_one_of(undecided, step) for job, step in plans if _lacks_vendor(step)}:
        queue.postpone(lane, early)
    if unsent := [_unsent(job, step) for job, step in plans if not isinstance(step, Send)]:
        closed_to = gathered.books.closing.to
        queue.settle_unsent(lane, Configuration(connection.entity_id, gathered.mapping.version, closed_to), unsent)
    planned = {
        step.write.mark: Planned(job, gathered.facts[job.document_id], step, gathered.mapping.version)
        for job, step in plans
        if isinstance(step, Send) and not _lacks_vendor(step)
    }
    if planned:
        envelopes = _packed(held, list(planned.values()))
        send_all(held, attempts.open_attempts(lane, held.run, envelopes, planned, gathered.mapping.version))


@contextmanager
def _giving_back(lane: Lane, jobs: Sequence[SyncJob]) -> Iterator[None]:
    """What was claimed and cannot go on waits again, but for what is on the way."""
    try:
        yield
    except MustRest:
        queue.give_back(lane, jobs)
        raise


def _packed(held: Shift, planned: Sequence[Planned]) -> list[Envelope]:
    """A few go one by one, at once and for nothing; of a backlog only what is fresh, and the rest in batches."""
    pack, few = held.provider.pack, held.provider.capabilities.singles
    young = timezone.now() - FRESH
    fresh = [one.send.write for one in planned if one.job.rung_at >= young]
    every = [one.send.write for one in planned]
    if len(every) <= few:
        return pack(every, 1)
    if len(fresh) > few:
        return pack(every, held.sizes.size)
    rest = [one.send.write for one in planned if one.job.rung_at < young]
    return [*pack(fresh, 1), *pack(rest, held.sizes.size)]


def _unsent(job: SyncJob, step: Blocked | Nothing) -> Unsent:
    return Unsent(job.pk, job.wanted_revision, step.reasons if isinstance(step, Blocked) else ())


def _gathered(held: Shift, jobs: Sequence[SyncJob]) -> tuple[Sequence[SyncJob], Gathered]:
    """Everything that the set needs. What only the platform can tell, it is asked first; for some of the set, since
    that takes long, and the others come with the next."""
    gathered = gather(held.connection, jobs)
    if not gathered.given_up and not _stale(gathered):
        return jobs, gathered
    unreadable = _recover(held, gathered.given_up)
    jobs, stale = _looked_at_now(held, jobs, _stale(gather(held.connection, jobs)))
    looked = comparing.look(held, stale)
    jobs = _without_missed(held, jobs, looked.gone)
    gathered = gather(held.connection, jobs)
    # Not written down: until what is planned upon it is sent, it must be read anew by whoever plans again.
    read = {
        document: replace(link, posted=looked.found[document].posted) if document in looked.found else link
        for document, link in gathered.links.items()
    }
    return jobs, replace(gathered, links=read, found=looked.found, unreadable=unreadable | looked.unreadable)


def _without_missed(held: Shift, jobs: Sequence[SyncJob], gone: Sequence[int]) -> Sequence[SyncJob]:
    """What somebody took out there is not made anew behind their back."""
    missed = [job for job in jobs if job.document_id in gone and not _may_be_gone(job)]
    if missed:
        links.miss(held.lane, missed)
    links.forget(held.lane, set(gone) - {job.document_id for job in missed})
    return [job for job in jobs if job not in missed]


def _may_be_gone(job: SyncJob) -> bool:
    """It was to be taken out anyway, or a person said that ours stands whatever is there."""
    return job.decision in (Decision.UNDO, Decision.OURS) or job.document.stage == Stage.REVERSED


def _looked_at_now(
    held: Shift, jobs: Sequence[SyncJob], stale: dict[int, Posted]
) -> tuple[Sequence[SyncJob], dict[int, Posted]]:
    """Each is a call of its own, and was made in vain if the slice or the pace ends before it is used."""
    now = dict(itertools.islice(stale.items(), LOOKED_AT_ONCE))
    if later := {job: False for job in jobs if job.document_id in stale and job.document_id not in now}:
        queue.postpone(held.lane, later)
    return [job for job in jobs if job not in later], now


def _recover(held: Shift, given_up: Sequence[SyncAttempt]) -> dict[int, Reason]:
    """What a person gave up may have landed since, and a new key would not know: it is looked for before anything is
    planned. Returns, by document, why the platform would not say."""
    attempted = {item_of(attempt): attempt for attempt in given_up}
    if not attempted:
        return {}
    with resting_on_trouble(held):
        found, refused = ask(held.provider.find_existing, list(attempted))
    there = [(one, found[item.mark]) for item, one in attempted.items() if item.mark in found]
    attempts.recover(held.lane, there)
    return {
        attempted[item].job.document_id: Reason(ReasonCode.LOOKUP_REFUSED, words) for item, words in refused.items()
    }


def _stale(gathered: Gathered) -> dict[int, Posted]:
    """What somebody changed there is looked at before it is changed, or undone; it is partly theirs from then on."""
    return {
        document: link.posted
        for document, link in gathered.links.items()
        if not link.posted.version or (document in gathered.compromises and _moves(gathered, document, link))
        if document not in gathered.takebacks
    }


def _moves(gathered: Gathered, document: int, link: Link) -> bool:
    return document in gathered.undone or gathered.facts[document].revision > link.revision


def _with_rates(held: Shift, gathered: Gathered) -> Gathered:
    """Know what the foreign ones among them are worth."""
    needed = {
        key
        for document, facts in gathered.facts.items()
        if (key := rate_needed(facts, gathered.links.get(document), gathered.books, gathered.choice(document)))
    }
    if not needed or not gathered.mapping.several_currencies:
        return gathered
    with resting_on_trouble(held):
        known = rates.ensure(held.lane, held.connection, held.provider, gathered.books.rates, needed)
    return replace(gathered, books=replace(gathered.books, rates=known))


def _with_vendors(held: Shift, jobs: Sequence[SyncJob], gathered: Gathered) -> tuple[Gathered, frozenset[str]]:
    """See that the books know the vendors of what is about to be sent. Those that could not be made yet stay away; of
    some of them, named beside, it was tried and nobody knows."""
    steps = [step for _, step in _plan_all(jobs, gathered) if _lacks_vendor(step)]
    wanted = dict.fromkeys(step.coding.vendor for step in steps if step.coding and step.coding.vendor)
    if not wanted:
        return gathered, frozenset()
    with resting_on_trouble(held):
        ensured = vendors.ensure(held.lane, held.connection, held.provider, list(wanted))
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


def _undone(facts: Facts, gathered: Gathered) -> Plan | None:
    document = facts.document_id
    return plan_undo(
        facts,
        gathered.links.get(document),
        gathered.undone.get(document),
        gathered.takebacks.get(document),
        gathered.found.get(document),
    )


def _plan_one(job: SyncJob, gathered: Gathered) -> Plan:
    if reason := gathered.unreadable.get(job.document_id):
        return Blocked((reason,))
    if job.document_id in gathered.settled_there:
        return Blocked((Reason(ReasonCode.PAYMENT_THERE),))
    try:
        facts = gathered.facts[job.document_id]
        link, decision = gathered.links.get(job.document_id), gathered.decisions.get(job.document_id)
        if step := _undone(facts, gathered):
            return step
        choice = gathered.choice(job.document_id)
        return plan(facts, code(facts, gathered.mapping), link, decision, gathered.books, choice)
    except Exception:
        # Whatever is wrong with one charge must not stop its neighbours for good.
        reference = uuid.uuid4().hex[:8]
        logger.exception("Job %s could not be planned; reference %s", job.pk, reference)
        return Blocked((Reason(ReasonCode.OUR_FAULT, f"reference {reference}"),))
