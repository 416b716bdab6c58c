"""What is to be done about each thing that the platform told, from values alone. Pure.

Our own writes tell themselves too, and a look is metered: what is no newer than what we know is passed over.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime

from integrations.providers.documents import Kind, Operation, Thing, Topic


@dataclass(frozen=True, slots=True)
class Told:
    """A stored change, by the id of its row."""

    row: int
    thing: Thing
    operation: Operation
    happened_at: datetime
    absorbed: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What we know of the things that were told: as of when, by the platform's clock.

    `linked` stand there for documents of ours; of `under_way` something is being sent at this moment.
    """

    as_of: Mapping[Thing, datetime]
    linked: Collection[Thing]
    under_way: Collection[Thing]


@dataclass(slots=True)
class Sorted:
    look: set[Thing] = field(default_factory=set)
    gone: set[Thing] = field(default_factory=set)
    merged: dict[Thing, Thing] = field(default_factory=dict)
    later: set[int] = field(default_factory=set)
    settings_at: datetime | None = None


def sort_out(told: Iterable[Told], kinds: Mapping[str, Kind], known: Known) -> Sorted:
    found = Sorted()
    for one in told:
        kind = kinds.get(one.thing.kind)
        if kind is None:
            continue
        if kind.topic is Topic.COMPANY:
            found.settings_at = max(one.happened_at, found.settings_at or one.happened_at)
        elif kind.topic is Topic.DOCUMENT and one.thing not in known.linked:
            continue  # Somebody else's document.
        elif one.thing in known.under_way:
            found.later.add(one.row)
        else:
            _sort_one(one, known, found)
    found.look -= found.gone
    return found


def _sort_one(one: Told, known: Known, found: Sorted) -> None:
    if one.operation is Operation.DELETED:
        found.gone.add(one.thing)  # Ids are not given twice, so this is true whenever it is heard.
        return
    if one.absorbed:
        found.merged[Thing(one.thing.kind, one.absorbed)] = one.thing
    as_of = known.as_of.get(one.thing)
    if as_of is None or one.happened_at > as_of:
        found.look.add(one.thing)
