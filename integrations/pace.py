"""Keeps all our processes together within what one company of a platform permits. The windows are in Redis.

Lost windows (a flushed Redis) cost no more than a few refusals: for a minute half of each limit is used, since nobody
knows what was spent just before. A refusal (429) closes the gate for as long as the platform asks, and what it permits
is taken for less from then on, until that has worn off. A call arrives later than it passes the gate, on a busy host by
some tenths of a second, and two windows of a second may so become one there: so a window is longer here than there. A
refusal costs more than that.
"""

import time
import uuid
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from functools import cache
from threading import Lock, local
from typing import Any

import redis
from django.conf import settings
from redis.backoff import NoBackoff
from redis.commands.core import Script
from redis.retry import Retry

from integrations.providers.calls import CallKind, CountingGate, Limits
from integrations.providers.errors import Paced

# So short a wait is spent in place: a few windows of a second. For a longer one the call comes back; the lane rests.
PATIENCE_SECONDS = 4.0
AWAY = timedelta(seconds=2)
# Nothing that we send takes longer; a call whose process died leaves its place after that.
BEGAN = "pace:began"
LONGEST_CALL_MS = 130_000
SECOND_MS, MINUTE_MS = 1_500, 61_000

# KEYS: all calls, batches, calls at once, closed until, share of the limits that is used, when Redis began.
# ARGV: kind, our name for the call, per second, per minute, at once, batches per minute, longest call, second, minute.
NOW = """
local now = redis.call('TIME')
now = now[1] * 1000 + math.floor(now[2] / 1000)
"""
# What a refusal took away comes back by a twentieth a minute. Of a Redis that has just begun half is used.
SHARE = """
local function share_of(key, now)
    local cut = redis.call('HMGET', key, 'share', 'at')
    if not cut[1] then return 1 end
    return math.min(1, tonumber(cut[1]) + 0.05 * (now - tonumber(cut[2])) / 60000)
end
"""
# Returns 0 where the call may go, and is counted; else the milliseconds to wait.
ENTER = f"""{NOW}{SHARE}
local kind, name, second, minute = ARGV[1], ARGV[2], tonumber(ARGV[8]), tonumber(ARGV[9])
local closed = tonumber(redis.call('GET', KEYS[4]) or '0')
if closed > now then return closed - now end

redis.call('SET', KEYS[6], now, 'NX')
local share = share_of(KEYS[5], now)
if now - tonumber(redis.call('GET', KEYS[6])) < minute then share = share * 0.5 end
local function permitted(limit) return math.max(1, math.floor(limit * share)) end

local function wait(key, limit, span)
    if limit == 0 then return 0 end
    local most = permitted(limit)
    local spent = redis.call('ZCOUNT', key, '(' .. (now - span), '+inf')
    if spent < most then return 0 end
    local first = redis.call('ZREVRANGE', key, most - 1, most - 1, 'WITHSCORES')
    return math.max(1, tonumber(first[2]) + span - now)
end

redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', now - minute)
redis.call('ZREMRANGEBYSCORE', KEYS[2], '-inf', now - minute)
redis.call('ZREMRANGEBYSCORE', KEYS[3], '-inf', now)
local longest = math.max(wait(KEYS[1], tonumber(ARGV[3]), second), wait(KEYS[1], tonumber(ARGV[4]), minute))
if kind == 'batch' then longest = math.max(longest, wait(KEYS[2], tonumber(ARGV[6]), minute)) end
if tonumber(ARGV[5]) > 0 and redis.call('ZCARD', KEYS[3]) >= tonumber(ARGV[5]) then longest = math.max(longest, 50) end
if longest > 0 then return longest end

redis.call('ZADD', KEYS[1], now, name)
redis.call('PEXPIRE', KEYS[1], minute)
if kind == 'batch' then
    redis.call('ZADD', KEYS[2], now, name)
    redis.call('PEXPIRE', KEYS[2], minute)
end
redis.call('ZADD', KEYS[3], now + tonumber(ARGV[7]), name)
redis.call('PEXPIRE', KEYS[3], ARGV[7])
return 0
"""
# KEYS and ARGV as above. Returns how many such calls may go now, and how long it takes until the next one may.
ROOM = f"""{NOW}{SHARE}
local minute = tonumber(ARGV[9])
local closed = tonumber(redis.call('GET', KEYS[4]) or '0')
if closed > now then return {{0, closed - now}} end
local share = share_of(KEYS[5], now)
local began = redis.call('GET', KEYS[6])
if not began or now - tonumber(began) < minute then share = share * 0.5 end
local room, longest = 1000, 0

local function look(key, limit, span)
    if limit == 0 then return end
    local most = math.max(1, math.floor(limit * share))
    local free = most - redis.call('ZCOUNT', key, '(' .. (now - span), '+inf')
    room = math.min(room, math.max(0, free))
    if free <= 0 then
        local first = redis.call('ZREVRANGE', key, most - 1, most - 1, 'WITHSCORES')
        longest = math.max(longest, tonumber(first[2]) + span - now)
    end
end

look(KEYS[1], tonumber(ARGV[4]), minute)
if ARGV[1] == 'batch' then look(KEYS[2], tonumber(ARGV[6]), minute) end
return {{room, longest}}
"""
# KEYS: closed until, share. ARGV: milliseconds to stay closed. Of several refusals at once the longest is heeded, and
# the first takes off the share.
REFUSED = f"""{NOW}{SHARE}
local closed = tonumber(redis.call('GET', KEYS[1]) or '0')
local later = math.max(closed, now + tonumber(ARGV[1]))
redis.call('SET', KEYS[1], later, 'PX', later - now)
if closed <= now then
    redis.call('HSET', KEYS[2], 'share', math.max(0.25, share_of(KEYS[2], now) * 0.8), 'at', now)
    redis.call('PEXPIRE', KEYS[2], 1200000)
end
"""


