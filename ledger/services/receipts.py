"""Receipts at documents: added, replaced, taken away. The bytes are stored before the row that speaks of them."""

import hashlib
from dataclasses import dataclass
from io import BytesIO
from typing import IO

from django.db import transaction
from django.utils import timezone

from ledger import events
from ledger.domain.documents import Stage
from ledger.domain.receipts import BEGINNING, LARGEST, PICTURES, Unfit, is_photo, shown_name, sniffed
from ledger.events import Happening
from ledger.models import EventKind, Receipt, SourceDocument
from ledger.pictures import Unopened, as_jpeg, check_picture
from ledger.storage import key_of, storage
from ledger.tenancy.context import required_tenant

CHUNK = 1024 * 1024
TOO_LARGE = f"It is larger than {LARGEST // 1024 // 1024} MB."


@dataclass(frozen=True, slots=True)
class Kept:
    """A file that is in the storage, and not yet anybody's receipt."""

    file_name: str
    content_type: str
    size: int
    sha256: str
    key: str


@dataclass(frozen=True, slots=True)
class Added:
    receipt: Receipt
    is_new: bool


def keep(content: IO[bytes], name: str) -> Kept:
    """Store what can be a receipt; a phone's photo as JPEG. Called outside a transaction. Raises Unfit or
    StorageTrouble."""
    beginning = content.read(BEGINNING)
    content.seek(0)
    try:
        if is_photo(beginning):
            content = BytesIO(as_jpeg(_whole(content)))
        kept = _kept(content, name)
    except Unopened as trouble:
        raise Unfit(str(trouble)) from trouble
    return kept


def _whole(content: IO[bytes]) -> bytes:
    whole = content.read(LARGEST + 1)
    if len(whole) > LARGEST:
        raise Unfit(TOO_LARGE)
    return whole


def _kept(content: IO[bytes], name: str) -> Kept:
    digest, size, beginning = hashlib.sha256(), 0, b""
    while chunk := content.read(CHUNK):
        beginning = beginning or chunk[:BEGINNING]
        digest.update(chunk)
        size += len(chunk)
        if size > LARGEST:
            raise Unfit(TOO_LARGE)
    if not size:
        raise Unfit("It is empty.")
    kind, sha256 = sniffed(beginning, name), digest.hexdigest()
    content.seek(0)
    if kind in PICTURES:
        check_picture(content)
    key = key_of(required_tenant(), sha256)
    content.seek(0)
    storage().put(key, content, kind.value)
    return Kept(shown_name(name, kind), kind.value, size, sha256, key)


@transaction.atomic
def add_receipt(*, document_id: int, kept: Kept, actor: str, replaces: Receipt | None = None) -> Added:
    """Hang it at the document; the same file again is the receipt that hangs there. Raises Unfit.

    What it replaces is taken away in the same moment, and says by which it was replaced.
    """
    document = SourceDocument.objects.select_for_update(no_key=True).get(pk=document_id)
    if document.stage == Stage.REVERSED:
        raise Unfit("The issuer reversed this transaction: there is nothing left that a receipt could prove.")
    here = Receipt.objects.filter(document=document, removed_at__isnull=True)
    known = here.filter(sha256=kept.sha256).first()
    receipt = known or Receipt.objects.create(
        document=document,
        file_name=kept.file_name,
        content_type=kept.content_type,
        size=kept.size,
        sha256=kept.sha256,
        storage_key=kept.key,
    )
    happened = [] if known else [Happening(document, EventKind.RECEIPT_ADDED, receipt.file_name)]
    if replaces is not None and replaces.pk != receipt.pk and _take_away(replaces, receipt):
        detail = f"{replaces.file_name}, replaced by {receipt.file_name}"
        happened.append(Happening(document, EventKind.RECEIPT_REMOVED, detail))
    events.append(happened, actor)
    return Added(receipt, known is None)


@transaction.atomic
def remove_receipt(*, receipt: Receipt, actor: str) -> None:
    """Taking it away again changes nothing."""
    if receipt.document_id is not None:
        SourceDocument.objects.select_for_update(no_key=True).get(pk=receipt.document_id)
    # It may have been hung since it was read.
    here = Receipt.objects.select_for_update(of=("self",), no_key=True).select_related("document").get(pk=receipt.pk)
    if _take_away(here, None) and here.document is not None:
        events.append([Happening(here.document, EventKind.RECEIPT_REMOVED, here.file_name)], actor)


def _take_away(receipt: Receipt, replaced_by: Receipt | None) -> bool:
    there = Receipt.objects.filter(pk=receipt.pk, removed_at__isnull=True)
    return there.update(removed_at=timezone.now(), replaced_by=replaced_by) == 1
