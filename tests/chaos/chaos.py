"""The scenarios. `SEED=…` repeats what was told and which requests were hit; T="-k words" runs some of them."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from functools import partial
from typing import Any

import pytest
import redis
from django.conf import settings
from django.db import Error as DatabaseTrouble
from django.db import connection, transaction
from django.db.models import F
from django.utils import timezone

from integrations import tokens
from integrations.mapping.reasons import ReasonCode
from integrations.models import Connection, ConnectionState, Credential, ExternalLink, SyncEnvelope, SyncJob
from integrations.providers.errors import ProviderError
from ledger.domain.documents import DocumentKind
from ledger.tenancy.context import acting_for
from tests.bench import meters
from tests.chaos.line import Line
from tests.chaos.scale import SCALE
from tests.chaos.stage import Crew, Stage, busy
from tests.chaos.workload import Told

CUT_SECONDS = 120 * SCALE
RANDOM_KILLS = max(2, int(50 * SCALE))

# --- what the platform does ------------------------------------------------------------------------------------------

FAULTS: dict[str, dict[str, Any]] = {
    "drop_before": {},
    "drop_after_commit": {},
    "drop_after_commit, whole batches": {"entity": "batch", "times": 2, "probability": 1},
    "hang": {"times": 4},
    "hang, committed": {"times": 4, "commit": True},
    "delay": {"seconds": 1.0},
    "drip": {"seconds": 4.0, "times": 6},
    "truncate": {},
    "wrong_length": {},
    "invalid_json": {},
    "gzip_garbage": {},
    "status": {"operation": "*"},
    "status, committed": {"commit": True},
    "throttle": {"operation": "*", "retry_after": 1},
    "fault": {},
    "fault, committed": {"commit": True},
    # Refused again with the token that it was just given, a connection is taken for lost.
    "expired_token": {"probability": 0.1, "times": 3},
    "stale": {},
    "lag": {"seconds": 1.5, "times": None},
    "half_batch": {},
    "duplicate": {},
}
ALWAYS = {"half_batch", "duplicate", "lag", "stale"}
# Somebody saved it there meanwhile, or the books refused it: whoever keeps them decides.
FOR_PEOPLE = (ReasonCode.CHANGED_THERE, ReasonCode.REJECTED)


@pytest.mark.parametrize("name", FAULTS)
def test_fault(stage: Stage, name: str) -> None:
    """Each of the sandbox's faults alone, on a third of what it suits."""
    kind = name.partition(", ")[0]
    stage.crew.ready()
    chance = 1 if kind in ALWAYS else 0.3
    stage.trouble(**{"kind": kind, "probability": chance, "times": 12, **FAULTS[name]})
    if kind == "lag":
        # Only who is in doubt asks.
        stage.trouble(kind="drop_after_commit", probability=0.3, times=12)
    busy(stage)
    time.sleep(3)
    met = stage.calm()
    healed = stage.heal()
    if kind == "stale":
        assert stage.leave_to_people(ReasonCode.CHANGED_THERE) <= met
    stage.conclude(f"Fault: {name}", _words(FAULTS[name]) or "on writes", met, healed)


def _words(fault: dict[str, Any]) -> str:
    told = {
        "seconds": "{:g} s",
        "entity": "{} requests",
        "operation": "on any request",
        "commit": "after the work was done",
    }
    return ", ".join(told[key].format(value) for key, value in fault.items() if key in told)


def test_all_faults_at_a_tenth(stage: Stage) -> None:
    stage.crew.ready(2)
    # A batch is also spoilt by each of its items, which are many.
    for entity, chance in {"batch": 0.1, "query": 0.1, "transaction": 0.05}.items():
        for name, fault in FAULTS.items():
            kind = name.partition(",")[0]
            if kind != "stale":
                each = {"entity": entity, "probability": chance / len(FAULTS), "times": None}
                stage.trouble(**{"kind": kind, **fault, **each})
    for _ in range(10):
        busy(stage, 8)
    met = stage.calm()
    injected = "together on a tenth of batches and queries and a twentieth of the writes, those in batches too"
    stage.conclude("All faults mixed", injected, met, stage.heal())


