"""When to try again, as a value: computed from what happened and how often, without a clock or a queue."""

from datetime import datetime, timedelta

from integrations.providers.documents import Stop

FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=15)
# Of a company that takes nothing. A subscription is not renewed within minutes; a gateway may be in order again.
FIRST_TRY = {
    Stop.DENIED: timedelta(seconds=15),
    Stop.READ_ONLY: timedelta(hours=1),
    Stop.RESET: timedelta(hours=1),
}
LAST_TRY = timedelta(hours=12)
# Most documents with an unknown outcome are found at once.
FIRST_LOOK = timedelta(seconds=2)
# An envelope that was sent so often and is still not there will not get there by itself.
MOST_SENDINGS = 3


def rest_after_throttle(tries: int, asked_for: timedelta | None) -> timedelta:
    """The platform's own wish where it has one; else doubling from five seconds up to a quarter of an hour."""
    if asked_for is not None:
        return asked_for
    doublings: int = 2 ** min(tries, 10)
    return min(FIRST * doublings, LONGEST)


def rest_in_doubt(sendings: int, asked_for: timedelta | None) -> timedelta:
    """Before a look at what was sent so often: soon at first, later after each repetition."""
    growing = FIRST_LOOK if sendings < 2 else rest_after_throttle(sendings, None)
    return max(asked_for or FIRST_LOOK, growing)


def rest_before_next_look(age: timedelta) -> timedelta:
    """Nobody could say what became of something that was sent so long ago: as long again, within bounds."""
    return min(max(age, FIRST), LONGEST)


def rest_after_trouble(rests: int, asked_for: timedelta | None) -> timedelta:
    """Of a whole lane: what the platform asks for at least, and longer the more often in a row, up to a bound."""
    growing = rest_after_throttle(rests, None)
    return growing if asked_for is None else max(asked_for, growing)


def rest_while_stopped(why: Stop, rests: int) -> timedelta:
    """Longer each time: whoever mends it can also have it tried at once."""
    doublings: int = 2 ** min(rests, 10)
    return min(FIRST_TRY[why] * doublings, LAST_TRY)


def settled_at(sent_at: datetime, call_deadline: timedelta, settling: timedelta) -> datetime:
    """From then on “not found” counts."""
    return sent_at + call_deadline + settling
