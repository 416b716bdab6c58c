"""What happened last, from the diaries of both sides: a few statements over the newest rows, whatever there is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from integrations.models import Act, ConfigurationVersion, Intervention, SyncAttempt
from integrations.providers.documents import STANDS, Action
from integrations.selectors import connections
from integrations.stuck import Tally, added
from ledger.domain.money import Money
from ledger.models import EventKind, LedgerEvent

# What is looked at of each diary; many of one minute are one happening.
ROWS = 200

# Where a row's money stands.
OF_EVENT = ("document__currency", "document__amount_minor")
OF_JOB = ("job__document__currency", "job__document__amount_minor")


@dataclass(frozen=True, slots=True)
class Posted:
    """So many documents came to stand in the books of one entity, or were taken out of them, within a minute."""

    at: datetime
    entity: str
    removed: bool
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Told:
    """So many documents came from Flex, or came again changed or reversed, within a minute."""

    at: datetime
    actor: str
    kind: EventKind
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True)
class Configured:
    at: datetime
    entity: str
    person: str
    version: int
    reason: str


@dataclass(frozen=True, slots=True)
class Connected:
    at: datetime
    entity: str
    company: str
    person: str


@dataclass(frozen=True, slots=True)
class Done:
    """Somebody held, left out, released or sent again so many documents within a minute."""

    at: datetime
    person: str
    act: Act
    tallies: tuple[Tally, ...]


Happening = Posted | Told | Configured | Connected | Done


def latest(number: int) -> list[Happening]:
    """The newest first."""
    found: list[Happening] = [*_posted(), *_told(), *_done(), *_configured(number), *_connected(number)]
    return sorted(found, key=lambda happening: happening.at, reverse=True)[:number]


def _posted() -> Iterator[Posted]:
    settled = SyncAttempt.objects.filter(outcome__in=STANDS).order_by("-id")
    rows = settled.values_list("settled_at", "job__connection__entity__name", "action", *OF_JOB)[:ROWS]
    told = ((at, entity, action == Action.REMOVE, *money) for at, entity, action, *money in rows)
    return (Posted(*happening) for happening in _by_minute(told))


def _told() -> Iterator[Told]:
    rows = LedgerEvent.objects.order_by("-id").values_list("happened_at", "actor", "kind", *OF_EVENT)[:ROWS]
    return (Told(at, actor, EventKind(kind), tallies) for at, actor, kind, tallies in _by_minute(rows))


def _done() -> Iterator[Done]:
    rows = Intervention.objects.order_by("-id").values_list("happened_at", "actor", "act", *OF_JOB)[:ROWS]
    return (Done(at, actor, Act(act), tallies) for at, actor, act, tallies in _by_minute(rows))


def _by_minute(rows: Iterable[Any]) -> Iterator[tuple[datetime, Any, Any, tuple[Tally, ...]]]:
    """Of rows with a moment, two values and their money: neighbours of one minute that have the same two are one."""
    for (_, first, second), some in groupby(rows, lambda row: (_minute(row[0]), row[1], row[2])):
        members = list(some)
        yield members[0][0], first, second, _tallies(members)


def _configured(number: int) -> Iterator[Configured]:
    versions = ConfigurationVersion.objects.select_related("entity", "made_by").order_by("-made_at")[:number]
    for version in versions:
        yield Configured(version.made_at, version.entity.name, _name(version.made_by), version.number, version.reason)


def _connected(number: int) -> Iterator[Connected]:
    for tie in connections().order_by("-connected_at")[:number]:
        person = _name(tie.company.credential.authorised_by)
        yield Connected(tie.connected_at, tie.entity.name, tie.company.name, person)


def _name(person: Any) -> str:
    return str(person) if person else "Somebody who has left"


def _minute(moment: datetime) -> datetime:
    return moment.replace(second=0, microsecond=0)


def _tallies(rows: Iterable[Any]) -> tuple[Tally, ...]:
    return tuple(added(Tally(1, Money(minor, currency)) for *_, currency, minor in rows))
