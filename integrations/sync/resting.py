"""A lane that rests: after trouble, longer each time; while a company takes nothing, until it does again; and a moment
where our own pace is used up."""

from datetime import timedelta

from django.db import transaction
from django.db.models import Exists
from django.utils import timezone

from integrations.models import Connection, ConnectionState, SyncJob
from integrations.models.connections import TRIED_STATES
from integrations.models.sync import MOVING_STATES
from integrations.providers.documents import Stop
from integrations.sync import lane as lanes
from integrations.sync.lane import Lane
from integrations.sync.retry import rest_after_trouble, rest_while_stopped

STATES = {
    Stop.DENIED: ConnectionState.DENIED,
    Stop.READ_ONLY: ConnectionState.READ_ONLY,
    Stop.RESET: ConnectionState.RESET,
}
PROBLEMS = {
    Stop.DENIED: "The books of {company} turned us away: whoever connected them may have lost the right, or something "
    "is wrong there. FlexSync tries again by itself. If it lasts, somebody who administers these books connects "
    "them again. What waits is unharmed.",
    Stop.READ_ONLY: "The subscription of {company} has ended, or its billing has a problem, so its books take nothing. "
    "Renew it there. What waits is unharmed and goes on by itself: FlexSync tries again every few hours.",
    Stop.RESET: "The company {company} was reset: its accounts, vendors and documents are gone. Connect it again, "
    "then look through the mapping. What waits is unharmed.",
}


# For a place among the calls at once nobody can tell how long it takes.
SHORTEST_PAUSE = timedelta(seconds=1)


def rest(lane: Lane, connection: Connection, asked_for: timedelta | None) -> None:
    """The platform's own wish where it has one; with repeated trouble longer, up to a bound."""
    _rest_for(lane, connection, rest_after_trouble(connection.rests, asked_for))


def pause(lane: Lane, connection: Connection, how_long: timedelta) -> None:
    """Until there is room in our own pace. That is no trouble: it is not counted, and never makes a later rest longer;
    nor does it shorten one."""
    now = timezone.now()
    if connection.resting_until is None or connection.resting_until <= now:
        with transaction.atomic():
            lane.assert_held()
            lanes.rest(lane, now + max(how_long, SHORTEST_PAUSE))


def stop(lane: Lane, connection: Connection, why: Stop, words: str = "") -> None:
    """The company takes nothing, and what came back. One that may by itself again is tried now and then; else a person
    connects again."""
    if connection.state != STATES[why]:
        connection.rests = 0
    connection.state, connection.problem = STATES[why], problem(why, connection, words)
    with transaction.atomic():
        lane.assert_held()
        # Not of a grant that somebody has just given anew.
        mine = Connection.objects.filter(pk=lane.connection_id, company__credential=connection.company.credential_id)
        if not mine.update(state=connection.state, problem=connection.problem[:500]):
            return
    _rest_for(lane, connection, rest_while_stopped(why, connection.rests))


def problem(why: Stop, connection: Connection, words: str = "") -> str:
    told = f" What came back: {words}" if words else ""
    return PROBLEMS[why].format(company=connection.company.name) + told


def found_let_in(connection_id: int) -> None:
    """Inside a transaction. To be answered says that we are let in, though not that we may write: what waits finds that
    out by itself."""
    moving = SyncJob.objects.filter(connection=connection_id, state__in=MOVING_STATES)
    mine = Connection.objects.filter(~Exists(moving), pk=connection_id, state=ConnectionState.DENIED)
    mine.update(state=ConnectionState.LIVE, problem="", rests=0, resting_until=None)


def worked(lane: Lane, connection: Connection) -> None:
    """Something was taken: whatever was the trouble is over."""
    if not connection.rests and connection.state == ConnectionState.LIVE:
        return
    connection.rests = 0
    if connection.state in TRIED_STATES:
        connection.state, connection.problem = ConnectionState.LIVE, ""
    with transaction.atomic():
        lane.assert_held()
        # An answer that came before it may be heard after the end of the grant.
        tried = Connection.objects.filter(pk=lane.connection_id, state__in=TRIED_STATES)
        tried.update(rests=0, state=ConnectionState.LIVE, problem="")


def landed(lane: Lane, connection: Connection) -> None:
    """What was in doubt stands there: these books are slow, and not silent; and they let us in."""
    if connection.state == ConnectionState.DENIED:
        worked(lane, connection)
    if connection.rests and connection.state == ConnectionState.LIVE:
        connection.rests = 0
        with transaction.atomic():
            lane.assert_held()
            Connection.objects.filter(pk=lane.connection_id).update(rests=0)


def _rest_for(lane: Lane, connection: Connection, how_long: timedelta) -> None:
    """Of several answers on the way at once the first counts: the others tell of the same trouble."""
    now = timezone.now()
    if connection.resting_until is not None and connection.resting_until > now:
        return
    connection.rests, connection.resting_until = connection.rests + 1, now + how_long
    with transaction.atomic():
        lane.assert_held()
        Connection.objects.filter(pk=lane.connection_id).update(rests=connection.rests)
        lanes.rest(lane, connection.resting_until)
