"""The product at work beside the sandbox, as a scenario sees it: a firm, workers, trouble, the time to heal."""

import random
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.db import Error as DatabaseTrouble
from django.db import connection, transaction
from django.utils import timezone

from integrations.mapping.reasons import ReasonCode
from integrations.models import Connection, JobState, ReceiptJob, SyncAttempt, SyncJob
from integrations.selectors import with_any_reason
from ledger.models import LedgerEvent
from ledger.tenancy.context import acting_for
from tests.bench import offices
from tests.bench.table import Table
from tests.chaos.judgement import Verdict, judge
from tests.chaos.workload import Workload
from tests.processes import Process, Sandbox, beat, product_environment, wait_until

# Of a lane and of a job. What the product would wait longer is cut, so that a scenario ends.
LONGEST_PAUSE = timedelta(seconds=4)
HEALS_WITHIN = 150
MOVING = ["waiting", "running", "unknown"]
LEASE = "3"


def mortal(log: Path, folder: Path, queues: str = "fresh,backlog", **environment: str) -> Process:
    """A worker; `folder` tells it where to end (mortal.py)."""
    command = f"-A flexsync worker --pool threads --concurrency 4 --queues {queues} --loglevel INFO"
    arguments = ["-m", "tests.chaos.mortal", str(folder), *command.split()]
    given = product_environment(FLEXSYNC_LANE_LEASE_SECONDS=LEASE, **environment)
    return Process(*arguments, environment=given, log=log)


@dataclass
class Crew:
    """The workers and the beat. They outlive a scenario, unless it kills them."""

    folder: Path
    workers: list[Process] = field(default_factory=list)
    _started: int = 0
    _beat: Process | None = None

    def ready(self, number: int = 1) -> list[Process]:
        """So many workers, and a beat, that take work."""
        if self._beat is None:
            self._beat = beat(self.folder / "beat.log", self.folder / "schedule", FLEXSYNC_SWEEP_SECONDS="1")
        self.revive()
        while len(self.workers) > number:
            self.workers.pop().stop()
        while len(self.workers) < number:
            self.add()
        return self.workers

    def add(self, **environment: str) -> Process:
        one = self.begin(**environment)
        wait_until(lambda: " ready." in one.log(), 60, "ready")
        return one

    def begin(self, **environment: str) -> Process:
        """Without waiting until it is ready."""
        self._started += 1
        log = self.folder / f"worker-{self._started}.log"
        self.workers.append(mortal(log, self.folder, **environment))
        return self.workers[-1]

    def revive(self) -> None:
        """As whoever runs them in earnest does: a worker that ended by itself is started again."""
        for one in self.workers:
            if one.is_gone():
                one.start()

    def lose(self, one: Process) -> None:
        """It is dead."""
        self.workers.remove(one)

    def order(self, verb: str, step: str) -> None:
        """`kill` or `stop` yourself there. Whoever of the crew comes by first."""
        partly = self.folder / "end.new"
        partly.write_text(f"{verb} {step}")
        partly.rename(self.folder / "end")

    def obeyed(self) -> bool:
        return not (self.folder / "end").exists()

    def countermand(self) -> None:
        (self.folder / "end").unlink(missing_ok=True)

    def steps(self) -> list[str]:
        """That were passed, each once, in the order in which they were first."""
        return list(dict.fromkeys((self.folder / "steps").read_text().splitlines()))

    def forget_steps(self) -> None:
        with (self.folder / "steps").open("a") as steps:
            steps.truncate(0)

    def go_home(self) -> None:
        for one in [*self.workers, *([self._beat] if self._beat else [])]:
            one.stop()


