"""An envelope and its attempts, whatever is in it: what is certain of it, when it is closed, how often it went."""

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.utils import timezone

from integrations.models import ReceiptAttempt, SyncAttempt, SyncEnvelope
from integrations.providers.documents import Outcome, OutcomeKind
from integrations.sync.lane import Lane

# What is stored is handed over in the same slice or not at all, but may wait for room; so long. When “not found” counts
# is reckoned from there.
HANDED_OVER_WITHIN = timedelta(seconds=11)
# Of a first sending these say that nothing happened; of a repetition they say nothing about the first.
AT_THE_DOOR = (OutcomeKind.THROTTLED, OutcomeKind.ACCESS_LOST)


def note(attempt: SyncAttempt | ReceiptAttempt, outcome: Outcome, now: datetime) -> None:
    """An unknown outcome leaves the attempt open: its fate is looked up before anything else is sent for the job."""
    attempt.code = outcome.code
    attempt.answer = outcome.answer
    if outcome.kind is not OutcomeKind.UNKNOWN:
        attempt.outcome = outcome.kind
        attempt.settled_at = now


def close_settled(
    attempts: type[SyncAttempt] | type[ReceiptAttempt], envelopes: Collection[int], now: datetime
) -> None:
    """Those in which nothing is open any more."""
    still_open = attempts.objects.filter(envelope=OuterRef("pk"), settled_at__isnull=True)
    SyncEnvelope.objects.filter(~Exists(still_open), pk__in=envelopes).update(closed_at=now)


def hand_over(lane: Lane, row: SyncEnvelope) -> None:
    """It goes now. If that is later than a look-up would reckon with, it is written down first."""
    if timezone.now() > row.sent_at + HANDED_OVER_WITHIN:
        with transaction.atomic():
            lane.assert_held()
            row.sent_at = timezone.now()
            SyncEnvelope.objects.filter(pk=row.pk).update(sent_at=row.sent_at)


@transaction.atomic
def mark_resent(lane: Lane, row: SyncEnvelope) -> None:
    lane.assert_held()
    row.sent_at, row.sendings = timezone.now(), row.sendings + 1
    SyncEnvelope.objects.filter(pk=row.pk).update(sent_at=row.sent_at, sendings=F("sendings") + 1)


def uncount(envelopes: Collection[int]) -> None:
    """A repetition that was turned away at the door, ours or theirs, was none."""
    if envelopes:
        SyncEnvelope.objects.filter(pk__in=envelopes).update(sendings=F("sendings") - 1)
