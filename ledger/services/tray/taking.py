"""A file comes without a document: from the tray's page, by letter, by API."""

from dataclasses import dataclass
from pathlib import PurePath

from django.db import IntegrityError, transaction

from ledger.domain.clues import LONGEST
from ledger.domain.receipts import FileType
from ledger.models import Arrival, Receipt, Way
from ledger.models.arrivals import LONGEST_ADDRESS
from ledger.pictures import TooLong, Unopened, text_of
from ledger.services.receipts import Kept
from ledger.services.tray.hanging import waiting
from ledger.services.tray.matching import match_waiting
from ledger.storage import storage


@dataclass(frozen=True, slots=True)
class Source:
    """`vouched` is whether it is known that it came from the sender; `said` is what stands around it in a letter, and
    belongs to it alone."""

    came_by: Way
    sender: str
    vouched: bool
    subject: str = ""
    said: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """Where it hangs by now, if anywhere; and whether it was known."""

    receipt: Receipt
    is_new: bool


def take_in(kept: Kept, source: Source) -> Taken:
    """The same file again is the one that is here, in the tray or at a document. Called outside a transaction."""
    said, unreadable = _text_in(kept)
    with transaction.atomic():
        if known := Receipt.objects.filter(sha256=kept.sha256, removed_at__isnull=True).order_by("id").first():
            return Taken(known, is_new=False)
        receipt = _record(kept, source, f"{said}\n{source.said}\n{PurePath(kept.file_name).stem}", unreadable)
    if receipt is None:
        # Somebody else brought it at this very moment.
        with transaction.atomic():
            return Taken(waiting().get(sha256=kept.sha256), is_new=False)
    match_waiting([receipt.pk])
    with transaction.atomic():
        receipt.refresh_from_db()
    return Taken(receipt, is_new=True)


def _record(kept: Kept, source: Source, said: str, unreadable: bool) -> Receipt | None:
    try:
        with transaction.atomic():
            receipt = Receipt.objects.create(
                file_name=kept.file_name,
                content_type=kept.content_type,
                size=kept.size,
                sha256=kept.sha256,
                storage_key=kept.key,
            )
    except IntegrityError:
        return None
    Arrival.objects.create(
        receipt=receipt,
        came_by=source.came_by,
        sender=source.sender.replace("\0", "")[:LONGEST_ADDRESS],
        vouched=source.vouched,
        subject=source.subject.replace("\0", "")[:200],
        said=said.replace("\0", "")[:LONGEST],
        unreadable=unreadable,
    )
    return receipt


def _text_in(kept: Kept) -> tuple[str, bool]:
    """And whether it calls itself a PDF and cannot be opened."""
    if kept.content_type != FileType.PDF:
        return "", False
    with storage().open(kept.key) as content:
        whole = content.read()
    try:
        return text_of(whole), False
    except TooLong:
        return "", False
    except Unopened:
        return "", True