@dataclass
class Stage:
    """One scenario: a firm, what is told to it, what is injected, and the line of the table about it."""

    sandbox: Sandbox
    crew: Crew
    table: Table
    dice: random.Random
    work: Workload
    theirs: set[str] = field(default_factory=set)
    """By external id: changed in the books by a person, and theirs to settle."""

    @property
    def realm(self) -> str:
        return self.work.firm.realm

    def trouble(self, **fault: Any) -> None:
        self.sandbox.plan_fault(**{"realm": self.realm, "seed": self.dice.randrange(10_000), **fault})

    def met(self) -> int:
        """How many requests the planned trouble has hit."""
        return len(self.sandbox.control("GET", "faults")["met"])

    def calm(self) -> int:
        met = self.met()
        self.sandbox.control("DELETE", "faults")
        return met

    def at_rest(self) -> bool:
        """Everything that was told has come to its end. Pauses are cut short."""
        self.crew.revive()
        try:
            with acting_for(self.work.firm.tenant), transaction.atomic():
                self._hurry()
                waiting = LedgerEvent.objects.filter(handled_at__isnull=True).exists()
                moving = [model.objects.filter(state__in=MOVING).exists() for model in (SyncJob, ReceiptJob)]
                return not waiting and not any(moving) and SyncJob.objects.count() == len(self.work.known)
        except DatabaseTrouble:
            connection.close()
            return False

    def _hurry(self) -> None:
        soon = timezone.now() + LONGEST_PAUSE
        Connection.objects.filter(resting_until__gt=soon).update(resting_until=soon)
        for model in (SyncJob, ReceiptJob):
            model.objects.filter(state__in=["waiting", "unknown"], due_at__gt=soon).update(due_at=soon)

    def heal(self, within: float = HEALS_WITHIN) -> float:
        return wait_until(self.at_rest, within, f"at rest ({self.states()} when it began)")

    def leave_to_people(self, *codes: ReasonCode) -> int:
        """What waits for one of these reasons is a person's to settle. Returns how many documents that are."""
        with acting_for(self.work.firm.tenant), transaction.atomic():
            waiting = SyncJob.objects.filter(with_any_reason(codes), state=JobState.NEEDS_ATTENTION)
            names = set(waiting.values_list("document__external_id", flat=True))
        self.theirs |= names
        return len(names)

    def beside(self) -> "Stage":
        """Another company at the same time."""
        [firm] = offices.firms(self.sandbox, 1)
        return Stage(self.sandbox, self.crew, self.table, self.dice, Workload(firm, self.dice))

    def connection(self) -> Connection:
        with acting_for(self.work.firm.tenant), transaction.atomic():
            return Connection.objects.select_related("company").get()

    def reconnect(self) -> None:
        with self.work.firm.open() as office:
            office.connect(self.realm)

    def states(self) -> dict[str, int]:
        return self.work.firm.states()

    def until(self, true: Callable[[], bool], what: str, within: float = 60) -> None:
        wait_until(true, within, what)

    def history(self, names: Iterable[str]) -> str:
        """Every sending of these documents, for whoever has to find out why."""
        columns = (
            "envelope",
            "envelope__batched",
            "envelope__fence",
            "envelope__sendings",
            "action",
            "kind",
            "revision",
        )
        columns += ("envelope__opened_at", "envelope__sent_at", "settled_at", "outcome", "code", "answer")
        with acting_for(self.work.firm.tenant), transaction.atomic():
            sent = SyncAttempt.objects.filter(job__document__external_id__in=list(names)).order_by("job", "id")
            rows = sent.values_list("job__document__external_id", *columns)
            return "\n".join(" ".join(map(str, row)) for row in rows)

    def verdict(self) -> Verdict:
        return judge(self.work, self.sandbox, self.theirs)

    def conclude(self, what: str, injected: str, times: int, healed_in: float) -> None:
        """Write the line, then insist on it."""
        told = self.verdict()
        cells = (str(times), str(told.told), str(told.posted), str(told.duplicates), str(told.lost))
        waits = str(sum(told.waits.values())) + (f" (and {len(self.theirs)} a person changed)" if self.theirs else "")
        self.table.add(what, injected, *cells, str(told.cents_off), waits, f"{healed_in:.1f} s")
        if not told.clean:
            print(f"{told.waits} {told.strays}\n{self.history(told.suspects)}", flush=True)
        assert times > 0, "nothing was injected"
        assert told.clean, told


def stage(sandbox: Sandbox, crew: Crew, table: Table, seed: str) -> Stage:
    [firm] = offices.firms(sandbox, 1)
    dice = random.Random(seed)
    return Stage(sandbox, crew, table, dice, Workload(firm, dice))


def busy(stage: Stage, number: int = 40) -> None:
    """A backlog, and while it is carried some that come one by one, are changed, are reversed."""
    stage.work.new(number)
    for _ in range(4):
        time.sleep(0.7)
        stage.work.new(3)
        stage.work.change(4)
        stage.work.reverse(1)
