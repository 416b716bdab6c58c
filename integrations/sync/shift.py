"""One holder's work at a lane: what is sent at once, what is written down of it, and what stops it."""

import logging
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar

from django.db import transaction
from django.db.models import Exists
from django.utils import timezone

from integrations.cost import add_calls
from integrations.models import Connection, ConnectionState
from integrations.providers.base import Provider
from integrations.providers.calls import CallKind, CountingGate
from integrations.providers.documents import (
    NOT_SENT,
    OUT_OF_PACE,
    Outcome,
    OutcomeKind,
    Posted,
    Upload,
    was_held_back,
)
from integrations.providers.errors import (
    AccessLost,
    Paced,
    ProviderError,
    Stopped,
    Temporary,
    whereabouts,
)
from integrations.sync import attempts, company, queue, resting, upload_answers, upload_doubts, uploads
from integrations.sync.asking import ask
from integrations.sync.attempts import Opened
from integrations.sync.batches import BatchSize
from integrations.sync.envelopes import hand_over
from integrations.sync.flights import Cargo, Flights, Landed
from integrations.sync.lane import Lane
from integrations.sync.queue import Due
from integrations.sync.runs import Run
from integrations.sync.uploads import Hold, Loaded
from integrations.visits import gate_of, provider_of

logger = logging.getLogger(__name__)

Thing = TypeVar("Thing")
Key = TypeVar("Key")

# Envelopes on the way at once; a platform's own limit may be lower, and one call is left for a person who looks.
AT_ONCE = 8
# After the slice, answers are waited for so long. What is out then is looked up later, as after a time-out.
PATIENCE_SECONDS = 5.0

# Envelopes that came back without a word, one after the other: nobody answers there, and more would only be in doubt.
SILENT_IN_A_ROW = 3
# For a window of our own pace one waits longer than that.
A_MOMENT = timedelta(seconds=1)
# Answered uploads that are written down in one go.
FILES_TOGETHER = 25
FILES_WAIT_SECONDS = 1.0

# Whoever waits looks up so often whether the worker is told to stop.
HEED_SECONDS = 1.0
# Set when the worker is told to stop: a drain ends early then, and nothing is lost by it.
stopping = threading.Event()


class MustRest(Exception):
    """The platform or our pace wants a pause, or the grant is dead: nothing more is sent in this drain."""


@dataclass
class Silence:
    """How many envelopes in a row nobody said anything about."""

    times: int = 0
    is_suspected: bool = False
    """A look-up brought no answer: until a write does, they go one by one."""

    def heed(self, outcomes: Iterable[Outcome]) -> None:
        silent = all(outcome.kind is OutcomeKind.UNKNOWN for outcome in outcomes)
        self.times = self.times + 1 if silent else 0
        self.is_suspected = self.is_suspected and silent

    @property
    def lasts(self) -> bool:
        return self.times >= (1 if self.is_suspected else SILENT_IN_A_ROW)


@dataclass(frozen=True)
class Shift:
    """One holder's work at a lane, until its slice of time ends."""

    lane: Lane
    connection: Connection
    provider: Provider
    gate: CountingGate
    run: Run
    flights: Flights
    sizes: BatchSize
    ends: float
    inherits: bool
    """Whether earlier holders left something half done."""
    doubts: bool
    """Whether there may be documents of which it is time to look what became of them."""
    hold: Hold = field(default_factory=Hold)
    silence: Silence = field(default_factory=Silence)
    silence_of_files: Silence = field(default_factory=Silence)

    @property
    def goes_on(self) -> bool:
        return time.monotonic() < self.ends and self.may_send

    @property
    def only_tries(self) -> bool:
        """Whether the platform takes anything has to be seen from one document."""
        return self.connection.state != ConnectionState.LIVE or self.silence.is_suspected

    @property
    def may_send(self) -> bool:
        return self.lane.lease.holds and not stopping.is_set()


