"""What was sent without an answer: looked up before anything new goes out, and sent again only as it was."""

import time
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from django.utils import timezone

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.providers.documents import Outcome, OutcomeKind, Posted
from integrations.sync import attempts, resting
from integrations.sync.attempts import Opened, item_of
from integrations.sync.envelopes import HANDED_OVER_WITHIN, mark_resent
from integrations.sync.lane import Lane
from integrations.sync.retry import MOST_SENDINGS, rest_before_next_look, settled_at
from integrations.sync.shift import Shift, looked_up, send_all

DOUBTS_AT_ONCE = 20


def resolve(shift: Shift, ends: float) -> None:
    """Unknown is looked up before anything new goes out; only where “not found” counts is it sent again, as it was."""
    doubtful = attempts.in_doubt(shift.lane, DOUBTS_AT_ONCE)
    if not doubtful:
        return
    asked_at = timezone.now()
    items = [item_of(attempt) for opened in doubtful for attempt in opened.attempts.values()]
    answer = looked_up(shift, shift.silence, shift.provider.find_existing, items)
    if answer is None:
        age = asked_at - max(one.row.sent_at for one in doubtful)
        attempts.put_off(shift.lane, timezone.now() + rest_before_next_look(age))
        return
    found, refused = answer
    unanswerable = {item.mark: words for item, words in refused.items()}
    for opened in doubtful:
        missing = _park_refused(shift.lane, _settle_found(shift, opened, found), unanswerable)
        if missing.attempts and time.monotonic() < ends:
            _resolve_missing(shift, missing, asked_at)


def _settle_found(shift: Shift, opened: Opened, found: Mapping[str, Posted]) -> Opened:
    """What stands in the books is settled. Returns the envelope with what was not found."""
    there = {item for item, attempt in opened.attempts.items() if attempt.mark in found}
    if there:
        outcomes = {
            item: Outcome(OutcomeKind.ALREADY_THERE, posted=found[opened.attempts[item].mark]) for item in there
        }
        attempts.settle(shift.lane, shift.run, [(opened, outcomes)])
        resting.landed(shift.lane, shift.connection)
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


def _without_what_is_known(opened: Opened) -> Opened:
    """What was found has gone its way since, changed or taken out: a platform that forgot the key would make it anew.
    The others keep the key and their places, by which a platform knows each of them."""
    items = tuple(item for item in opened.envelope.items if item.key in opened.attempts)
    return replace(opened, envelope=replace(opened.envelope, items=items))


def _resolve_missing(shift: Shift, missing: Opened, asked_at: datetime) -> None:
    able, lane, row, now = shift.provider.capabilities, shift.lane, missing.row, asked_at
    settled = settled_at(row.sent_at + HANDED_OVER_WITHIN + able.leaves_within, able.call_deadline, able.settling)
    unanswered = list(missing.attempts.values())
    if now < settled:
        attempts.look_again(lane, unanswered, settled)
    elif row.given_up_at is not None:
        attempts.give_up(lane, row, unanswered)
    elif row.sendings < MOST_SENDINGS and now < row.trusted_since + able.replay_trusted:
        mark_resent(lane, row)
        send_all(shift, [_without_what_is_known(missing)])
    else:
        attempts.park(lane, [(attempt, Reason(ReasonCode.OUTCOME_UNKNOWN)) for attempt in unanswered])
