"""What happened last, from the diaries of both sides: a few statements over the newest rows, whatever there is."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from integrations.models import Act, ConfigurationVersion, Intervention, SyncAttempt
from integrations.providers.documents import Action, OutcomeKind
from integrations.selectors import connections
from integrations.stuck import Tally, added
from ledger.domain.money import Money
from ledger.models import EventKind, LedgerEvent

# What is looked at of each diary; many of one minute are one happening.
ROWS = 200

STANDS = (OutcomeKind.POSTED, OutcomeKind.ALREADY_THERE)


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
    rows = settled.values_list(
        *("settled_at", "job__connection__entity__name", "action"),
        *("job__document__currency", "job__document__amount_minor"),
    )[:ROWS]
    for (_, entity, action), some in groupby(rows, lambda row: (_minute(row[0]), row[1], row[2] == Action.REMOVE)):
        members = list(some)
        yield Posted(members[0][0], entity, action, _tallies(members))


def _told() -> Iterator[Told]:
    events = LedgerEvent.objects.order_by("-id")
    rows = events.values_list("happened_at", "actor", "kind", "document__currency", "document__amount_minor")[:ROWS]
    for (_, actor, kind), some in groupby(rows, lambda row: (_minute(row[0]), row[1], row[2])):
        members = list(some)
        yield Told(members[0][0], actor, EventKind(kind), _tallies(members))


def _done() -> Iterator[Done]:
    money = ("job__document__currency", "job__document__amount_minor")
    rows = Intervention.objects.order_by("-id").values_list("happened_at", "actor", "act", *money)[:ROWS]
    for (_, actor, act), some in groupby(rows, lambda row: (_minute(row[0]), row[1], row[2])):
        members = list(some)
        yield Done(members[0][0], actor, Act(act), _tallies(members))


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