def begin(lane: Lane, seconds: float) -> Shift:
    ends = time.monotonic() + seconds
    with transaction.atomic():
        told = Connection.objects.select_related("company__credential", "entity").annotate(
            left=Exists(attempts.abandoned(lane)) | Exists(upload_doubts.abandoned(lane)),
            in_doubt=Exists(attempts.due_for_a_look(lane)),
        )
        connection = told.get(pk=lane.connection_id)
        gate = gate_of(connection)
        provider = provider_of(connection, gate, connection.company.credential)
        able = provider.capabilities
        run = Run(lane, gate, able.metered)
    most = min(AT_ONCE, able.limits.at_once - 1) if able.limits.at_once else AT_ONCE
    sizes = BatchSize(connection.batch_size or able.batch_size, able.batch_size)
    flights = Flights(partial(_push, provider), most)
    inherits = lane.abandoned or connection.left
    return Shift(lane, connection, provider, gate, run, flights, sizes, ends, inherits, inherits or connection.in_doubt)


def _push(provider: Provider, cargo: Cargo) -> dict[str, Outcome]:
    """From a thread of its own."""
    if isinstance(cargo, Opened):
        return provider.push(cargo.envelope)
    if isinstance(cargo.content, Upload):
        return provider.attach(cargo.content)
    return {cargo.content.key: provider.detach(cargo.content.there, cargo.content.request_id)}


def finish(shift: Shift, later: datetime | None) -> Due | None:
    """Let go of the lane. Raises LaneLost where somebody else has it by now: run and sizes are theirs then."""
    with transaction.atomic():
        learnt = shift.sizes.size != (shift.connection.batch_size or shift.sizes.most)
        shift.lane.let_go(**({"batch_size": shift.sizes.size} if learnt else {}))
        due = next_due(shift, later)
        count_calls(shift)
        shift.run.finish(all_done=due is None)
    return due


@transaction.atomic(savepoint=False)
def next_due(shift: Shift, later: datetime | None = None) -> Due | None:
    """When there is something to do: of documents, which may have to wait for their pace until later, or of receipts,
    which go in calls of another kind."""
    documents = queue.next_due(shift.lane.connection_id)
    if documents and later:
        documents = documents.not_before(later)
    return uploads.sooner(documents, shift.lane.connection_id)


@transaction.atomic(savepoint=False)
def count_calls(shift: Shift) -> None:
    """They were made, whoever has the lane."""
    add_calls(shift.connection.company_id, shift.gate, timezone.now().date())


def send_all(shift: Shift, opened: Sequence[Opened]) -> None:
    """As many at once as there is room for. What found none when the slice was over waits again; the first ones always
    find it, so that a slow machine gets on too."""
    for number, one in enumerate(opened):
        try:
            while not shift.flights.has_room and shift.goes_on:
                settle(shift, shift.flights.landed(shift.ends - time.monotonic()))
        except MustRest:
            _withdraw(shift, opened[number:])
            raise
        if not shift.flights.has_room or not shift.may_send:
            _withdraw(shift, opened[number:])
            return
        hand_over(shift.lane, one.row)
        shift.flights.start(one)


def _withdraw(shift: Shift, opened: Sequence[Opened]) -> None:
    """Stored, and certainly not sent."""
    never = Outcome(OutcomeKind.THROTTLED, code=NOT_SENT, answer="Its time was over.", retry_after=timedelta(0))
    attempts.settle(shift.lane, shift.run, [(one, dict.fromkeys(one.attempts, never)) for one in opened])


def _withdraw_files(shift: Shift) -> None:
    never = Outcome(OutcomeKind.THROTTLED, code=NOT_SENT, answer="Its time was over.", retry_after=timedelta(0))
    shift.hold.answered += [(one, dict.fromkeys(one.attempts, never)) for one in shift.hold.waiting]
    shift.hold.waiting.clear()