SCENARIOS = [
    *("lost-answers", "flaky-gateway", "throttled-minute", "lost-refresh", "expired-mid-batch", "busy-accountant"),
    *("closed-books", "unpaid-subscription", "slow-hour", "silent-server", "system-failure", "garbled-answers"),
    *("half-answered-batches", "late-queries"),
]


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(stage: Stage, name: str) -> None:
    """The sandbox's own scenarios: troubles that come together in life."""
    stage.crew.ready()
    if name == "lost-refresh":
        _let_the_token_expire(stage)
    told = {one["name"]: one for one in stage.sandbox.control("GET", "scenarios")["scenarios"]}
    body = {"seed": stage.dice.randrange(10_000)}
    # A token belongs to no company.
    stage.sandbox.control(
        "POST", f"scenarios/{name}", **body, **({} if name == "lost-refresh" else {"realm": stage.realm})
    )
    if name == "late-queries":
        # Only who is in doubt asks.
        stage.trouble(kind="drop_after_commit", probability=0.3, times=12)
    busy(stage)
    time.sleep(3)
    met = stage.calm()
    if stage.connection().state == ConnectionState.ACCESS_LOST:
        assert name == "lost-refresh", "Only a person can help, though the grant is good."
        stage.reconnect()
    healed = stage.heal()
    if name in ("busy-accountant", "closed-books"):
        assert stage.leave_to_people(*FOR_PEOPLE) <= met
    stage.conclude(f"Scenario: {name}", told[name]["sentence"], met, healed)


def _let_the_token_expire(stage: Stage) -> None:
    stage.sandbox.control("POST", "tokens/expire", realm=stage.realm)
    with acting_for(stage.work.firm.tenant), transaction.atomic():
        Credential.objects.update(access_expires_at=timezone.now())


def test_queries_that_hide_what_is_new_for_longer_than_presumed(stage: Stage) -> None:
    """The same key adds nothing."""
    stage.crew.ready()
    stage.trouble(kind="lag", entity="query", seconds=100_000, times=None)
    stage.trouble(kind="drop_after_commit", probability=0.3, times=12)
    busy(stage)
    time.sleep(8)
    met = stage.calm()
    stage.conclude("Stale queries", "no query shows anything new, and answers are lost", met, stage.heal())


def test_keys_that_are_forgotten(stage: Stage) -> None:
    """What was written is found by its mark."""
    stage.crew.ready()
    stage.trouble(kind="drop_after_commit", probability=0.4, times=20)
    with _every(0.5, lambda: stage.sandbox.control("POST", "clock", advance_seconds=16 * 60)) as done:
        busy(stage)
        time.sleep(6)
    stage.calm()
    injected = "sixteen minutes pass there each half second, after which keys are forgotten; answers are lost"
    stage.conclude("Keys forgotten", injected, done.times, stage.heal())


def test_keys_forgotten_and_queries_that_hide_what_is_new(stage: Stage) -> None:
    """Nothing but the document number is left, which QuickBooks takes once; a Transfer has none (docs/engine.md)."""
    stage.crew.ready()
    stage.work.kinds = [DocumentKind.CHARGE, DocumentKind.REFUND]
    stage.trouble(kind="lag", entity="query", seconds=1_000_000, times=None)
    # A batch is spoilt by each of its items: more of them, and all of its three sendings would be.
    stage.trouble(kind="drop_after_commit", entity="batch", times=2)
    stage.trouble(kind="drop_after_commit", probability=0.2, times=4)
    with _every(0.5, lambda: stage.sandbox.control("POST", "clock", advance_seconds=16 * 60)) as done:
        busy(stage)
        time.sleep(8)
    stage.calm()
    injected = "both at once, answers are lost; expenses only"
    stage.conclude("Keys forgotten, queries stale", injected, done.times, stage.heal())


# --- a worker that dies ----------------------------------------------------------------------------------------------


def test_killed_at_every_step(stage: Stage) -> None:
    """Which steps there are a rehearsal tells: before and after each commit and each call of one worker's work."""
    crew, died, healed = stage.crew, 0, 0.0
    crew.ready()
    crew.forget_steps()
    _everything_once(stage)
    stage.heal()
    steps = [step for step in crew.steps() if not step.endswith(" of Celery")]
    assert len(steps) > 20, steps
    for step in steps:
        [one] = crew.ready()
        crew.order("kill", step)
        _everything_once(stage)
        if not _within(15, one.is_gone):
            crew.countermand()
            continue
        crew.lose(one)
        died += 1
        _free_the_tokens(stage)
        crew.ready()
        if "tokens." in step and _within(3, lambda: stage.connection().state == ConnectionState.ACCESS_LOST):
            # The new pair died with the worker, and the old one is spent.
            stage.reconnect()
        healed = max(healed, stage.heal())
        told = stage.verdict()
        assert told.clean, (step, told)
        stage.calm()
    print(f"\n{len(steps)} steps:\n" + "\n".join(steps))
    injected = "a worker kills itself before and after each commit and each call that a rehearsal passed"
    stage.conclude("kill -9 at each step", injected, died, healed)


