"""When to try again, as a value: computed from what happened and how often, without a clock or a queue."""

from datetime import datetime, timedelta

FIRST = timedelta(seconds=5)
LONGEST = timedelta(minutes=15)
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


def settled_at(sent_at: datetime, call_deadline: timedelta, settling: timedelta) -> datetime:
    """From then on “not found” counts."""
    return sent_at + call_deadline + settling
