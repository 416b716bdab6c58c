"""Save the mapping of an entity as a new version; nothing is overwritten."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import reduce
from operator import or_

from django.db import transaction

from integrations import mapped
from integrations.mapped import key_of
from integrations.mapping.gates import Gate
from integrations.mapping.periods import ClosedPolicy
from integrations.mapping.reasons import MENDED_BY_MAPPING
from integrations.mapping.slots import MappingKey
from integrations.models import ConfigurationVersion, MappingEntry, SyncJob
from integrations.selectors import with_reason
from integrations.sync import queue
from ledger.models import Entity, User

REASON_LENGTH = 500
ROWS_AT_ONCE = 1000


class StaleMapping(Exception):
    """Somebody else saved a newer version of the mapping meanwhile."""


@dataclass(frozen=True, slots=True)
class Choices:
    """What a person chose for one entity: ids of references by key, None for no target. What is not named stays."""

    targets: Mapping[MappingKey, int | None] = field(default_factory=dict)
    create_vendors: bool | None = None
    closed_periods: ClosedPolicy | None = None
    charge_gate: Gate | None = None
    bill_gate: Gate | None = None


@dataclass(frozen=True, slots=True)
class Switches:
    """What a version decides beside its targets."""

    create_vendors: bool = False
    closed_periods: ClosedPolicy = ClosedPolicy.HOLD
    charge_gate: Gate = Gate.APPROVED
    bill_gate: Gate = Gate.APPROVED

    @classmethod
    def of(cls, version: ConfigurationVersion | None) -> "Switches":
        """Those of this version, or what holds before the first."""
        if version is None:
            return cls()
        gates = Gate(version.charge_gate), Gate(version.bill_gate)
        return cls(version.create_vendors, ClosedPolicy(version.closed_periods), *gates)

    def changed(self, choices: Choices) -> "Switches":
        chosen = {name: value for name in asdict(self) if (value := getattr(choices, name)) is not None}
        return replace(self, **chosen)


@transaction.atomic
def save_mapping(*, entity: Entity, choices: Choices, seen_version: int, reason: str, person: User) -> int | None:
    """Write what differs as a new version, and have what waited for it tried again. Returns how many that
    are, or None where nothing differs and no version was made.

    Raises StaleMapping when a newer version than the seen one was saved meanwhile.
    """
    queue.lock_entities([entity.pk])
    latest = ConfigurationVersion.objects.filter(entity=entity).order_by("-number").first()
    number = latest.number if latest else 0
    if number != seen_version:
        raise StaleMapping
    standing = {key_of(row): row for row in mapped.entries_at(entity.pk)}
    changed = {
        key: target
        for key, target in choices.targets.items()
        if (standing[key].target_id if key in standing else None) != target
    }
    were = Switches.of(latest)
    switches = were.changed(choices)
    if not changed and switches == were:
        return None
    version = ConfigurationVersion.objects.create(
        entity=entity, number=number + 1, made_by=person, reason=reason, **asdict(switches)
    )
    ended = [standing[key].pk for key in changed if key in standing]
    _write(entity, version.number, changed, ended)
    return _wake_for_mapping(entity)


@transaction.atomic
def revert_mapping(*, entity: Entity, to: int, seen_version: int, why: str, person: User) -> int | None:
    """Make the mapping of an older version, its switches with it, the newest one. Returns what save_mapping returns.

    Raises ConfigurationVersion.DoesNotExist for a version that there is not, and StaleMapping as saving does.
    """
    queue.lock_entities([entity.pk])
    older = ConfigurationVersion.objects.get(entity=entity, number=to)
    return save_mapping(
        entity=entity,
        choices=Choices(mapped.differences(entity.pk, to), **asdict(Switches.of(older))),
        seen_version=seen_version,
        reason=f"Back to version {to}: {why}"[:REASON_LENGTH],
        person=person,
    )


def _write(entity: Entity, number: int, changed: Mapping[MappingKey, int | None], ended: list[int]) -> None:
    MappingEntry.objects.filter(pk__in=ended).update(until=number)
    MappingEntry.objects.bulk_create(
        (
            MappingEntry(entity=entity, target_id=target, since=number, **key.columns())
            for key, target in changed.items()
            if target is not None
        ),
        batch_size=ROWS_AT_ONCE,
    )


def _wake_for_mapping(entity: Entity) -> int:
    mended = reduce(or_, map(with_reason, MENDED_BY_MAPPING))
    return queue.wake(SyncJob.objects.filter(mended, connection__entity=entity))