def _everything_once(stage: Stage) -> None:
    """Vendors, batches, singles, changes, removals, a doubt, a refreshed token."""
    stage.trouble(kind="drop_after_commit", operation="create", entity="Purchase")
    _let_the_token_expire(stage)
    stage.work.new(12)
    time.sleep(0.5)
    stage.work.new(2)
    stage.work.change(3)
    stage.work.reverse(1)


def _free_the_tokens(stage: Stage) -> None:
    """Its lease of two minutes is cut, since its holder is certainly dead."""
    with acting_for(stage.work.firm.tenant), transaction.atomic():
        Credential.objects.update(refreshing_until=None)


def test_killed_at_random_moments(stage: Stage) -> None:
    stage.crew.ready()
    stage.work.new(60)
    for _ in range(RANDOM_KILLS):
        [one] = stage.crew.ready()
        stage.work.new(6)
        stage.work.change(3)
        time.sleep(stage.dice.uniform(0, 1.5))
        one.kill()
        stage.crew.lose(one)
    stage.crew.ready()
    stage.conclude("kill -9 at random moments", "a worker in the middle of a backlog", RANDOM_KILLS, stage.heal())


def test_a_deploy_in_mid_run(stage: Stage) -> None:
    """The worker is asked to stop and does within 30 s; its successor goes on."""
    stage.crew.ready()
    stage.trouble(kind="delay", operation="*", seconds=0.3, times=None)
    stops = 0
    for _ in range(3):
        busy(stage, 60)
        [former] = stage.crew.workers
        stage.crew.begin()
        begun = time.monotonic()
        former.ask_to_stop()
        assert _within(30, former.is_gone), "It did not stop within 30 s."
        stage.crew.lose(former)
        stops += 1
        print(f"stopped in {time.monotonic() - begun:.1f} s")
    stage.calm()
    injected = "SIGTERM in the middle of a backlog, a successor beside it; each stopped within 30 s"
    stage.conclude("Deploy in mid-run", injected, stops, stage.heal())


# --- several at once -------------------------------------------------------------------------------------------------

TWO_HOLDERS = {
    "before it sends": "before the call of shift._push",
    "after it sent": "after the call of shift._push",
    "before it writes down the answer": "before the commit of attempts.settle",
    "before it claims": "before the commit of queue.claim",
    "before it looks up": "before the call of asking._by_halves",
}


@pytest.mark.parametrize("moment", TWO_HOLDERS)
def test_two_that_both_believe_they_hold_the_lane(stage: Stage, moment: str) -> None:
    """One is paused beyond its lease, another takes over, and the first goes on as if nothing had happened."""
    crew, paused = stage.crew, 0
    for _ in range(3):
        [first] = crew.ready(1)
        stage.trouble(kind="drop_after_commit", probability=0.5, times=2)
        crew.order("stop", TWO_HOLDERS[moment])
        busy(stage, 20)
        if not _within(20, crew.obeyed):
            crew.countermand()
            continue
        paused += 1
        crew.add()
        stage.work.change(5)
        fence = stage.connection().lane_fence
        stage.until(lambda fence=fence: stage.connection().lane_fence > fence, "taken over")
        time.sleep(stage.dice.uniform(0, 3))
        os.kill(first.pid, signal.SIGCONT)
        stage.heal()
        first.kill()
        crew.lose(first)
        told = stage.verdict()
        assert told.clean, told
    stage.calm()
    stage.conclude("Two holders of a lane", f"the first is paused {moment}, beyond its lease", paused, stage.heal())


