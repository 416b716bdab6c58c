"""The rows of receipts: claim and open. Like queue and attempts, for files instead of documents."""

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from integrations.models import (
    AttachedFile,
    Connection,
    ExternalLink,
    ReceiptAttempt,
    ReceiptJob,
    ReceiptState,
    Stance,
    SyncEnvelope,
)
from integrations.models.receipts import MOVING_RECEIPTS
from integrations.providers.documents import Action, File, FileItem, Outcome, Posted, Upload
from integrations.sync.hanging import Hanging, ReceiptFacts
from integrations.sync.lane import Lane
from integrations.sync.marks import name_there, sign_of
from integrations.sync.queue import Due
from integrations.sync.runs import Run
from ledger.models import Receipt, Stage
from ledger.storage import storage
from ledger.tenancy.sets import update_rows

# The job of an item; and where it hangs already, if it shall hang elsewhere from now on.
Behind = tuple[ReceiptJob, str]


def new_key() -> str:
    return uuid.uuid4().hex


@dataclass(frozen=True, slots=True)
class Removal:
    """One file that is taken away, under a key of its own."""

    request_id: str
    there: Posted
    key: str = "1"


@dataclass(frozen=True, slots=True)
class Loaded:
    """An upload or a removal that is stored and may now be sent, with its attempts by item key.

    `repeated`: it was sent before, and nobody knows what became of that. `counted`: so is the sending of now.
    """

    row: SyncEnvelope
    content: Upload | Removal
    attempts: dict[str, ReceiptAttempt]
    repeated: bool = False
    counted: bool = False


@dataclass(slots=True)
class Hold:
    """What one holder of the lane has on its hands: opened and not yet sent, and answered and not yet written down."""

    waiting: list[Loaded] = field(default_factory=list)
    answered: list[tuple[Loaded, dict[str, Outcome]]] = field(default_factory=list)
    answered_since: float = 0.0
    in_doubt: bool = False
    """Of some that are due nobody knows what became of them."""


# --- the claim -------------------------------------------------------------------------------------------------------


def due(lane: Lane, limit: int) -> list[ReceiptJob]:
    """Those that wait and those in doubt, the earliest, with their receipts and documents; locked in one order for
    everybody."""
    moving = [ReceiptState.WAITING, ReceiptState.UNKNOWN]
    mine = ReceiptJob.objects.filter(connection_id=lane.connection_id, state__in=moving, due_at__lte=timezone.now())
    earliest = list(mine.order_by("due_at", "id").values_list("id", flat=True)[:limit])
    if not earliest:
        return []
    # The lane before its rows, as everybody does.
    lane.assert_held()
    ready = mine.filter(id__in=earliest).select_related("receipt__document").order_by("id")
    return sorted(ready.select_for_update(of=("self",), no_key=True), key=lambda job: (job.due_at, job.pk))


def facts_of(lane: Lane, jobs: Sequence[ReceiptJob]) -> dict[int, ReceiptFacts]:
    """By job: three statements whatever their number."""
    documents = {job.receipt.document_id for job in jobs}
    links = ExternalLink.objects.filter(connection_id=lane.connection_id, document__in=documents - {None})
    links = links.exclude(stance=Stance.GONE)
    targets = {link.document_id: Posted(link.external_kind, link.external_id, "") for link in links}
    newer = {job.receipt.replaced_by_id for job in jobs} - {None}
    receipts = {job.receipt_id for job in jobs} | newer
    hanging: dict[int, list[Hanging]] = {}
    for row in AttachedFile.objects.filter(
        connection_id=lane.connection_id, receipt__in=receipts, left_at__isnull=True
    ).order_by("id"):
        there = Posted(row.external_kind, row.external_id, row.external_version)
        hanging.setdefault(row.receipt_id, []).append(Hanging(Posted(row.target_kind, row.target_id, ""), there))
    still_wanted = _still_wanted(newer) if newer else set()
    return {
        job.pk: ReceiptFacts(
            wanted=job.receipt.removed_at is None,
            target=targets.get(job.receipt.document_id or 0),
            hanging=hanging.get(job.receipt_id, ()),
            over=job.receipt.document is not None and job.receipt.document.stage == Stage.REVERSED,
            superseded=job.receipt.replaced_by_id in still_wanted and job.receipt.replaced_by_id not in hanging,
        )
        for job in jobs
    }