class PacedGate(CountingGate):
    """The gate of one company, for one drain or one page: it counts what passes it, Redis what passes all of them."""

    def __init__(self, company: str, limits: Limits) -> None:
        super().__init__()
        self._limits = limits
        self._keys = [f"pace:{company}:{part}" for part in ("calls", "batches", "at once", "closed", "share")]
        # One call at a time in each thread.
        self._call = local()
        self._waiting: Counter[CallKind] = Counter()
        self._lock = Lock()

    def enter(self, kind: CallKind) -> None:
        self._call.name = uuid.uuid4().hex
        until = time.monotonic() + PATIENCE_SECONDS
        with self._at_the_door(kind):
            while wait := self._wait(kind):
                if time.monotonic() + wait > until:
                    raise Paced("Our pace for this company is used up for now.", timedelta(seconds=wait))
                time.sleep(wait)
        super().enter(kind)

    def room(self, kind: CallKind) -> tuple[int, timedelta]:
        """Beside those that wait for their second already."""
        free, wait = _asked(ROOM, [*self._keys, BEGAN], [kind, "", *self._figures()])
        return max(0, int(free) - self._waiting[kind]), timedelta(milliseconds=wait)

    @contextmanager
    def _at_the_door(self, kind: CallKind) -> Iterator[None]:
        with self._lock:
            self._waiting[kind] += 1
        try:
            yield
        finally:
            with self._lock:
                self._waiting[kind] -= 1

    def leave(self, kind: CallKind, status: int | None, rest: timedelta | None = None) -> None:
        super().leave(kind, status, rest)
        try:
            _redis().zrem(self._keys[2], self._call.name)
            if rest:
                _script(REFUSED)(keys=self._keys[3:5], args=[int(rest.total_seconds() * 1000)])
        except redis.RedisError:
            # Its place among the calls at once frees itself after a while.
            return

    def _wait(self, kind: CallKind) -> float:
        """Seconds; 0 means that the call is counted and may go."""
        return float(_asked(ENTER, [*self._keys, BEGAN], [kind, self._call.name, *self._figures()])) / 1000

    def _figures(self) -> list[int]:
        allowed = self._limits
        return [
            *(allowed.per_second, allowed.per_minute, allowed.at_once, allowed.batches_per_minute),
            *(LONGEST_CALL_MS, SECOND_MS, MINUTE_MS),
        ]


def _asked(script: str, keys: Sequence[str], arguments: Sequence[str | int]) -> Any:
    try:
        return _script(script)(keys=keys, args=arguments)
    except redis.RedisError as trouble:
        raise Paced("The keeper of our pace does not answer.", AWAY) from trouble


@cache
def _redis() -> redis.Redis:
    return redis.Redis.from_url(
        settings.REDIS_URL, socket_timeout=5, socket_connect_timeout=3, retry=Retry(NoBackoff(), 1)
    )


@cache
def _script(text: str) -> Script:
    return _redis().register_script(text)