def test_two_hosts_of_which_any_may_die(stage: Stage) -> None:
    """Two workers, one Redis, one PostgreSQL, two companies."""
    other = stage.beside()
    kills = 0
    for _ in range(6):
        stage.crew.ready(2)
        for one in (stage, other):
            busy(one, 30)
        victim = stage.dice.choice(stage.crew.workers)
        victim.kill()
        stage.crew.lose(victim)
        kills += 1
    healed = stage.heal()
    other.heal()
    assert other.verdict().clean, other.verdict()
    stage.crew.ready(2)
    stage.conclude("Two worker hosts", "one of the two is killed, six times; two companies", kills, healed)


def test_a_race_for_the_token(stage: Stage) -> None:
    """Eight ask at once for another token than the one that was just refused, beside a worker that drains."""
    stage.crew.ready(2)
    credential = stage.connection().company.credential_id
    trouble: list[ProviderError] = []

    def ask() -> None:
        with acting_for(stage.work.firm.tenant):
            try:
                tokens.access_token(credential, rejected="")
            except ProviderError as error:
                trouble.append(error)

    races = 0
    for _ in range(6):
        busy(stage, 10)
        _let_the_token_expire(stage)
        askers = [threading.Thread(target=_and_close, args=(ask,)) for _ in range(8)]
        for one in askers:
            one.start()
        for one in askers:
            one.join()
        races += 1
    assert not trouble, trouble
    assert stage.connection().state == ConnectionState.LIVE
    stage.conclude("Race for the token", "expires; eight ask at once beside two workers", races, stage.heal())


def _and_close(act: Callable[[], None]) -> None:
    try:
        act()
    finally:
        connection.close()


# --- what they all rest on -------------------------------------------------------------------------------------------


def test_postgresql_is_killed(stage: Stage) -> None:
    """Whoever started it for this run starts it again."""
    stage.crew.ready(2)
    for _ in range(3):
        busy(stage, 40)
        with acting_for(stage.work.firm.tenant):
            os.kill(meters.postmaster(), signal.SIGKILL)
        stage.until(_database_answers, "answering again")
    injected = "kill -9 of PostgreSQL in the middle of a backlog, started again"
    stage.conclude("PostgreSQL killed", injected, 3, stage.heal())


def _database_answers() -> bool:
    connection.close()
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        return True
    except DatabaseTrouble:
        return False


def test_redis_is_flushed_and_killed(stage: Stage) -> None:
    stage.crew.ready(2)
    bells = redis.Redis.from_url(settings.REDIS_URL)
    for number in range(4):
        busy(stage, 30)
        if number % 2:
            bells.flushall()
        else:
            os.kill(bells.info("server")["process_id"], signal.SIGKILL)
            stage.until(partial(_answers, bells), "answering again")
            bells.flushall()
    injected = "every message and counter gone: flushed twice, killed and emptied twice"
    stage.conclude("Redis lost", injected, 4, stage.heal())


def _answers(bells: Any) -> bool:
    try:
        return bool(bells.ping())
    except redis.RedisError:
        return False


HOUR = timedelta(hours=1)


def test_the_clock_jumps(stage: Stage) -> None:
    """The sandbox's clock; and for ours every time that the engine has written down, which is the same to it."""
    stage.crew.ready(2)
    stage.trouble(kind="drop_after_commit", entity="batch", probability=0.3, times=3)
    stage.trouble(kind="drop_after_commit", probability=0.1, times=8)
    jumps = 0
    for by in (HOUR, -HOUR, HOUR):
        busy(stage, 20)
        stage.sandbox.control("POST", "clock", advance_seconds=by.total_seconds())
        _shift_ours(stage, by)
        jumps += 1
    time.sleep(3)
    stage.calm()
    injected = "an hour forth, back, forth: the sandbox's clock, and each time in the engine's rows; answers are lost"
    stage.conclude("The clock jumps", injected, jumps, stage.heal())


def _shift_ours(stage: Stage, by: timedelta) -> None:
    """As if our clock had jumped by so much: what is written down lies further back by it."""
    columns: dict[type[Any], tuple[str, ...]] = {
        # First, as the product does: whoever writes locks the lane before what goes in it.
        Connection: ("lane_until", "resting_until"),
        SyncJob: ("due_at", "rung_at"),
        SyncEnvelope: ("sent_at", "opened_at", "trusted_since"),
        Credential: ("access_expires_at", "refreshing_until"),
    }
    with acting_for(stage.work.firm.tenant), transaction.atomic():
        for model, names in columns.items():
            model.objects.update(**{name: F(name) - by for name in names})


