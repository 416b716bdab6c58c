"""Doorbells: Celery messages that say “look now”. Losing one loses no work, since the sweep looks everywhere.

Rings of one door within a moment are one message, so the number of messages grows with connections, not with records.
"""

import logging
from datetime import datetime
from enum import StrEnum

from celery import Task
from django.core.cache import cache
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError
from redis import RedisError

logger = logging.getLogger(__name__)

# A ring that was lost on its way must not silence the door for long.
SILENCE_SECONDS = 5
# The sweep comes by every door where there is work, and would fill the queues with what stands in them already. Its
# own rings only are held back by this.
SWEPT_SECONDS = 30
WORD_SECONDS = 60
# A message that waits longer would be handed out again and again (the broker's visibility); the sweep knows the time.
LONGEST_WAIT_SECONDS = 120


class Queue(StrEnum):
    """Two queues: fresh work has a worker of its own, so nobody's backlog delays it."""

    FRESH = "fresh"
    BACKLOG = "backlog"


def ring(task: "Task[..., None]", *args: int, queue: Queue = Queue.FRESH, at: datetime | None = None) -> None:
    """Ring now, or at a later time; what is far away is left to the sweep.

    Never raises: a silent broker must not refuse what the customer sends."""
    wait = max(0.0, (at - timezone.now()).total_seconds()) if at else 0.0
    if wait > LONGEST_WAIT_SECONDS:
        return
    name = f"{_name(task, args)}:{queue}"
    # A later ring is another one than a ring now; rings for about the same second are one.
    key = f"{name}:{int(timezone.now().timestamp() + wait)}" if wait else name
    try:
        if cache.add(key, 1, timeout=SILENCE_SECONDS + wait):
            task.apply_async(args=args, queue=queue, countdown=wait, retry=False)
    except (OperationalError, RedisError) as trouble:
        logger.warning("The bell %s could not be rung, the sweep will see to it: %s", name, trouble)


def ring_as_sweeper(task: "Task[..., None]", *args: int, queue: Queue) -> None:
    """Once in a while, until somebody answers."""
    try:
        is_first = cache.add(f"{_name(task, args)}:swept", 1, timeout=SWEPT_SECONDS)
    except RedisError as trouble:
        logger.warning("It could not be looked up when the sweep rang last: %s", trouble)
        return
    if is_first:
        ring(task, *args, queue=queue)


def answered(task: "Task[..., None]", *args: int) -> None:
    """Called first by the task: whoever rings from now on rings anew."""
    try:
        cache.delete_many([f"{_name(task, args)}:{ringer}" for ringer in (*Queue, "swept")])
    except RedisError as trouble:
        logger.warning("A bell could not be reset: %s", trouble)


def leave_word(task: "Task[..., None]", *args: int) -> None:
    """For whoever is at the door already: there was another ring."""
    try:
        cache.set(f"{_name(task, args)}:word", 1, timeout=WORD_SECONDS)
    except RedisError as trouble:
        logger.warning("Word could not be left: %s", trouble)


def find_word(task: "Task[..., None]", *args: int) -> bool:
    """Whether there is one; it is taken away."""
    try:
        return bool(cache.delete(f"{_name(task, args)}:word"))
    except RedisError as trouble:
        logger.warning("Word could not be looked for: %s", trouble)
        return False


def _name(task: "Task[..., None]", args: tuple[int, ...]) -> str:
    return ":".join(["bell", task.name, *map(str, args)])


def ring_after_commit(task: "Task[..., None]", *args: int) -> None:
    """Whoever comes must find the rows; a bell inside a transaction would call too early."""
    transaction.on_commit(lambda: ring(task, *args))