def _still_wanted(receipts: set[int | None]) -> set[int]:
    return set(Receipt.objects.filter(pk__in=receipts, removed_at__isnull=True).values_list("pk", flat=True))


def file_of(receipt: Receipt, target: Posted) -> File:
    sign = sign_of(receipt.sha256)
    return File(
        name=name_there(receipt.file_name, sign),
        content_type=receipt.content_type,
        size=receipt.size,
        sign=sign,
        target=target,
        content=partial(_opened, receipt.storage_key),
    )


def _opened(key: str) -> Any:
    return storage().open(key)


# --- the intention ---------------------------------------------------------------------------------------------------


def open_attempts(
    lane: Lane, run: Run, contents: Sequence[Upload | Removal], behind: Sequence[Sequence[Behind]], version: int
) -> list[Loaded]:
    """Store what is about to be sent, with what stands behind each of its items, in their order.

    Called in the transaction of the claim; after its commit the attempts are on record, whatever dies next.
    """
    now = timezone.now()
    run_row = run.row(version, now)
    rows = SyncEnvelope.objects.bulk_create(
        SyncEnvelope(
            connection_id=lane.connection_id,
            run=run_row,
            batched=isinstance(content, Upload),
            request_id=content.request_id,
            fence=lane.fence,
            opened_at=now,
            trusted_since=now,
            sent_at=now,
        )
        for content in contents
    )
    loaded = [
        Loaded(row, content, _attempts(row, content, some))
        for row, content, some in zip(rows, contents, behind, strict=True)
    ]
    ReceiptAttempt.objects.bulk_create([attempt for one in loaded for attempt in one.attempts.values()])
    return loaded


def _attempts(row: SyncEnvelope, content: Upload | Removal, behind: Sequence[Behind]) -> dict[str, ReceiptAttempt]:
    if isinstance(content, Removal):
        return {
            content.key: ReceiptAttempt(
                envelope=row,
                job=behind[0][0],
                item=content.key,
                action=Action.REMOVE,
                name=behind[0][0].receipt.file_name,
                external_id=content.there.external_id,
                external_version=content.there.version,
                target_kind=content.there.kind,
            )
        }
    return {item.key: _attempt(row, item, one) for item, one in zip(content.items, behind, strict=True)}


def _attempt(row: SyncEnvelope, item: FileItem, behind: Behind) -> ReceiptAttempt:
    job, elsewhere = behind
    return ReceiptAttempt(
        envelope=row,
        job=job,
        item=item.key,
        action=Action.CREATE,
        target_kind=item.file.target.kind,
        target_id=item.file.target.external_id,
        name=item.file.name,
        body=item.body,
        external_id=elsewhere,
    )


# --- the rows --------------------------------------------------------------------------------------------------------


def locked(ids: Iterable[int]) -> dict[int, Any]:
    """In one order for everybody, with their receipts; `replaces` where another made room for it."""
    rows = ReceiptJob.objects.select_related("receipt").filter(id__in=list(ids)).order_by("id")
    former = Receipt.objects.filter(replaced_by=OuterRef("receipt"))
    return {row.pk: row for row in rows.annotate(replaces=Exists(former)).select_for_update(of=("self",), no_key=True)}


def save(jobs: Iterable[ReceiptJob]) -> None:
    update_rows(list(jobs), ["state", "reasons", "due_at", "tries", "in_vain", "moved", "fence"])


def is_overtaken(job: ReceiptJob, attempt: ReceiptAttempt) -> bool:
    """It may not be meant to hang there any more: its document moved since, or it was taken away."""
    return job.moved or (attempt.action == Action.CREATE and job.receipt.removed_at is not None)


@transaction.atomic
def put_off(lane: Lane, until: datetime) -> None:
    """What waits, until then."""
    lane.assert_held()
    waiting = ReceiptJob.objects.filter(connection_id=lane.connection_id, state=ReceiptState.WAITING)
    waiting.filter(due_at__lt=until).update(due_at=until)


def sooner(due: Due | None, connection_id: int) -> Due | None:
    """The documents' next time, or that of the receipts if that comes first."""
    moving = ReceiptJob.objects.filter(connection_id=connection_id, state__in=MOVING_RECEIPTS)
    at = moving.order_by("due_at").values_list("due_at", flat=True).first()
    if at is None:
        return due
    resting_until = Connection.objects.values_list("resting_until", flat=True).get(pk=connection_id)
    own = max(at, resting_until or at)
    return Due(own, fresh=False) if due is None else Due(min(due.at, own), due.fresh)