# --- the line --------------------------------------------------------------------------------------------------------


def test_the_line_is_cut(stage: Stage) -> None:
    """Connections break off, new ones are refused."""
    line = Line(stage.sandbox.url)
    crew = Crew(stage.crew.folder)
    stage.crew.ready(0)
    crew.add(QUICKBOOKS_API_URL=line.url, FLEXSYNC_SWEEP_SECONDS="1")
    busy(stage)
    line.cut()
    stage.work.new(20)
    stage.work.change(5)
    time.sleep(CUT_SECONDS)
    line.mend()
    healed = stage.heal()
    crew.go_home()
    stage.conclude("Network cut", f"the line breaks off and is refused for {CUT_SECONDS:g} s", 1, healed)


def test_the_line_is_silent(stage: Stage) -> None:
    """Everything is taken, nothing answered; and when it wakes it does what it was told minutes ago."""
    stage.crew.ready()
    busy(stage)
    os.kill(stage.sandbox.pid, signal.SIGSTOP)
    try:
        stage.work.new(20)
        stage.work.change(5)
        time.sleep(CUT_SECONDS)
    finally:
        os.kill(stage.sandbox.pid, signal.SIGCONT)
    stage.conclude("Silent platform", f"the sandbox sleeps for {CUT_SECONDS:g} s, then does it all", 1, stage.heal())


# --- a person in the books -------------------------------------------------------------------------------------------


THEIR_WORDS = "Private, ask Ana."


def test_a_person_edits_voids_and_deletes_behind_our_back(stage: Stage) -> None:
    """What is changed here afterwards is put together with their words, and does not go over what they took out."""
    stage.crew.ready()
    stage.work.kinds = [DocumentKind.CHARGE]
    busy(stage, 30)
    stage.heal()
    told = [one for one in stage.work.known.values() if one.stands]
    victims = stage.dice.sample(told, 9)
    acts = dict(zip(victims, ["edit", "void", "delete"] * 3, strict=True))
    ids = {one: _standing_as(stage, one) for one in victims}
    for one, act in acts.items():
        changes = {"changes": {"PrivateNote": f"{THEIR_WORDS} {_note_of(stage, ids[one])}"}} if act == "edit" else {}
        person = {"act": act, "entity": "Purchase", "id": ids[one], **changes}
        stage.sandbox.control("POST", f"companies/{stage.realm}/human", **person)
    theirs = _as_they_left_them(stage, ids.values())
    stage.work.correct(victims)
    healed = stage.heal()
    stage.theirs |= {one.name for one in victims}
    now = _as_they_left_them(stage, ids.values())
    edited = {ids[one] for one, act in acts.items() if act == "edit"}
    assert all(THEIR_WORDS in now[number]["PrivateNote"] for number in edited), "Their words are gone."
    assert all(now[number] == theirs[number] for number in theirs if number not in edited), "It came back."
    stage.conclude("A person in the books", "edits, voids, deletes; then we change the same documents", 9, healed)


def _standing_as(stage: Stage, one: Told) -> str:
    with acting_for(stage.work.firm.tenant), transaction.atomic():
        return ExternalLink.objects.values_list("external_id", flat=True).get(document__external_id=one.name)


def _rows(stage: Stage) -> dict[str, dict[str, Any]]:
    return {row["Id"]: row for row in stage.sandbox.objects("Purchase", stage.realm)}


def _note_of(stage: Stage, number: str) -> str:
    note: str = _rows(stage)[number]["PrivateNote"]
    return note


def _as_they_left_them(stage: Stage, ids: Any) -> dict[str, Any]:
    rows = _rows(stage)
    return {number: rows.get(number) for number in ids}


# --- small tools -----------------------------------------------------------------------------------------------------


class Done:
    times = 0


@contextmanager
def _every(seconds: float, act: Callable[[], Any]) -> Iterator[Done]:
    over, done = threading.Event(), Done()

    def run() -> None:
        while not over.wait(seconds):
            act()
            done.times += 1

    beside = threading.Thread(target=run, daemon=True)
    beside.start()
    try:
        yield done
    finally:
        over.set()
        beside.join()


def _within(seconds: float, true: Callable[[], bool]) -> bool:
    until = time.monotonic() + seconds
    while not true():
        if time.monotonic() > until:
            return False
        time.sleep(0.1)
    return True
