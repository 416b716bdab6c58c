"""What somebody did in the books that concerns us: what is gone there and what hangs on it, and what of ours is not as
we wrote it. A few statements, whatever there is."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from integrations.mapping.reasons import Reason, ReasonCode
from integrations.mapping.slots import MappingSlot
from integrations.models import Connection, ExternalLink, MappingEntry, Reference, ReferenceKind, Stance, SyncJob
from integrations.models.sync import STUCK_STATES


@dataclass(frozen=True, slots=True)
class Broken:
    """An account, a vendor or a value that is not active any more, though the mapping points to it."""

    reference: Reference
    connection: Connection
    mappings: int
    cards: int
    waiting: int
    into: str = ""


def broken(at_most: int) -> list[Broken]:
    """Those that were lost last come first."""
    ties = {tie.company_id: tie for tie in Connection.objects.select_related("entity", "company")}
    used = _used(ties.values())[:at_most]
    references = Reference.objects.in_bulk([row["target"] for row in used])
    waiting = _waiting([(references[row["target"]], ties[references[row["target"]].company_id]) for row in used])
    into = _names_of([one for one in references.values() if one.merged_into])
    return [
        Broken(
            reference=(reference := references[row["target"]]),
            connection=ties[reference.company_id],
            mappings=row["entries"] - row["cards"],
            cards=row["cards"],
            waiting=waiting.get(reference.pk, 0),
            into=into.get((reference.company_id, reference.kind, reference.dimension, reference.merged_into), ""),
        )
        for row in used
    ]


def _used(ties: Iterable[Connection]) -> list[dict[str, Any]]:
    """By what they point to: entries in force of entities that are connected to that very company."""
    own = Q(pk__in=[])
    for tie in ties:
        own |= Q(entity=tie.entity_id, target__company=tie.company_id)
    rows = MappingEntry.objects.filter(own, until__isnull=True, target__active=False).values("target")
    counted = rows.annotate(entries=Count("id"), cards=Count("id", filter=Q(slot=MappingSlot.CARD)))
    return list(counted.order_by(F("target__inactive_since").desc(nulls_last=True), "target"))


def _waiting(used: Sequence[tuple[Reference, Connection]]) -> dict[int, int]:
    """How many documents name it as what they wait for."""
    if not used:
        return {}
    named = {
        f"of_{reference.pk}": Count(
            "id", filter=Q(connection=tie, reasons__contains=[_reason(reference, tie).as_json()])
        )
        for reference, tie in used
    }
    counted = SyncJob.objects.filter(state__in=STUCK_STATES).aggregate(**named)
    return {reference.pk: counted[f"of_{reference.pk}"] for reference, _ in used}


def _reason(reference: Reference, tie: Connection) -> Reason:
    """As the mapping's rules write it."""
    if reference.kind == ReferenceKind.ACCOUNT:
        return Reason(ReasonCode.ACCOUNT_INACTIVE, str(reference))
    if reference.kind == ReferenceKind.VENDOR:
        return Reason(ReasonCode.VALUE_INACTIVE, f"Vendor {reference.name}")
    return Reason(ReasonCode.VALUE_INACTIVE, f"{_label(reference, tie)} {reference.path}")


def _label(reference: Reference, tie: Connection) -> str:
    labels = {one["key"]: one["label"] for one in tie.company.dimensions}
    return str(labels.get(reference.dimension, reference.type_name))


def _names_of(merged: Sequence[Reference]) -> dict[tuple[int, str, str, str], str]:
    if not merged:
        return {}
    rows = Reference.objects.filter(external_id__in=[one.merged_into for one in merged])
    return {(row.company_id, row.kind, row.dimension, row.external_id): str(row) for row in rows}


def touched() -> QuerySet[ExternalLink]:
    """Documents of ours that somebody changed or voided there and that stand there still, the latest first."""
    marked = ExternalLink.objects.filter(noticed_at__isnull=False, stance__in=[Stance.EDITED, Stance.VOIDED])
    return marked.order_by("-noticed_at")
