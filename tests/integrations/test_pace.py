"""All processes together stay within what one company permits. The windows are in a real Redis."""

import threading
import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
import redis
from django.conf import settings as django_settings

from integrations import pace
from integrations.pace import PacedGate
from integrations.providers.calls import CallKind, Limits
from integrations.providers.errors import Temporary
from tests.processes import wait_until

COMPANY = "quickbooks:9341"


@pytest.fixture(autouse=True)
def server() -> Iterator["redis.Redis"]:
    """Empty windows of a Redis that has been up for an hour."""
    server = redis.Redis.from_url(django_settings.REDIS_URL)
    server.flushdb()
    server.set(pace.BEGAN, int((time.time() - 3600) * 1000))
    yield server
    server.flushdb()


def gate(company: str = COMPANY, **limits: int) -> PacedGate:
    return PacedGate(company, Limits(**limits))


def call(through: PacedGate, kind: CallKind = CallKind.WRITE, status: int = 200) -> None:
    through.enter(kind)
    through.leave(kind, status)


def refused_after(through: PacedGate, kind: CallKind = CallKind.WRITE) -> int:
    """So many calls pass until the gate says to come back later."""
    passed = 0
    while (later := asked_for(through, kind)) is None:
        passed += 1
    assert timedelta(0) < later <= timedelta(seconds=61)
    return passed


def asked_for(through: PacedGate, kind: CallKind) -> timedelta | None:
    try:
        call(through, kind)
    except Temporary as later:
        return later.retry_after
    return None


def test_a_minute_holds_as_many_calls_as_are_permitted() -> None:
    assert refused_after(gate(per_minute=7)) == 7


def test_batches_have_a_minute_of_their_own_and_single_writes_go_on() -> None:
    through = gate(per_minute=100, batches_per_minute=4)
    assert refused_after(through, CallKind.BATCH) == 4
    assert through.room(CallKind.BATCH)[0] == 0
    call(through)
    assert through.room(CallKind.WRITE) == (95, timedelta(0))


def test_within_a_second_a_call_waits_in_place() -> None:
    through = gate(per_second=3)
    began = time.monotonic()
    for _ in range(5):
        call(through)
    assert 0.9 < time.monotonic() - began < 2


def test_two_processes_share_one_company_and_another_company_has_its_own() -> None:
    first, second, other = gate(per_minute=6), gate(per_minute=6), gate("quickbooks:1", per_minute=6)
    for _ in range(3):
        call(first)
        call(second)
    with pytest.raises(Temporary):
        call(first)
    assert refused_after(other) == 6


def test_so_many_calls_at_once_and_one_more_only_when_one_has_ended() -> None:
    first, second = gate(at_once=2), gate(at_once=2)
    first.enter(CallKind.WRITE)
    second.enter(CallKind.WRITE)
    with pytest.raises(Temporary):
        gate(at_once=2).enter(CallKind.WRITE)
    first.leave(CallKind.WRITE, 200)
    call(gate(at_once=2))


def test_a_call_that_has_ended_makes_room(server: "redis.Redis") -> None:
    through = gate(at_once=1)
    for _ in range(20):
        call(through)
    assert server.zcard(f"pace:{COMPANY}:at once") == 0


def test_a_refusal_closes_the_gate_for_everybody_and_makes_them_careful() -> None:
    through, neighbour = gate(per_minute=100), gate(per_minute=100)
    through.enter(CallKind.WRITE)
    through.leave(CallKind.WRITE, 429, timedelta(seconds=1))
    count, wait = neighbour.room(CallKind.WRITE)
    assert (count, timedelta(0) < wait <= timedelta(seconds=1)) == (0, True)
    time.sleep(1.1)
    assert refused_after(neighbour) == 79, "four fifths of a hundred, and one is spent"


def test_with_a_flushed_redis_half_is_used_for_a_minute(server: "redis.Redis") -> None:
    server.flushdb()
    assert gate(per_minute=10).room(CallKind.WRITE)[0] == 5
    assert refused_after(gate(per_minute=10)) == 5


def test_without_redis_nothing_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    nowhere = redis.Redis(port=1, socket_connect_timeout=0.2)
    monkeypatch.setattr(pace, "_script", lambda text: nowhere.register_script(text))
    with pytest.raises(Temporary):
        gate(per_minute=10).enter(CallKind.WRITE)


def test_the_gate_counts_what_passed_and_what_ended_well() -> None:
    through = gate()
    for status in (200, 200, 429, 500):
        call(through, CallKind.READ, status)
    assert (through.calls[CallKind.READ], through.answered[CallKind.READ]) == (4, 2)


@pytest.mark.parametrize("limits", [Limits(), Limits(per_second=10, per_minute=500, at_once=10, batches_per_minute=40)])
def test_what_there_is_room_for_may_go(limits: Limits) -> None:
    through = PacedGate(COMPANY, limits)
    count, wait = through.room(CallKind.BATCH)
    assert (count, wait) == (limits.batches_per_minute or 1000, timedelta(0))
    for _ in range(min(count, 40)):
        through.enter(CallKind.BATCH)
        through.leave(CallKind.BATCH, 200)


def test_of_several_refusals_the_longest_is_heeded() -> None:
    gates = {seconds: gate(per_minute=100) for seconds in (30, 60, 5)}
    for through in gates.values():
        through.enter(CallKind.READ)
    for seconds, through in gates.items():
        through.leave(CallKind.READ, 429, timedelta(seconds=seconds))
    later = asked_for(gate(per_minute=100), CallKind.READ)
    assert later is not None
    assert later > timedelta(seconds=55)


def test_who_waits_for_a_second_already_is_reckoned_with() -> None:
    """Else more would be sent for than may go, and come back after a minute."""
    through = gate(per_second=1, batches_per_minute=10)
    call(through, CallKind.BATCH)
    waiting = [threading.Thread(target=call, args=(through, CallKind.BATCH), daemon=True) for _ in range(2)]
    for one in waiting:
        one.start()
    wait_until(lambda: through.room(CallKind.BATCH)[0] == 7, 5, "seven of ten, while two are at the door")
    for one in waiting:
        one.join()
    assert through.room(CallKind.BATCH)[0] == 7
