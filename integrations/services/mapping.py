"""Save the mapping of an entity as a new version; nothing is overwritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db import transaction
from django.db.models import Max

from integrations.mapping.reasons import MENDED_BY_MAPPING
from integrations.models import AccountMapping, ConfigurationVersion, MappingSlot, SyncJob
from integrations.selectors import with_reason
from integrations.sync import queue
from ledger.models import Entity, User


class StaleMapping(Exception):
    """Somebody else saved a newer version of the mapping meanwhile."""


@dataclass(frozen=True, slots=True)
class AccountChoices:
    """What a person chose for one entity: ids of references, None for no account."""

    card_account: int | None
    default: int | None
    categories: Mapping[int, int | None]

    def by_slot(self) -> dict[tuple[str, int | None], int | None]:
        slots: dict[tuple[str, int | None], int | None] = {
            (MappingSlot.CARD_ACCOUNT, None): self.card_account,
            (MappingSlot.DEFAULT, None): self.default,
        }
        return slots | {(MappingSlot.CATEGORY, category): account for category, account in self.categories.items()}


@transaction.atomic
def save_mapping(
    *, entity: Entity, choices: AccountChoices, seen_version: int, reason: str, person: User
) -> int | None:
    """Write what differs as a new version, and have what waited for it tried again. Returns how many that
    are, or None where nothing differs and no version was made.

    Raises StaleMapping when a newer version than the seen one was saved meanwhile.
    """
    queue.lock_entities([entity.pk])
    versions = ConfigurationVersion.objects.filter(entity=entity)
    latest = versions.aggregate(latest=Max("number"))["latest"] or 0
    if latest != seen_version:
        raise StaleMapping
    current = AccountMapping.objects.filter(entity=entity, until__isnull=True)
    standing = {(row.slot, row.category_id): row.account_id for row in current}
    changed = {slot: account for slot, account in choices.by_slot().items() if standing.get(slot) != account}
    if not changed:
        return None
    number = latest + 1
    ConfigurationVersion.objects.create(entity=entity, number=number, made_by=person, reason=reason)
    ended = [row.pk for row in current if (row.slot, row.category_id) in changed]
    AccountMapping.objects.filter(pk__in=ended).update(until=number)
    AccountMapping.objects.bulk_create(
        AccountMapping(entity=entity, slot=slot, category_id=category, account_id=account, since=number)
        for (slot, category), account in changed.items()
        if account is not None
    )
    return _wake_for_mapping(entity)


def _wake_for_mapping(entity: Entity) -> int:
    mended = reduce(or_, map(with_reason, MENDED_BY_MAPPING))
    return queue.wake(SyncJob.objects.filter(mended, connection__entity=entity))