def land(shift: Shift) -> None:
    """Wait for what is still out; of what does not come back in time nobody knows."""
    until = max(time.monotonic(), shift.ends) + PATIENCE_SECONDS
    _withdraw_files(shift)
    while shift.flights.out and time.monotonic() < until:
        if stopping.is_set():
            until = min(until, time.monotonic() + PATIENCE_SECONDS)
        with suppress(MustRest):
            settle(shift, shift.flights.landed(min(until - time.monotonic(), HEED_SECONDS)))
    hidden = Outcome(OutcomeKind.UNKNOWN, answer="No answer while we waited.")
    _keep(shift, [(one, dict.fromkeys(one.attempts, hidden)) for one in _files(shift.flights.out)])
    with suppress(MustRest):
        _settle_files(shift, 0)
    if still_out := [one for one in shift.flights.out if isinstance(one, Opened)]:
        with suppress(MustRest):
            _settle_documents(shift, [(one, dict.fromkeys(one.attempts, hidden)) for one in still_out])


def settle(shift: Shift, landed: Sequence[Landed]) -> None:
    """Files first, and only kept: what is said of a document may end the shift, and then `land` writes them down."""
    files = [(cargo, spoken) for cargo, spoken in landed if isinstance(cargo, Loaded)]
    _keep(shift, files)
    documents = [(cargo, spoken) for cargo, spoken in landed if isinstance(cargo, Opened)]
    if documents:
        _settle_documents(shift, documents)
    _settle_files(shift, FILES_TOGETHER if _files(shift.flights.out) or shift.hold.waiting else 0)


def only_files(landed: Sequence[Landed]) -> bool:
    return bool(landed) and all(isinstance(cargo, Loaded) for cargo, _ in landed)


def _files(cargoes: Sequence[Cargo]) -> list[Loaded]:
    return [cargo for cargo in cargoes if isinstance(cargo, Loaded)]


def _keep(shift: Shift, landed: Sequence[tuple[Loaded, dict[str, Outcome]]]) -> None:
    if landed and not shift.hold.answered:
        shift.hold.answered_since = time.monotonic()
    shift.hold.answered += landed
    for _, spoken in landed:
        if not all(was_held_back(outcome.kind, outcome.code) for outcome in spoken.values()):
            shift.silence_of_files.heed(spoken.values())


def _settle_files(shift: Shift, at_least: int) -> None:
    """Several together, since each costs about the same statements. What dies with us until then is looked up."""
    answered = shift.hold.answered
    is_time = len(answered) >= at_least or time.monotonic() > shift.hold.answered_since + FILES_WAIT_SECONDS
    if not answered or not is_time:
        return
    together = list(answered)
    answered.clear()
    upload_answers.settle(shift.lane, shift.run, together)
    if shift.silence_of_files.lasts:
        # Each that hangs out there holds a place that money could have.
        uploads.put_off(shift.lane, timezone.now() + shift.provider.capabilities.files.deadline)
    outcomes = [outcome for _, spoken in together for outcome in spoken.values()]
    _heed(shift, [outcome for outcome in outcomes if outcome.code != NOT_SENT])


def _settle_documents(shift: Shift, landed: Sequence[tuple[Opened, dict[str, Outcome]]]) -> None:
    attempts.settle(shift.lane, shift.run, landed)
    outcomes = [outcome for _, spoken in landed for outcome in spoken.values()]
    tally = Counter(outcome.kind.value for outcome in outcomes)
    told = ", ".join(f"{number} {kind}" for kind, number in tally.items())
    logger.info("%s to %s: %s", shift.connection.entity.name, shift.connection.company.name, told)
    for opened, spoken in landed:
        if not all(was_held_back(outcome.kind, outcome.code) for outcome in spoken.values()):
            shift.silence.heed(spoken.values())
            if opened.envelope.batched:
                shift.sizes.heed(spoken)
    _heed(shift, outcomes)
    with resting_on_trouble(shift):
        company.heed_closing(shift.lane, shift.connection, shift.provider, landed)


