"""What is done in one go: counted while it goes, and kept as a SyncRun."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime

from django.utils import timezone

from integrations.models import SyncAttempt, SyncJob, SyncRun
from integrations.providers.calls import CallKind, CountingGate
from integrations.providers.documents import Action, Outcome, was_held_back
from integrations.sync.lane import Lane

FIGURES = ["worked_at", "outcomes", "money", "files", "calls", "metered", "work_ms"]


class Run:
    """The run of one holder of a lane: a new one, or the one that an earlier holder could not finish."""

    def __init__(self, lane: Lane, gate: CountingGate, metered: frozenset[CallKind]) -> None:
        self._lane = lane
        self._gate = gate
        self._metered = metered
        self._begun = timezone.now()
        self._row = SyncRun.objects.filter(connection_id=lane.connection_id, ended_at__isnull=True).first()
        self._before = Counter(self._row.calls) if self._row else Counter()
        self._metered_before = self._row.metered if self._row else 0
        self._work_before = self._row.work_ms if self._row else 0

    @property
    def is_open(self) -> bool:
        return self._row is not None

    def row(self, version: int, now: datetime) -> SyncRun:
        """Called in the transaction that opens the first envelope: whoever does nothing leaves no run behind."""
        if self._row is None:
            self._row = SyncRun.objects.create(
                connection_id=self._lane.connection_id, configuration=version, begun_at=now, worked_at=now
            )
        return self._row

    def count(self, settled: Sequence[tuple[SyncJob, SyncAttempt, Outcome]], now: datetime) -> None:
        """Called in the transaction that settles them."""
        if self._row is None:
            return
        self._row.outcomes = Counter(self._row.outcomes) + _tally(outcome for _, _, outcome in settled)
        self._row.money = Counter(self._row.money)
        for job, attempt, outcome in settled:
            if outcome.posted is not None and attempt.action == Action.CREATE and job.told_minor is not None:
                self._row.money[job.told_currency] += job.told_minor
        self._write(now)

    def count_files(self, outcomes: Iterable[Outcome], now: datetime) -> None:
        """Likewise."""
        if self._row is None:
            return
        self._row.files = Counter(self._row.files) + _tally(outcomes)
        self._write(now)

    def finish(self, *, all_done: bool) -> None:
        """Called in the transaction that lets go of the lane. A pause does not end the run."""
        if self._row is None:
            return
        now = timezone.now()
        self._row.ended_at = now if all_done else None
        self._write(now, "ended_at")

    def _write(self, now: datetime, *more: str) -> None:
        assert self._row is not None
        self._row.worked_at = now
        self._row.calls = self._before + Counter({kind.value: n for kind, n in self._gate.calls.items()})
        self._row.metered = self._metered_before + sum(self._gate.answered[kind] for kind in self._metered)
        self._row.work_ms = self._work_before + int((now - self._begun).total_seconds() * 1000)
        self._row.save(update_fields=[*FIGURES, *more])


def _tally(outcomes: Iterable[Outcome]) -> Counter[str]:
    told = (outcome for outcome in outcomes if not was_held_back(outcome.kind, outcome.code))
    return Counter(outcome.kind.value for outcome in told)
