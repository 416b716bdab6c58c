"""Accounts, vendors and values of dimensions as they stand there now: renamed, merged, inactive or active again."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import reduce
from operator import or_

from django.utils import timezone

from integrations.mapping.reasons import ReasonCode
from integrations.models import Company, Reference, SyncJob
from integrations.providers.documents import Kind, ReferenceRecord, Thing, Topic
from integrations.selectors import with_reason
from integrations.services.references import store_references
from integrations.sync import queue

INACTIVE = (ReasonCode.ACCOUNT_INACTIVE, ReasonCode.VALUE_INACTIVE)


Key = tuple[str, str, str]


def key(thing: Thing, kinds: Mapping[str, Kind]) -> Key:
    kind = kinds[thing.kind]
    return kind.topic.value, kind.dimension, thing.external_id


def key_of(row: Reference | ReferenceRecord) -> Key:
    return row.kind, row.dimension, row.external_id


def known_references(company: Company, kinds: Mapping[str, Kind], things: Iterable[Thing]) -> dict[Thing, datetime]:
    """As of when we know them, by the platform's clock; of what we made and never read since, by ours."""
    wanted = {key(thing, kinds): thing for thing in things if is_reference(kinds.get(thing.kind))}
    rows = Reference.objects.filter(company=company, external_id__in=[number for _, _, number in wanted])
    return {
        wanted[key_of(row)]: moment
        for row in rows
        if key_of(row) in wanted and (moment := row.changed_at or row.made_at)
    }


def is_reference(kind: Kind | None) -> bool:
    return kind is not None and kind.topic in (Topic.ACCOUNT, Topic.VENDOR, Topic.VALUE)


def settle_references(
    company: Company,
    kinds: Mapping[str, Kind],
    records: Sequence[ReferenceRecord],
    gone: Iterable[Thing],
    merged: Mapping[Thing, Thing],
) -> None:
    """Inside a transaction. What is active again sends on its way what waited for it."""
    tracked = _tracked(company, records)
    revived = _inactive_among(company, tracked)
    store_references(company.pk, tracked, timezone.now())
    _retire(company, kinds, {thing: merged.get(thing) for thing in [*gone, *merged]})
    if revived:
        waiting = reduce(or_, map(with_reason, INACTIVE))
        queue.wake(SyncJob.objects.filter(waiting, connection__company=company))


def _tracked(company: Company, records: Sequence[ReferenceRecord]) -> list[ReferenceRecord]:
    """Without the values of what the company does not track, under the labels of what it does."""
    labels = {one["key"]: one["label"] for one in company.dimensions}
    return [
        replace(record, type_name=labels[record.dimension]) if record.dimension else record
        for record in records
        if not record.dimension or record.dimension in labels
    ]


def _inactive_among(company: Company, records: Sequence[ReferenceRecord]) -> bool:
    active = {key_of(record) for record in records if record.active}
    rows = Reference.objects.filter(company=company, external_id__in=[number for *_, number in active], active=False)
    return any(key_of(row) in active for row in rows) if active else False


def _retire(company: Company, kinds: Mapping[str, Kind], retired: Mapping[Thing, Thing | None]) -> None:
    """Of what is gone the row stays, for mappings point to it."""
    into = {key(thing, kinds): other for thing, other in retired.items() if is_reference(kinds.get(thing.kind))}
    if not into:
        return
    named = Reference.objects.filter(company=company, external_id__in=[number for *_, number in into])
    rows = [row for row in named if key_of(row) in into]
    now = timezone.now()
    for row in rows:
        other = into[key_of(row)]
        row.active, row.inactive_since = False, row.inactive_since or now
        row.merged_into = other.external_id if other else row.merged_into
    Reference.objects.bulk_update(rows, ["active", "inactive_since", "merged_into"])