def wait_for_answers(shift: Shift) -> None:
    while shift.flights.out and shift.goes_on:
        settle(shift, shift.flights.landed(shift.ends - time.monotonic()))


def _heed(shift: Shift, outcomes: Sequence[Outcome]) -> None:
    """What an answer says about the whole connection, beyond its own document."""
    lost = [outcome for outcome in outcomes if outcome.kind is OutcomeKind.ACCESS_LOST]
    if lost:
        close_lane(shift.lane, shift.connection, lost[0].answer)
        raise MustRest
    if stopped := next((outcome for outcome in outcomes if outcome.stop), None):
        assert stopped.stop is not None
        resting.stop(shift.lane, shift.connection, stopped.stop, stopped.answer)
        raise MustRest
    if any(outcome.posted for outcome in outcomes):
        resting.worked(shift.lane, shift.connection)
    throttled = [outcome for outcome in outcomes if outcome.kind is OutcomeKind.THROTTLED]
    refused = [outcome for outcome in throttled if outcome.code != OUT_OF_PACE]
    if refused or shift.silence.lasts:
        asked_for = [outcome.retry_after for outcome in refused or outcomes if outcome.retry_after is not None]
        resting.rest(shift.lane, shift.connection, max(asked_for, default=None))
        raise MustRest
    if throttled:
        _heed_our_pace(shift, max(outcome.retry_after or timedelta(0) for outcome in throttled))


def _heed_our_pace(shift: Shift, asked_for: timedelta) -> None:
    """Calls of some kind have to wait, and what they carry is due then. Where all have to, so does the lane; and where
    it should have been a moment only, but calls that hang keep their places among those at once."""
    with resting_on_trouble(shift):
        free, wait = shift.gate.room(CallKind.WRITE)
        if not free or asked_for < A_MOMENT:
            raise Paced("No call may go.", max(wait, asked_for))


@transaction.atomic
def close_lane(lane: Lane, connection: Connection, problem: str) -> None:
    """The grant is dead. Jobs keep waiting, unharmed, until a person connects again, as one may have done meanwhile."""
    lane.assert_held()
    same_grant = Connection.objects.filter(
        pk=lane.connection_id, company__credential_id=connection.company.credential_id
    )
    same_grant.update(state=ConnectionState.ACCESS_LOST, problem=problem[:500])


def looked_up(
    shift: Shift, silence: Silence, question: Callable[[Sequence[Thing]], dict[Key, Posted]], things: Sequence[Thing]
) -> tuple[dict[Key, Posted], dict[Thing, str]] | None:
    """As asking.ask; None where nobody answers now. Then what is in doubt stays so for a while, and the rest does not
    wait for it: a platform that cannot be asked may well be written to."""
    with resting_on_trouble(shift):
        try:
            told = ask(question, things)
        except Paced:
            raise
        except Temporary as trouble:
            if not shift.goes_on:
                # So long nobody kept silent who may well be written to.
                raise
            logger.warning("Connection %s cannot be asked: %s", shift.lane.connection_id, whereabouts(trouble))
            silence.is_suspected = True
            return None
    return told


@contextmanager
def resting_on_trouble(shift: Shift) -> Iterator[None]:
    """Around reads: what cannot be known now is asked again later."""
    try:
        yield
    except AccessLost as lost:
        close_lane(shift.lane, shift.connection, str(lost))
        raise MustRest from lost
    except Stopped as stopped:
        resting.stop(shift.lane, shift.connection, stopped.stop, str(stopped))
        raise MustRest from stopped
    except Paced as held_up:
        resting.pause(shift.lane, shift.connection, held_up.retry_after)
        raise MustRest from held_up
    except ProviderError as trouble:
        logger.warning("Connection %s is in trouble: %s", shift.lane.connection_id, whereabouts(trouble))
        resting.rest(shift.lane, shift.connection, trouble.retry_after if isinstance(trouble, Temporary) else None)
        raise MustRest from trouble
